import { expect, test } from 'vitest'
import { id18, isId } from '../../../../src/crm/id18.ts'
import { dayStart, instant, refOf } from '../../../../src/crm/salesforce/values.ts'

test.each([
  ['a0D30000001n7Pi', 'a0D30000001n7PiEAI'],
  ['a0RE000000IJmcN', 'a0RE000000IJmcNMAT'],
  ['001M000000qfPyS', '001M000000qfPySIAU'],
  ['a0D30000001n7PiEAI', 'a0D30000001n7PiEAI'],
])('id %s has 18 characters as %s', (id, full) => {
  expect(id18(id)).toBe(full)
})

test('what is an id', () => {
  expect(isId('00Q000000000001')).toBe(true)
  expect(isId("00Q000000000001EA'")).toBe(false)
  expect(isId('00Q0000000000010')).toBe(false)
  expect(refOf('00Q000000000001')).toBe('salesforce:lead:00Q000000000001EAA')
  expect(refOf('500000000000001')).toBeNull()
  expect(refOf('Ann Archer')).toBeNull()
})

test('datetimes with and without a colon in the offset', () => {
  const at = Date.parse('2026-05-20T20:49:32Z')
  expect(instant('2026-05-20T20:49:32.000+0000')).toBe(at)
  expect(instant('2026-05-20T22:49:32+02:00')).toBe(at)
  expect(instant('2026-05-20T20:49:32.000Z')).toBe(at)
  expect(instant('')).toBeNull()
  expect(instant(17)).toBeNull()
})

test('a day begins when it begins in the zone', () => {
  expect(dayStart('2026-03-29', 'Europe/Berlin')).toBe(Date.parse('2026-03-28T23:00:00Z'))
  expect(dayStart('2026-03-30', 'Europe/Berlin')).toBe(Date.parse('2026-03-29T22:00:00Z'))
  expect(dayStart('29.03.2026', 'Europe/Berlin')).toBeNull()
})

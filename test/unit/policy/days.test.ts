import { expect, test } from 'vitest'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { readHoliday, readMoment, readRange } from '../../../src/policy/days.ts'

test.each([
  ['2026-12-25', 2026, 12, 25],
  [' 12-25 ', null, 12, 25],
  ['02-29', null, 2, 29],
  ['2028-02-29', 2028, 2, 29],
])('%j is the day %j-%d-%d', (text, year, month, day) => {
  expect(readHoliday(text)).toEqual({ year, month, day })
})

test.each([
  ...['Christmas', 'on 12-25', '12-25 at noon', '2026-12-25T12:00', '2027-02-29', '02-30', '04-31'],
  ...['13-01', '00-10', '12-00', '12-32', '1-1'],
])('%j is no day', text => {
  expect(readHoliday(text)).toBeNull()
})

test('hours of one day end after they start', () => {
  expect(readRange('12:00-24:00')).toEqual({ from: 720, to: 1_440 })
  expect([readRange('24:00-12:00'), readRange('18:00-12:00'), readRange('noon')]).toEqual([null, null, null])
})

test('time off is a day or a time by the wall clock', () => {
  const day = Date.parse('2026-12-24')
  expect(readMoment(' 2026-12-24 ')).toEqual({ at: day, lengthMs: DAY })
  expect(readMoment('2026-12-24T12:30')).toEqual({ at: day + 12.5 * HOUR, lengthMs: 0 })
})

test.each(['', 'x2026-12-24', '2026-12-24x', '2026-02-30', '2026-02-30T12:00', '2026-12-24T24:00', '12-24'])(
  '%j is neither',
  text => {
    expect(readMoment(text)).toBeNull()
  },
)

import { expect, test } from 'vitest'
import { companionsOf, dueObjects, isOpen, type Paces } from '../../../src/domain/polling.ts'
import { HOUR, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'

const TUESDAY = Date.parse('2026-11-24T09:00:00Z')
const OBJECTS = ['user', 'contact', 'deal', 'call'] as const
const PACES: Paces = {
  user: { open: 60, shut: 60 },
  deal: { open: 3, shut: 15 },
  call: { open: 15, shut: 60, with: ['contact'] },
}
const busy = { now: TUESDAY, pollMs: MINUTE, isOpen: true, slowdown: 1 }
const readAgo = (ms: number) => new Map(OBJECTS.map(object => [object, { at: TUESDAY - ms, wanted: false }]))

test('what was never read, or in a future that is none, is asked', () => {
  expect(dueObjects(OBJECTS, PACES, new Map(), busy)).toEqual(OBJECTS)
  const unread = new Map(OBJECTS.map(object => [object, { at: null, wanted: false }]))
  expect(dueObjects(OBJECTS, PACES, unread, busy)).toEqual(OBJECTS)
  expect(dueObjects(OBJECTS, PACES, readAgo(-HOUR), busy)).toEqual(OBJECTS)
})

test.each([
  [0, []],
  [0.4, []],
  [0.5, ['contact']],
  [0.6, ['contact']],
  [1, ['contact']],
  [3, ['contact', 'deal']],
  [15, ['contact', 'deal', 'call']],
  [60, ['user', 'contact', 'deal', 'call']],
])('in working hours, %s minutes after the last reading: %j', (minutes, asked) => {
  expect(dueObjects(OBJECTS, PACES, readAgo(minutes * MINUTE), busy)).toEqual(asked)
})

test.each([
  [14, []],
  [15, ['contact', 'deal']],
  [60, ['user', 'contact', 'deal', 'call']],
])('outside of them, %s minutes after: %j', (minutes, asked) => {
  const shut = { ...busy, isOpen: false }
  expect(dueObjects(OBJECTS, PACES, readAgo(minutes * MINUTE), shut)).toEqual(asked)
})

test('when calls are short everything is asked as much less often', () => {
  const slow = { ...busy, slowdown: 5 }
  expect(dueObjects(OBJECTS, PACES, readAgo(4 * MINUTE), slow)).toEqual([])
  expect(dueObjects(OBJECTS, PACES, readAgo(5 * MINUTE), slow)).toEqual(['contact'])
})

test('whoever polls more often asks more often, in the same proportions', () => {
  const often = { ...busy, pollMs: MINUTE / 60 }
  expect(dueObjects(OBJECTS, PACES, readAgo(3_000), often)).toEqual(['contact', 'deal'])
})

test('what goes with an object that moved is asked whatever its pace', () => {
  expect(companionsOf('contact', PACES)).toEqual(['call'])
  expect(companionsOf('deal', PACES)).toEqual([])
  const last = new Map([...readAgo(MINUTE / 3), ['call', { at: TUESDAY, wanted: true }] as const])
  expect(dueObjects(OBJECTS, PACES, last, busy)).toEqual(['call'])
})

test('working hours are those of any calendar, in its zone or the company’s', () => {
  const [usual] = defaultPolicy.calendars
  const policy = {
    ...defaultPolicy,
    timezone: 'Europe/Berlin',
    calendars: [usual!, { ...usual!, name: 'us', timezone: 'America/New_York' }],
  }
  const at = (time: string) => isOpen(policy, Date.parse(time))
  expect(at('2026-11-24T07:59:00Z')).toBe(false)
  expect(at('2026-11-24T08:00:00Z')).toBe(true)
  // Five in Berlin, eleven in New York.
  expect(at('2026-11-24T16:00:00Z')).toBe(true)
  expect(at('2026-11-24T21:59:00Z')).toBe(true)
  expect(at('2026-11-24T22:00:00Z')).toBe(false)
  expect(at('2026-11-28T12:00:00Z')).toBe(false)
  const saturdays = { ...usual!, hours: { blocks: [{ day: 6, from: 600, to: 780 }] } }
  const shop = { ...policy, calendars: [saturdays] }
  expect(isOpen(shop, Date.parse('2026-11-28T10:00:00Z'))).toBe(true)
  expect(isOpen(shop, TUESDAY)).toBe(false)
  // Hours that Salesforce keeps are taken for those of an office.
  expect(isOpen({ ...policy, calendars: [{ ...usual!, hours: null }] }, TUESDAY)).toBe(true)
})

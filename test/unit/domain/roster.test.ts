import { describe, expect, test } from 'vitest'
import { EMPTY_ALMANAC, sourcesOf } from '../../../src/domain/almanac.ts'
import type { Rep } from '../../../src/domain/handoff.ts'
import { Roster } from '../../../src/domain/roster.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'

const at = (text: string) => Date.parse(text)
const roster = (text: string, almanac = EMPTY_ALMANAC) => new Roster(parsePolicy(text, 'policy.yml'), almanac)
const rep = (more: Partial<Rep> = {}): Rep => ({
  ...{ ref: 'salesforce:user:ada', name: 'Ada', email: 'Ada@example.com', timeZone: 'Europe/Berlin' },
  ...{ active: true, human: true },
  ...more,
})

const CALENDARS = `
calendars:
  berlin: { mon: [09:00-12:00], for: { people: [ada@example.com], teams: [emea] } }
  emea: { mon: [09:00-13:00], for: { teams: [emea, apac], countries: [DE] } }
  fixed: { mon: [09:00-14:00], timezone: Asia/Kolkata, for: { countries: [in] } }
people:
  bob@example.com: { team: apac, country: IN, timezone: America/New_York }
`

describe('who works by which calendar', () => {
  test.each([
    ['named, before their team and country', { team: 'apac', country: 'IN' }, 'berlin', 'Europe/Berlin'],
    [
      'of a team, the first that names it',
      { email: 'x@y.z', team: 'EMEA', country: 'IN' },
      'berlin',
      'Europe/Berlin',
    ],
    ['of a country', { email: null, country: 'in' }, 'fixed', 'Asia/Kolkata'],
    ['of nothing in particular', { email: null, timeZone: null }, 'default', 'UTC'],
    [
      'whose team and zone the policy knows better',
      { email: 'bob@example.com', team: 'emea' },
      'emea',
      'America/New_York',
    ],
  ])('somebody %s', (_, who, name, zone) => {
    expect(roster(CALENDARS).dutyOf(rep(who))).toMatchObject({ name, zone })
  })

  test('nobody in particular', () =>
    expect(roster(CALENDARS).dutyOf(null)).toMatchObject({ name: 'default', zone: 'UTC' }))
})

const CHRISTMAS = `
calendars:
  default: { thu: [09:00-17:00], fri: [09:00-17:00], holidays: [here] }
holidays:
  here: { days: [{ on: 12-24, hours: 12:00-24:00, name: Christmas Eve }, 12-25], ics: here.ics }
people:
  ada@example.com: { time_off: [2026-12-17], ics: ada.ics }
`
const almanac = {
  ...EMPTY_ALMANAC,
  ics: {
    'here.ics': [
      {
        wall: false as const,
        from: at('2026-12-24T08:00Z'),
        to: at('2026-12-24T09:00Z'),
        name: 'Fire drill',
      },
    ],
    'ada.ics': [
      { wall: true as const, from: at('2026-12-18T09:00Z'), to: at('2026-12-18T10:00Z'), name: 'Surgery' },
    ],
  },
}

test('holidays of the region and time off of the person are not worked, by the wall clock', () => {
  const { calendar } = roster(CHRISTMAS, almanac).dutyOf(rep())
  const between = (from: string, to: string) => calendar.workingBetween(at(from), at(to))
  expect(between('2026-12-17T00:00Z', '2026-12-18T00:00Z')).toBe(0)
  expect(between('2026-12-18T00:00Z', '2026-12-19T00:00Z')).toBe(7 * HOUR)
  expect(between('2026-12-24T00:00Z', '2026-12-26T00:00Z')).toBe(2 * HOUR)
  const others = roster(CHRISTMAS, almanac).dutyOf(rep({ email: 'x@y.z' })).calendar
  expect(others.workingBetween(at('2026-12-17T00:00Z'), at('2026-12-19T00:00Z'))).toBe(16 * HOUR)
})

test('why somebody was closed is known by name, and of a person no more than that they were off', () => {
  const closed = roster(CHRISTMAS, almanac)
    .dutyOf(rep())
    .closedBetween(at('2026-12-17T12:00Z'), at('2026-12-25T10:00Z'))
  expect(closed.map(({ from, why }) => [new Date(from).toISOString().slice(0, 16), why])).toEqual([
    ['2026-12-16T23:00', 'time off'],
    ['2026-12-18T08:00', 'time off'],
    ['2026-12-24T08:00', 'holiday: Fire drill'],
    ['2026-12-24T11:00', 'holiday: Christmas Eve'],
    ['2026-12-24T23:00', 'holiday'],
  ])
})

test('an hour off that the clocks repeat is off twice, one that they skip is nothing', () => {
  const hour = (day: string) => `
calendars: { default: { sun: [00:00-24:00] } }
people: { ada@example.com: { time_off: [{ from: ${day}T02:00, to: ${day}T03:00 }] } }`
  const closed = (day: string) =>
    roster(hour(day))
      .dutyOf(rep())
      .closedBetween(at(`${day}T00:00Z`), at(`${day}T12:00Z`))
  expect(closed('2026-10-25').map(({ from, to }) => (to - from) / HOUR)).toEqual([1, 1])
  expect(closed('2026-03-29')).toEqual([])
})

test('time off without an end ends nowhere near', () => {
  const left = 'people: { ada@example.com: { time_off: [{ from: 2026-01-01, to: 9999-12-31 }] } }'
  const { calendar } = roster(left).dutyOf(rep())
  expect(calendar.workingBetween(at('2026-01-01T00:00Z'), at('2030-01-01T00:00Z'))).toBe(0)
  expect(new Date(calendar.addWorking(at('2026-06-01T00:00Z'), HOUR)).getUTCFullYear()).toBe(2061)
})

test('the same calendar is prepared once, for reps read again and for whoever shares it', () => {
  const one = roster(CHRISTMAS, almanac)
  expect(one.dutyOf(rep())).toBe(one.dutyOf(rep()))
  expect(one.dutyOf(rep({ email: 'x@y.z' }))).toBe(one.dutyOf(rep({ email: null })))
  expect(one.dutyOf(rep({ email: 'x@y.z' }))).not.toBe(one.dutyOf(rep()))
})

describe('business hours of the Salesforce organisation', () => {
  const text = 'calendars: { default: { salesforce: Support } }'
  const businessHours = {
    Support: { hours: { blocks: [{ day: 7, from: 0, to: 60 }] }, zone: 'Asia/Kolkata' },
  }

  test('count in their own zone', () => {
    const { calendar, zone } = roster(text, { ...EMPTY_ALMANAC, businessHours }).dutyOf(rep())
    expect(zone).toBe('Asia/Kolkata')
    expect(calendar.workingBetween(at('2026-11-28T18:30Z'), at('2026-11-28T19:00Z'))).toBe(HOUR / 2)
  })

  test('are nine to five in the person’s zone while they are not known', () => {
    const { calendar, zone } = roster(text).dutyOf(rep())
    expect(zone).toBe('Europe/Berlin')
    expect(calendar.workingBetween(at('2026-11-27T00:00Z'), at('2026-11-28T00:00Z'))).toBe(8 * HOUR)
  })
})

test('what policies take from outside is named once, people without their address', () => {
  const text = `
calendars: { default: { salesforce: Support, holidays: [here] }, other: { salesforce: Support } }
holidays: { here: { ics: [a.ics, b.ics], salesforce: true } }
people: { x@y.z: {}, ada@example.com: { ics: [b.ics, c.ics] } }`
  const policy = parsePolicy(text, 'policy.yml')
  expect(sourcesOf([policy, policy])).toEqual([
    { kind: 'business_hours', key: 'business_hours', names: ['Support'] },
    { kind: 'salesforce_holidays', key: 'salesforce_holidays' },
    { kind: 'ics', key: 'ics a.ics', address: 'a.ics', place: 'holidays.here', holidays: true },
    { kind: 'ics', key: 'ics b.ics', address: 'b.ics', place: 'holidays.here', holidays: true },
    {
      kind: 'ics',
      key: 'ics c.ics',
      address: 'c.ics',
      place: 'the ics of person 2 under people',
      holidays: false,
    },
  ])
})

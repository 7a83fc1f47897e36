import { expect, test } from 'vitest'
import { almanacOf, almanacYears, EMPTY_ALMANAC, sourcesOf } from '../../../src/domain/almanac.ts'
import { rosterOf } from '../../../src/domain/roster.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')

test('what repeats is written out for whole years around now', () => {
  const years = { first: 2021, last: 2029 }
  expect(almanacYears(Date.parse('2026-01-01T00:00:00Z'))).toEqual(years)
  expect(almanacYears(Date.parse('2026-12-31T23:59:59Z'))).toEqual(years)
})

test('what policies take from outside, each once and where it is named first; without an address of anybody', () => {
  expect(sourcesOf([defaultPolicy])).toEqual([])
  const first = parse(`
holidays: { de: { ics: de.ics }, us: { days: [07-04], salesforce: true } }
calendars:
  default: { mon: [09:00-17:00] }
  support: { salesforce: Support, for: { teams: [support] } }
  night: { salesforce: Support, for: { teams: [night] } }
people: { ada@b.c: {}, bob@b.c: { ics: [bob.ics, de.ics] } }
`)
  const second = parse(
    'calendars: { default: { salesforce: Office } }\nholidays: { at: { ics: [de.ics, at.ics] } }',
  )
  const ics = (address: string, place: string, holidays: boolean) => {
    return { kind: 'ics', key: `ics ${address}`, address, place, holidays }
  }
  expect(sourcesOf([first, second])).toEqual([
    { kind: 'business_hours', key: 'business_hours', names: ['Support', 'Office'] },
    { kind: 'salesforce_holidays', key: 'salesforce_holidays' },
    ics('de.ics', 'holidays.de', true),
    ics('at.ics', 'holidays.at', true),
    ics('bob.ics', 'the ics of person 2 under people', false),
  ])
})

test('an almanac is what was read last of each', () => {
  const closed = [{ wall: true as const, from: 0, to: 1, name: 'Eve' }]
  const businessHours = { Support: { hours: { blocks: [] }, zone: 'UTC' } }
  const read = new Map<string, unknown>([
    ['business_hours', businessHours],
    ['salesforce_holidays', closed],
    ['ics a.ics', closed],
  ])
  expect(almanacOf(read)).toEqual({ businessHours, salesforceHolidays: closed, ics: { 'a.ics': closed } })
  expect(almanacOf(new Map())).toEqual(EMPTY_ALMANAC)
})

test('calendars are prepared once for a policy and an almanac', () => {
  const [policy, almanac] = [parse('name: other'), almanacOf(new Map())]
  const roster = rosterOf(policy, almanac)
  expect(rosterOf(policy, almanac)).toBe(roster)
  expect(rosterOf(policy, EMPTY_ALMANAC)).not.toBe(roster)
  expect(rosterOf(parse('name: other'), almanac)).not.toBe(roster)
  expect(roster.zoneOf(null)).toBe('UTC')
})

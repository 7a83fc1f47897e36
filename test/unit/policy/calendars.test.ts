import { describe, expect, test } from 'vitest'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { PolicyError } from '../../../src/policy/error.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')

function complaint(text: string): string {
  try {
    parse(text)
  } catch (error) {
    if (error instanceof PolicyError) return error.message
    throw error
  }
  throw new Error('the policy passed')
}

test('days off are read as the days and hours they are', () => {
  const { holidays, people } = parse(`
holidays:
  here: { days: [01-01, { on: 2026-12-24, hours: 12:00-24:00, name: Christmas Eve }], ics: [a.ics] }
people:
  Ada@Example.com: { time_off: [2026-12-24, { from: 2026-12-27, to: 2027-01-02 }, { from: 2026-11-26T12:00, to: 2026-11-26T17:00 }] }
`)
  expect(holidays.here).toEqual({
    days: [
      { year: null, month: 1, day: 1, from: 0, to: 1_440, name: null },
      { year: 2026, month: 12, day: 24, from: 720, to: 1_440, name: 'Christmas Eve' },
    ],
    ics: ['a.ics'],
    salesforce: false,
  })
  const at = (text: string) => Date.parse(`${text}Z`)
  expect(people[0]).toMatchObject({
    email: 'ada@example.com',
    timeOff: [
      { from: at('2026-12-24T00:00'), to: at('2026-12-24T00:00') + DAY },
      { from: at('2026-12-27T00:00'), to: at('2027-01-03T00:00') },
      { from: at('2026-11-26T12:00'), to: at('2026-11-26T12:00') + 5 * HOUR },
    ],
  })
})

const calendar = (more: string) => `calendars: { default: { mon: [09:00-17:00], ${more} } }`
const region = (days: string) => `holidays: { here: ${days} }`
const person = (more: string) => `people: { a@b.c: { ${more} } }`

describe('is refused in one line with its place:', () => {
  test.each([
    [
      'overlapping blocks',
      calendar('tue: [09:00-12:00, 11:00-13:00]'),
      /calendars\.default: overlapping blocks on tue/,
    ],
    ['overlapping over midnight', calendar('sun: [22:00-10:00]'), /overlapping blocks on mon/],
    [
      'an empty block',
      calendar('tue: [09:00-09:00]'),
      /calendars\.default\.tue\.0: "09:00-09:00".*09:00-17:00/,
    ],
    ['an unknown zone', calendar('timezone: Mars/Base'), /calendars\.default\.timezone: "Mars\/Base".*IANA/],
    [
      'an unknown zone of a person',
      person('timezone: Mars/Base'),
      /people\.a@b\.c\.timezone: "Mars\/Base".*IANA/,
    ],
    [
      'an unknown region',
      `${calendar('holidays: [germny]')}\n${region('[01-01]')}\n`.replace('here', 'germany'),
      /calendars\.default\.holidays\.0: "germny".*germany; did you mean germany\?/,
    ],
    ['days and business hours', calendar('salesforce: Support'), /mon and salesforce.*not both/],
    ['a holiday twice', region('[12-25, 01-01, 12-25]'), /holidays\.here: 12-25 a second time/],
    [
      'a holiday of a year that is one of every year',
      region('[12-25, 2026-12-25]'),
      /2026-12-25 a second time/,
    ],
    [
      'parts of a day that overlap',
      region('[{ on: 12-24, hours: 10:00-14:00 }, { on: 12-24, hours: 12:00-24:00 }]'),
      /12-24 a second time/,
    ],
    ['a day that is none', region('[02-30]'), /holidays\.here.*2026-12-25, or 12-25/],
    ['29 February of a year without', region('[2027-02-29]'), /2026-12-25, or 12-25/],
    ['hours whose end comes first', region('[{ on: 12-24, hours: 17:00-12:00 }]'), /the end after the start/],
    [
      'an end before the start',
      person('time_off: [{ from: 2026-12-24, to: 2026-12-23 }]'),
      /time_off\.0\.to: "2026-12-23".*an end after its start/,
    ],
    [
      'time off of no length',
      person('time_off: [{ from: 2026-12-24T09:00, to: 2026-12-24T09:00 }]'),
      /an end after its start/,
    ],
    ['a time that is none', person('time_off: [2026-12-24T25:00]'), /2026-12-24T12:00/],
    ['an address without https', region('{ ics: "http://x.test/a.ics" }'), /holidays\.here.*https address/],
    ['a person who is no address', 'people: { ada: {} }', /people\.ada.*e-mail address/],
  ])('%s', (_, text, said) => {
    expect(complaint(text)).toMatch(said)
    expect(complaint(text)).not.toContain('\n')
  })
})

test('what touches does not overlap', () => {
  expect(() => parse(calendar('tue: [09:00-12:00, 12:00-13:00]'))).not.toThrow()
  expect(() =>
    parse(region('[{ on: 12-24, hours: 10:00-12:00 }, { on: 12-24, hours: 12:00-24:00 }]')),
  ).not.toThrow()
})

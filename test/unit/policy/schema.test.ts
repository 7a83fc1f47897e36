import { describe, expect, test } from 'vitest'
import { parsePolicy } from '../../../src/policy/parse.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')

const LONG = 'x'.repeat(81)
const LONGER = 'x'.repeat(61)

describe('a value that cannot be is refused with its line, its place, and what is expected:', () => {
  test.each([
    [
      'business hours without a name',
      'calendars: { default: { salesforce: "" } }',
      '1: calendars.default.salesforce: "", expected the name of business hours',
    ],
    [
      'a list where one of several shapes is expected',
      'stages: { mql: [marketingqualifiedlead] }',
      '1: stages.mql: a list, expected off, or a mapping',
    ],
    [
      'a word that is nearly the one that may stand instead of a mapping',
      'stages: { mql: of }',
      '1: stages.mql: "of", expected off, or a mapping; did you mean off?',
    ],
    [
      'a day off that is no text',
      'holidays: { us: [5] }',
      '1: holidays.us.0: 5, expected a day such as 2026-12-25, or 12-25 for every year, or a mapping',
    ],
    [
      'a day off that is none',
      'holidays: { us: [Christmas] }',
      '1: holidays.us.0: "Christmas", expected a day such as 2026-12-25, or 12-25 for every year',
    ],
    [
      'hours of a day off that are no text',
      'holidays: { us: [{ on: 12-24, hours: 12 }] }',
      '1: holidays.us.0.hours: 12, expected hours such as 12:00-24:00, the end after the start',
    ],
    [
      'hours of a day off that are none',
      'holidays: { us: [{ on: 12-24, hours: noon }] }',
      '1: holidays.us.0.hours: "noon", expected hours such as 12:00-24:00, the end after the start',
    ],
    [
      'holidays of Salesforce that are neither',
      'holidays: { us: { salesforce: maybe } }',
      '1: holidays.us.salesforce: "maybe", expected true or false',
    ],
    [
      'time off that is no text',
      'people: { a@b.c: { time_off: [5] } }',
      '1: people.a@b.c.time_off.0: 5, expected a day such as 2026-12-24 or a time such as 2026-12-24T12:00, or a mapping',
    ],
    [
      'time off that is no time',
      'people: { a@b.c: { time_off: [Christmas] } }',
      '1: people.a@b.c.time_off.0: "Christmas", expected a day such as 2026-12-24 or a time such as 2026-12-24T12:00',
    ],
    [
      'a score that is no number',
      'exceptions: { a: { when: { score: { at_least: high } } } }',
      '1: exceptions.a.when.score.at_least: "high", expected a number',
    ],
    [
      'an exception for no promise',
      'exceptions: { a: { when: { source: x }, promises: [] } }',
      '1: exceptions.a.promises: a list, expected at least one promise',
    ],
    [
      'a pause with a long name',
      `pauses: { ${LONGER}: { when: { salesforce_status: [x] }, cap: 1d } }`,
      `1: pauses.${LONGER}: a mapping, expected at most 60 characters`,
    ],
    [
      'an exception with a long name',
      `exceptions: { ${LONGER}: { when: { source: x } } }`,
      `1: exceptions.${LONGER}: a mapping, expected at most 60 characters`,
    ],
    [
      'a least that is no number',
      'stages: { mql: { fields: [{ hubspot: a, at_least: high }] } }',
      '1: stages.mql.fields.0.at_least: "high", expected a number',
    ],
    [
      'a most that is no number',
      'stages: { mql: { fields: [{ hubspot: a, at_most: low }] } }',
      '1: stages.mql.fields.0.at_most: "low", expected a number',
    ],
    [
      'a field that is filled perhaps',
      'stages: { mql: { fields: [{ hubspot: a, filled: perhaps }] } }',
      '1: stages.mql.fields.0.filled: "perhaps", expected true or false',
    ],
    [
      'a property that is no name',
      'stages: { mql: { fields: [{ hubspot: 9x, is: x }] } }',
      '1: stages.mql.fields.0.hubspot: "9x", expected the API name of a HubSpot contact property',
    ],
    [
      'a field that is no name',
      'dimensions: { segment: { salesforce: my field } }',
      '1: dimensions.segment.salesforce: "my field", expected the API name of a Salesforce Lead field',
    ],
    [
      'no test at all',
      'stages: { mql: { fields: [{ all: [] }] } }',
      '1: stages.mql.fields.0.all: a list, expected at least one test',
    ],
    [
      'no condition at all',
      'stages: { mql: { fields: [] } }',
      '1: stages.mql.fields: a list, expected at least one condition',
    ],
    [
      'a conversion that is neither',
      'stages: { sql: { converted_with_deal: perhaps } }',
      '1: stages.sql.converted_with_deal: "perhaps", expected true or false',
    ],
    [
      'a deal that is neither',
      'stages: { sql: { deal_opened: perhaps } }',
      '1: stages.sql.deal_opened: "perhaps", expected true or false',
    ],
    [
      'an empty word',
      'stages: { mql: { salesforce_status: [""] } }',
      '1: stages.mql.salesforce_status.0: "", expected some text',
    ],
    [
      'no word at all',
      'stages: { mql: { salesforce_status: [] } }',
      '1: stages.mql.salesforce_status: a list, expected at least one',
    ],
    [
      'an empty word alone',
      'exceptions: { a: { when: { source: "" } } }',
      '1: exceptions.a.when.source: "", expected some text',
    ],
    [
      'a due that is no text',
      'promises: { a: { from: T2, until: T3, due: 4 } }',
      '1: promises.a.due: 4, expected a duration such as 30m, 48h or 7d, or 5 working days',
    ],
    [
      'a due that is none',
      'promises: { a: { from: T2, until: T3, due: soon } }',
      '1: promises.a.due: "soon", expected a duration such as 30m, 48h or 7d, or 5 working days',
    ],
    [
      'working days where the wall clock counts',
      'neglect: { idle_after: 5 working days }',
      '1: neglect.idle_after: "5 working days", expected a duration such as 30m, 48h or 7d',
    ],
    [
      'days by half',
      'promises: { a: { from: T2, attempts: { count: 2.5 }, due: 1d } }',
      '1: promises.a.attempts.count: 2.5, expected a whole number from 1 to 100',
    ],
    [
      'no attempts',
      'promises: { a: { from: T2, attempts: { count: 0 }, due: 1d } }',
      '1: promises.a.attempts.count: 0, expected a whole number from 1 to 100',
    ],
    [
      'too many attempts',
      'promises: { a: { from: T2, attempts: { count: 101 }, due: 1d } }',
      '1: promises.a.attempts.count: 101, expected a whole number from 1 to 100',
    ],
    ['days in words', 'early_days: soon', '1: early_days: "soon", expected a number of days from 0 to 365'],
    ['negative days', 'early_days: -1', '1: early_days: -1, expected a number of days from 0 to 365'],
    ['too many days', 'expire_days: 3651', '1: expire_days: 3651, expected a number of days from 1 to 3,650'],
    [
      'an address that is none',
      'holidays: { us: { ics: "" } }',
      '1: holidays.us.ics: "", expected a file or an https address',
    ],
    [
      'another kind of address',
      'holidays: { us: { ics: [ftp://x.test/a.ics] } }',
      '1: holidays.us.ics.0: "ftp://x.test/a.ics", expected a file or an https address',
    ],
    [
      'more than a date',
      'effective: on 2026-07-01',
      '1: effective: "on 2026-07-01", expected a date such as 2026-07-01 or an instant such as 2026-07-01T00:00:00Z',
    ],
    [
      'a date and more',
      'effective: 2026-07-01 or so',
      '1: effective: "2026-07-01 or so", expected a date such as 2026-07-01 or an instant such as 2026-07-01T00:00:00Z',
    ],
    [
      'a date and a time by nobody’s clock',
      'effective: 2026-07-01 10:00',
      '1: effective: "2026-07-01 10:00", expected a date such as 2026-07-01 or an instant such as 2026-07-01T00:00:00Z',
    ],
    [
      'a share that is none',
      'neglect: { limit: half }',
      '1: neglect.limit: "half", expected a share from 0 to 1',
    ],
    [
      'a share below none',
      'neglect: { limit: -0.1 }',
      '1: neglect.limit: -0.1, expected a share from 0 to 1',
    ],
    ['a share above all', 'neglect: { limit: 1.1 }', '1: neglect.limit: 1.1, expected a share from 0 to 1'],
    ['no name', 'name: ""', '1: name: "", expected a name'],
    ['a long name', `name: ${LONG}`, `1: name: "${LONG.slice(0, 56)}..., expected at most 80 characters`],
    ['too few', 'minimum_n: 0', '1: minimum_n: 0, expected a whole number from 1'],
    [
      'an offset for a zone',
      'timezone: "+02:00"',
      '1: timezone: "+02:00", expected an IANA time zone such as Europe/Berlin',
    ],
    [
      'a wrong value as long as is shown in full',
      `timezone: ${LONG.slice(0, 58)}`,
      `1: timezone: "${LONG.slice(0, 58)}", expected an IANA time zone such as Europe/Berlin`,
    ],
    ['a file that is no mapping', 'hello', ' "hello", expected a mapping'],
    [
      'a key twice, far down',
      `${'\n'.repeat(11)}{ expire_days: 1, expire_days: 2 }`,
      '12: Map keys must be unique, expected YAML',
    ],
  ])('%s', (_, text, line) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ message: `policy.yml:${line}` }))
  })
})

test.each([
  'effective: 2026-07-01T10:00Z',
  'effective: 2026-07-01T10:00:30+02:00',
  'timezone: Etc/GMT+5',
  `name: ${LONG.slice(1)}`,
  `pauses: { ${LONGER.slice(1)}: { when: { salesforce_status: [x] }, cap: 1d } }`,
  `exceptions: { ${LONGER.slice(1)}: { when: { source: x } } }`,
  ...['early_days: 0', 'early_days: 365', 'expire_days: 1', 'expire_days: 3650', 'minimum_n: 1'],
  ...['neglect: { limit: 0 }', 'neglect: { limit: 1 }'],
  'promises: { a: { from: T2, attempts: { count: 1 }, due: 1d } }',
  'promises: { a: { from: T2, attempts: { count: 100, days: 100, channels: 3 }, due: 1d } }',
])('%s is as far as it goes', text => {
  expect(() => parse(text)).not.toThrow()
})

test('iCalendar data is one file or several, or none; a list of days is a region too', () => {
  const { holidays, people } = parse(`
holidays: { us: [07-04], uk: { ics: folder/of://uk.ics }, de: { ics: [de.ics, "https://x.test/de.ics"] } }
people: { a@b.c: {} }
`)
  expect(holidays.us).toMatchObject({ days: [{ month: 7, day: 4 }], ics: [], salesforce: false })
  expect([holidays.uk!.ics, holidays.de!.ics]).toEqual([
    ['folder/of://uk.ics'],
    ['de.ics', 'https://x.test/de.ics'],
  ])
  expect(people).toEqual([
    { email: 'a@b.c', team: null, country: null, timezone: null, timeOff: [], ics: [] },
  ])
})

import { expect, test } from 'vitest'
import { parsePolicy } from '../../../src/policy/parse.ts'

/** The one line that a file is refused with. */
function refused(text: string): string {
  try {
    parsePolicy(text, 'policy.yml')
  } catch (error) {
    expect((error as Error).name).toBe('PolicyError')
    return (error as Error).message
  }
  throw new Error('the policy passed')
}

const calendar = (days: string) => `calendars: { default: { ${days} } }`
const promise = (more: string) => `promises: { a: { from: T2, until: T3, ${more} } }`

test.each([
  [
    'overlapping blocks',
    calendar('mon: [09:00-13:00, 12:00-17:00]'),
    'policy.yml: calendars.default: overlapping blocks on mon, expected disjoint blocks on at least one day',
  ],
  [
    'a shift over midnight that overlaps the next morning',
    calendar('sun: ["22:00-06:00"], mon: [05:00-09:00]'),
    'policy.yml: calendars.default: overlapping blocks on mon, expected disjoint blocks on at least one day',
  ],
  [
    'a block that ends when it starts',
    calendar('mon: [09:00-09:00]'),
    'policy.yml:1: calendars.default.mon.0: "09:00-09:00", expected hours such as 09:00-17:00',
  ],
  [
    'hours of a holiday that end before they start',
    'holidays: { us: [{ on: 12-24, hours: "18:00-12:00" }] }',
    'policy.yml:1: holidays.us.0.hours: "18:00-12:00", expected hours such as 12:00-24:00, the end after the start',
  ],
  [
    'time off that ends before it starts',
    'people: { a@example.com: { time_off: [{ from: 2026-12-27, to: 2026-12-24 }] } }',
    'policy.yml: people.a@example.com.time_off.0.to: "2026-12-24", expected an end after its start (2026-12-27)',
  ],
  [
    'an unknown zone',
    'timezone: Europe/Berln',
    'policy.yml:1: timezone: "Europe/Berln", expected an IANA time zone such as Europe/Berlin',
  ],
  [
    'a holiday twice',
    'holidays: { germany: [12-25, 2026-12-25] }',
    'policy.yml: holidays.germany: 2026-12-25 a second time, expected each day once in a region',
  ],
  [
    'a day that is not in the calendar',
    'holidays: { germany: [02-30] }',
    'policy.yml:1: holidays.germany.0: "02-30", expected a day such as 2026-12-25, or 12-25 for every year',
  ],
  [
    'cyclic tiers',
    promise('due: 1d, tiers: [{ name: x, like: y }, { name: y, like: z }, { name: z, like: x }]'),
    'policy.yml: promises.a.tiers.0.like: x → y → z → x, expected tiers that do not lead back to themselves',
  ],
  [
    'a tier like itself',
    promise('due: 1d, tiers: [{ name: x, like: x }]'),
    'policy.yml: promises.a.tiers.0.like: x → x, expected tiers that do not lead back to themselves',
  ],
  [
    'two tiers of one name',
    promise('due: 1d, tiers: [{ name: x, due: 1h }, { name: x, due: 2h }]'),
    'policy.yml: promises.a.tiers: x a second time, expected each name once; the rest, by the promise’s own due, is called default',
  ],
  [
    'a due shorter than its warning',
    promise('due: 1h, warn: 2h'),
    'policy.yml: promises.a.warn: 2h, expected less than due (1h)',
  ],
  [
    'a tier with a due shorter than its warning',
    promise('due: 1d, tiers: [{ name: x, due: 1h, warn: 2h }]'),
    'policy.yml: promises.a.tiers.0.warn: 2h, expected less than due (1h)',
  ],
  [
    'an unknown region',
    'holidays: { germany: [12-25] }\ncalendars: { default: { mon: [09:00-17:00], holidays: [germny] } }',
    'policy.yml: calendars.default.holidays.0: "germny", expected one of germany; did you mean germany?',
  ],
  [
    'an unknown promise',
    'pauses: { buyer: { when: { salesforce_status: [Waiting] }, cap: 1d, promises: [first_attemt] } }',
    'policy.yml: pauses.buyer.promises.0: "first_attemt", expected one of assignment, first_attempt, decision; did you mean first_attempt?',
  ],
  [
    'an unknown promise of an exception',
    'exceptions: { vip: { when: { source: x }, promises: [decison] } }',
    'policy.yml: exceptions.vip.promises.0: "decison", expected one of assignment, first_attempt, decision; did you mean decision?',
  ],
  [
    'an unknown tier',
    promise('due: 1d, tiers: [{ name: demo, due: 1h }, { name: y, like: dmeo }]'),
    'policy.yml: promises.a.tiers.1.like: "dmeo", expected one of demo, y; did you mean demo?',
  ],
  [
    'an unknown preset',
    'stages: { mql: { hubspot_lifecicle: [x] } }',
    'policy.yml:1: stages.mql.hubspot_lifecicle: unknown key hubspot_lifecicle, expected one of hubspot_lifecycle, hubspot_lead_status, salesforce_status, fields, converted_with_deal, deal_opened; did you mean hubspot_lifecycle?',
  ],
  [
    'neither a goal nor attempts',
    'promises: { a: { from: T2, due: 1d } }',
    'policy.yml: promises.a: neither until nor attempts, expected one of until, attempts',
  ],
  [
    'a goal and attempts',
    'promises: { a: { from: T2, until: T3, attempts: { count: 1 }, due: 1d } }',
    'policy.yml: promises.a: until and attempts, expected one of until, attempts',
  ],
  [
    'attempts on more days than there are attempts',
    'promises: { a: { from: T2, attempts: { count: 3, days: 4 }, due: 1d } }',
    'policy.yml: promises.a.attempts.days: 4, expected at most the count (3)',
  ],
  [
    'attempts by more channels than there are attempts',
    'promises: { a: { from: T2, attempts: { count: 2, days: 2, channels: 3 }, due: 1d } }',
    'policy.yml: promises.a.attempts.channels: 3, expected at most the count (2)',
  ],
  [
    'a promise that ends where it starts',
    'promises: { a: { from: T2, until: T2, due: 1h } }',
    'policy.yml: promises.a.until: T2, expected an instant after T2',
  ],
  [
    'a tier without a due',
    'promises: { a: { from: T2, until: T3, tiers: [{ name: x }] } }',
    'policy.yml: promises.a.tiers.0.due: nothing, expected a duration such as 30m, 48h or 7d',
  ],
  [
    'a pause that holds never',
    'pauses: { p: { when: {}, cap: 1d } }',
    'policy.yml: pauses.p.when: nothing, expected at least one preset or condition',
  ],
  [
    'a condition without a field',
    'stages: { mql: { fields: [{ is: x }] } }',
    'policy.yml: stages.mql.fields.0: no field, expected one field: hubspot or salesforce',
  ],
  [
    'a condition on two fields at once',
    'stages: { mql: { fields: [{ hubspot: a, salesforce: B, is: x }] } }',
    'policy.yml: stages.mql.fields.0: both a and B, expected one field: hubspot or salesforce',
  ],
  [
    'a condition without a test',
    'stages: { sal: { fields: [{ all: [{ hubspot: a, is: x }, { hubspot: a }] }] } }',
    'policy.yml: stages.sal.fields.0.all.1: no test, expected one of is, is_not, at_least, at_most, filled; several go under all',
  ],
  [
    'several tests that are not under all',
    'stages: { mql: { fields: [{ hubspot: a, is: x, at_most: 3, filled: true }] } }',
    'policy.yml: stages.mql.fields.0: is and at_most and filled, expected one of is, is_not, at_least, at_most, filled; several go under all',
  ],
  [
    'a region where the file has none',
    'calendars: { default: { mon: [09:00-17:00], holidays: [us] } }',
    'policy.yml: calendars.default.holidays.0: "us", expected a name this file defines; it defines none',
  ],
  [
    'an unknown key of a day off',
    'holidays: { us: { days: [{ onn: 12-25 }] } }',
    'policy.yml:1: holidays.us.days.0.onn: unknown key onn, expected one of on, hours, name; did you mean on?',
  ],
  [
    'an unknown key of a test',
    'stages: { mql: { fields: [{ all: [{ hubspott: x }] }] } }',
    'policy.yml:1: stages.mql.fields.0.all.0.hubspott: unknown key hubspott, expected one of hubspot, salesforce, is, is_not, at_least, at_most, filled; did you mean hubspot?',
  ],
  [
    'a due of another kind of time',
    promise('kind: working, due: 2d'),
    'policy.yml: promises.a.due: 2d, expected working time such as 4h or 5 working days',
  ],
])('%s is refused', (_what, text, line) => {
  expect(refused(text)).toBe(line)
})

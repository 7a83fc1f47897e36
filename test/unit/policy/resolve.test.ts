import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { Policy } from '../../../src/policy/policy.ts'

const parse = (text: string) => parsePolicy(text, 'policy.yml')
const office = [1, 2, 3, 4, 5].map(day => ({ day, from: 540, to: 1_020 }))
const lifecycle = (value: string) =>
  ({ preset: 'field', vendor: 'hubspot', field: 'lifecycle', values: [value] }) as const
const leadStatus = (...values: string[]) =>
  ({ preset: 'field', vendor: 'hubspot', field: 'lead_status', values }) as const
const status = (...values: string[]) =>
  ({ preset: 'field', vendor: 'salesforce', field: 'status', values }) as const

test('what applies when nobody wrote a policy', () => {
  const clock = { persistence: null, kind: 'elapsed', reassignment: 'carry' } as const
  const limit = (dueMs: number, warnMs: number | null) => [{ name: 'default', when: {}, dueMs, warnMs }]
  const expected: Policy = {
    ...{ version: 1, name: 'default', effective: Date.parse('2000-01-01'), timezone: 'UTC' },
    stages: {
      mql: [lifecycle('marketingqualifiedlead')],
      sal: [leadStatus('IN_PROGRESS', 'CONNECTED', 'OPEN_DEAL'), status('Working - Contacted')],
      sql: [lifecycle('salesqualifiedlead'), { preset: 'converted_with_deal' }, { preset: 'deal_opened' }],
      rejected: [leadStatus('UNQUALIFIED'), status('Closed - Not Converted')],
      recycled: [lifecycle('lead'), status('Nurturing')],
    },
    dimensions: { segment: {}, score: {} },
    calendars: [
      {
        ...{ name: 'default', salesforce: null, timezone: null, holidays: [], hours: { blocks: office } },
        for: { people: [], teams: [], countries: [] },
      },
    ],
    ...{ holidays: {}, people: [], pauses: [], exceptions: [] },
    promises: [
      { name: 'assignment', from: 't1', until: 't2', ...clock, tiers: limit(4 * HOUR, null) },
      { name: 'first_attempt', from: 't2', until: 't3', ...clock, tiers: limit(48 * HOUR, 24 * HOUR) },
      {
        name: 'decision',
        from: 't2',
        until: 't5',
        ...clock,
        kind: 'working',
        tiers: limit(40 * HOUR, 32 * HOUR),
      },
    ],
    reMql: { afterMs: 0, outcomes: ['sql', 'rejected', 'recycled', 'expired', 'void'] },
    ...{ earlyMs: 7 * DAY, expireMs: null, attemptsBy: 'team', backDatedMs: 3 * DAY, minimumN: 20 },
    attempts: ['call', 'email', 'meeting_held', 'no_show'],
    contacts: ['call_connected', 'call_received', 'email_reply', 'email_received', 'meeting_held'],
    neglect: { unownedMs: DAY, idleMs: 14 * DAY, windowMs: 14 * DAY, limit: 0.3, minimumDue: 5 },
    sharedMailboxes: 'info sales contact office hello support admin marketing team noreply'.split(' '),
    write: { prefix: 'Leadtime' },
  }
  expect(defaultPolicy).toStrictEqual(expected)
})

test('what a stage asks for is said in the words of the file', () => {
  const { stages, dimensions } = parse(`
stages:
  mql:
    fields:
      - { hubspot: size, is_not: small }
      - { all: [{ salesforce: Score__c, at_least: 0 }, { salesforce: Score__c, at_most: 0 }, { hubspot: fit, filled: false }] }
  sql: { deal_opened: true }
  recycled: { converted_with_deal: true, deal_opened: false }
dimensions: { segment: { salesforce: Segment__c } }
`)
  const score = { vendor: 'salesforce', name: 'Score__c' } as const
  expect(stages.mql).toEqual([
    { preset: 'condition', all: [{ vendor: 'hubspot', name: 'size', test: 'is_not', values: ['small'] }] },
    {
      preset: 'condition',
      all: [
        { ...score, test: 'at_least', value: 0 },
        { ...score, test: 'at_most', value: 0 },
        { vendor: 'hubspot', name: 'fit', test: 'filled', filled: false },
      ],
    },
  ])
  expect([stages.sql, stages.recycled]).toEqual([
    [{ preset: 'deal_opened' }],
    [{ preset: 'converted_with_deal' }],
  ])
  expect(dimensions).toStrictEqual({ segment: { salesforce: 'Segment__c' }, score: {} })
})

test('attempts may be on as many days, and by as many channels, as there are attempts', () => {
  const { promises } = parse(`
promises:
  a: { from: T2, attempts: { count: 3, days: 3, channels: 3 }, due: 5d }
  b: { from: T2, attempts: { count: 6, days: 4 }, due: 5d, reassignment: reset }
`)
  expect(
    promises.map(({ until, persistence, reassignment }) => ({ until, persistence, reassignment })),
  ).toEqual([
    { until: null, persistence: { attempts: 3, days: 3, channels: 3 }, reassignment: 'carry' },
    { until: null, persistence: { attempts: 6, days: 4, channels: 1 }, reassignment: 'reset' },
  ])
})

test('a tier takes from another what it leaves out', () => {
  const { promises } = parse(`
promises:
  a:
    from: T2
    until: T3
    tiers:
      - { name: demo, when: { source: x, score: { at_least: 0 } }, due: 4h, warn: 1h }
      - { name: web, when: { source: y }, like: demo }
      - { name: fast, like: demo, due: 3h, warn: 2h }
`)
  expect(promises[0]!.tiers).toStrictEqual([
    {
      name: 'demo',
      when: { source: ['x'], score: { atLeast: 0, atMost: null } },
      dueMs: 4 * HOUR,
      warnMs: HOUR,
    },
    { name: 'web', when: { source: ['y'] }, dueMs: 4 * HOUR, warnMs: HOUR },
    { name: 'fast', when: {}, dueMs: 3 * HOUR, warnMs: 2 * HOUR },
  ])
})

test('pauses and exceptions are for the promises they name, else for all', () => {
  const { pauses, exceptions } = parse(`
pauses:
  buyer: { when: { hubspot_lifecycle: [other], salesforce_status: [Waiting] }, cap: 36h, promises: [decision] }
  ban: { when: { hubspot_lead_status: [ON_HOLD] }, cap: 2 working days }
exceptions:
  upsell: { when: { source: upsell }, promises: [assignment] }
  friends: { when: { campaign: friends } }
`)
  expect(pauses).toEqual([
    {
      ...{ name: 'buyer', when: [lifecycle('other'), status('Waiting')], promises: ['decision'] },
      cap: { kind: 'elapsed', ms: 36 * HOUR },
    },
    { name: 'ban', when: [leadStatus('ON_HOLD')], cap: { kind: 'working', ms: 16 * HOUR }, promises: null },
  ])
  expect(exceptions).toEqual([
    { name: 'upsell', when: { source: ['upsell'] }, promises: ['assignment'] },
    { name: 'friends', when: { campaign: ['friends'] }, promises: null },
  ])
})

test.each([
  [
    'of the default calendar, wherever it stands',
    '{ a: { sat: [09:00-11:00] }, default: { mon: [09:00-15:00] } }',
    6,
  ],
  ['that only Salesforce knows: eight hours', '{ default: { salesforce: Support } }', 8],
  ['of an office, where the file leaves it out', '{ a: { sat: [09:00-11:00] } }', 8],
])('a working day is one %s', (_, calendars, hours) => {
  const promise = 'promises: { a: { from: T2, until: T3, kind: working, due: 2 working days } }'
  const { promises } = parse(`calendars: ${calendars}\n${promise}`)
  expect(promises[0]!.tiers[0]!.dueMs).toBe(2 * hours * HOUR)
})

test('days of different years and parts of a day that touch are not the same', () => {
  const { holidays } = parse(
    'holidays: { us: [2026-12-24, 2027-12-24, { on: 12-31, hours: "12:00-24:00" }, { on: 12-31, hours: "10:00-12:00" }] }',
  )
  expect(holidays.us!.days).toHaveLength(4)
  expect(() => parse('holidays: { us: [2026-12-25, 12-25] }')).toThrow('12-25 a second time')
  expect(() => parse('holidays: { us: [2026-12-24, 2026-12-24] }')).toThrow('2026-12-24 a second time')
})

test('time off may be as short as a minute, and addresses and names are compared in small letters', () => {
  const { people, sharedMailboxes, calendars } = parse(`
people: { a@b.c: { time_off: [{ from: 2026-11-26T12:00, to: 2026-11-26T12:01 }] } }
shared_mailboxes: [Info]
calendars: { x: { mon: [09:00-17:00], for: { people: [Ada@B.c], teams: [EMEA], countries: [DE] } } }
`)
  const from = Date.parse('2026-11-26T12:00Z')
  expect(people[0]!.timeOff).toEqual([{ from, to: from + MINUTE }])
  expect(sharedMailboxes).toEqual(['info'])
  expect(calendars[0]!.for).toEqual({ people: ['ada@b.c'], teams: ['emea'], countries: ['de'] })
})

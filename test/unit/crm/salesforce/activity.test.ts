import { expect, test } from 'vitest'
import { toRecord } from '../../../../src/crm/salesforce/facts.ts'
import type { SalesforceObject } from '../../../../src/crm/salesforce/objects.ts'

const LEAD = '00Q000000000001EAA'
const USER = '005000000000001AAA'
const TASK = '00T000000000001AAA'
const DONE = '2026-03-04T14:30:00.000+0000'
const done = Date.parse('2026-03-04T14:30:00Z')
const logged = Date.parse('2026-03-05T08:00:00Z')
const common = {
  ...{ WhoId: LEAD, OwnerId: USER, IsDeleted: false },
  ...{ CreatedDate: '2026-03-05T08:00:00.000+0000', SystemModstamp: '2026-03-05T08:00:00.000+0000' },
}
const context = { zone: 'Europe/Berlin', stages: new Map(), extra: [] }

const factOf = (object: SalesforceObject, row: object) =>
  toRecord(object, { ...common, ...row }, context, 'Leadtime').facts[0]

const task = (row: object) =>
  factOf('task', {
    Id: TASK,
    TaskSubtype: 'Call',
    IsClosed: true,
    CompletedDateTime: DONE,
    ActivityDate: '2026-03-04',
    ...row,
  })

test('a logged call', () => {
  expect(task({ CallType: 'Outbound', CallDisposition: 'Connected' })).toEqual({
    ...{ key: 'activity', origin: 'record', kind: 'activity', subject: `salesforce:lead:${LEAD}` },
    ...{ channel: 'call', direction: 'out', outcome: 'connected', actor: `salesforce:user:${USER}` },
    ...{ automated: false, at: done, loggedAt: logged },
  })
})

test('about nobody but an opportunity is about the opportunity; about a contact as well, about the contact', () => {
  const [deal, contact] = ['006000000000001AAA', '003000000000001AAA']
  const about = (row: object) => task(row)?.subject
  expect(about({ WhoId: null, WhatId: deal })).toBe(`salesforce:deal:${deal}`)
  expect(about({ WhoId: contact, WhatId: deal })).toBe(`salesforce:contact:${contact}`)
  expect(task({ WhoId: null, WhatId: '001000000000001AAA' })).toBeUndefined()
  const Activity = { WhoId: null, OwnerId: USER, TaskSubtype: 'Email' }
  const mail = { Id: '02s000000000001AAA', Activity, Status: '3', MessageDate: DONE, RelatedToId: deal }
  expect(factOf('email', mail)?.subject).toBe(`salesforce:deal:${deal}`)
})

test.each([
  ['Voicemail', 'voicemail'],
  ['No Answer', 'no_answer'],
  ['no answer', 'no_answer'],
  ['Interested', 'done'],
  [null, 'done'],
])('call disposition %s → %s', (CallDisposition, outcome) => {
  expect(task({ CallDisposition })).toMatchObject({ channel: 'call', outcome, direction: 'out' })
})

test.each([
  [{ CallType: 'Inbound' }, { channel: 'call', direction: 'in', automated: false }],
  [{ TaskSubtype: 'Email' }, { channel: 'email', direction: 'out', outcome: 'done', automated: false }],
  [{ TaskSubtype: 'ListEmail' }, { channel: 'email', automated: true }],
  [{ TaskSubtype: 'Cadence' }, { channel: 'email', automated: true, sequence: true }],
  [
    { TaskSubtype: 'Cadence', CallType: 'Outbound' },
    { channel: 'call', automated: true },
  ],
])('task %o is an activity', (row, expected) => {
  expect(task(row)).toMatchObject(expected)
})

test.each([
  [{ TaskSubtype: 'Task' }],
  [{ TaskSubtype: null }],
  [{ IsClosed: false }],
  [{ IsDeleted: true }],
  [{ WhoId: null }],
  [{ WhoId: '500000000000001AAA' }],
  [{ CompletedDateTime: null, ActivityDate: null }],
])('task %o is none', row => {
  expect(task(row)).toBeUndefined()
})

test('a task with only a date happened on that day in the organisation', () => {
  expect(task({ CompletedDateTime: null, ActivityDate: '2026-07-01' })).toMatchObject({
    at: Date.parse('2026-07-01T00:00:00+02:00'),
    dayPrecise: true,
  })
})

const email = (row: object) =>
  factOf('email', {
    ...{
      Id: '02s000000000001AAA',
      ActivityId: TASK,
      MessageDate: DONE,
      Incoming: false,
      IsBounced: false,
      Status: '3',
    },
    Activity: { WhoId: LEAD, OwnerId: USER, TaskSubtype: 'Email' },
    ...row,
  })

test('an e-mail message stands for its task', () => {
  expect(email({})).toMatchObject({
    ...{ channel: 'email', direction: 'out', outcome: 'done', at: done, subject: `salesforce:lead:${LEAD}` },
    ...{ actor: `salesforce:user:${USER}`, automated: false, supersedes: `salesforce:task:${TASK}` },
  })
  expect(email({ IsBounced: true })).toMatchObject({ outcome: 'bounced' })
  expect(email({ Status: '2' })).toMatchObject({ outcome: 'replied' })
  expect(email({ Incoming: true, Status: '0' })).toMatchObject({ direction: 'in' })
  const list = { WhoId: LEAD, OwnerId: USER, TaskSubtype: 'ListEmail' }
  expect(email({ Activity: list })).toMatchObject({ automated: true })
})

test.each([[{ Status: '5' }], [{ Activity: null }], [{ MessageDate: null }], [{ IsDeleted: true }]])(
  'e-mail %o is no activity',
  row => {
    expect(email(row)).toBeUndefined()
  },
)

const event = (row: object) =>
  factOf('event', {
    ...{ Id: '00U000000000001AAA', StartDateTime: DONE, ActivityDate: '2026-03-04', IsAllDayEvent: false },
    ...{ IsChild: false, Outcome__c: 'Held' },
    ...row,
  })

test.each([
  ['Held', 'held'],
  ['No Show', 'no_show'],
  ['Scheduled', 'scheduled'],
  ['Cancelled', 'cancelled'],
  [null, 'scheduled'],
  ['Postponed', 'scheduled'],
])('meeting outcome %s → %s', (Outcome__c, outcome) => {
  expect(event({ Outcome__c })).toMatchObject({ channel: 'meeting', outcome, at: done })
})

test("a meeting's copies for invitees count once; an all-day one is known to the day", () => {
  expect(event({ IsChild: true })).toBeUndefined()
  expect(event({ IsAllDayEvent: true })).toMatchObject({
    at: Date.parse('2026-03-04T00:00:00+01:00'),
    dayPrecise: true,
  })
})

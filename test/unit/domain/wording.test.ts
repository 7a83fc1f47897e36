import { expect, test } from 'vitest'
import type { ActivityOutcome, Channel, DealStep } from '../../../src/domain/facts.ts'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts'
import {
  activityWords,
  dealWords,
  fieldWords,
  kindOfRecord,
  leftOutWords,
  lengthWords,
} from '../../../src/domain/wording.ts'

test.each([
  ['salesforce:lead:1', 'Salesforce lead'],
  ['hubspot:contact:1', 'HubSpot contact'],
  ['salesforce:campaign_member:1', 'Salesforce campaign member'],
  ['salesforce:history:1', 'Salesforce lead history'],
  ['hubspot:deal:1', 'HubSpot deal'],
] as const)('%s is a %s', (ref, words) => {
  expect(kindOfRecord(ref)).toBe(words)
})

test.each([
  ['lifecycle', 'marketingqualifiedlead', 'Lifecycle stage: Marketing Qualified Lead'],
  ['lifecycle', '12345', 'Lifecycle stage: 12345'],
  ['lifecycle', null, 'Lifecycle stage cleared'],
  ['lead_status', 'NEW', 'Lead status: NEW'],
  ['status', 'lead', 'Status: lead'],
  ['property:Score__c', '80', 'Score__c: 80'],
] as const)('%s %j is told as %j', (field, value, words) => {
  expect(fieldWords(field, value)).toBe(words)
})

const activity = (channel: Channel, direction: 'in' | 'out', outcome: ActivityOutcome, automated = false) =>
  activityWords({
    ...{ key: 'a', at: 0, subject: 'hubspot:contact:1', origin: 'record', kind: 'activity', actor: null },
    ...{ channel, direction, outcome, automated, loggedAt: 0 },
  })

test('an activity is told with what came of it', () => {
  expect([
    activity('call', 'out', 'voicemail'),
    activity('call', 'in', 'connected'),
    activity('email', 'in', 'done'),
    activity('email', 'out', 'done', true),
    activity('meeting', 'in', 'no_show'),
  ]).toEqual([
    'Call: left a voicemail',
    'Call from the lead: spoke with each other',
    'E-mail from the lead',
    'Automated e-mail',
    'Meeting: the lead did not come',
  ])
})

const deal = (step: DealStep, amountMinor: number | null, reason: string | null = null) =>
  dealWords({
    ...{ key: 'd', at: 0, subject: 'hubspot:deal:1', origin: 'record', kind: 'deal', stage: 'Negotiation' },
    ...{ step, amountMinor, owner: null, reason },
  })

test.each([
  ['won', 1_200_000, null, 'Deal won, 12,000'],
  ['won', 123_456_789, null, 'Deal won, 1,234,567.89'],
  ['opened', 99_950, null, 'Deal opened, 999.50'],
  ['opened', 100_000, null, 'Deal opened, 1,000'],
  ['opened', null, null, 'Deal opened'],
  ['lost', 500, 'too dear', 'Deal lost, 5: too dear'],
  ['moved', 1_200_000, null, 'Deal moved to Negotiation'],
] as const)('a deal %s for %j: %j', (step, amountMinor, reason, words) => {
  expect(deal(step, amountMinor, reason)).toBe(words)
})

test.each([
  [0, 'elapsed', '0 min'],
  [MINUTE - 1, 'elapsed', 'less than a minute'],
  [-SECOND, 'elapsed', '−less than a minute'],
  [MINUTE, 'elapsed', '1 min'],
  [48 * HOUR, 'elapsed', '48 h'],
  [4 * DAY - MINUTE, 'elapsed', '95 h 59 min'],
  [4 * DAY, 'elapsed', '4 d'],
  [4 * DAY + 3 * HOUR + 10 * MINUTE, 'elapsed', '4 d 3 h 10 min'],
  [4 * DAY + 10 * MINUTE, 'elapsed', '4 d 10 min'],
  [4 * DAY + 3 * HOUR, 'working', '99 h'],
  [-(5 * DAY + HOUR), 'elapsed', '−5 d 1 h'],
] as const)('%d ms of %s time are %j', (ms, kind, words) => {
  expect(lengthWords(ms, kind)).toBe(words)
})

test('why time is not counted', () => {
  expect([
    leftOutWords({ why: 'paused', name: 'waiting for the buyer' }),
    leftOutWords({ why: 'reassigned' }),
    leftOutWords({ why: 'other_owner' }),
  ]).toEqual([
    'paused: waiting for the buyer',
    'before it was reassigned',
    'not in the hands of its owner at the end',
  ])
})

import { describe, expect, test } from 'vitest'
import { mergedAway, ownerRecord, toRecord } from '../../../../src/crm/hubspot/facts.ts'
import type { HubSpotName } from '../../../../src/crm/hubspot/objects.ts'
import type { HubSpotObject } from '../../../../src/crm/hubspot/values.ts'

const created = Date.parse('2026-03-02T09:00:00.500Z')
const HOUR = 3_600_000
const CONNECTED = 'f240bbac-87c9-4f6e-bf70-924b57d47db7'
const stages = new Map([
  ['closedwon', 'won'],
  ['closedlost', 'lost'],
] as const)

const object = (part: Partial<HubSpotObject>): HubSpotObject => ({
  ...{ id: '51', properties: {}, history: {}, contacts: [] },
  ...{ createdAt: created, updatedAt: created + HOUR, archivedAt: null },
  ...part,
})

const read = (name: HubSpotName, part: Partial<HubSpotObject>) =>
  toRecord(name, object(part), { stages, extra: ['interests', 'score'] }, 'Leadtime')

const ofKind = (facts: { kind: string }[], kind: string) => facts.filter(fact => fact.kind === kind)

const contact = (part: Partial<HubSpotObject> = {}) =>
  read('contact', {
    ...part,
    properties: {
      ...{ email: 'Ada@Example.com', firstname: 'Ada', lastname: 'L', company: 'Engines', country: 'UK' },
      ...{
        hs_analytics_source_data_1: 'Web',
        hs_analytics_source_data_2: 'Spring',
        createdate: '2026-03-02T09:00:00.500Z',
      },
      ...part.properties,
    },
  })

test('a contact: who it is', () => {
  expect(contact().facts[0]).toEqual({
    ...{ key: 'created', at: created, subject: 'hubspot:contact:51', origin: 'record', kind: 'created' },
    profile: {
      email: 'Ada@Example.com',
      name: 'Ada L',
      company: 'Engines',
      country: 'UK',
      source: 'Web',
      campaign: 'Spring',
    },
  })
})

test('properties of the policy: by their history, else as they are, an empty one as empty', () => {
  const named = (part: Partial<HubSpotObject>) =>
    contact(part).facts.flatMap(fact =>
      (fact.kind === 'field' || fact.kind === 'field_now') && fact.field.startsWith('property:')
        ? [[fact.key, fact.at - created, fact.value]]
        : [],
    )
  const score = [
    { value: '80', at: created + 2 * HOUR },
    { value: '40', at: created + HOUR },
  ]
  expect(named({ properties: { score: '80', interests: 'a;b' }, history: { score } })).toEqual([
    ['property:interests', 0, 'a;b'],
    [`property:score:${created + HOUR}`, HOUR, '40'],
    [`property:score:${created + 2 * HOUR}`, 2 * HOUR, '80'],
  ])
  expect(named({ properties: { score: null } })).toEqual([['property:score', 0, null]])
  expect(named({})).toEqual([])
})

test('the lifecycle from its history, oldest first, an emptied stage as null', () => {
  const history = {
    lifecyclestage: [
      { value: 'lead', at: created + 3 * HOUR },
      { value: '', at: created + 3 * HOUR },
      { value: 'marketingqualifiedlead', at: created + HOUR },
    ],
  }
  const about = { subject: 'hubspot:contact:51', origin: 'history', kind: 'field', field: 'lifecycle' }
  expect(ofKind(contact({ history }).facts, 'field')).toEqual([
    {
      ...about,
      key: `lifecycle:${created + HOUR}`,
      at: created + HOUR,
      value: 'marketingqualifiedlead',
      from: null,
    },
    {
      ...about,
      key: `lifecycle:${created + 3 * HOUR}`,
      at: created + 3 * HOUR,
      value: null,
      from: 'marketingqualifiedlead',
    },
    { ...about, key: `lifecycle:${created + 3 * HOUR}#2`, at: created + 3 * HOUR, value: 'lead', from: null },
  ])
})

test('owner and lead status: history where there is one, else what is shown now', () => {
  const now = contact({ properties: { hs_lead_status: 'OPEN', hubspot_owner_id: '7' } })
  expect(ofKind(now.facts, 'field_now')).toEqual([
    expect.objectContaining({ field: 'lead_status', value: 'OPEN', at: created }),
  ])
  expect(ofKind(now.facts, 'owner_now')).toEqual([expect.objectContaining({ owner: 'hubspot:user:7' })])
  const history = {
    hubspot_owner_id: [
      { value: '8', at: created + 2 * HOUR },
      { value: '7', at: created + HOUR },
    ],
  }
  expect(ofKind(contact({ history }).facts, 'owner')).toEqual([
    expect.objectContaining({ owner: 'hubspot:user:7', from: null, at: created + HOUR }),
    expect.objectContaining({ owner: 'hubspot:user:8', from: 'hubspot:user:7' }),
  ])
})

test('every value the last conversion had is a hand-raise, with the form of that moment', () => {
  const history = {
    recent_conversion_date: [
      { value: String(created + 9 * HOUR), at: created + 9 * HOUR + 5 },
      { value: '2026-03-02T09:30:00Z', at: created + HOUR },
    ],
    recent_conversion_event_name: [{ value: 'Demo form', at: created + HOUR }],
  }
  expect(ofKind(contact({ history }).facts, 'inquiry')).toEqual([
    expect.objectContaining({ at: Date.parse('2026-03-02T09:30:00Z'), detail: 'Demo form' }),
    expect.objectContaining({
      at: created + 9 * HOUR,
      detail: 'Demo form',
      loggedAt: created + 9 * HOUR + 5,
    }),
  ])
})

test('what ties a contact to other records', () => {
  const { identity } = contact({
    properties: {
      hs_additional_emails: 'ada@old.example;ADA@example.com',
      salesforceleadid: '00Q000000000001',
      salesforcecontactid: 'none',
      hs_merged_object_ids: '49;50',
    },
  })
  expect(identity).toEqual([
    { key: 'hubspot:contact:51', reason: 'self' },
    { key: 'email:ada@example.com', reason: 'email' },
    { key: 'email:ada@old.example', reason: 'email' },
    { key: 'salesforce:lead:00Q000000000001EAA', reason: 'linked_id' },
    { key: 'hubspot:contact:49', reason: 'merge' },
    { key: 'hubspot:contact:50', reason: 'merge' },
  ])
})

test('an archived contact is deleted at that moment', () => {
  const record = contact({ archivedAt: created + 5 * HOUR })
  expect(record.deleted).toBe(true)
  expect(ofKind(record.facts, 'deleted')).toEqual([expect.objectContaining({ at: created + 5 * HOUR })])
})

test('an echo of our own write leaves the fields as they were, a silent round trip of a stage does not', () => {
  const before = JSON.stringify(contact().fields)
  const echo = contact({ updatedAt: created + 9 * HOUR, properties: { leadtime_overdue: 'true' } })
  expect(JSON.stringify(echo.fields)).toBe(before)
  expect(echo.owned).toMatchObject({ overdue: true, status: null })
  const history = { lifecyclestage: [{ value: 'lead', at: created }] }
  expect(JSON.stringify(contact({ history }).fields)).not.toBe(before)
})

test('a merged-away contact keeps nothing but the way to its survivor', () => {
  expect(mergedAway('49', object({}))).toMatchObject({
    ...{ id: '49', deleted: true, facts: [] },
    identity: [{ key: 'hubspot:contact:49' }, { key: 'hubspot:contact:51', reason: 'merge' }],
  })
})

const deal = (part: Partial<HubSpotObject>) =>
  read('deal', {
    contacts: ['51', '52'],
    ...part,
    properties: {
      amount: '100.5',
      hubspot_owner_id: '7',
      createdate: '2026-03-02T09:00:00.500Z',
      ...part.properties,
    },
  })

test('a deal opens, moves and is won', () => {
  const history = {
    dealstage: [
      { value: 'closedwon', at: created + 2 * HOUR },
      { value: 'contractsent', at: created + HOUR },
      { value: 'appointmentscheduled', at: created },
    ],
  }
  const record = deal({ history, properties: { dealstage: 'closedwon' } })
  const about = { amountMinor: 10050, owner: 'hubspot:user:7', reason: null, subject: 'hubspot:deal:51' }
  expect(record.facts).toEqual([
    expect.objectContaining({
      ...about,
      key: 'opened',
      step: 'opened',
      stage: 'appointmentscheduled',
      at: created,
    }),
    expect.objectContaining({ ...about, step: 'moved', stage: 'contractsent', at: created + HOUR }),
    expect.objectContaining({ ...about, step: 'won', stage: 'closedwon', at: created + 2 * HOUR }),
  ])
  expect(record.memberships).toEqual([
    { deal: 'hubspot:deal:51', member: 'hubspot:contact:51' },
    { deal: 'hubspot:deal:51', member: 'hubspot:contact:52' },
  ])
})

test('a deal created as lost is opened and lost, with the reason', () => {
  const history = { dealstage: [{ value: 'closedlost', at: created }] }
  expect(deal({ history, properties: { closed_lost_reason: 'price' } }).facts).toEqual([
    expect.objectContaining({ step: 'opened' }),
    expect.objectContaining({ step: 'lost', reason: 'price' }),
  ])
})

const activity = (name: 'call' | 'email' | 'meeting', properties: Record<string, string | null>) =>
  read(name, {
    contacts: ['51'],
    properties: { hs_timestamp: '2026-03-03T10:00:00Z', hubspot_owner_id: '7', ...properties },
  }).facts[0]

test('a call, once for each contact', () => {
  const properties = {
    hs_timestamp: '1772532000000',
    hs_call_disposition: CONNECTED,
    hs_call_status: 'COMPLETED',
  }
  const { facts } = read('call', { contacts: ['51', '52'], properties })
  expect(facts).toEqual([
    expect.objectContaining({
      key: 'activity:51',
      subject: 'hubspot:contact:51',
      outcome: 'connected',
      actor: null,
    }),
    expect.objectContaining({ key: 'activity:52', subject: 'hubspot:contact:52', at: 1_772_532_000_000 }),
  ])
})

test.each([
  [
    { hs_call_status: 'COMPLETED', hs_call_direction: 'INBOUND' },
    { direction: 'in', outcome: 'done' },
  ],
  [{ hs_call_status: 'NO_ANSWER' }, { direction: 'out', outcome: 'no_answer' }],
  [{ hs_call_disposition: 'b2cf5968-551e-4856-9783-52b3da59a7d0' }, { outcome: 'voicemail' }],
  [{ hs_call_disposition: 'a portal of its own' }, { outcome: 'done' }],
])('call %o', (properties, expected) => {
  expect(activity('call', properties)).toMatchObject({
    channel: 'call',
    at: Date.parse('2026-03-03T10:00:00Z'),
    ...expected,
  })
})

test.each(['QUEUED', 'RINGING', 'CANCELED', 'FAILED', 'IN_PROGRESS'])(
  'a call %s did not take place',
  status => {
    expect(activity('call', { hs_call_status: status })).toBeUndefined()
  },
)

test.each([
  [
    { hs_email_direction: 'EMAIL', hs_email_status: 'SENT' },
    { direction: 'out', outcome: 'done', automated: false },
  ],
  [{ hs_email_direction: 'EMAIL', hs_email_status: 'BOUNCED' }, { outcome: 'bounced' }],
  [
    { hs_email_direction: 'EMAIL', hs_email_status: 'SENT', hs_email_reply_count: '2' },
    { outcome: 'replied' },
  ],
  [{ hs_email_direction: 'INCOMING_EMAIL' }, { direction: 'in', outcome: 'done' }],
  [{ hs_email_direction: 'EMAIL', hs_engagement_source: 'SEQUENCES' }, { automated: true }],
])('e-mail %o', (properties, expected) => {
  expect(activity('email', properties)).toMatchObject({ channel: 'email', ...expected })
})

test('an e-mail that was not sent is none', () => {
  expect(activity('email', { hs_email_direction: 'EMAIL', hs_email_status: 'SCHEDULED' })).toBeUndefined()
})

test.each([
  ['COMPLETED', 'held'],
  ['NO_SHOW', 'no_show'],
  ['CANCELED', 'cancelled'],
  ['RESCHEDULED', 'scheduled'],
  ['', 'scheduled'],
])('meeting %s → %s, at its start', (hs_meeting_outcome, outcome) => {
  const start = '2026-03-04T10:00:00Z'
  expect(activity('meeting', { hs_meeting_outcome, hs_meeting_start_time: start })).toMatchObject({
    ...{ channel: 'meeting', outcome, at: Date.parse(start) },
  })
})

test('owners as reps', () => {
  const owner = {
    id: '7',
    email: 'ann@example.com',
    firstName: 'Ann',
    lastName: 'Archer',
    updatedAt: created,
  }
  expect(ownerRecord({ ...owner, type: 'PERSON', archived: false }).rep).toEqual({
    ...{
      ref: 'hubspot:user:7',
      name: 'Ann Archer',
      email: 'ann@example.com',
      timeZone: null,
      active: true,
      inactiveSince: null,
      team: null,
      country: null,
      human: true,
    },
  })
  expect(ownerRecord({ ...owner, type: 'QUEUE', archived: true }).rep).toMatchObject({
    active: false,
    inactiveSince: created,
    human: false,
  })
})

test('an owner is of their primary team', () => {
  const owner = { id: '7', archived: false, updatedAt: created }
  const teams = [
    { name: 'Everybody', primary: false },
    { name: 'EMEA', primary: true },
  ]
  expect(ownerRecord({ ...owner, teams }).rep?.team).toBe('EMEA')
  expect(ownerRecord({ ...owner, teams: teams.slice(0, 1) }).rep?.team).toBeNull()
})

test('the stamp of an inactive owner is no part of their fields: a later change is not a later departure', () => {
  const left = (at: number) => ownerRecord({ id: '7', archived: true, updatedAt: at })
  expect(left(created + HOUR).fields).toEqual(left(created).fields)
})

describe('the lifecycle of a merged contact', () => {
  type Step = [hours: number, value: string, by?: string]
  const told = (steps: Step[], merged = '8;9') =>
    ofKind(
      read('contact', {
        properties: { hs_merged_object_ids: merged },
        history: {
          lifecyclestage: steps
            .map(([hours, value, by = 'FORM']) => ({ value, at: created + hours * HOUR, by }))
            .toReversed(),
        },
      }).facts,
      'field',
    ).map(fact => (fact as unknown as { value: string | null }).value)
  const MQL = 'marketingqualifiedlead'

  test('leaves out how the younger contact began, and what the merge set', () => {
    const steps: Step[] = [
      ...([
        [0, 'lead'],
        [1, MQL],
        [2, 'lead'],
        [3, MQL],
      ] as Step[]),
      [4, 'salesqualifiedlead', 'MERGE_OBJECTS'],
    ]
    expect(told(steps)).toEqual(['lead', MQL, MQL])
    expect(told(steps, '')).toEqual(['lead', MQL, 'lead', MQL])
  })

  test('keeps a step back that was cleared before, or made by hand', () => {
    expect(
      told([
        [0, MQL],
        [1, ''],
        [1, 'lead'],
      ]),
    ).toEqual([MQL, null, 'lead'])
    expect(
      told([
        [0, MQL],
        [1, 'lead', 'CRM_UI'],
      ]),
    ).toEqual([MQL, 'lead'])
    expect(
      told([
        [0, 'subscriber'],
        [1, 'lead'],
      ]),
    ).toEqual(['subscriber', 'lead'])
  })
})

test('a merge changes an owner: it is who has the contact from then on', () => {
  const owner = (value: string, at: number, by: string) => ({ value, at: created + at * HOUR, by })
  const { facts } = contact({
    history: { hubspot_owner_id: [owner('8', 2, 'MERGE_OBJECTS'), owner('7', 1, 'CRM_UI')] },
  })
  expect(ofKind(facts, 'owner')).toMatchObject([{ owner: 'hubspot:user:7' }, { owner: 'hubspot:user:8' }])
})

test('a step of a sequence is told from other machines', () => {
  const sent = (source: string) =>
    read('email', {
      contacts: ['9'],
      properties: { hs_timestamp: String(created), hs_engagement_source: source },
    }).facts[0]
  expect(sent('SEQUENCES')).toMatchObject({ automated: true, sequence: true })
  expect(sent('AUTOMATION_PLATFORM')).toMatchObject({ automated: true })
  expect(sent('AUTOMATION_PLATFORM')).not.toHaveProperty('sequence')
})

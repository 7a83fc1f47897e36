import { expect, test } from 'vitest'
import { toRecord } from '../../../../src/crm/salesforce/facts.ts'
import type { SalesforceObject } from '../../../../src/crm/salesforce/objects.ts'
import { BadRow } from '../../../../src/crm/salesforce/values.ts'

const CREATED = '2026-03-02T09:00:00.000+0000'
const CHANGED = '2026-03-05T10:00:00.000+0000'
const created = Date.parse('2026-03-02T09:00:00Z')
const changed = Date.parse('2026-03-05T10:00:00Z')
const LEAD = '00Q000000000001EAA'
const CONTACT = '003000000000001AAA'
const DEAL = '006000000000001AAA'
const USER = '005000000000001AAA'
const stamps = { IsDeleted: false, CreatedDate: CREATED, SystemModstamp: CHANGED }

const context = {
  zone: 'America/New_York',
  extra: ['AnnualRevenue', 'Interests__c', 'Rating', 'Target__c'],
  stages: new Map([
    ['Closed Won', { closed: true, won: true }],
    ['Closed Lost', { closed: true, won: false }],
    ['Prospecting', { closed: false, won: false }],
  ]),
}

const read = (object: SalesforceObject, row: object) =>
  toRecord(object, row as Record<string, unknown>, context, 'Leadtime')

const lead = (row: object = {}) =>
  read('lead', {
    Id: LEAD,
    Email: 'Ada@Example.com',
    Name: 'Ada L',
    Company: 'Engines',
    Country: 'UK',
    LeadSource: 'Web',
    Status: 'Working - Contacted',
    OwnerId: USER,
    IsConverted: false,
    ConvertedDate: null,
    ...stamps,
    ...row,
  })

test('a lead: who it is and what it shows now', () => {
  const record = lead()
  const profile = {
    email: 'Ada@Example.com',
    name: 'Ada L',
    company: 'Engines',
    country: 'UK',
    source: 'Web',
    campaign: null,
  }
  const about = { at: created, subject: `salesforce:lead:${LEAD}`, origin: 'record' }
  expect(record.facts).toEqual([
    { ...about, key: 'created', kind: 'created', profile },
    { ...about, key: 'owner', kind: 'owner_now', owner: `salesforce:user:${USER}` },
    { ...about, key: 'status', kind: 'field_now', field: 'status', value: 'Working - Contacted' },
  ])
  expect(record).toMatchObject({ id: LEAD, modifiedAt: changed, deleted: false, memberships: [] })
  expect(record.identity).toEqual([
    { key: `salesforce:lead:${LEAD}`, reason: 'self' },
    { key: 'email:ada@example.com', reason: 'email' },
  ])
})

test('a lead of a queue is owned by the queue', () => {
  const [, owner] = lead({ OwnerId: '00G000000000001AAA' }).facts
  expect(owner).toMatchObject({ kind: 'owner_now', owner: 'salesforce:queue:00G000000000001AAA' })
})

test('an echo of our own write leaves the fields as they were', () => {
  const before = lead()
  const after = lead({ SystemModstamp: '2026-03-09T10:00:00.000+0000', Leadtime_Overdue__c: true })
  expect(JSON.stringify(after.fields)).toBe(JSON.stringify(before.fields))
  expect(after.facts).toEqual(before.facts)
  expect(after.owned).toEqual({ overdue: true })
})

test('a converted lead is tied to its contact and deal; the date is a day of the organisation', () => {
  const record = lead({
    IsConverted: true,
    ConvertedDate: '2026-03-05',
    ConvertedContactId: CONTACT,
    ConvertedOpportunityId: DEAL,
  })
  expect(record.facts.find(fact => fact.kind === 'converted')).toEqual({
    key: 'converted',
    at: Date.parse('2026-03-05T00:00:00-05:00'),
    dayPrecise: true,
    subject: `salesforce:lead:${LEAD}`,
    origin: 'record',
    kind: 'converted',
    contact: `salesforce:contact:${CONTACT}`,
    deal: `salesforce:deal:${DEAL}`,
  })
  expect(record.identity).toContainEqual({ key: `salesforce:contact:${CONTACT}`, reason: 'conversion' })
  expect(record.memberships).toEqual([{ deal: `salesforce:deal:${DEAL}`, member: `salesforce:lead:${LEAD}` }])
})

test('a merged lead is deleted and names its survivor', () => {
  const record = lead({ IsDeleted: true, MasterRecordId: '00Q000000000002EAA' })
  expect(record.deleted).toBe(true)
  expect(record.facts).toContainEqual(expect.objectContaining({ kind: 'deleted', at: changed }))
  expect(record.identity).toContainEqual({ key: 'salesforce:lead:00Q000000000002EAA', reason: 'merge' })
})

test('why sales turned a lead down', () => {
  const { facts } = lead({ Rejection_Reason__c: 'No budget', Rejection_Note__c: 'ask in May' })
  expect(facts).toContainEqual(
    expect.objectContaining({ kind: 'feedback', reason: 'No budget', note: 'ask in May', at: created }),
  )
})

test('a row without its stamp is no answer', () => {
  expect(() => lead({ SystemModstamp: undefined })).toThrow(BadRow)
  expect(() => lead({ CreatedDate: 'soon' })).toThrow(BadRow)
})

test('a contact takes its company from the account', () => {
  const record = read('contact', {
    ...{ Id: CONTACT, Email: null, Name: 'Ada L', MailingCountry: 'UK', OwnerId: USER, LeadSource: null },
    ...{ Account: { Name: 'Engines' }, ...stamps },
  })
  expect(record.facts[0]).toMatchObject({ kind: 'created', profile: { company: 'Engines', country: 'UK' } })
  expect(record.identity).toEqual([{ key: `salesforce:contact:${CONTACT}`, reason: 'self' }])
})

const change = (row: object) =>
  read('history', { Id: '017000000000001AAA', LeadId: LEAD, IsDeleted: false, CreatedDate: CREATED, ...row })
    .facts

test('lead history: status, owner by id, conversion; the rest says nothing', () => {
  const about = { key: 'change', at: created, subject: `salesforce:lead:${LEAD}`, origin: 'history' }
  expect(change({ Field: 'Status', OldValue: 'Open', NewValue: 'Qualified' })).toEqual([
    { ...about, kind: 'field', field: 'status', value: 'Qualified', from: 'Open' },
  ])
  expect(change({ Field: 'Owner', OldValue: '00G000000000001', NewValue: USER })).toEqual([
    {
      ...about,
      kind: 'owner',
      owner: `salesforce:user:${USER}`,
      from: 'salesforce:queue:00G000000000001EAA',
    },
  ])
  expect(change({ Field: 'Owner', OldValue: 'Inbound', NewValue: 'Ann Archer' })).toEqual([])
  expect(change({ Field: 'leadConverted', OldValue: null, NewValue: null })).toEqual([
    { ...about, kind: 'converted', contact: null, deal: null },
  ])
  expect(change({ Field: 'created', OldValue: null, NewValue: null })).toEqual([])
})

test('fields of the policy: numbers and checkboxes in words, an empty one as empty, one that is not there not at all', () => {
  const { facts, fields } = lead({ AnnualRevenue: 1_000_000, Rating: null, Target__c: false })
  const named = facts.flatMap(fact => (fact.kind === 'field_now' && fact.field !== 'status' ? [fact] : []))
  expect(named.map(({ key, at, value }) => [key, at, value])).toEqual([
    ['property:AnnualRevenue', created, '1000000'],
    ['property:Rating', created, null],
    ['property:Target__c', created, 'false'],
  ])
  expect(fields.extra).toEqual({ AnnualRevenue: '1000000', Rating: null, Target__c: 'false' })
  expect(lead({ Rating: { street: 'compound' } }).facts).not.toContainEqual(
    expect.objectContaining({ field: 'property:Rating' }),
  )
})

test('lead history of the policy’s fields; that a long text or several choices changed says nothing', () => {
  const told = (Field: string, OldValue: unknown, NewValue: unknown) =>
    change({ Field, OldValue, NewValue }).map(fact =>
      fact.kind === 'field' ? [fact.field, fact.from, fact.value] : [],
    )
  expect(told('Rating', null, 'Hot')).toEqual([['property:Rating', null, 'Hot']])
  expect(told('AnnualRevenue', 5, 80.5)).toEqual([['property:AnnualRevenue', '5', '80.5']])
  expect(told('Target__c', false, true)).toEqual([['property:Target__c', 'false', 'true']])
  expect(told('Interests__c', null, null)).toEqual([])
  expect(told('Industry', null, 'Retail')).toEqual([])
})

test('a campaign member names the campaign', () => {
  const row = {
    Id: '00v000000000001AAA',
    CampaignId: '701000000000001AAA',
    Campaign: { Name: 'Spring fair' },
  }
  const member = (people: object) => read('campaign_member', { ...row, ...stamps, ...people }).facts[0]
  expect(member({ LeadId: LEAD, ContactId: CONTACT })).toMatchObject({
    name: 'Spring fair',
    subject: `salesforce:lead:${LEAD}`,
  })
  expect(member({ LeadId: null, ContactId: CONTACT })).toMatchObject({
    subject: `salesforce:contact:${CONTACT}`,
  })
  expect(member({ LeadId: null, ContactId: CONTACT, IsDeleted: true })).toBeUndefined()
})

test('an opportunity opens a deal; its history moves, wins and loses it', () => {
  const opened = read('deal', {
    Id: DEAL,
    StageName: 'Closed Won',
    Amount: 1234.56,
    OwnerId: USER,
    IsWon: true,
    ...stamps,
  })
  expect(opened.facts).toEqual([
    expect.objectContaining({
      step: 'opened',
      stage: '',
      amountMinor: 123456,
      owner: `salesforce:user:${USER}`,
      at: created,
    }),
  ])
  const stage = (StageName: string) =>
    read('deal_history', { Id: '008000000000001AAA', OpportunityId: DEAL, StageName, Amount: 10, ...stamps })
      .facts[0]
  expect(stage('Prospecting')).toMatchObject({
    step: 'moved',
    stage: 'Prospecting',
    amountMinor: 1000,
    at: created,
  })
  expect(stage('Closed Won')).toMatchObject({ step: 'won', subject: `salesforce:deal:${DEAL}` })
  expect(stage('Closed Lost')).toMatchObject({ step: 'lost' })
  expect(stage('Unheard of')).toMatchObject({ step: 'moved' })
})

test('a contact role is a membership until it is deleted', () => {
  const row = { Id: '00K000000000001AAA', OpportunityId: DEAL, ContactId: CONTACT, ...stamps }
  expect(read('deal_role', row).memberships).toEqual([
    { deal: `salesforce:deal:${DEAL}`, member: `salesforce:contact:${CONTACT}` },
  ])
  expect(read('deal_role', { ...row, IsDeleted: true }).memberships).toEqual([])
})

test('users and queues as reps', () => {
  const person = {
    Name: 'Ann',
    Email: 'ann@example.com',
    IsActive: true,
    TimeZoneSidKey: 'Europe/Paris',
    ...stamps,
  }
  const user = (row: object) => read('user', { Id: USER, ...person, ...row }).rep
  expect(user({ UserType: 'Standard' })).toEqual({
    ...{ ref: `salesforce:user:${USER}`, name: 'Ann', email: 'ann@example.com' },
    ...{
      timeZone: 'Europe/Paris',
      active: true,
      inactiveSince: null,
      team: null,
      country: null,
      human: true,
    },
  })
  expect(user({ UserType: 'AutomatedProcess' })?.human).toBe(false)
  expect(user({ UserType: 'PowerPartner', IsActive: false })).toMatchObject({ human: true, active: false })
  expect(read('queue', { Id: '00G000000000001AAA', Name: 'Inbound', ...stamps }).rep).toMatchObject({
    ...{ ref: 'salesforce:queue:00G000000000001AAA', name: 'Inbound', human: false },
  })
})

test('of a user: team by role, else department; country; inactive since the last change', () => {
  const user = (row: object) => read('user', { Id: USER, IsActive: true, ...stamps, ...row }).rep
  const UserRole = { Name: 'Western Sales Team' }
  expect(user({ UserRole, Department: 'Sales', Country: 'US' })).toMatchObject({
    ...{ team: 'Western Sales Team', country: 'US', inactiveSince: null },
  })
  expect(user({ UserRole: null, Department: 'Sales' })?.team).toBe('Sales')
  expect(user({ IsActive: false, LastModifiedDate: CREATED })?.inactiveSince).toBe(created)
  expect(user({ IsActive: false })?.inactiveSince).toBe(changed)
})

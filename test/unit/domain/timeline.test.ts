import { expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { timelineOf } from '../../../src/domain/timeline.ts'

const profile = { email: null, name: null, company: null, country: null, source: null, campaign: null }
const fact = (subject: string, at: number, what: object, key = 'k'): Fact =>
  ({ key, at, subject, origin: 'record', ...what }) as object as Fact
const LEAD = 'salesforce:lead:l1'
const opened = { kind: 'deal', step: 'opened', stage: '', amountMinor: null, owner: null, reason: null }

test('records are in order of their names, deals of their openings, whatever comes first', () => {
  const facts = [
    ...['salesforce:lead:b', 'hubspot:contact:c', 'salesforce:lead:a'].map(ref =>
      fact(ref, 1, { kind: 'created', profile }),
    ),
    ...[
      fact('hubspot:deal:z', 5, opened),
      fact('hubspot:deal:y', 9, opened),
      fact('hubspot:deal:x', 9, opened),
    ],
    fact('salesforce:deal:w', 7, opened),
  ]
  for (const order of [
    facts,
    facts.toReversed(),
    facts.toSorted((a, b) => (a.subject < b.subject ? -1 : 1)),
  ]) {
    const { records, deals } = timelineOf(order)
    expect(records.map(({ ref, vendor, object }) => [ref, vendor, object])).toEqual([
      ['hubspot:contact:c', 'hubspot', 'contact'],
      ['salesforce:lead:a', 'salesforce', 'lead'],
      ['salesforce:lead:b', 'salesforce', 'lead'],
    ])
    expect(deals.map(({ ref }) => ref.slice(-1))).toEqual(['z', 'w', 'x', 'y'])
  }
})

test('what stands alone is kept apart, and is no record', () => {
  const call = {
    ...{ kind: 'activity', channel: 'call', direction: 'out', outcome: 'done', actor: null },
    ...{ automated: false, loggedAt: 4 },
  }
  const line = timelineOf([
    fact(LEAD, 1, { kind: 'inquiry', detail: null }),
    fact(LEAD, 2, { kind: 'inquiry', detail: null, loggedAt: 3, dayPrecise: true }),
    fact(LEAD, 3, { kind: 'campaign', name: 'Fair' }),
    fact(LEAD, 4, call),
    fact(LEAD, 5, { kind: 'feedback', reason: 'small', note: null }),
  ])
  expect(line).toEqual({
    ...{ records: [], deals: [], activities: [expect.objectContaining(call)] },
    inquiries: [
      { at: 1, loggedAt: 1, dayPrecise: false },
      { at: 2, loggedAt: 3, dayPrecise: true },
    ],
    campaigns: [{ at: 3, name: 'Fair' }],
    feedback: [{ at: 5, reason: 'small', note: null }],
  })
})

test('a fact that comes twice is one; another instant, key, kind or source makes another', () => {
  const one = fact(LEAD, 1, { kind: 'campaign', name: 'a' })
  const others = [
    { ...one, at: 2 },
    { ...one, key: 'other' },
    { ...one, source: 'hubspot:contact:c' as const },
    fact(LEAD, 1, { kind: 'inquiry', detail: null }),
  ]
  const { campaigns, inquiries } = timelineOf([one, ...others, one, ...others])
  expect([campaigns.length, inquiries.length]).toEqual([4, 1])
})

test('a record is what its facts say of its making, its end, its owners, its fields and its conversion', () => {
  const { records } = timelineOf([
    fact(LEAD, 5, { kind: 'created', profile }, 'made'),
    fact(LEAD, 3, { kind: 'created', profile }, 'earlier'),
    fact(LEAD, 8, { kind: 'deleted' }, 'd1'),
    fact(LEAD, 9, { kind: 'deleted' }, 'd2'),
    fact(LEAD, 3, { kind: 'owner_now', owner: 'salesforce:user:u' }, 'owner'),
    fact(LEAD, 4, { kind: 'field', field: 'status', value: 'New', from: null, dayPrecise: true }, 's'),
    fact(LEAD, 3, { kind: 'field_now', field: 'lifecycle', value: 'lead' }, 'l'),
    fact(LEAD, 7, { kind: 'converted', contact: null, deal: 'salesforce:deal:d' }, 'c'),
    fact(LEAD, 6, { kind: 'converted', contact: null, deal: null, origin: 'history', dayPrecise: true }, 'h'),
  ])
  expect(records).toHaveLength(1)
  const [record] = records
  expect(record).toMatchObject({
    ...{ createdAt: 3, createdId: `${LEAD}#earlier`, deletedAt: 9, profile },
    owners: [{ at: 3, value: 'salesforce:user:u', from: null, dayPrecise: false }],
    conversion: { at: 6, dayPrecise: true, id: `${LEAD}#h`, deal: 'salesforce:deal:d' },
  })
  expect(record!.fields.get('status')).toMatchObject([
    { at: 4, value: 'New', dayPrecise: true, id: `${LEAD}#s` },
  ])
  expect(record!.fields.get('lifecycle')).toMatchObject([{ at: 3, value: 'lead', dayPrecise: false }])
})

test('of a conversion the earliest telling counts, by the vendor’s history if there is any', () => {
  const converted = (at: number, more: object = {}) =>
    fact(LEAD, at, { kind: 'converted', contact: null, deal: null, ...more }, `c${at}`)
  const at = (...facts: Fact[]) => timelineOf(facts).records[0]!.conversion
  expect(at(converted(9), converted(4), converted(6))).toMatchObject({ at: 4, dayPrecise: false, deal: null })
  const history = { origin: 'history' }
  expect(at(converted(4), converted(8, history), converted(7, history))).toMatchObject({ at: 7 })
  expect(at(fact(LEAD, 1, { kind: 'created', profile }))).toBeNull()
})

import { describe, expect, test } from 'vitest'
import { lifeOf, passes } from '../../../src/domain/conditions.ts'
import type { Fact, Ref, StageField } from '../../../src/domain/facts.ts'
import { union } from '../../../src/domain/spans.ts'
import { heldIntervals } from '../../../src/domain/states.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { timelineOf } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { FieldTest, Policy, StagePredicate } from '../../../src/policy/policy.ts'
import { h, judgeFacts, only, T } from './judged.ts'

const LEAD = 'salesforce:lead:l1' as const
const CONTACT = 'hubspot:contact:c1' as const
const score = (value: number): FieldTest => ({ vendor: 'hubspot', name: 'score', test: 'at_least', value })
const rating = (...values: string[]): FieldTest => ({
  vendor: 'salesforce',
  name: 'Rating',
  test: 'is',
  values,
})

const profile = { email: null, name: null, company: null, country: null, source: null, campaign: null }
const created = (subject: Ref, at = T): Fact => {
  return { key: 'created', at, subject, origin: 'record', kind: 'created', profile }
}
const deleted = (subject: Ref, at: number): Fact => {
  return { key: 'deleted', at, subject, origin: 'record', kind: 'deleted' }
}
const now = (subject: Ref, field: StageField, value: string | null, at = T): Fact => {
  return { key: field, at, subject, origin: 'record', kind: 'field_now', field, value }
}
const became = (
  subject: Ref,
  name: string,
  at: number,
  value: string | null,
  from: string | null = null,
): Fact => {
  const field = `property:${name}` as const
  return { key: `${field}:${at}:${value}`, at, subject, origin: 'history', kind: 'field', field, value, from }
}

const withMql = (...mql: StagePredicate[]): Policy => ({
  ...defaultPolicy,
  stages: { ...defaultPolicy.stages, mql },
})
const when = (...all: FieldTest[]): StagePredicate => ({ preset: 'condition', all })
const mqls = (facts: readonly Fact[], predicate: StagePredicate, hours = 1_000) =>
  judgeFacts(facts, h(hours), withMql(predicate)).handoffs.map(({ t1 }) => (t1 - T) / HOUR)

describe('a test of one value', () => {
  const text = { vendor: 'hubspot', name: 'x' } as const
  test.each<[FieldTest, string | null, boolean]>([
    [{ ...text, test: 'is', values: ['Hot', 'Warm'] }, 'hot', true],
    [{ ...text, test: 'is', values: ['Hot'] }, 'Hotter', false],
    [{ ...text, test: 'is', values: ['Hot'] }, null, false],
    [{ ...text, test: 'is', values: ['paper'] }, 'Engines;Paper', true],
    [{ ...text, test: 'is', values: ['paper'] }, 'Engines; Paper', true],
    [{ ...text, test: 'is', values: ['Engines;Paper'] }, 'Engines;Paper', true],
    [{ ...text, test: 'is_not', values: ['paper'] }, 'Engines;Paper', false],
    [{ ...text, test: 'is_not', values: ['paper'] }, null, true],
    [{ ...text, test: 'is', values: ['true'] }, 'true', true],
    [{ ...text, test: 'at_least', value: 80 }, '9', false],
    [{ ...text, test: 'at_least', value: 80 }, '80.0', true],
    [{ ...text, test: 'at_least', value: 80 }, '100', true],
    [{ ...text, test: 'at_least', value: -1 }, '', false],
    [{ ...text, test: 'at_most', value: 80 }, 'many', false],
    [{ ...text, test: 'at_most', value: 80 }, ' 9 ', true],
    [{ ...text, test: 'at_most', value: 80 }, '80', true],
    [{ ...text, test: 'at_most', value: 80 }, ' ', false],
    [{ ...text, test: 'at_most', value: 80 }, null, false],
    [{ ...text, test: 'filled', filled: true }, 'a', true],
    [{ ...text, test: 'filled', filled: true }, ' ', false],
    [{ ...text, test: 'filled', filled: false }, null, true],
  ])('%j of %j is %j', (one, value, passed) => {
    expect(passes(one, value)).toBe(passed)
  })
})

describe('a stage by a condition', () => {
  test('is reached at the instant the field got there, and named by the fact that says so', () => {
    const facts = [
      created(CONTACT),
      became(CONTACT, 'score', h(1), '40'),
      became(CONTACT, 'score', h(5), '85', '40'),
      became(CONTACT, 'score', h(9), '90', '85'),
    ]
    const handoff = only(judgeFacts(facts, h(20), withMql(when(score(80)))))
    expect(handoff.t1).toBe(h(5))
    expect(handoff.openedBy).toBe(`${CONTACT}#property:score:${h(5)}:85`)
    expect(mqls(facts, when(score(80)), 4)).toEqual([])
  })

  test('whatever the letters of the field in the policy', () => {
    expect(
      mqls([created(LEAD), became(LEAD, 'Rating', h(2), 'Hot')], when({ ...rating('HOT'), name: 'rating' })),
    ).toEqual([2])
  })

  test('is reached from the creation on by a field without history', () => {
    expect(mqls([created(LEAD), now(LEAD, 'property:Rating', 'Hot')], when(rating('Hot')))).toEqual([0])
  })

  test('again only after it did not hold', () => {
    const facts = [
      created(CONTACT),
      became(CONTACT, 'score', h(1), '85'),
      became(CONTACT, 'score', h(3), '10', '85'),
      became(CONTACT, 'score', h(6), '95', '10'),
      became(CONTACT, 'score', h(7), '99', '95'),
    ]
    const recycled = when({ vendor: 'hubspot', name: 'score', test: 'at_most', value: 20 })
    const policy = withMql(when(score(80)))
    const stages = { ...policy.stages, recycled: [recycled] }
    const { handoffs } = judgeFacts(facts, h(20), { ...policy, stages })
    expect(handoffs.map(({ t1, endedAt, outcome }) => [t1, endedAt, outcome])).toEqual([
      [h(1), h(3), 'recycled'],
      [h(6), null, null],
    ])
  })

  test('a value that was passed through within one instant was never there', () => {
    const facts = [
      created(LEAD),
      became(LEAD, 'Rating', h(1), 'Hot'),
      became(LEAD, 'Rating', h(1), 'Cold', 'Hot'),
    ]
    expect(mqls(facts, when(rating('Hot')))).toEqual([])
    expect(mqls(facts.toReversed(), when(rating('Cold')))).toEqual([1])
  })

  test('all tests of both CRMs have to pass at once', () => {
    const facts = [
      created(CONTACT),
      created(LEAD, h(1)),
      became(CONTACT, 'score', h(2), '90'),
      became(CONTACT, 'score', h(4), '10', '90'),
      became(LEAD, 'Rating', h(5), 'Hot'),
      became(CONTACT, 'score', h(8), '85', '10'),
    ]
    expect(mqls(facts, when(score(80), rating('Hot')))).toEqual([8])
  })

  test('those of one CRM on one record of it', () => {
    const country: FieldTest = { vendor: 'salesforce', name: 'Country', test: 'is', values: ['DE'] }
    const other = 'salesforce:lead:l2' as const
    const facts = [
      ...[created(LEAD), now(LEAD, 'property:Rating', 'Hot'), now(LEAD, 'property:Country', 'FR')],
      ...[created(other), now(other, 'property:Rating', 'Cold'), now(other, 'property:Country', 'DE')],
    ]
    expect(mqls(facts, when(rating('Hot'), country))).toEqual([])
    expect(
      mqls([...facts, became(other, 'Rating', h(3), 'Hot', 'Cold')], when(rating('Hot'), country)),
    ).toEqual([3])
  })

  test('is reached by the record and the field that were last to get there', () => {
    const other = 'salesforce:lead:l2' as const
    const facts = [
      ...[created(LEAD), became(LEAD, 'Rating', h(1), 'Hot'), became(LEAD, 'Rating', h(2), 'Cold', 'Hot')],
      ...[created(other), became(other, 'Rating', h(5), 'Hot'), created(CONTACT)],
      became(CONTACT, 'score', h(3), '85'),
    ]
    const openedBy = (told: Fact[], ...all: FieldTest[]) =>
      only(judgeFacts(told, h(9), withMql(when(...all)))).openedBy
    expect(openedBy(facts, rating('Hot'), score(80))).toBe(`${other}#property:Rating:${h(5)}:Hot`)

    const size: FieldTest = { vendor: 'hubspot', name: 'size', test: 'is', values: ['big'] }
    const both = [
      ...[created(CONTACT), became(CONTACT, 'score', h(1), '85')],
      ...[became(CONTACT, 'score', h(5), '90', '85'), became(CONTACT, 'size', h(5), 'big')],
    ]
    expect(openedBy(both, score(80), size)).toBe(`${CONTACT}#property:size:${h(5)}:big`)
  })

  test('a field that nobody could read passes no test, one that is empty some', () => {
    const empty = when({ vendor: 'salesforce', name: 'Rating', test: 'filled', filled: false })
    expect(mqls([created(LEAD)], empty)).toEqual([])
    expect(mqls([created(LEAD), now(LEAD, 'property:Rating', null)], empty)).toEqual([0])
    expect(mqls([created(LEAD), became(LEAD, 'Rating', h(4), 'Hot')], empty)).toEqual([0])
  })

  test('deleted and converted records no longer count', () => {
    const both = (...more: Fact[]) => [
      created(LEAD),
      now(LEAD, 'property:Rating', 'Hot'),
      created(CONTACT),
      became(CONTACT, 'score', h(5), '90'),
      ...more,
    ]
    const converted = (at: number): Fact => {
      return { key: 'c', at, subject: LEAD, origin: 'history', kind: 'converted', contact: null, deal: null }
    }
    const all = when(rating('Hot'), score(80))
    expect(mqls(both(), all)).toEqual([5])
    expect(mqls(both(deleted(LEAD, h(5))), all)).toEqual([])
    expect(mqls(both(deleted(LEAD, h(6))), all)).toEqual([5])
    expect(mqls(both(converted(h(4))), all)).toEqual([])
    expect(mqls(both(converted(h(6))), all)).toEqual([5])
  })

  test('a Contact of Salesforce has no fields of a Lead, nor of a contact of HubSpot', () => {
    const contact = 'salesforce:contact:c9' as const
    expect(mqls([created(contact), now(contact, 'property:Rating', 'Hot')], when(rating('Hot')))).toEqual([])
    expect(mqls([created(contact), now(contact, 'property:score', '90')], when(score(80)))).toEqual([])
  })

  test('that a record fulfils from its making on is an answer to an earlier MQL too', () => {
    const unrated = when({ vendor: 'salesforce', name: 'Rating', test: 'filled', filled: false })
    const policy = withMql(when(score(80)))
    const stages = { ...policy.stages, rejected: [unrated] }
    const lead = [created(LEAD, h(3)), became(LEAD, 'Rating', h(6), 'Hot')]
    const facts = [created(CONTACT), became(CONTACT, 'score', h(1), '90'), ...lead]
    expect(only(judgeFacts(facts, h(9), { ...policy, stages }))).toMatchObject({
      ...{ t1: h(1), outcome: 'rejected', endedAt: h(3) },
    })
  })

  test('a later version of the policy is asked for what happens under it', () => {
    const facts = [
      created(CONTACT),
      became(CONTACT, 'score', h(1), '60'),
      became(CONTACT, 'score', h(9), '85', '60'),
    ]
    const at = (least: number) => withMql(when(score(least)))
    const [strict, mild] = [at(80), at(50)]
    const { handoffs } = judgeFacts(facts, h(20), strict)
    expect(only({ handoffs, wakeAt: null }).t1).toBe(h(9))
    expect(only(judgeFacts(facts, h(20), mild)).t1).toBe(h(1))
  })
})

test('what held for no time did not hold', () => {
  expect(union([{ from: 5, to: 5 }])).toEqual([])
})

test('a conversion known to the day ends the life of a lead with that day, or when its deal was opened', () => {
  const deal = 'salesforce:deal:d1' as const
  const converted: Fact = {
    ...{
      key: 'c',
      at: T,
      subject: LEAD,
      origin: 'record',
      kind: 'converted',
      contact: null,
      deal,
      dayPrecise: true,
    },
  }
  const opened: Fact = {
    ...{ key: 'o', at: h(7), subject: deal, origin: 'record', kind: 'deal', step: 'opened', stage: '' },
    ...{ amountMinor: null, owner: null, reason: null },
  }
  const life = (...facts: Fact[]) => {
    const { records, deals } = timelineOf([created(LEAD), ...facts])
    return lifeOf(records[0]!, deals)
  }
  expect(life()).toEqual({ from: T, to: null })
  expect(life(converted)).toEqual({ from: T, to: T + DAY })
  expect(life(converted, opened)).toEqual({ from: T, to: h(7) })
  expect(life(converted, { ...opened, dayPrecise: true })).toEqual({ from: T, to: T + DAY })
  const another: Fact = { ...opened, at: h(3), subject: 'salesforce:deal:d0' }
  expect(life(converted, opened, another)).toEqual({ from: T, to: h(7) })
  expect(life(converted, another)).toEqual({ from: T, to: T + DAY })
  expect(life(converted, opened, deleted(LEAD, h(2)))).toEqual({ from: T, to: h(2) })
  expect(life(converted, opened, deleted(LEAD, h(9)))).toEqual({ from: T, to: h(7) })
})

test('what holds for a while: presets and conditions together, as far as it has come', () => {
  const facts: Fact[] = [
    created(CONTACT),
    became(CONTACT, 'score', h(2), '90'),
    became(CONTACT, 'score', h(4), '10', '90'),
    created(LEAD),
    {
      key: 's1',
      at: h(3),
      subject: LEAD,
      origin: 'history',
      kind: 'field',
      field: 'status',
      value: 'Parked',
      from: 'New',
    },
    {
      key: 's2',
      at: h(6),
      subject: LEAD,
      origin: 'history',
      kind: 'field',
      field: 'status',
      value: 'New',
      from: 'Parked',
    },
    {
      key: 's3',
      at: h(8),
      subject: LEAD,
      origin: 'history',
      kind: 'field',
      field: 'status',
      value: 'Parked',
      from: 'New',
    },
  ]
  const parked = { preset: 'field', vendor: 'salesforce', field: 'status', values: ['Parked'] } as const
  const both = [parked, { preset: 'condition', all: [score(80)] } as const]
  const held = (hours: number) => heldIntervals(both, timelineOf(facts), h(hours))
  expect(held(1)).toEqual([])
  expect(held(5)).toEqual([{ from: h(2), to: null }])
  expect(held(7)).toEqual([{ from: h(2), to: h(6) }])
  expect(held(9)).toEqual([
    { from: h(2), to: h(6) },
    { from: h(8), to: null },
  ])
})

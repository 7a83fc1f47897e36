import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { h, judged, judgeFacts, only, rows } from './judged.ts'
import { CONTACT, factsOf } from './world.ts'

describe('a handoff ends', () => {
  test.each([
    ['sql', 'sql'],
    ['rejected', 'rejected'],
    ['recycled', 'recycled'],
    ['opportunity', 'sql'],
    ['won', 'sql'],
  ] as const)('by %s as %s', (event, outcome) => {
    expect(only(judged(9, [0, 'mql'], [3, event]))).toMatchObject({ outcome, endedAt: h(3) })
  })

  test('by a conversion with a deal, of which only the day is known when its own deal was opened', () => {
    const stages = { ...defaultPolicy.stages, sql: [{ preset: 'converted_with_deal' } as const] }
    const policy = { ...defaultPolicy, stages }
    const facts = factsOf(
      rows([0, 'mql'], [3, 'opportunity', { deal: 'a' }], [5, 'opportunity', { deal: 'b' }]),
    )
    const end = (more: object) =>
      only(
        judgeFacts(
          facts.map(fact => (fact.kind === 'converted' ? { ...fact, ...more } : fact)),
          h(9),
          policy,
        ),
      ).endedAt
    expect(end({ at: h(2) })).toBe(h(2))
    expect(end({ at: h(-8), dayPrecise: true })).toBe(h(3))
    expect(end({ at: h(1), dayPrecise: true, deal: 'salesforce:deal:d2' })).toBe(h(5))
    expect(end({ at: h(2), deal: null })).toBeNull()
  })

  test('by a deal, if the policy takes that for a rejection', () => {
    const stages = { ...defaultPolicy.stages, sql: [], rejected: [{ preset: 'deal_opened' } as const] }
    const facts = factsOf(rows([0, 'mql'], [3, 'opportunity']))
    expect(only(judgeFacts(facts, h(9), { ...defaultPolicy, stages }))).toMatchObject({
      ...{ outcome: 'rejected', endedAt: h(3) },
    })
  })

  test('by the first of its ends', () => {
    expect(only(judged(9, [0, 'mql'], [3, 'rejected'], [4, 'sql']))).toMatchObject({
      outcome: 'rejected',
      endedAt: h(3),
      t6: h(4),
    })
  })

  test('void when every record is deleted while it is open', () => {
    expect(only(judged(9, [0, 'mql'], [3, 'deleted']))).toMatchObject({ outcome: 'void', endedAt: h(3) })
    expect(only(judged(9, [0, 'mql'], [0, 'deleted']))).toMatchObject({ outcome: 'void', endedAt: h(0) })
  })

  const isOf = (vendor: string) => (fact: Fact) => fact.subject.startsWith(vendor)

  test('void when the last of them is', () => {
    const [first, last] = [
      factsOf(rows([0, 'mql'], [3, 'deleted'])),
      factsOf(rows([0, 'mql'], [5, 'deleted'])),
    ]
    const facts = [...first.filter(isOf('hubspot')), ...last.filter(isOf('salesforce'))]
    expect(only(judgeFacts(facts, h(9)))).toMatchObject({ outcome: 'void', endedAt: h(5) })
  })

  test('not when another record was made at that instant, nor for a conversion still to come', () => {
    const facts = factsOf(rows([0, 'mql'], [3, 'deleted'], [9, 'opportunity']))
    const gone = facts.filter(fact => fact.kind !== 'deleted' || isOf('hubspot')(fact))
    expect(only(judgeFacts(gone, h(5)))).toMatchObject({ outcome: null })
    expect(only(judgeFacts(gone, h(10)))).toMatchObject({ outcome: 'sql', endedAt: h(9) })
    const born = factsOf(rows([3, 'inquiry'])).map(fact => ({
      ...fact,
      subject: `${fact.subject}-2` as Fact['subject'],
    }))
    const all = [...factsOf(rows([0, 'mql'], [3, 'deleted'])), ...born]
    expect(only(judgeFacts(all, h(9)))).toMatchObject({ outcome: null })
  })

  test('not when they are restored', () => {
    expect(only(judged(9, [0, 'mql'], [3, 'deleted'], [4, 'restored']))).toMatchObject({ outcome: null })
  })

  test('void at the deletion, though a new record was made later', () => {
    const second = factsOf(rows([50, 'mql'])).map(fact => ({
      ...fact,
      subject: `${fact.subject}-again` as Fact['subject'],
    }))
    const { handoffs } = judgeFacts([...factsOf(rows([0, 'mql'], [3, 'deleted'])), ...second], h(99))
    expect(handoffs.map(({ t1, outcome, endedAt }) => [t1, outcome, endedAt])).toEqual([
      [h(0), 'void', h(3)],
      [h(50), null, null],
    ])
  })

  test.each(['rejected', 'recycled'] as const)('by %s at the instant of the MQL', answer => {
    expect(only(judged(9, [0, 'mql'], [0, answer]))).toMatchObject({
      outcome: answer,
      endedAt: h(0),
      t5: h(0),
    })
  })

  test('by a rejection at that instant, though it is told before the MQL: they are no steps of one field', () => {
    expect(only(judged(9, [0, 'rejected'], [0, 'mql']))).toMatchObject({ outcome: 'rejected', endedAt: h(0) })
  })

  test('by what another record came to at that instant, whichever is told first', () => {
    const other: Fact['subject'] = 'hubspot:contact:p0'
    const facts = factsOf(rows([-5, 'inquiry'], [-4, 'accepted'], [0, 'recycled'])).flatMap(fact =>
      fact.subject === CONTACT ? { ...fact, subject: other } : [],
    )
    const mql = factsOf(rows([-5, 'inquiry'], [0, 'mql']))
    expect(only(judgeFacts([...mql, ...facts], h(9)))).toMatchObject({
      outcome: 'recycled',
      endedAt: h(0),
    })
  })

  test('by an SQL at the instant of the MQL, of a first and of a later one', () => {
    expect(only(judged(9, [0, 'mql'], [0, 'opportunity']))).toMatchObject({ outcome: 'sql', endedAt: h(0) })
    const { handoffs } = judged(99, [0, 'mql'], [2, 'rejected'], [50, 'mql'], [50, 'opportunity'])
    expect(handoffs).toMatchObject([
      { outcome: 'rejected', opportunityAt: null },
      { outcome: 'sql', endedAt: h(50), opportunityAt: h(50) },
    ])
  })

  test('not by the stage its record was made with', () => {
    expect(only(judged(9, [0, 'mql']))).toMatchObject({ outcome: null })
  })

  test('not by the stage another record of the person begins with later', () => {
    const other = factsOf(rows([3, 'mql'])).map(fact => ({
      ...fact,
      subject: `${fact.subject}-2` as Fact['subject'],
    }))
    const facts = [...factsOf(rows([0, 'mql'])), ...other.filter(fact => fact.subject.startsWith('hubspot'))]
    expect(only(judgeFacts(facts, h(9)))).toMatchObject({ t1: h(0), outcome: null })
  })

  test('by what another record comes to later, or so soon that it is no beginning', () => {
    const born = factsOf(rows([3, 'mql'])).filter(
      fact => fact.subject === CONTACT && (fact.kind !== 'field' || fact.value === 'lead'),
    )
    const second = (...lives: [seconds: number, value: string][]): Fact[] => [
      ...born.filter(fact => fact.kind !== 'field'),
      ...lives.map(([seconds, value], index): Fact => {
        const [at, key] = [h(3) + seconds * 1_000, `l${index}`]
        const told = { origin: 'history', kind: 'field', field: 'lifecycle', from: null } as const
        return { key, at, subject: CONTACT, ...told, value }
      }),
    ]
    const outcome = (...lives: [number, string][]) => {
      const other = second(...lives).map(fact => ({ ...fact, subject: `${CONTACT}-2` as Fact['subject'] }))
      return only(judgeFacts([...factsOf(rows([0, 'mql'])), ...other], h(9))).outcome
    }
    expect(outcome([60, 'lead'])).toBeNull()
    expect(outcome([61, 'lead'])).toBe('recycled')
    expect(outcome([0, 'subscriber'], [30, 'lead'])).toBe('recycled')
  })

  test('not by a recycling that the history puts before the MQL of the same instant', () => {
    const { handoffs } = judged(9, [-9, 'mql'], [-8, 'rejected'], [0, 'recycled'], [0, 'mql'])
    expect(handoffs.map(({ outcome }) => outcome)).toEqual(['rejected', null])
  })

  test('not while one record is left', () => {
    const facts = factsOf(rows([0, 'mql'], [3, 'deleted'])).filter(
      fact => fact.kind !== 'deleted' || fact.subject.startsWith('salesforce'),
    )
    expect(only(judgeFacts(facts, h(9)))).toMatchObject({ outcome: null })
  })

  test('a deletion after its end changes nothing', () => {
    expect(only(judged(9, [0, 'mql'], [3, 'sql'], [4, 'deleted']))).toMatchObject({ outcome: 'sql' })
  })

  test('not by the deletion of a lead that was converted: its contact is there, read or not', () => {
    const status = { preset: 'field', vendor: 'salesforce', field: 'status' } as const
    const mql = [{ ...status, values: ['Open - Not Contacted'] }]
    const lead = factsOf(rows([0, 'mql'], [5, 'deleted'])).filter(isOf('salesforce:lead'))
    const { subject } = lead[0]!
    const base = { key: 'converted', at: h(3), subject, origin: 'record' } as const
    const converted: Fact = { ...base, kind: 'converted', contact: null, deal: null }
    const policy = { ...defaultPolicy, stages: { ...defaultPolicy.stages, mql } }
    expect(only(judgeFacts(lead, h(9), policy))).toMatchObject({ outcome: 'void', endedAt: h(5) })
    expect(only(judgeFacts([...lead, converted], h(9), policy))).toMatchObject({ outcome: null })
  })

  test('a converted lead does not keep a deleted person alive', () => {
    const { handoffs } = judged(99, [0, 'mql'], [1, 'opportunity'], [50, 'mql'], [60, 'deleted'])
    expect(handoffs.map(handoff => handoff.outcome)).toEqual(['sql', 'void'])
  })
})

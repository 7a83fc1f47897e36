import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { DAY } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { assigned, call, h, judged, judgeFacts, only, rows } from './judged.ts'
import { CONTACT, factsOf } from './world.ts'

describe('a handoff opens', () => {
  test('when the person becomes an MQL', () => {
    expect(only(judged(1, [0, 'mql']))).toMatchObject({ number: 1, t1: h(0), outcome: null, endedAt: null })
  })

  test('not by an inquiry', () => {
    expect(judged(1, [0, 'inquiry']).handoffs).toEqual([])
  })

  test('not again while it is open', () => {
    expect(only(judged(9, [0, 'mql'], [2, 'mql']))).toMatchObject({ t1: h(0) })
  })

  test('again after the last one ended, and nothing of the first is overwritten', () => {
    const { handoffs } = judged(99, [0, 'mql'], [2, 'rejected'], [50, 'mql'])
    expect(handoffs.map(({ number, t1, outcome, endedAt }) => [number, t1, outcome, endedAt])).toEqual([
      [1, h(0), 'rejected', h(2)],
      [2, h(50), null, null],
    ])
    expect(new Set(handoffs.map(handoff => handoff.openedBy)).size).toBe(2)
  })

  test('at the very instant the last one ended', () => {
    const facts = factsOf(rows([0, 'mql'], [5, 'recycled'])).concat(
      factsOf(rows([5, 'mql'])).filter(
        fact => fact.kind === 'field' && fact.value === 'marketingqualifiedlead',
      ),
    )
    const { handoffs } = judgeFacts(facts, h(6))
    expect(handoffs.map(({ t1, endedAt }) => [t1, endedAt])).toEqual([
      [h(0), h(5)],
      [h(5), null],
    ])
  })

  test('once at one instant, though two records say so and it ended at once', () => {
    const first = factsOf(rows([-30, 'sql'], [0, 'mql']))
    const again = factsOf(rows([0, 'mql'])).flatMap(fact =>
      fact.subject === CONTACT ? { ...fact, subject: `${CONTACT}-2` as Fact['subject'] } : [],
    )
    expect(only(judgeFacts([...first, ...again], h(9)))).toMatchObject({ outcome: 'sql', endedAt: h(0) })
  })

  test('by a fact that names it for good', () => {
    const before = only(judged(1, [0, 'mql']))
    const after = only(judged(99, [0, 'mql'], assigned(2), call(3)))
    expect(after.openedBy).toBe(before.openedBy)
  })
})

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

describe('expiry', () => {
  const expiring = { ...defaultPolicy, expireMs: 30 * DAY }
  const story = factsOf(rows([0, 'mql']))
  const end = h(0) + 30 * DAY

  test('is off by default', () => {
    expect(only(judgeFacts(story, h(24 * 900)))).toMatchObject({ outcome: null })
  })

  test('ends it at the last instant, and the judgement wakes for it', () => {
    const before = judgeFacts(story, end - 1, expiring)
    expect(only(before)).toMatchObject({ outcome: null })
    expect(before.wakeAt).toBe(end)
    expect(only(judgeFacts(story, end, expiring))).toMatchObject({ outcome: 'expired', endedAt: end })
  })

  test('an outcome at that instant comes first', () => {
    const sold = factsOf(rows([0, 'mql'], [30 * 24, 'sql']))
    expect(only(judgeFacts(sold, end + 1, expiring))).toMatchObject({ outcome: 'sql', endedAt: end })
  })

  test('a new MQL opens the next', () => {
    const back = factsOf(rows([0, 'mql'], [31 * 24, 'mql']))
    expect(judgeFacts(back, h(32 * 24), expiring).handoffs).toHaveLength(2)
  })
})

describe('entered out of order', () => {
  test('an SQL up to seven days early belongs to the first handoff, which ends as it begins', () => {
    const handoff = only(judged(99, [-24 * 7, 'sql'], [0, 'mql']))
    expect(handoff).toMatchObject({ outcome: 'sql', endedAt: h(0), t5: h(-168), t6: h(-168), salAt: h(-168) })
  })

  test('an older one is history', () => {
    const handoff = only(judged(99, [-24 * 7 - 0.01, 'sql'], [0, 'mql']))
    expect(handoff).toMatchObject({ outcome: null, t5: null, t6: null })
  })

  test.each(['opportunity', 'won', 'lost'] as const)('%s early does the same', event => {
    const handoff = only(judged(99, [-30, event], [0, 'mql']))
    expect(handoff).toMatchObject({ outcome: 'sql', endedAt: h(0), t6: h(-30), opportunityAt: h(-30) })
  })

  test('a win of a deal opened long before does not invent an SQL', () => {
    const handoff = only(
      judged(9, [-300, 'opportunity', { deal: 'a' }], [-30, 'won', { deal: 'a' }], [0, 'mql']),
    )
    expect(handoff).toMatchObject({ outcome: 'sql', t6: null, opportunityAt: null, wonAt: h(-30) })
  })

  test('a win at the very instant of the MQL, of a deal opened long before, is not early', () => {
    const lines = [
      [-300, 'opportunity', { deal: 'a' }],
      [0, 'mql'],
      [0, 'won', { deal: 'a' }],
    ] as const
    expect(only(judged(9, ...(lines as unknown as Parameters<typeof rows>)))).toMatchObject({ outcome: null })
  })

  test('what an earlier handoff began before belongs to that one', () => {
    const { handoffs } = judged(99, [0, 'mql'], [2, 'rejected'], [30, 'sql'], [50, 'mql'])
    expect(handoffs.map(({ outcome, t6 }) => [outcome, t6])).toEqual([
      ['rejected', h(30)],
      [null, null],
    ])
  })

  test('how early is for the policy to say', () => {
    const facts = factsOf(rows([-30, 'sql'], [0, 'mql']))
    expect(only(judgeFacts(facts, h(1), { ...defaultPolicy, earlyMs: DAY }))).toMatchObject({ outcome: null })
  })
})

describe('deals', () => {
  test('belong to the last handoff begun at or before them, open or not', () => {
    const { handoffs } = judged(
      999,
      [0, 'mql'],
      [10, 'opportunity', { deal: 'a', amount: 100 }],
      [20, 'won', { deal: 'a', amount: 120 }],
      [100, 'mql'],
      [110, 'rejected'],
      [200, 'opportunity', { deal: 'b', amount: 50 }],
      [210, 'lost', { deal: 'b' }],
    )
    expect(handoffs).toMatchObject([
      { opportunityAt: h(10), wonAt: h(20), lostAt: null, wonMinor: 12_000, outcome: 'sql' },
      { opportunityAt: h(200), wonAt: null, lostAt: h(210), wonMinor: null, outcome: 'rejected', t6: h(200) },
    ])
  })

  test('at a seam belong to the earlier handoff, as an SQL does', () => {
    const mql = factsOf(rows([5, 'mql'])).filter(
      fact => fact.kind === 'field' && fact.value === 'marketingqualifiedlead',
    )
    const won = factsOf(rows([0, 'mql'], [5, 'won', { deal: 'a', amount: 1 }]))
    expect(judgeFacts([...won, ...mql], h(6)).handoffs).toMatchObject([
      { outcome: 'sql', endedAt: h(5), t6: h(5), wonAt: h(5), opportunityAt: h(5) },
      { outcome: null, t1: h(5), t6: null, wonAt: null, opportunityAt: null },
    ])
  })

  test('and calls after a seam belong to the later handoff, which an SQL ends', () => {
    const mql = factsOf(rows([5, 'mql'])).filter(
      fact => fact.kind === 'field' && fact.value === 'marketingqualifiedlead',
    )
    const facts = factsOf(rows([0, 'mql'], [5, 'recycled'], call(7), [8, 'opportunity']))
    expect(judgeFacts([...facts, ...mql], h(9)).handoffs).toMatchObject([
      { outcome: 'recycled', endedAt: h(5), opportunityAt: null, attempts: 0 },
      { outcome: 'sql', endedAt: h(8), opportunityAt: h(8), attempts: 1 },
    ])
  })

  test('kept in both CRMs are counted once', () => {
    const won = only(
      judged(9, [0, 'mql'], [1, 'won', { deal: 'a', amount: 7 }], [2, 'won', { deal: 'b', amount: 5 }]),
    )
    expect(won.wonMinor).toBe(1_200)
  })

  test('have an owner when a human owns them', () => {
    expect(only(judged(9, [0, 'mql'], [1, 'won', { actor: 'bob' }])).dealOwner).toBe('salesforce:user:bob')
    expect(only(judged(9, [0, 'mql'], [1, 'won'])).dealOwner).toBeNull()
  })

  test('that are deleted never were', () => {
    const facts = factsOf(rows([0, 'mql'], [1, 'won', { deal: 'a' }]))
    const deals = [...new Set(facts.filter(fact => fact.kind === 'deal').map(fact => fact.subject))]
    const gone = deals.map(subject => {
      return { key: 'deleted', at: h(2), subject, origin: 'record' as const, kind: 'deleted' as const }
    })
    const stays = facts.filter(fact => fact.kind !== 'converted')
    expect(only(judgeFacts([...stays, ...gone], h(9)))).toMatchObject({ outcome: null, wonAt: null })
  })
})

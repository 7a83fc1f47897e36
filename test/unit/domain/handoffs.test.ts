import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { DAY } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { assigned, call, h, judged, judgeFacts, only, rows } from './judged.ts'
import { CONTACT, factsOf } from './world.ts'

describe('a handoff opens', () => {
  test('when the person becomes an MQL', () => {
    expect(only(judged(1, [0, 'mql']))).toMatchObject({ number: 1, t1: h(0), outcome: null, endedAt: null })
    expect(only(judged(0, [0, 'mql'])).t1).toBe(h(0))
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

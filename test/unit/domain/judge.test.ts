import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import type { Judgement } from '../../../src/domain/handoff.ts'
import { judge } from '../../../src/domain/judge.ts'
import { DAY, HOUR, type Instant } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { type Policy, policyInForce } from '../../../src/policy/policy.ts'
import { eventfulHistory, later, START } from './histories.ts'
import { assigned, call, h, judged, judgeFacts, only, rows } from './judged.ts'
import { policies as rules } from './policies.ts'
import { COMPANY, directory, factsOf, sf } from './world.ts'

const everybody = directory(COMPANY)
const expiring: Policy = { ...defaultPolicy, expireMs: 10 * DAY }
const policies = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom(defaultPolicy, expiring) },
  { weight: 3, arbitrary: rules },
  { weight: 1, arbitrary: rules.map(policy => ({ ...policy, expireMs: 10 * DAY })) },
)

const at = (facts: readonly Fact[], now: Instant, policy: Policy) =>
  judge({ facts, policyAt: () => policy, directory: everybody, now })

const UNCOUNTED = { countedMs: null, leadMs: null, repMs: null, pausedMs: null }

/** Everything but the time counted so far, which runs by itself. */
const standing = ({ handoffs }: Judgement) =>
  handoffs.map(({ promises, ...handoff }) => ({
    ...handoff,
    promises: promises.map(promise => ({ ...promise, ...UNCOUNTED })),
  }))

/** Each promise with whether it is only excused for as long as a pause holds. */
const states = ({ handoffs }: Judgement) =>
  handoffs.flatMap(one => one.promises.map(({ state, pause }) => (pause ? 'paused' : state)))

describe('over random histories', () => {
  const facts = eventfulHistory.map(events => factsOf(events))

  test('neither the order of facts nor repeats matter', () => {
    const shuffled = facts.chain(all =>
      fc.tuple(
        fc.constant(all),
        fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2, maxLength: all.length * 2 }),
      ),
    )
    fc.assert(
      fc.property(shuffled, later, policies, ([all, mixed], wait, policy) => {
        expect(at(mixed, START + wait, policy)).toEqual(at(all, START + wait, policy))
      }),
      { numRuns: 600, seed: 5 },
    )
  }, 60_000)

  test('nothing changes before the wake-up, which never lies behind', () => {
    fc.assert(
      fc.property(
        facts,
        later,
        policies,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, wait, policy, share) => {
          const now = START + wait
          const judgement = at(all, now, policy)
          const { wakeAt } = judgement
          if (wakeAt !== null) expect(wakeAt).toBeGreaterThan(now)
          const last = (wakeAt ?? now + 900 * DAY) - 1
          for (const instant of [now + Math.floor((last - now) * share), last]) {
            expect(standing(at(all, instant, policy))).toEqual(standing(judgement))
          }
        },
      ),
      { numRuns: 600, seed: 6 },
    )
  }, 60_000)

  test('at a wake-up without a new fact something changes', () => {
    fc.assert(
      fc.property(facts, later, policies, (all, wait, policy) => {
        const now = START + wait
        const past = all.filter(fact => fact.at <= now)
        const judgement = at(past, now, policy)
        fc.pre(judgement.wakeAt !== null)
        expect(standing(at(past, judgement.wakeAt!, policy))).not.toEqual(standing(judgement))
      }),
      { numRuns: 600, seed: 7 },
    )
  }, 60_000)

  test('judged at each wake-up is as judged once at the end', () => {
    fc.assert(
      fc.property(facts, later, policies, (all, wait, policy) => {
        const end = START + wait
        let judgement = at(all, START, policy)
        for (let rounds = 0; judgement.wakeAt !== null && judgement.wakeAt <= end; rounds++) {
          expect(rounds).toBeLessThan(200)
          judgement = at(all, judgement.wakeAt, policy)
        }
        expect(standing(judgement)).toEqual(standing(at(all, end, policy)))
      }),
      { numRuns: 400, seed: 8 },
    )
  }, 60_000)

  test('a breach stays one as time goes by without a new fact', () => {
    fc.assert(
      fc.property(
        facts,
        later,
        later,
        fc.oneof(fc.constant(defaultPolicy), rules),
        (all, wait, more, policy) => {
          const now = START + wait
          const past = all.filter(fact => fact.at <= now)
          const after = states(at(past, now + more, policy))
          states(at(past, now, policy)).forEach((state, index) => {
            if (state === 'overdue') expect(after[index]).toBe('overdue')
            if (!['running', 'due_soon', 'paused'].includes(state)) expect(after[index]).toBe(state)
          })
        },
      ),
      { numRuns: 600, seed: 9 },
    )
  }, 60_000)
})

describe('the next wake-up', () => {
  test('is the warning, a millisecond after due, the day on which it is forgotten, then never', () => {
    const wakes = (hours: number) => judged(hours, [0, 'mql'], assigned(0), [0.5, 'accepted']).wakeAt
    expect(wakes(1)).toBe(h(24))
    expect(wakes(24)).toBe(h(48) + 1)
    expect(wakes(48)).toBe(h(48) + 1)
    expect(wakes(48.001)).toBe(h(0.5) + 14 * DAY + 1)
    expect(wakes(15 * 24)).toBeNull()
  })

  test('is the earliest of all promises', () => {
    expect(judged(1, [0, 'mql']).wakeAt).toBe(h(4) + 1)
  })

  test('is a fact of the future, even of somebody without a handoff', () => {
    expect(judged(-1, [-2, 'inquiry'], [0, 'mql']).wakeAt).toBe(h(0))
    expect(judged(1, [0, 'mql'], [2, 'meeting', { outcome: 'held', actor: 'ada' }]).wakeAt).toBe(h(2))
  })

  test('is never for somebody of whom nothing is known', () => {
    expect(judgeFacts([], h(0))).toEqual({ handoffs: [], wakeAt: null })
  })

  test('is never once everything is decided', () => {
    expect(judged(9, [0, 'mql'], assigned(1), call(2), [3, 'sql']).wakeAt).toBeNull()
  })
})

test('the time of the follow-up is known with an owner and an attempt, the owner at the very end too', () => {
  const followUp = (...lines: Parameters<typeof judged>[1][]) =>
    only(judged(9, [0, 'mql'], ...lines)).followUpWorkingMs
  expect(followUp(assigned(1), call(3))).toBe(2 * HOUR)
  expect([followUp(assigned(1)), followUp(call(1)), followUp()]).toEqual([null, null, null])
  expect(only(judged(9, [0, 'mql'], assigned(1), [2, 'rejected'], assigned(2, 'bob'))).owner).toBe(sf('bob'))
})

test('what is dated in the future has not happened', () => {
  expect(judged(-1, [-2, 'inquiry'], [0, 'mql']).handoffs).toEqual([])
  const ends = [
    [5, 'sql'],
    [5, 'rejected'],
    [5, 'opportunity'],
    [5, 'won'],
    [5, 'deleted'],
  ] as const
  for (const end of ends) {
    const before = judged(4, [0, 'mql'], assigned(1), [...end])
    expect(before.handoffs).toEqual(judged(4, [0, 'mql'], assigned(1)).handoffs)
    expect(before.wakeAt).toBe(h(5))
  }
})

test('each handoff is judged by the policy in force at its own T1', () => {
  const first = { ...defaultPolicy, promises: defaultPolicy.promises.slice(0, 1) }
  const second = { ...defaultPolicy, promises: defaultPolicy.promises.slice(1), effective: h(10) }
  const facts = factsOf(rows([0, 'mql'], [5, 'rejected'], [10, 'mql']))
  const policyAt = policyInForce([second, first])
  const { handoffs } = judge({ facts, policyAt, directory: everybody, now: h(11) })
  expect(handoffs.map(handoff => handoff.promises.map(({ name }) => name))).toEqual([
    ['assignment'],
    ['first_attempt', 'decision'],
  ])
})

import { describe, expect, test } from 'vitest'
import { explain } from '../../../src/domain/explain.ts'
import { judge } from '../../../src/domain/judge.ts'
import { DAY } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { policyInForce } from '../../../src/policy/policy.ts'
import { assigned, h, judgeFacts, only, rows } from './judged.ts'
import { COMPANY, directory, factsOf } from './world.ts'

const act = (
  hours: number,
  event: 'call' | 'email' | 'meeting',
  outcome: string,
  direction: 'in' | 'out' = 'out',
): Parameters<typeof rows>[0] => [hours, event, { actor: 'ada', outcome, direction }]

const facts = factsOf(
  rows(
    ...([
      [0, 'mql'],
      assigned(1),
      act(2, 'email', 'sequence'),
      act(3, 'email', ''),
      act(4, 'meeting', 'no_show'),
    ] as Parameters<typeof rows>),
    ...[
      act(5, 'call', 'voicemail'),
      act(6, 'email', '', 'in'),
      act(7, 'call', 'connected'),
      act(8, 'meeting', 'held'),
    ],
  ),
)

describe('what counts is for the policy to say', () => {
  test.each([
    [['call', 'email', 'meeting_held', 'no_show'], 5, 3],
    [['call', 'email', 'meeting_held', 'no_show', 'sequence_email'], 6, 2],
    [['call'], 2, 5],
    [['no_show'], 1, 4],
    [['meeting_held'], 1, 6],
  ] as const)('attempts %j: %i of them, the first at %i', (attempts, count, first) => {
    expect(only(judgeFacts(facts, h(9), { ...defaultPolicy, attempts }))).toMatchObject({
      attempts: count,
      t3: h(first),
    })
  })

  test.each([
    [['email_received'], 6],
    [['call_connected'], 7],
    [['meeting_held'], 8],
    [['call_received'], null],
  ] as const)('contacts %j: the first at %s', (contacts, first) => {
    const t4 = first === null ? null : h(first)
    expect(only(judgeFacts(facts, h(9), { ...defaultPolicy, contacts })).t4).toBe(t4)
  })

  test('a meeting held is T7 whatever counts', () => {
    expect(only(judgeFacts(facts, h(9), { ...defaultPolicy, attempts: [], contacts: [] }))).toMatchObject({
      ...{ t3: null, t4: null, t7: h(8), attempts: 0 },
    })
  })

  test('by the policy of the handoff it belongs to', () => {
    const calls = { ...defaultPolicy, attempts: ['call'] as const, effective: h(10) }
    const twice = factsOf(
      rows(
        [0, 'mql'],
        act(1, 'email', ''),
        [2, 'rejected'],
        [20, 'mql'],
        act(21, 'email', ''),
        act(22, 'call', ''),
      ),
    )
    const policyAt = policyInForce([defaultPolicy, calls])
    const { handoffs } = judge({ facts: twice, policyAt, directory: directory(COMPANY), now: h(30) })
    expect(handoffs.map(({ t3, attempts }) => [t3, attempts])).toEqual([
      [h(1), 1],
      [h(22), 1],
    ])
  })

  test('and the explanation says so', () => {
    const policy = { ...defaultPolicy, attempts: ['call'] as const }
    const { timeline } = explain({ facts, policyAt: () => policy, directory: directory(COMPANY), now: h(9) })
    const notes = timeline.filter(one => one.kind === 'activity' && !one.counts?.attempt).map(one => one.note)
    expect(notes).toContain('not counted: the policy does not count sequence_email')
    expect(notes).toContain('not counted: the policy does not count no_show')
  })
})

describe('an MQL after a handoff ended', () => {
  const days = (count: number) => count * 24
  const opens = (
    end: 'sql' | 'rejected' | 'recycled' | 'deleted',
    again: number,
    reMql = defaultPolicy.reMql,
  ) => {
    const story = factsOf(rows([0, 'mql'], [2, end], [again, 'mql']))
    return judgeFacts(story, h(days(90)), { ...defaultPolicy, reMql }).handoffs.length === 2
  }
  const waiting = { ...defaultPolicy.reMql, afterMs: 30 * DAY }

  test('opens the next at once, by default', () => {
    expect(opens('rejected', 3)).toBe(true)
  })

  test('opens it only so long after the end, exactly then too', () => {
    expect(opens('rejected', 2 + days(30) - 0.001, waiting)).toBe(false)
    expect(opens('rejected', 2 + days(30), waiting)).toBe(true)
  })

  test('too soon is ignored, and does not open it later by itself', () => {
    const story = factsOf(rows([0, 'mql'], [2, 'rejected'], [5, 'mql']))
    const { handoffs, wakeAt } = judgeFacts(story, h(days(80)), { ...defaultPolicy, reMql: waiting })
    expect([handoffs.length, wakeAt]).toEqual([1, null])
  })

  test.each(['sql', 'rejected', 'recycled', 'deleted'] as const)(
    'after %s opens it only if the policy says so',
    end => {
      const outcome = end === 'deleted' ? 'void' : end
      const others = defaultPolicy.reMql.outcomes.filter(one => one !== outcome)
      expect(opens(end, 50, { afterMs: 0, outcomes: [outcome] })).toBe(true)
      expect(opens(end, 50, { afterMs: 0, outcomes: others })).toBe(false)
    },
  )

  test('is measured against the policy in force at that MQL', () => {
    const strict = { ...defaultPolicy, reMql: waiting, effective: h(10) }
    const policyAt = policyInForce([defaultPolicy, strict])
    const count = (again: number) =>
      judge({
        facts: factsOf(rows([0, 'mql'], [2, 'rejected'], [again, 'mql'])),
        ...{ policyAt, directory: directory(COMPANY), now: h(99) },
      }).handoffs.length
    expect([count(9), count(11)]).toEqual([2, 1])
  })
})

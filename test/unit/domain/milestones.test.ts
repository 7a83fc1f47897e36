import { expect, test } from 'vitest'
import { explain } from '../../../src/domain/explain.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import type { Milestone } from '../../../src/domain/milestones.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { assigned, call, h, rows } from './judged.ts'
import { directory, factsOf } from './world.ts'

type Lines = Parameters<typeof rows>

/** Why an instant of the last handoff is what it is, and when what made it happened. */
function reason(name: Milestone['name'], facts: readonly Fact[], policy: Policy = defaultPolicy) {
  const input = { facts, policyAt: () => policy, directory: directory(), now: h(99) }
  const { handoffs, timeline } = explain(input)
  const { why, fact } = handoffs.at(-1)!.milestones.find(one => one.name === name)!
  const made = timeline.find(one => one.fact === fact)
  return made ? `${why} @${(made.at - h(0)) / HOUR} ${made.kind}` : why
}
const of = (name: Milestone['name'], ...lines: Lines) => reason(name, factsOf(rows(...lines)))

test('what is missing is not there yet, or was not when it ended', () => {
  expect(of('t0', [0, 'mql'])).toBe('no inquiry since the handoff before')
  expect(of('t3', [0, 'mql'])).toBe('not yet')
  expect(of('t3', [0, 'mql'], [2, 'rejected'])).toBe('it ended as rejected without')
})

test('the inquiry is the last one', () => {
  expect(of('t0', [-48, 'inquiry'], [-24, 'inquiry'], [0, 'mql'])).toBe('Inquiry @-24 inquiry')
})

test('the assignment is that to the first owner, whatever else happened then, or one from before', () => {
  const calls: Lines = [assigned(3), call(3), assigned(5, 'bob')]
  expect(of('t2', [0, 'mql'], ...calls)).toBe('first given to a person: ada @3 owner')
  expect(of('t2', assigned(-3), [0, 'mql'])).toBe('ada owned it already @0 owner')
})

test('the first attempt is the one that counts, not another of earlier or of the same instant', () => {
  const byOwner = { ...defaultPolicy, attemptsBy: 'owner' } as const
  const facts = factsOf(rows([0, 'mql'], assigned(0), call(1, 'voicemail', 'eve'), [2, 'accepted'], call(2)))
  expect(reason('t3', facts, byOwner)).toBe('Call: left a voicemail, by ada @2 activity')
})

test('decision and SQL are the change that made the stage true, of this handoff', () => {
  const twice: Lines = [
    [0, 'mql'],
    [2, 'rejected'],
    [50, 'mql'],
    [60, 'rejected'],
  ]
  expect(of('t5', ...twice)).toMatch(/@60 field$/)
  expect(of('t5', [0, 'mql'], [3, 'updated', { detail: 'hubspot.status=NEW' }], [3, 'rejected'])).toBe(
    'Lead status: UNQUALIFIED @3 field',
  )
  expect(of('t6', [0, 'mql'], [3, 'accepted'], [3, 'sql'])).toBe(
    'Lifecycle stage: Sales Qualified Lead @3 field',
  )
})

test('what no record tells of is as the records say', () => {
  const subject = 'hubspot:contact:p1'
  const score = { subject, origin: 'history', kind: 'field', field: 'property:score' } as const
  const facts = factsOf(rows([0, 'inquiry'])).filter(({ kind }) => kind !== 'created')
  const all = [{ vendor: 'hubspot', name: 'score', test: 'filled', filled: false }] as const
  const mql = [{ preset: 'condition', all } as const]
  const policy = { ...defaultPolicy, stages: { ...defaultPolicy.stages, mql } }
  const filled: Fact = { ...score, key: 's1', at: h(2), value: '40', from: null }
  expect(reason('t1', [...facts, filled], policy)).toBe('as the records say')
})

test('a conversion of which only the day is known is told where its deal tells when', () => {
  const facts = factsOf(rows([0, 'mql'], [3, 'opportunity'])).map(fact =>
    fact.kind === 'converted' ? { ...fact, at: h(-8), dayPrecise: true } : fact,
  )
  const sql = [{ preset: 'converted_with_deal' } as const]
  const policy = { ...defaultPolicy, stages: { ...defaultPolicy.stages, sql } }
  expect(reason('t6', facts, policy)).toBe('Lead converted, with a deal @-8 converted')
})

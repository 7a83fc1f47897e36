import { expect, test } from 'vitest'
import type { Fact, StageField } from '../../../src/domain/facts.ts'
import { matches, stageEvents } from '../../../src/domain/stages.ts'
import { timelineOf } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { Policy, StagePredicate } from '../../../src/policy/policy.ts'

const LEAD = 'salesforce:lead:l1' as const
const CONTACT = 'hubspot:contact:c1' as const

const created = (subject: typeof LEAD | typeof CONTACT, at: number): Fact => {
  const profile = { email: null, name: null, company: null, country: null, source: null, campaign: null }
  return { key: 'made', at, subject, origin: 'record', kind: 'created', profile }
}
const became = (at: number, key: string, field: StageField, value: string): Fact => {
  const subject = field === 'status' || field === 'property:Rating' ? LEAD : CONTACT
  return { key, at, subject, origin: 'history', kind: 'field', field, value, from: null }
}
const policy = (mql: string): Policy => parsePolicy(`stages: { mql: ${mql} }`, 'test.yml')

/** The events of these facts, and the conditions of the one policy there is, at 100. */
const told = (facts: readonly Fact[], under: Policy) => stageEvents(timelineOf(facts), 100, () => under)

test('events of one instant are in order of their facts, then of what they are, then of their conditions', () => {
  const facts = [
    ...[created(CONTACT, 1), created(LEAD, 1)],
    ...[became(5, 'z', 'status', 'Open'), became(5, 'b', 'lead_status', 'NEW')],
    ...[became(5, 'a', 'property:Rating', 'Hot'), became(5, 'a', 'lifecycle', 'lead')],
  ]
  const hot = ['Warm', 'Cold', 'Mild'].map(other => `{ salesforce: Rating, is: [Hot, ${other}] }`)
  const events = told(facts, policy(`{ fields: [${hot.join(', ')}] }`))
  expect(
    events.map(({ id, what, condition }) => [id, what, /Warm|Cold|Mild/.exec(condition ?? '')?.[0]]),
  ).toEqual([
    [`${CONTACT}#a`, 'field', undefined],
    [`${CONTACT}#b`, 'field', undefined],
    [`${LEAD}#a`, 'condition', 'Cold'],
    [`${LEAD}#a`, 'condition', 'Mild'],
    [`${LEAD}#a`, 'condition', 'Warm'],
    [`${LEAD}#a`, 'field', undefined],
    [`${LEAD}#z`, 'field', undefined],
  ])
})

test('a condition that a record fulfils as it is made comes true with it, to the instant', () => {
  const empty = policy('{ fields: [{ salesforce: Rating, filled: false }] }')
  const [event] = told([created(LEAD, 10), became(40, 'hot', 'property:Rating', 'Hot')], empty)
  expect(event).toMatchObject({
    ...{ at: 10, dayPrecise: false, id: `${LEAD}#made`, what: 'condition', field: null, value: null },
  })
})

test.each([
  ['made', 10, '{ fields: [{ salesforce: Rating, filled: false }] }'],
  ['given a value', 30, '{ fields: [{ salesforce: Rating, is: Hot }] }'],
  ['emptied', 40, '{ fields: [{ salesforce: Rating, is: none }, { salesforce: Rating, is_not: Hot }] }'],
])('the conditions count of the policy that was in force only when a record was %s', (_, at, mql) => {
  const facts = [
    ...[created(LEAD, 10), became(20, 'cold', 'property:Rating', 'Hot')],
    ...[became(30, 'hot', 'property:Rating', 'Hot')],
    { ...became(40, 'none', 'property:Rating', ''), value: null, from: 'Hot' } as Fact,
  ]
  const then = policy(mql)
  const events = stageEvents(timelineOf(facts), 100, instant => (instant === at ? then : defaultPolicy))
  expect(events.filter(({ what }) => what === 'condition')).not.toEqual([])
})

test('a stage asks for the value of one field of one CRM', () => {
  const [event] = told([created(CONTACT, 1), became(5, 'a', 'lifecycle', 'lead')], defaultPolicy)
  const wanted: StagePredicate = { preset: 'field', vendor: 'hubspot', field: 'lifecycle', values: ['lead'] }
  expect(matches([wanted], event!)).toBe(true)
  expect(matches([{ ...wanted, field: 'lead_status' }], event!)).toBe(false)
  expect(matches([{ ...wanted, vendor: 'salesforce' }], event!)).toBe(false)
  expect(matches([{ ...wanted, values: ['customer'] }, wanted], event!)).toBe(true)
})

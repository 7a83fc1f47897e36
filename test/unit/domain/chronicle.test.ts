import { expect, test } from 'vitest'
import { explain } from '../../../src/domain/explain.ts'
import type { Fact, Ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { h } from './judged.ts'
import { COMPANY, directory, hs, QUEUE, ROBOT, sf } from './world.ts'

const LEAD = 'salesforce:lead:l1'
const profile = { email: null, name: null, company: null, country: null, source: null, campaign: null }

/** A fact of the lead, by hours; its key tells facts of one instant apart. */
const fact = (hours: number, what: object, key = 'k'): Fact =>
  ({ key, at: h(hours), subject: LEAD, origin: 'record', ...what }) as object as Fact
const call = (hours: number, more: object, key = 'k'): Fact =>
  fact(hours, {
    ...{ kind: 'activity', channel: 'call', direction: 'out', outcome: 'voicemail', actor: sf('ada') },
    ...{ automated: false, loggedAt: h(hours), source: `salesforce:task:${key}`, ...more },
  })

const told = (...facts: Fact[]) =>
  explain({ facts, policyAt: () => defaultPolicy, directory: directory(COMPANY), now: h(99) }).timeline
const words = (...facts: Fact[]) => told(...facts).map(one => [one.words, one.note])

test('what happened to a record is told in order of time, its making first', () => {
  const made = fact(0, { kind: 'created', profile }, 'z')
  const asked = fact(0, { kind: 'inquiry', detail: 'pricing' }, 'a')
  const converted = (deal: Ref | null) => fact(5, { kind: 'converted', contact: null, deal }, `c${deal}`)
  const all = [
    ...[made, asked, fact(1, { kind: 'inquiry', detail: null }), fact(2, { kind: 'campaign', name: 'Fair' })],
    ...[converted(null), converted('salesforce:deal:d1'), fact(9, { kind: 'deleted' })],
  ]
  const expected = [
    ['Salesforce lead created', null],
    ['Inquiry: pricing', null],
    ['Inquiry', null],
    ['Responded to campaign Fair', null],
    ['Lead converted, without a deal', null],
    ['Lead converted, with a deal', null],
    ['Salesforce lead deleted', null],
  ]
  const orders = [all, all.toReversed(), [...all, made, asked]]
  for (const facts of orders) {
    expect(new Set(words(...facts).map(one => one[0]))).toEqual(new Set(expected.map(one => one[0])))
    expect(words(...facts).slice(0, 4)).toEqual(expected.slice(0, 4))
    expect(words(...facts)).toHaveLength(7)
  }
})

test('each happening names its record, its fact and whether it is still to come', () => {
  const [first, later] = told(
    fact(1, { kind: 'inquiry', detail: null, source: 'hubspot:contact:c', dayPrecise: true }),
    fact(100, { kind: 'campaign', name: 'Fair' }),
  )
  expect(first).toMatchObject({
    ...{ at: h(1), dayPrecise: true, future: false, kind: 'inquiry', by: null, counts: null },
    ...{ record: 'hubspot:contact:c', subject: LEAD, fact: 'hubspot:contact:c#k' },
  })
  expect(later).toMatchObject({ dayPrecise: false, future: true, record: LEAD, fact: `${LEAD}#k` })
  expect(told(fact(99, { kind: 'inquiry', detail: null }))[0]!.future).toBe(false)
})

test.each([
  ['too small', 'call in spring', 'Sales said: too small: call in spring'],
  ['too small', null, 'Sales said: too small'],
  [null, 'call in spring', 'Sales said: call in spring'],
  [null, null, 'Sales said: nothing'],
])('feedback %j, %j', (reason, note, said) => {
  expect(words(fact(3, { kind: 'feedback', reason, note }))).toEqual([[said, 'the CRM does not say when']])
})

test('a deal is told as far as it came', () => {
  const deal = { kind: 'deal', step: 'won', stage: '', amountMinor: 1_200_000, owner: null, reason: null }
  expect(words({ ...fact(3, deal), subject: 'salesforce:deal:d1' } as Fact)).toEqual([
    ['Deal won, 12,000', null],
  ])
})

test('owners are told by name, and why one is none', () => {
  const given = (hours: number, owner: Ref | null, from: Ref | null, more: object = {}) =>
    fact(hours, { kind: 'owner', owner, from, origin: 'history', ...more }, `o${hours}`)
  expect(
    words(
      ...[given(1, QUEUE, null), given(2, ROBOT, QUEUE), given(3, sf('nobody'), ROBOT)],
      ...[given(4, sf('ada'), sf('nobody')), given(5, null, sf('ada')), given(6, hs('bob'), null)],
    ),
  ).toEqual([
    ['Given to the queue Inbound', 'a queue is not an owner'],
    ['Given to Automated Process', 'not counted as an owner: not a person'],
    ['Given to an unknown user', 'not counted as an owner: nobody we know'],
    ['Given to ada', null],
    ['Owner removed', null],
    ['Given to bob', null],
  ])
})

test('a change that was only seen says so, and a field that was always empty is not told', () => {
  const status = (hours: number, value: string | null, from: string | null, origin: Fact['origin']) =>
    fact(hours, { kind: 'field', field: 'status', value, from, origin }, `s${hours}`)
  expect(words(status(1, 'New', null, 'history'), status(2, 'Open', 'New', 'observed'))).toEqual([
    ['Status: New', null],
    ['Status: Open', 'seen between two readings; the CRM keeps no history'],
  ])
  expect(words(status(1, 'New', null, 'history'), status(3, null, 'New', 'history'))).toEqual([
    ['Status: New', null],
    ['Status cleared', null],
  ])
  expect(words(fact(0, { kind: 'field_now', field: 'status', value: null }))).toEqual([])
})

test.each([
  [{}, null],
  [{ automated: true }, 'not counted: automated'],
  [{ channel: 'email', outcome: 'bounced' }, 'not counted: it bounced'],
  [{ channel: 'meeting', outcome: 'scheduled' }, 'not counted: planned only'],
  [{ channel: 'meeting', outcome: 'cancelled' }, 'not counted: cancelled'],
  [{ actor: ROBOT }, 'not counted: not logged for a person'],
  [{ actor: null }, 'not counted: not logged for a person'],
  [{ direction: 'in', outcome: 'no_answer' }, 'not counted: neither an attempt nor a contact'],
  [{ loggedAt: h(1) + 4 * DAY }, 'logged 4 d later'],
  [{ loggedAt: h(1) + 72 * HOUR }, null],
])('of a call %j: %j', (more, note) => {
  expect(words(call(1, more))[0]![1]).toBe(note)
})

test('one call in two records counts once, the next one again', () => {
  const all = [
    call(1, {}, 'a'),
    call(1 + 1 / 120, { source: 'hubspot:call:b', subject: 'hubspot:contact:c', actor: hs('ada') }, 'b'),
    call(2, {}, 'c'),
  ]
  for (const facts of [all, all.toReversed()]) {
    expect(told(...facts).map(one => [one.counts?.attempt, one.note])).toEqual([
      [true, null],
      [false, 'told by another record too; counted once'],
      [true, null],
    ])
  }
  const superseding = call(3, { supersedes: 'salesforce:task:e', channel: 'email', outcome: 'done' }, 'd')
  const superseded = call(3, { channel: 'email', outcome: 'done' }, 'e')
  expect(told(superseding, superseded).map(one => one.note)).toEqual([
    null,
    'told by another record too; counted once',
  ])
  expect(told(call(1, { actor: sf('ada') }))[0]!.by).toMatchObject({ ref: sf('ada') })
})

test('whoever leaves while they own it is told at that instant, and whoever had left or never worked is no owner', () => {
  const given = (hours: number, owner: Ref, from: Ref | null) =>
    fact(hours, { kind: 'owner', owner, from, origin: 'history' }, `o${hours}`)
  const owners = (left: number | null, now = 99) => {
    const people = new Map(directory(COMPANY))
    const inactiveSince = left === null ? null : h(left)
    people.set(sf('ada'), { ...people.get(sf('ada'))!, active: false, inactiveSince })
    const facts = [given(1, sf('ada'), null), given(5, sf('bob'), sf('ada'))]
    return explain({ facts, policyAt: () => defaultPolicy, directory: people, now: h(now) }).timeline
  }
  const brief = (left: number | null) => owners(left).map(one => [one.words, one.note])
  const bob = ['Given to bob', null]
  expect(brief(null)).toEqual([['Given to ada', 'not counted as an owner: inactive user'], bob])
  expect(brief(3)).toEqual([
    ['Given to ada', null],
    ['ada left', 'inactive in the CRM from then on: nobody owns the record until it is given to somebody'],
    bob,
  ])
  expect(brief(5)).toEqual([['Given to ada', null], bob])
  expect(brief(9)).toEqual([['Given to ada', null], bob])
  const late = 'not counted as an owner: left on Tue 24 Nov 2026 09:12'
  expect(brief(1)).toEqual([['Given to ada', expect.stringContaining(late)], bob])
  expect(owners(3, 3).map(one => one.future)).toEqual([false, false, true])
  expect(owners(3)[1]).toMatchObject({ at: h(3), dayPrecise: false, record: LEAD, fact: `${LEAD}#o1:left` })
})

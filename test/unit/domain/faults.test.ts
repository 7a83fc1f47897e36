import { describe, expect, test } from 'vitest'
import { calendarOf, type WeeklyHours } from '../../../src/domain/calendar.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { judge } from '../../../src/domain/judge.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { policyInForce } from '../../../src/policy/policy.ts'
import { Minutes } from '../../oracle/minutes.ts'
import { assigned, call, h, judged, judgeFacts, only, promise, rows } from './judged.ts'
import { COMPANY, directory, factsOf, ROBOT, row, sf } from './world.ts'

const OFFICE: WeeklyHours = { blocks: [1, 2, 3, 4, 5].map(day => ({ day, from: 540, to: 1_020 })) }

describe('fault 69: a lead of 23:30 on the evening before the clocks change', () => {
  const evening = (zone: string, day: string): Instant =>
    Temporal.PlainDateTime.from(`${day}T23:30`).toZonedDateTime(zone).epochMilliseconds

  test.each([
    ['America/New_York', '2026-03-07', 57.5],
    ['America/New_York', '2026-10-31', 59.5],
    ['Europe/Berlin', '2026-03-28', 57.5],
    ['Europe/Berlin', '2026-10-24', 59.5],
    ['Australia/Lord_Howe', '2026-04-04', 59],
    ['Australia/Lord_Howe', '2026-10-03', 58],
    ['Asia/Kolkata', '2026-03-28', 58.5],
    ['America/Sao_Paulo', '2026-10-17', 58.5],
  ])('%s %s: due on Tuesday at 10:00 by the wall clock, however long the night was', (zone, day, elapsed) => {
    const from = evening(zone, day)
    const calendar = calendarOf(OFFICE, zone)
    const due = calendar.addWorking(from, 9 * HOUR)
    expect(Temporal.Instant.fromEpochMilliseconds(due).toZonedDateTimeISO(zone).toPlainDateTime()).toEqual(
      Temporal.PlainDateTime.from(`${day}T10:00`).add({ days: 3 }),
    )
    // From 23:30 on Saturday to 10:00 on Tuesday are 58 h 30 min, one change of the clocks more or less.
    expect((due - from) / HOUR).toBe(elapsed)
    const minutes = new Minutes(zone, Math.floor(from / DAY) * DAY - DAY, 8)
    const open = minutes.walk(({ ofWeek }) =>
      OFFICE.blocks.some(({ day, from, to }) => {
        const midnight = (day - 1) * 1_440
        return ofWeek >= midnight + from && ofWeek < midnight + to
      }),
    )
    expect(open(from, due)).toBe(9 * HOUR)
  })

  test('with an owner in another zone counts by theirs, and elapsed time by neither', () => {
    const from = evening('America/New_York', '2026-03-07')
    const facts = factsOf([row(from, 'mql'), row(from, 'assigned', { actor: 'ada' })])
    const { decision, first } = verdicts(facts, from + 30 * HOUR)
    // Monday 9:00 in Berlin, where the clocks do not change yet.
    expect(decision.dueAt).toBe(Date.parse('2026-03-09T08:00:00Z') + 4 * DAY + 8 * HOUR)
    expect(first.dueAt).toBe(from + 48 * HOUR)
  })
})

function verdicts(facts: readonly Fact[], now: Instant) {
  const handoff = only(judgeFacts(facts, now))
  return { decision: promise(handoff, 'decision'), first: promise(handoff, 'first_attempt') }
}

describe('fault 70: what is no attempt, or not when it seems', () => {
  const base = factsOf(rows([0, 'mql'], assigned(1), call(2)))
  const told = base.find(fact => fact.kind === 'activity')!
  const instead = (more: object, at = told.at, now = h(60)) => {
    const facts = base.map(fact => (fact === told ? ({ ...told, at, ...more } as Fact) : fact))
    const judgement = judgeFacts(facts, now)
    return { ...only(judgement), wakeAt: judgement.wakeAt }
  }

  test('before the lead was created: of no handoff', () => {
    expect(instead({}, h(-1))).toMatchObject({ t3: null, attempts: 0 })
  })

  test('logged later than it happened: placed when it happened', () => {
    const late = instead({ loggedAt: h(59) })
    expect(late).toMatchObject({ t3: h(2), attempts: 1 })
    expect(promise(late, 'first_attempt').state).toBe('met')
  })

  test('known to the day only: at that day’s start, and marked', () => {
    const tomorrow = Date.parse('2026-11-24T23:00:00Z')
    expect(instead({ dayPrecise: true }, tomorrow)).toMatchObject({ t3: tomorrow, dayPrecise: ['t3'] })
  })

  test.each([
    ['an automated e-mail', { channel: 'email', automated: true }],
    ['a step of a sequence', { channel: 'email', automated: true, sequence: true }],
    ['by an integration user', { actor: ROBOT }],
    ['by nobody known', { actor: null }],
  ])('%s: no attempt', (_, more) => {
    const handoff = instead(more)
    expect(handoff).toMatchObject({ t3: null, attempts: 0 })
    expect(promise(handoff, 'first_attempt').state).toBe('overdue')
  })

  test('in the future: not yet, and looked at again then', () => {
    const before = instead({}, h(30), h(20))
    expect(before).toMatchObject({ t3: null, attempts: 0 })
    expect(instead({}, h(30), h(26)).wakeAt).toBe(h(30))
    expect(instead({}, h(30), h(30))).toMatchObject({ t3: h(30), attempts: 1 })
  })

  test('deleted: the breach is open again', () => {
    const gone = base.filter(fact => fact !== told)
    expect(promise(only(judgeFacts(base, h(60))), 'first_attempt').state).toBe('met')
    expect(promise(only(judgeFacts(gone, h(60))), 'first_attempt').state).toBe('overdue')
  })
})

describe('fault 71: whose clock it is', () => {
  test('given on in mid-window, round robin and by way of a queue: one clock, from the first human', () => {
    const lines = [assigned(1), assigned(2, 'bob'), assigned(3, ''), assigned(4), assigned(5, 'bob')]
    const handoff = only(judged(60, [0, 'mql'], ...lines))
    expect(handoff).toMatchObject({ t2: h(1), owner: sf('bob') })
    expect(promise(handoff, 'first_attempt')).toMatchObject({ from: h(1), dueAt: h(49), state: 'overdue' })
  })

  test.each([
    ['a queue', ''],
    ['somebody who had left', 'gone'],
  ])('given to %s: still to be assigned', (_, actor) => {
    const handoff = only(judged(60, [0, 'mql'], assigned(1, actor)))
    expect(promise(handoff, 'assignment').state).toBe('overdue')
    expect(promise(handoff, 'first_attempt').state).toBe('not_started')
  })

  test('a policy that changes in mid-window leaves the clock alone; the next handoff has the new one', () => {
    const [assignment, first] = defaultPolicy.promises
    const strict = {
      ...first!,
      tiers: first!.tiers.map(tier => ({ ...tier, warnMs: null, dueMs: 5 * MINUTE })),
    }
    const edited = { ...defaultPolicy, effective: h(10), promises: [assignment!, strict] }
    const policyAt = policyInForce([defaultPolicy, edited])
    const facts = factsOf(rows([0, 'mql'], assigned(1), [30, 'rejected'], [40, 'mql']))
    const at = (now: number) => judge({ facts, policyAt, directory: directory(COMPANY), now }).handoffs
    expect(at(h(20)).map(one => promise(one, 'first_attempt').dueAt)).toEqual([h(49)])
    expect(at(h(41)).map(one => promise(one, 'first_attempt').dueAt)).toEqual([h(49), h(40) + 5 * MINUTE])
    expect(at(h(41))).toEqual(at(h(41)))
  })
})

test('fault 14: a conversion stops the clock, and a call on the contact or the opportunity belongs to the person', () => {
  const converted = factsOf(rows([0, 'mql'], assigned(1), [3, 'opportunity']))
  expect(only(judgeFacts(converted, h(60)))).toMatchObject({ outcome: 'sql', endedAt: h(3), t6: h(3) })
  const contact = converted.find(fact => fact.subject.startsWith('salesforce:contact:'))!.subject
  const deal = converted.find(fact => fact.subject.startsWith('salesforce:deal:'))!.subject
  const again = factsOf(rows([50, 'mql'])).filter(fact => fact.kind === 'field' && fact.field === 'lifecycle')
  const second = again.map(fact => ({ ...fact, key: `${fact.key}-again` }))
  const logged = factsOf(rows([0, 'mql'], call(51))).find(fact => fact.kind === 'activity')!
  for (const subject of [contact, deal]) {
    const facts = [...converted, ...second, { ...logged, subject }]
    const { handoffs } = judgeFacts(facts, h(60))
    expect(handoffs.map(({ attempts, t3 }) => [attempts, t3])).toEqual([
      [0, null],
      [1, h(51)],
    ])
  }
})

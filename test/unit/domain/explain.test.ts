import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type ExplainedPromise, type Explanation, explain } from '../../../src/domain/explain.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { judge } from '../../../src/domain/judge.ts'
import type { LeftOut } from '../../../src/domain/stretch.ts'
import { HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { weeklyHours } from '../../../src/policy/hours.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import type { ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { eventfulHistory, history, later, START } from './histories.ts'
import { assigned, call, h, rows } from './judged.ts'
import { policies } from './policies.ts'
import { COMPANY, CONTACT, directory, factsOf } from './world.ts'

type Line = [hours: number, event: ScenarioEvent['event'], more?: Partial<ScenarioEvent>]

const why = (facts: readonly Fact[], now: Instant, policy: Policy = defaultPolicy): Explanation =>
  explain({ facts, policyAt: () => policy, directory: directory(), now })

/** Explains a story at so many hours after Tuesday 09:12 in Berlin. */
const told = (hours: number, ...lines: Line[]) => why(factsOf(rows(...lines)), h(hours))

function promise({ handoffs }: Explanation, name: string): ExplainedPromise {
  return handoffs.at(-1)!.promises.find(one => one.name === name)!
}

const split = weeklyHours({
  mon: ['22:00-06:00'],
  tue: ['08:00-12:00', '12:30-17:00'],
  sun: ['01:00-03:30', '00:00-00:30'],
})

describe('over random histories', () => {
  const shifts = { ...defaultPolicy, calendars: [{ ...defaultPolicy.calendars[0]!, hours: split }] }
  const agreements = {
    default: fc.constant(defaultPolicy),
    'split shifts': fc.constant(shifts),
    'any rules': policies,
  }
  test.each(Object.entries(agreements))(
    '%s: intervals sum to what was counted, verdicts are the judge’s',
    (_, agreement) => {
      fc.assert(
        fc.property(eventfulHistory, later, fc.boolean(), agreement, (events, wait, connector, policy) => {
          const now = START + wait
          const facts = factsOf(events, { ...COMPANY, connector })
          const input = { facts, policyAt: () => policy, directory: directory(), now }
          const { handoffs } = explain(input)
          const judged = judge(input).handoffs
          expect(handoffs.map(one => one.openedBy)).toEqual(judged.map(one => one.openedBy))
          for (const [index, { promises, milestones }] of handoffs.entries()) {
            expect(promises).toMatchObject(judged[index]!.promises.map(one => ({ ...one })))
            for (const { name, at } of milestones) expect(at).toBe(judged[index]![name])
            for (const { intervals, countedMs, leadMs, pausedMs } of promises) {
              const counted = intervals.reduce((sum, one) => sum + one.countedMs, 0)
              const leftOut = (why?: LeftOut['why']) =>
                intervals
                  .filter(one => one.leftOut && (why ?? one.leftOut.why) === one.leftOut.why)
                  .reduce((sum, one) => sum + one.leftOut!.ms, 0)
              expect(counted).toBe((countedMs ?? 0) + 0)
              expect(counted + leftOut()).toBe((leadMs ?? 0) + 0)
              expect(leftOut('paused')).toBe(pausedMs ?? 0)
              for (const [place, { from, to, countedMs: ms, leftOut: why }] of intervals.entries()) {
                expect(Math.abs(ms)).toBe(why ? 0 : to - from)
                expect(from).toBeGreaterThanOrEqual(intervals[place - 1]?.to ?? Number.NEGATIVE_INFINITY)
              }
            }
          }
        }),
        { numRuns: 500, seed: 7 },
      )
    },
    60_000,
  )

  test('every instant of a handoff names the fact behind it, and the order of facts makes no difference', () => {
    fc.assert(
      fc.property(history, later, (events, wait) => {
        const facts = factsOf(events)
        const now = START + wait
        const one = why(facts, now)
        expect(why(facts.toReversed(), now)).toEqual(one)
        for (const { milestones } of one.handoffs) {
          for (const { name, at, fact } of milestones) {
            if (at === null || name === 't2') continue
            expect(one.timeline.find(happening => happening.fact === fact)).toMatchObject({ future: false })
          }
        }
      }),
      { numRuns: 300, seed: 11 },
    )
  }, 60_000)
})

describe('what was counted', () => {
  test('working time is told day by day in the calendar of the owner', () => {
    const { intervals, countedMs } = promise(told(26, [0, 'mql'], assigned(0)), 'decision')
    expect(intervals).toMatchObject([
      { from: h(0), countedMs: 7 * HOUR + 48 * MINUTE, zone: 'Europe/Berlin', owner: { name: 'ada' } },
      { to: h(26), countedMs: 2 * HOUR + 12 * MINUTE, zone: 'Europe/Berlin' },
    ])
    expect(countedMs).toBe(10 * HOUR)
  })

  test('after a reassignment the new owner’s calendar counts', () => {
    const { intervals } = promise(told(12, [0, 'mql'], assigned(0), assigned(6, 'bob')), 'decision')
    expect(intervals.map(({ from, to, zone }) => [from, to, zone])).toEqual([
      [h(0), h(6), 'Europe/Berlin'],
      [h(6), h(12), 'America/New_York'],
    ])
  })

  test('the wall clock is cut where the lead changed hands', () => {
    const { intervals } = promise(told(12, [0, 'mql'], assigned(2), assigned(6, 'bob')), 'first_attempt')
    expect(intervals).toMatchObject([
      { from: h(2), to: h(6), owner: { name: 'ada' }, zone: null, countedMs: 4 * HOUR },
      { from: h(6), to: h(12), owner: { name: 'bob' }, zone: null, countedMs: 6 * HOUR },
    ])
  })

  test('an attempt before the assignment counts backwards', () => {
    const early = promise(told(9, [0, 'mql'], call(1), assigned(4)), 'first_attempt')
    expect(early.intervals).toMatchObject([{ from: h(1), to: h(4), countedMs: -3 * HOUR }])
  })

  test('before the clock starts nothing is counted', () => {
    expect(promise(told(9, [0, 'mql']), 'first_attempt')).toMatchObject({ intervals: [], countedMs: null })
  })

  test('round the clock is one interval', () => {
    const day = ['00:00-24:00']
    const hours = weeklyHours({ mon: day, tue: day, wed: day, thu: day, fri: day, sat: day, sun: day })
    const facts = factsOf(rows([0, 'mql'], assigned(0)))
    const { intervals } = promise(
      why(facts, h(500), { ...defaultPolicy, calendars: [{ ...defaultPolicy.calendars[0]!, hours }] }),
      'decision',
    )
    expect(intervals).toMatchObject([{ from: h(0), to: h(500), countedMs: 500 * HOUR }])
  })
})

describe('in words', () => {
  test('how it stands, what was agreed, and what each step rests on', () => {
    const late = told(60, [-1, 'inquiry', { detail: 'Webinar' }], [0, 'mql'], assigned(2))
    expect(late.summary).toMatch(
      /^Handoff 1 is open, with ada\. Overdue since Thu 26 Nov 2026 11:12: no attempt/,
    )
    expect(promise(late, 'first_attempt').agreed).toBe(
      'a first attempt within 48 h of the assignment, by the wall clock',
    )
    expect(promise(late, 'decision').agreed).toBe(
      'a decision within 40 h of working time after the assignment',
    )
    expect(late.handoffs[0]!.milestones.map(({ label, why: because }) => `${label}: ${because}`)).toEqual([
      'Inquiry: Inquiry: Webinar',
      'MQL: Lifecycle stage: Marketing Qualified Lead',
      'Assigned: first given to a person: ada',
      'First attempt: not yet',
      'First two-way contact: not yet',
      'Decision: not yet',
      'SQL: not yet',
      'Meeting held: not yet',
    ])
  })

  test('the timeline says who did what, what it counts as and what not', () => {
    const { timeline } = told(
      9,
      [0, 'mql'],
      assigned(1),
      call(2),
      [3, 'email', { actor: 'ada', outcome: 'bounced', direction: 'out' }],
      [4, 'meeting', { actor: 'ada', outcome: 'held', direction: 'out' }],
    )
    const activities = timeline.filter(one => one.kind === 'activity')
    expect(
      activities.map(({ words, by, note, marks, counts }) => [words, by?.name, note, marks, counts]),
    ).toEqual([
      [
        'Call: left a voicemail',
        'ada',
        null,
        ['First attempt'],
        { attempt: true, contact: false, meeting: false },
      ],
      [
        'E-mail: bounced',
        'ada',
        'not counted: it bounced',
        [],
        { attempt: false, contact: false, meeting: false },
      ],
      [
        'Meeting: took place',
        'ada',
        null,
        ['First two-way contact', 'Meeting held'],
        { attempt: true, contact: true, meeting: true },
      ],
    ])
    const queued = timeline.find(one => one.words === 'Given to the queue Inbound')
    expect(queued?.note).toBe('a queue is not an owner')
  })

  test('one call that both CRMs tell of counts once', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1), call(2)), { ...COMPANY, connector: true })
    const calls = why(facts, h(9)).timeline.filter(one => one.kind === 'activity')
    expect(calls.map(one => one.counts?.attempt)).toEqual([true, false])
    expect(calls[1]!.note).toBe('told by another record too; counted once')
  })

  test('what lies ahead has not happened yet', () => {
    const { timeline } = told(1, [0, 'mql'], assigned(0), [5, 'call', { actor: 'ada', direction: 'out' }])
    expect(timeline.at(-1)).toMatchObject({ future: true, counts: { attempt: false }, note: null })
  })

  test('somebody who never became an MQL', () => {
    expect(told(3, [0, 'inquiry'])).toMatchObject({ handoffs: [], summary: expect.stringMatching(/Never/) })
  })
})

test('an MQL by a condition is explained by the change that met it', () => {
  const all = [{ vendor: 'hubspot', name: 'score', test: 'at_least', value: 80 }] as const
  const policy: Policy = {
    ...defaultPolicy,
    dimensions: { segment: {}, score: { hubspot: 'score' } },
    stages: { ...defaultPolicy.stages, mql: [{ preset: 'condition', all }] },
  }
  const field = 'property:score' as const
  const base = { subject: CONTACT, origin: 'history', kind: 'field', field } as const
  const facts: Fact[] = [
    ...factsOf(rows([0, 'inquiry'])),
    { ...base, key: 's1', at: h(1), value: '40', from: null },
    { ...base, key: 's2', at: h(2), value: '90', from: '40' },
  ]
  const { handoffs, timeline } = why(facts, h(3), policy)
  expect(handoffs[0]).toMatchObject({ openedBy: `${CONTACT}#s2`, score: 90, segment: null })
  expect(handoffs[0]!.milestones.find(({ name }) => name === 't1')).toMatchObject({
    at: h(2),
    why: 'score: 90',
  })
  expect(
    timeline.filter(({ words }) => words.startsWith('score')).map(({ words, marks }) => [words, marks]),
  ).toEqual([
    ['score: 40', []],
    ['score: 90', ['MQL']],
  ])
})

test('where the time went, and why nobody takes care of it', () => {
  const { handoffs } = told(15 * 24, [-24, 'inquiry'], [0, 'mql'], assigned(3), call(5))
  const { delays, dropped } = handoffs[0]!
  expect(delays.system.map(({ name, ms }) => [name, ms / HOUR])).toEqual([
    ['form', 0],
    ['marketing', 24],
    ['connector', 0],
    ['routing', 3],
  ])
  expect([delays.systemMs / HOUR, delays.rep!.ms / HOUR]).toEqual([27, 2])
  expect(dropped?.words).toBe('Dropped: no activity since Tue 24 Nov 2026 14:12 (Europe/Berlin)')
})

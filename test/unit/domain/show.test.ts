import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Handoff, Judgement, PromiseVerdict } from '../../../src/domain/handoff.ts'
import { reasonFor } from '../../../src/domain/reason.ts'
import { desiredFields, nearestToBreach } from '../../../src/domain/show.ts'
import type { Instant } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { eventfulHistory, history, later, START } from './histories.ts'
import { assigned, call, h, judged, judgeFacts, rows } from './judged.ts'
import { policies } from './policies.ts'
import { COMPANY, CONTACT, directory, factsOf } from './world.ts'

const everybody = directory(COMPANY)
const shown = (judgement: Judgement, now = h(0)) => desiredFields(judgement, everybody, defaultPolicy, now)
const show = (hours: number, ...lines: Parameters<typeof judged>[1][]) => shown(judged(hours, ...lines))!

test('nothing is shown of a person without a handoff', () => {
  expect(shown(judged(9, [0, 'inquiry']))).toBeNull()
})

test('a lead in good time, whole', () => {
  expect(show(9, [0, 'mql'], assigned(1), call(4.1667), [5, 'accepted'], [6, 'sql'])).toEqual({
    overdue: false,
    status: 'met',
    due: h(49),
    reason: 'First attempt 3 h 10 min after assignment',
    mqlAt: h(0),
    assignedAt: h(1),
    firstAttemptAt: h(4.1667) - 120,
    sqlAt: h(6),
    attempts: 1,
    followUpMinutes: 190,
    followUpHours: 3.17,
    mqlToSqlHours: 6,
    handoff: 1,
    outcome: 'sql',
    feedbackReason: null,
    feedbackNote: null,
  })
})

describe('the status is that of the promise nearest to breach', () => {
  test('running ones by the earliest due', () => {
    expect(show(2, [0, 'mql'])).toMatchObject({ status: 'running', due: h(4), overdue: false })
    expect(show(30, [0, 'mql'], assigned(1))).toMatchObject({ status: 'due_soon', due: h(49) })
  })

  test('overdue ones first', () => {
    const late = show(50, [0, 'mql'], assigned(1))
    expect(late).toMatchObject({ status: 'overdue', overdue: true, due: h(49) })
  })

  test('when the first attempt is made the decision is next', () => {
    expect(show(9, [0, 'mql'], assigned(0), call(1)).due).toBe(Date.parse('2026-12-01T08:12:00Z'))
  })

  test('the first attempt’s when none runs', () => {
    expect(show(9, [0, 'mql'], assigned(1), [2, 'rejected']).status).toBe('missed')
    expect(show(9, [0, 'mql'], [1, 'deleted']).status).toBe('void')
  })

  const verdict = (name: string, state: PromiseVerdict['state'], dueAt: number | null, paused = false) =>
    ({ name, state, dueAt, pause: paused ? { since: 0, latest: 1 } : null }) as PromiseVerdict
  const nearest = (...promises: PromiseVerdict[]) => nearestToBreach(promises)?.name ?? null

  test('of several the one with the earliest due, and last what cannot fall due', () => {
    const three = [verdict('a', 'running', 7), verdict('b', 'overdue', 5), verdict('c', 'due_soon', 6)]
    for (const promises of [three, three.toReversed()]) expect(nearest(...promises)).toBe('b')
    const stands = verdict('stands', 'running', null)
    for (const promises of [
      [stands, three[0]!],
      [three[0]!, stands],
    ])
      expect(nearest(...promises)).toBe('a')
    expect(nearest(stands, verdict('too', 'due_soon', null))).toBe('stands')
  })

  test('when none runs that of a pause before the first attempt’s, and any before none', () => {
    const first = verdict('first_attempt', 'met', 1)
    const held = [verdict('x', 'excused', 9, true), verdict('y', 'excused', 8, true)]
    expect(nearest(first, ...held)).toBe('y')
    expect(nearest(verdict('z', 'met', 0), first)).toBe('first_attempt')
    expect([nearest(verdict('z', 'met', 0)), nearest()]).toEqual(['z', null])
  })

  test('none when nothing was promised', () => {
    const nothing = parsePolicy('promises: {}', 'policy.yml')
    const judgement = judgeFacts(factsOf(rows([0, 'mql'])), h(1), nothing)
    expect(desiredFields(judgement, everybody, nothing, h(1))).toMatchObject({
      status: null,
      due: null,
      reason: null,
    })
  })
})

test('what has not come has no length, and nothing is a little less than zero', () => {
  const nothing = { followUpMinutes: null, followUpHours: null, mqlToSqlHours: null }
  expect(show(2, [0, 'mql'])).toMatchObject(nothing)
  expect(show(2, [0, 'mql'], assigned(1))).toMatchObject(nothing)
  expect(show(2, [0, 'mql'], call(1))).toMatchObject(nothing)
  expect(show(9, [0, 'mql'], call(1), assigned(1.001)).followUpHours).toBe(0)
})

test('a reason is no longer than a CRM keeps', () => {
  const reason = (length: number) => {
    const promise = { name: 'x'.repeat(length), state: 'missed', from: null, restartedAt: null, dueAt: null }
    return reasonFor(promise as PromiseVerdict, undefined, { outcome: 'sql' } as Handoff, zoneOf('UTC'))
  }
  expect(reason(226)).toBe(`Missed: ended as sql with no ${'x'.repeat(226)}`)
  expect(reason(227)).toBe(`Missed: ended as sql with no ${'x'.repeat(225)}…`)
})

describe('the reason in plain words', () => {
  const reason = (hours: number, ...lines: Parameters<typeof judged>[1][]) =>
    show(hours, [0, 'mql'], ...lines).reason

  test.each([
    [1, [], 'Due Tue 24 Nov 2026 12:12: owner after MQL Tue 24 Nov 2026 08:12 (UTC)'],
    [5, [], 'Overdue since Tue 24 Nov 2026 12:12: no owner since MQL Tue 24 Nov 2026 08:12 (UTC)'],
    [
      1,
      [assigned(0)],
      'Due Thu 26 Nov 2026 09:12: attempt after assignment Tue 24 Nov 2026 09:12 (Europe/Berlin)',
    ],
    [
      30,
      [assigned(0)],
      'Due soon, Thu 26 Nov 2026 09:12: no attempt since assigned Tue 24 Nov 2026 09:12 (Europe/Berlin)',
    ],
    [
      50,
      [assigned(0)],
      'Overdue since Thu 26 Nov 2026 09:12: no attempt since assigned Tue 24 Nov 2026 09:12 (Europe/Berlin)',
    ],
    [
      50,
      [assigned(0, 'bob')],
      'Overdue since Thu 26 Nov 2026 03:12: no attempt since assigned Tue 24 Nov 2026 03:12 (America/New_York)',
    ],
    [9, [assigned(1), [2, 'rejected']], 'Missed: ended as rejected with no attempt'],
    [9, [[2, 'deleted']], 'Void: every record of this person was deleted'],
    [9, [call(1), assigned(2), [3, 'sql']], 'First attempt 1 h before assignment'],
    [9, [call(1), [3, 'sql']], 'First attempt before assignment'],
    [9, [assigned(1), call(1), [3, 'sql']], 'First attempt less than a minute after assignment'],
    [
      99,
      [assigned(0), call(75.5), [80, 'sql']],
      'First attempt 3 d 3 h after assignment, late: due Thu 26 Nov 2026 09:12 (Europe/Berlin)',
    ],
  ] as [number, Parameters<typeof judged>[1][], string][])('after %d h of %j', (hours, lines, words) => {
    expect(reason(hours, ...lines)).toBe(words)
  })

  test('a day-precise instant is told in days only', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(0), call(40), [41, 'sql'])).map(fact =>
      fact.kind === 'activity' ? { ...fact, dayPrecise: true } : fact,
    )
    expect(shown(judgeFacts(facts, h(50)))?.reason).toBe('First attempt 2 days after assignment')
  })

  test('working time is said to be that', () => {
    const policy = parsePolicy(
      'promises: { decision: { from: T2, until: T5, kind: working, due: 8h } }',
      'policy.yml',
    )
    const facts = factsOf(rows([0, 'mql'], assigned(0), [24, 'sql']))
    const judgement = judgeFacts(facts, h(50), policy)
    const words = 'Decided 8 h of working time after assignment'
    expect(desiredFields(judgement, everybody, policy, h(50))?.reason).toBe(words)
  })

  test('a promise the policy no longer knows has its name', () => {
    const judgement = judged(50, [0, 'mql'], assigned(0))
    const other = { ...defaultPolicy, promises: [] }
    expect(desiredFields(judgement, everybody, other, h(50))?.reason).toMatch(
      /^Overdue since .*: no first attempt since start /,
    )
  })

  test('never exceeds what the field holds', () => {
    const name = `a${'b'.repeat(39)}`
    const policy = parsePolicy(`promises: { ${name}: { from: T1, until: T3, due: 1h } }`, 'policy.yml')
    const judgement = judgeFacts(factsOf(rows([0, 'mql'])), h(5), policy)
    expect(desiredFields(judgement, everybody, defaultPolicy, h(5))!.reason!.length).toBeLessThanOrEqual(255)
  })
})

test('the last handoff is shown', () => {
  const again = show(60, [0, 'mql'], assigned(0), [2, 'rejected'], [50, 'mql'])
  expect(again).toMatchObject({ handoff: 2, outcome: 'open', mqlAt: h(50), assignedAt: h(50) })
})

test('what sales said belongs to the handoff they turned down', () => {
  const said = (key: string) => {
    const facts = factsOf(
      rows([0, 'mql'], [2, 'rejected'], [50, 'mql'], [52, key === 'open' ? 'accepted' : 'recycled']),
    )
    const feedback = { reason: 'No budget', note: 'Ask in spring' }
    const base = { key: 'feedback', at: h(0), subject: CONTACT, origin: 'record', kind: 'feedback' } as const
    return judgeFacts([...facts, { ...base, ...feedback }], h(60)).handoffs.map(one => one.feedbackReason)
  }
  expect(said('open')).toEqual(['No budget', null])
  expect(said('ended')).toEqual([null, 'No budget'])
})

describe('of several records that say why', () => {
  const base = { key: 'feedback', origin: 'record', kind: 'feedback', note: null } as const
  const lead = (id: string, hours: number, reason: string) =>
    ({ ...base, subject: `salesforce:lead:${id}`, at: h(hours), reason }) as const
  const reasons = (said: ReturnType<typeof lead>[], ...lines: Parameters<typeof judged>[1][]) =>
    [said, said.toReversed()].map(told =>
      judgeFacts([...factsOf(rows(...lines)), ...told], h(99)).handoffs.map(one => one.feedbackReason),
    )
  const both = <T>(one: T) => [one, one]

  test('the last made until the end counts, in whatever order they come', () => {
    const [early, late] = [lead('1', 0, 'B'), lead('2', 2, 'A')]
    expect(reasons([early, late, lead('3', 3, 'C')], [0, 'mql'], [2, 'rejected'])).toEqual(both(['A']))
    expect(reasons([early, lead('2', 0, 'A')], [0, 'mql'], [2, 'rejected'])).toEqual(both(['A']))
  })

  test('each handoff turned down has its own, and one that is not has none', () => {
    const twice = [
      [0, 'mql'],
      [2, 'rejected'],
      [50, 'mql'],
    ] as Parameters<typeof judged>[1][]
    const [first, second] = [lead('1', 1, 'A'), lead('2', 20, 'B')]
    expect(reasons([first, second], ...twice, [60, 'rejected'])).toEqual(both(['A', 'B']))
    expect(reasons([first], ...twice, [60, 'sql'])).toEqual(both(['A', null]))
  })
})

test('what is shown stays as it is until the judgement wakes', () => {
  fc.assert(
    fc.property(
      eventfulHistory,
      later,
      fc.oneof(fc.constant(defaultPolicy), policies),
      (events, wait, policy) => {
        const facts = factsOf(events)
        const now = START + wait
        const fieldsAt = (at: Instant) => desiredFields(judgeFacts(facts, at, policy), everybody, policy, at)
        const last = (judgeFacts(facts, now, policy).wakeAt ?? now + 86_400_000) - 1
        expect(fieldsAt(last)).toEqual(fieldsAt(now))
      },
    ),
    { numRuns: 400, seed: 10 },
  )
}, 60_000)

test('values are such that a CRM gives them back as they are', () => {
  fc.assert(
    fc.property(history, later, (events, wait) => {
      const fields = shown(judgeFacts(factsOf(events), START + wait))
      fc.pre(fields !== null)
      const { due, mqlAt, assignedAt, firstAttemptAt, sqlAt, followUpHours, mqlToSqlHours, followUpMinutes } =
        fields!
      for (const at of [due, mqlAt, assignedAt, firstAttemptAt, sqlAt]) expect((at ?? 0) % 1_000).toBe(0)
      for (const hours of [followUpHours, mqlToSqlHours]) {
        if (hours !== null) expect(Number(hours.toFixed(2))).toBe(hours)
        expect(Object.is(hours, -0)).toBe(false)
      }
      if (followUpMinutes !== null) expect(Number.isInteger(followUpMinutes)).toBe(true)
    }),
    { numRuns: 400, seed: 11 },
  )
}, 60_000)

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { droppedWords } from '../../../src/domain/neglect.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { history, later, START } from './histories.ts'
import { assigned, call, h, judged, judgeFacts, only, rows } from './judged.ts'
import { factsOf } from './world.ts'

const dropped = (hours: number, ...lines: Parameters<typeof rows>) => only(judged(hours, ...lines)).dropped
const days = (count: number) => 24 * count

/** No promise wakes anybody: only neglect does. */
const quiet: Policy = { ...defaultPolicy, promises: [] }
const wake = (hours: number, ...lines: Parameters<typeof rows>) =>
  judgeFacts(factsOf(rows(...lines)), h(hours), quiet).wakeAt

describe('a handoff without an owner', () => {
  test('is dropped when it had none for longer than a day since its MQL', () => {
    expect(dropped(24, [0, 'mql'])).toBeNull()
    expect(wake(24, [0, 'mql'])).toBe(h(24) + 1)
    expect(dropped(24.1, [0, 'mql'])).toEqual({ reason: 'no_owner', since: h(0) })
    expect(wake(24.1, [0, 'mql'])).toBeNull()
  })

  test('is dropped a day after it went back to the queue', () => {
    const back: Parameters<typeof rows> = [[0, 'mql'], assigned(1), call(2), assigned(30, '')]
    expect(dropped(50, ...back)).toBeNull()
    expect(dropped(55, ...back)).toEqual({ reason: 'no_owner', since: h(30) })
    expect(dropped(55, ...back, assigned(54))).toBeNull()
  })

  test('is dropped at once when whoever was given it is inactive', () => {
    expect(dropped(2, [0, 'mql'], assigned(1, 'gone'))).toMatchObject({ reason: 'inactive_owner' })
    expect(dropped(4, [0, 'mql'], assigned(1, 'gone'), assigned(3))).toBeNull()
    expect(dropped(40, [0, 'mql'], assigned(1, 'gone'), assigned(3, ''))).toMatchObject({
      reason: 'no_owner',
    })
  })
})

describe('a handoff with which nothing happens', () => {
  const worked: Parameters<typeof rows> = [[0, 'mql'], assigned(0), call(10)]

  test('is dropped when it is idle for longer than 14 days', () => {
    expect(dropped(days(14) + 10, ...worked)).toBeNull()
    expect(dropped(days(14) + 11, ...worked)).toEqual({ reason: 'idle', since: h(10) })
    expect(wake(20, ...worked)).toBe(h(10) + 14 * DAY + 1)
  })

  test.each([
    ['an e-mail of theirs', [days(5), 'email', { direction: 'in', outcome: 'replied' }]],
    ['an inquiry', [days(5), 'inquiry']],
    ['a stage', [days(5), 'accepted']],
    ['another owner', assigned(days(5), 'bob')],
    ['a meeting that is still to come', [days(16), 'meeting', { actor: 'ada', outcome: 'scheduled' }]],
  ] as const)('is not when there was %s', (_, line) => {
    const facts = factsOf(rows(...worked, [...line] as Parameters<typeof rows>[0]))
    expect(only(judgeFacts(facts, h(days(15)))).dropped).toBeNull()
  })

  test.each([
    ['an automated e-mail', [days(5), 'email', { direction: 'out', outcome: 'automated' }]],
    ['a cancelled meeting', [days(5), 'meeting', { actor: 'ada', outcome: 'cancelled' }]],
    ['a call that is still to come', [days(16), 'call', { actor: 'ada', outcome: 'connected' }]],
  ] as const)('still is when there was only %s', (_, line) => {
    expect(dropped(days(15), ...worked, [...line])).toEqual({ reason: 'idle', since: h(10) })
  })
})

test('a handoff is not forgotten for two weeks from what happens just now, a meeting too', () => {
  const forgotten = h(days(5)) + 14 * DAY + 1
  const worked: Parameters<typeof rows> = [[0, 'mql'], assigned(0)]
  expect(wake(days(5), ...worked, [days(5), 'email', { direction: 'in' }])).toBe(forgotten)
  expect(wake(days(5), ...worked, [days(5), 'meeting', { actor: 'ada', outcome: 'held' }])).toBe(forgotten)
  expect(dropped(days(20), ...worked, [days(5), 'meeting', { actor: 'ada', outcome: 'held' }])).toEqual({
    reason: 'idle',
    since: h(days(5)),
  })
})

describe('a handoff that has ended', () => {
  test('was dropped when sales turned it down or sent it back without an attempt', () => {
    const closed = { reason: 'closed_without_attempt', since: h(9) }
    expect(dropped(10, [0, 'mql'], assigned(1), [9, 'rejected'])).toEqual(closed)
    expect(dropped(10, [0, 'mql'], [9, 'recycled'])).toEqual(closed)
    expect(dropped(days(99), [0, 'mql'], assigned(1), [9, 'rejected'])).toEqual(closed)
  })

  test('was so when the one e-mail bounced, or an attempt came after the end', () => {
    const bounced = [2, 'email', { direction: 'out', outcome: 'bounced', actor: 'ada' }] as const
    const why = { reason: 'closed_without_attempt' }
    expect(dropped(10, [0, 'mql'], assigned(1), [...bounced], [9, 'rejected'])).toMatchObject(why)
    expect(dropped(20, [0, 'mql'], assigned(1), [9, 'rejected'], call(10))).toMatchObject(why)
  })

  test('was so when it expired without one', () => {
    const facts = factsOf(rows([0, 'mql'], assigned(1)))
    const { dropped: why } = only(judgeFacts(facts, h(days(9)), { ...defaultPolicy, expireMs: 8 * DAY }))
    expect(why).toEqual({ reason: 'closed_without_attempt', since: h(days(8)) })
  })

  test('was not after an attempt or a call of theirs, nor as SQL, nor deleted', () => {
    expect(dropped(10, [0, 'mql'], assigned(1), call(2), [9, 'rejected'])).toBeNull()
    const theirs = { direction: 'in', outcome: 'connected', actor: 'ada' } as const
    expect(dropped(10, [0, 'mql'], assigned(1), [2, 'call', theirs], [9, 'rejected'])).toBeNull()
    expect(dropped(10, [0, 'mql'], assigned(1), [9, 'sql'])).toBeNull()
    expect(dropped(10, [0, 'mql'], assigned(1), [9, 'deleted'])).toBeNull()
  })
})

test('over random histories it changes at the wake-up, and not a millisecond before', () => {
  const why = (judgement: ReturnType<typeof judged>) => judgement.handoffs.map(handoff => handoff.dropped)
  fc.assert(
    fc.property(history, later, (events, wait) => {
      const now = START + wait
      const past = factsOf(events).filter(fact => fact.at <= now)
      const judgement = judgeFacts(past, now, quiet)
      const { wakeAt } = judgement
      if (wakeAt === null) {
        expect(why(judgeFacts(past, now + 900 * DAY, quiet))).toEqual(why(judgement))
        return
      }
      expect(why(judgeFacts(past, wakeAt - 1, quiet))).toEqual(why(judgement))
      expect(why(judgeFacts(past, wakeAt, quiet))).not.toEqual(why(judgement))
    }),
    { numRuns: 800, seed: 12 },
  )
}, 60_000)

test('is said in words', () => {
  const zone = zoneOf('Europe/Berlin')
  expect(droppedWords({ reason: 'idle', since: h(0) }, zone)).toBe(
    'Dropped: no activity since Tue 24 Nov 2026 09:12 (Europe/Berlin)',
  )
  expect(droppedWords({ reason: 'closed_without_attempt', since: h(0) + HOUR }, zone)).toBe(
    'Dropped: closed without an attempt Tue 24 Nov 2026 10:12 (Europe/Berlin)',
  )
})

import { describe, expect, test } from 'vitest'
import { HOUR } from '../../../src/domain/time.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { assigned, call, h, judgeFacts, only, rows, under } from './judged.ts'
import { factsOf } from './world.ts'

/** A first attempt within 10 hours of the assignment, warned after 8. */
const agreed = (rule: string, more = '') =>
  `reassignment: ${rule}\npromises: { first: { from: T2, until: T3, due: 10h, warn: 8h${more} } }`
const toBob = [assigned(1), assigned(5, 'bob')]

describe('carry: the lead’s clock goes on', () => {
  test('whoever owns it', () => {
    expect(under(agreed('carry'), 12, ...toBob)).toMatchObject({
      state: 'overdue',
      dueAt: h(11),
      countedMs: 11 * HOUR,
      leadMs: 11 * HOUR,
      repMs: 7 * HOUR,
      restartedAt: null,
    })
  })

  test('and to the rep a promise kept before anybody had it is not charged', () => {
    const assignment = 'promises: { owned: { from: T1, until: T2, due: 4h } }'
    expect(under(assignment, 9, assigned(3))).toMatchObject({ state: 'met', leadMs: 3 * HOUR, repMs: null })
  })
})

describe('reset: the clock starts again with another owner', () => {
  test('limits and state are judged from there', () => {
    expect(under(agreed('reset'), 12, ...toBob)).toMatchObject({
      state: 'running',
      warnAt: h(13),
      dueAt: h(15),
      countedMs: 7 * HOUR,
      leadMs: 11 * HOUR,
      restartedAt: h(5),
      words: 'Due Wed 25 Nov 2026 00:12: attempt after reassignment Tue 24 Nov 2026 14:12 (Europe/Berlin)',
    })
  })

  test('so a new owner heals what the last one broke, and breaks it anew', () => {
    const late = [assigned(1), assigned(20, 'bob')]
    expect(under(agreed('reset'), 19, ...late).state).toBe('overdue')
    expect(under(agreed('reset'), 20, ...late)).toMatchObject({ state: 'running', dueAt: h(30) })
    expect(under(agreed('reset'), 31, ...late)).toMatchObject({
      state: 'overdue',
      words: expect.stringMatching(/^Overdue since .*: no attempt since reassigned Wed 25 Nov 2026 05:12/),
    })
  })

  test('not with the same owner after a while in a queue', () => {
    expect(under(agreed('reset'), 9, assigned(1), assigned(3, ''), assigned(5))).toMatchObject({
      dueAt: h(11),
      restartedAt: null,
    })
  })

  test('but with another one after a while in a queue, and with the first one again after another', () => {
    expect(under(agreed('reset'), 9, assigned(1), assigned(3, ''), assigned(5, 'bob')).dueAt).toBe(h(15))
    expect(under(agreed('reset'), 9, ...toBob, assigned(7)).dueAt).toBe(h(17))
  })

  test('a first owner takes it from nobody', () => {
    const fromMql = 'reassignment: reset\npromises: { first: { from: T1, until: T3, due: 10h } }'
    expect(under(fromMql, 9, assigned(6))).toMatchObject({ dueAt: h(10), restartedAt: null })
  })

  test('nor from whoever lost it before the clock started, or just then', () => {
    const fromMql = 'reassignment: reset\npromises: { first: { from: T1, until: T3, due: 10h } }'
    const policy = parsePolicy(fromMql, 'policy.yml')
    const first = (...lines: Parameters<typeof rows>) =>
      only(judgeFacts(factsOf(rows(...lines)), h(9), policy)).promises[0]
    const [had, lost] = [assigned(-5), assigned(-1, '')]
    expect(first(had, lost, [0, 'mql'])).toMatchObject({ repMs: null })
    expect(first(had, lost, [0, 'mql'], assigned(2, 'bob'))).toMatchObject({ restartedAt: null })
    expect(first(had, [0, 'mql'], assigned(0, 'bob'))).toMatchObject({ dueAt: h(10), restartedAt: null })
  })

  test('neither a change at the very instant it was kept nor one after counts', () => {
    expect(under(agreed('reset'), 20, assigned(1), call(6), assigned(6, 'bob'))).toMatchObject({
      state: 'met',
      countedMs: 5 * HOUR,
      dueAt: h(11),
    })
    const owned = 'reassignment: reset\npromises: { owned: { from: T1, until: T2, due: 4h } }'
    expect(under(owned, 9, assigned(5))).toMatchObject({ state: 'met_late', countedMs: 5 * HOUR })
  })
})

describe('apportion: each owner is charged their own time only', () => {
  test('the present owner’s, from when they got it', () => {
    expect(under(agreed('apportion'), 12, ...toBob)).toMatchObject({
      state: 'running',
      dueAt: h(15),
      countedMs: 7 * HOUR,
      repMs: 7 * HOUR,
      leadMs: 11 * HOUR,
    })
  })

  test('all of their times, not just the last', () => {
    // Four hours before Bob had it, then since the eighth.
    expect(under(agreed('apportion'), 9, ...toBob, assigned(8))).toMatchObject({
      countedMs: 5 * HOUR,
      dueAt: h(14),
    })
  })

  test('while nobody owns it the last owner’s share stands still', () => {
    const queued = [assigned(1), assigned(5, '')]
    expect(under(agreed('apportion'), 90, ...queued)).toMatchObject({
      state: 'running',
      dueAt: null,
      warnAt: null,
      countedMs: 4 * HOUR,
      words:
        'Open, the clock stands still while nobody owns it: attempt after assignment Tue 24 Nov 2026 10:12 (Europe/Berlin)',
      wakeAt: null,
    })
    expect(under(agreed('apportion'), 90, assigned(1), assigned(20, '')).state).toBe('overdue')
  })

  test('before anybody had it the whole of the time counts, and is nobody’s', () => {
    const owned = 'reassignment: apportion\npromises: { owned: { from: T1, until: T2, due: 4h } }'
    expect(under(owned, 5)).toMatchObject({ state: 'overdue', dueAt: h(4), repMs: null })
    expect(under(owned, 9, assigned(5))).toMatchObject({ state: 'met_late', countedMs: 5 * HOUR })
  })

  test('whoever owned it when it was kept is judged, and later owners change nothing', () => {
    expect(under(agreed('apportion'), 30, ...toBob, call(14), assigned(20))).toMatchObject({
      state: 'met',
      countedMs: 9 * HOUR,
      dueAt: h(15),
      words: 'First attempt 9 h of the owner’s own time after assignment',
    })
    expect(under(agreed('apportion'), 9, assigned(1), call(2), assigned(3, 'bob')).dueAt).toBe(h(11))
    expect(under(agreed('apportion'), 9, assigned(1), call(6), assigned(6, 'bob')).dueAt).toBe(h(11))
  })

  test('a new owner is charged from the very instant they got it', () => {
    expect(under(agreed('apportion'), 5, ...toBob)).toMatchObject({ dueAt: h(15), countedMs: 0 })
  })

  test('working time is that of the owner’s own calendar', () => {
    // Ada 09:12 to 14:12 in Berlin, Bob from 09:00 in New York, six hours after T.
    const working = agreed('apportion', ', kind: working')
    expect(under(working, 8, assigned(0), assigned(5, 'bob'))).toMatchObject({
      countedMs: h(8) - Date.parse('2026-11-24T14:00:00Z'),
      leadMs: 5 * HOUR + h(8) - Date.parse('2026-11-24T14:00:00Z'),
    })
  })
})

test('an attempt before the assignment counts backwards under every rule', () => {
  for (const rule of ['carry', 'reset', 'apportion']) {
    expect(under(agreed(rule), 9, call(0.5), assigned(2))).toMatchObject({
      state: 'met',
      dueAt: h(12),
      countedMs: -1.5 * HOUR,
      leadMs: -1.5 * HOUR,
      repMs: -1.5 * HOUR,
    })
  }
})

test('one promise can have another rule than the rest', () => {
  expect(under(agreed('carry', ', reassignment: reset'), 12, ...toBob).dueAt).toBe(h(15))
})

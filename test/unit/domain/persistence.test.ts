import { describe, expect, test } from 'vitest'
import { DAY } from '../../../src/domain/time.ts'
import { assigned, call, h, under } from './judged.ts'

/** Three attempts on two days by two channels within four days of the assignment. */
const agreed = (more = '') =>
  `promises: { keep_trying: { from: T2, attempts: { count: 3, days: 2, channels: 2 }, due: 4d } }\n${more}`
const mail = (hours: number, actor = 'ada') => [hours, 'email', { actor, direction: 'out' as const }] as const
const mailed = (hours: number, actor = 'ada'): ReturnType<typeof call> => [...mail(hours, actor)]

describe('persistence', () => {
  test('is kept when the last of attempts, days and channels is there', () => {
    const tries = [assigned(0), call(1), mailed(2), call(3)]
    expect(under(agreed(), 5, ...tries)).toMatchObject({
      state: 'running',
      until: null,
      progress: { attempts: 3, days: 1, channels: 2 },
      words:
        'Due Sat 28 Nov 2026 09:12: 3 of 3 attempts, 1 of 2 days, 2 of 2 channels after assignment Tue 24 Nov 2026 09:12 (Europe/Berlin)',
    })
    expect(under(agreed(), 30, ...tries, call(25))).toMatchObject({
      state: 'met',
      until: h(25),
      words: 'Enough attempts 1 d 1 h after assignment',
    })
    expect(under(agreed(), 120, ...tries, call(97)).state).toBe('met_late')
  })

  test('is not kept by too few attempts, nor by one channel alone', () => {
    expect(under(agreed(), 30, assigned(0), call(1), mailed(25)).state).toBe('running')
    expect(under(agreed(), 30, assigned(0), call(1), call(2), call(25)).state).toBe('running')
  })

  test('counts what was tried at the very instant of the assignment', () => {
    expect(under(agreed(), 5, assigned(2), call(2)).progress?.attempts).toBe(1)
  })

  test('has not started before anybody had it, however much was tried', () => {
    expect(under(agreed(), 30, call(1), mailed(2), call(25))).toMatchObject({
      state: 'not_started',
      progress: { attempts: 0, days: 0, channels: 0 },
    })
  })

  test('tells days apart by the owner’s wall clock', () => {
    // 22:42 and 23:42 UTC: one day there, two in Berlin, one in New York.
    const late = (actor: string) =>
      under(agreed(), 20, assigned(0, actor), call(1), mailed(14.5), call(15.5)).progress
    expect(late('ada')).toEqual({ attempts: 3, days: 2, channels: 2 })
    expect(late('bob')?.days).toBe(1)
  })

  test('counts whose attempts the policy says', () => {
    const byOwner = agreed('activities: { attempts_by: owner }')
    const tries = [assigned(0), call(1), mailed(2, 'bob'), mailed(26)]
    expect(under(byOwner, 30, ...tries).progress).toEqual({ attempts: 2, days: 2, channels: 2 })
    expect(under(agreed(), 30, ...tries).state).toBe('met')
  })

  test('does not count what was tried before its clock started', () => {
    expect(under(agreed(), 30, call(1), assigned(2), mailed(3)).progress?.attempts).toBe(1)
  })

  test('is excused by a contact or a decision before due', () => {
    expect(under(agreed(), 9, assigned(0), call(1), call(2, 'connected'))).toMatchObject({
      state: 'excused',
      excuse: 'contacted',
      progress: { attempts: 2 },
      words: 'Excused: contacted',
      // Only to see whether anybody still takes care of it.
      wakeAt: h(2) + 14 * DAY + 1,
    })
    expect(under(agreed(), 200, assigned(0), [5, 'accepted'])).toMatchObject({
      state: 'excused',
      excuse: 'decided',
    })
    expect(under(agreed(), 200, assigned(0), [96, 'rejected']).state).toBe('excused')
  })

  test('is excused by the first of contact and decision, by the contact if both came at once', () => {
    const contact = call(2, 'connected')
    expect(under(agreed(), 9, assigned(0), contact, [3, 'accepted']).excuse).toBe('contacted')
    expect(under(agreed(), 9, assigned(0), contact, [2, 'accepted']).excuse).toBe('contacted')
    expect(under(agreed(), 9, assigned(0), [1, 'accepted'], contact).excuse).toBe('decided')
  })

  test('stays excused when attempts go on, and they do not count any more', () => {
    const contacted = [assigned(0), call(1), call(2, 'connected')]
    expect(under(agreed(), 30, ...contacted, mailed(3), mailed(26))).toMatchObject({
      state: 'excused',
      excuse: 'contacted',
      progress: { attempts: 2 },
    })
  })

  test('is not excused by one after due', () => {
    expect(under(agreed(), 100, assigned(0), call(1), call(97, 'connected'))).toMatchObject({
      state: 'overdue',
      words: expect.stringMatching(
        /^Overdue since .*: 2 of 3 attempts, 2 of 2 days, 1 of 2 channels since assigned/,
      ),
    })
    expect(under(agreed(), 200, assigned(0), call(1), [97, 'rejected'])).toMatchObject({
      state: 'missed',
      words: 'Missed: ended as rejected with 1 of 3 attempts, 1 of 2 days, 1 of 2 channels',
    })
  })

  test('is kept, not excused, when the contact is the last attempt', () => {
    expect(under(agreed(), 30, assigned(0), call(1), mailed(2), call(25, 'connected')).state).toBe('met')
  })

  test('is missed when the handoff expires without', () => {
    expect(under(agreed('expire_days: 2'), 60, assigned(0), call(1)).state).toBe('missed')
  })
})

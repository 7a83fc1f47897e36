import { expect, test } from 'vitest'
import type { Handoff, PromiseVerdict } from '../../../src/domain/handoff.ts'
import { reasonFor } from '../../../src/domain/reason.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import type { PromiseRule } from '../../../src/policy/policy.ts'
import { h, T } from './judged.ts'

const RULE: PromiseRule = {
  ...{ name: 'first', from: 't2', until: 't3', persistence: null, kind: 'elapsed', reassignment: 'carry' },
  tiers: [],
}
const VERDICT: PromiseVerdict = {
  ...{ name: 'first', tier: 'default', state: 'running', excuse: null, pause: null, kind: 'elapsed' },
  ...{ from: T, until: null, restartedAt: null, warnAt: null, dueAt: h(4), countedMs: 0, leadMs: 0 },
  ...{ repMs: 0, pausedMs: 0, progress: null },
}

const words = (
  verdict: Partial<PromiseVerdict>,
  rule: Partial<PromiseRule> = {},
  dayPrecise: Handoff['dayPrecise'] = [],
) =>
  reasonFor(
    { ...VERDICT, ...verdict },
    { ...RULE, ...rule },
    { outcome: null, dayPrecise } as Partial<Handoff> as Handoff,
    zoneOf('UTC'),
  )

const WAITS = 'after assignment Tue 24 Nov 2026 08:12 (UTC)'

test.each([
  [{ attempts: 6, days: 4, channels: 1 }, '3 of 6 attempts, 2 of 4 days'],
  [{ attempts: 6, days: 1, channels: 2 }, '3 of 6 attempts, 1 of 2 channels'],
  [{ attempts: 6, days: 1, channels: 1 }, '3 of 6 attempts'],
])('persistence %j: %s', (persistence, made) => {
  const rule = { until: null, persistence }
  const progress = { attempts: 3, days: 2, channels: 1 }
  expect(words({ progress }, rule)).toBe(`Due Tue 24 Nov 2026 12:12: ${made} ${WAITS}`)
  expect(words({ progress: null }, rule)).toBe(`Due Tue 24 Nov 2026 12:12: enough attempts ${WAITS}`)
  expect(words({ state: 'met', until: h(3), countedMs: 3 * HOUR, leadMs: 3 * HOUR }, rule)).toBe(
    'Enough attempts 3 h after assignment',
  )
})

test('while nobody owns it the clock stands still, and what has not begun says what is missing', () => {
  const still = 'the clock stands still while nobody owns it'
  expect(words({ dueAt: null })).toBe(`Open, ${still}: attempt ${WAITS}`)
  expect(words({ dueAt: null, state: 'due_soon' })).toBe(
    `Due soon, ${still}: no attempt since assigned Tue 24 Nov 2026 08:12 (UTC)`,
  )
  expect(words({ state: 'not_started', from: null })).toBe('Not started: no owner yet')
})

test('only an end of the promise that is known to the day makes its length one in days', () => {
  const met = { state: 'met', until: h(26), countedMs: 26 * HOUR, leadMs: 26 * HOUR } as const
  expect(words(met, {}, ['t1', 't5'])).toBe('First attempt 1 d 2 h after assignment')
  expect(words(met, {}, ['t2'])).toBe('First attempt 1 day after assignment')
  expect(words(met, {}, ['t3'])).toBe('First attempt 1 day after assignment')
  expect(words({ ...met, until: h(48) }, {}, ['t3'])).toBe('First attempt 2 days after assignment')
})

test('what was not counted is told: others’ time, pauses, what was before a reassignment', () => {
  const met = { state: 'met', until: h(10), countedMs: 3 * HOUR, leadMs: 10 * HOUR } as const
  expect(words(met)).toBe('First attempt 3 h of the owner’s own time after assignment')
  expect(words({ ...met, restartedAt: h(7) })).toBe('First attempt 3 h after reassignment')
  expect(words({ ...met, pausedMs: 7 * HOUR })).toBe(
    'First attempt 3 h after assignment, not counting 7 h paused',
  )
  expect(words(met, {}, ['t3'])).toBe('First attempt 0 days after assignment')
})

test('working time has no days', () => {
  const long = { state: 'met', until: h(99), countedMs: 2 * DAY, leadMs: 2 * DAY } as const
  expect(words({ ...long, kind: 'working' })).toBe('First attempt 48 h of working time after assignment')
  expect(words(long)).toBe('First attempt 2 d after assignment')
})

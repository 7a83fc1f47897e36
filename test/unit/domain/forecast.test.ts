import { expect, test } from 'vitest'
import { tell } from '../../../src/domain/allowance.ts'
import { type BudgetRules, VENDOR_LIMITS } from '../../../src/domain/budget.ts'
import { forecast, slowdown } from '../../../src/domain/forecast.ts'
import { count, emptyLedger, type Ledger } from '../../../src/domain/ledger.ts'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const SALESFORCE: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.salesforce }
const HUBSPOT: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.hubspot }

/** So many calls for changes in every quarter of the hours until now. */
function called(hours: number, calls: number): Ledger {
  const ledger = emptyLedger()
  for (let at = NOW - hours * HOUR; at < NOW; at += 15 * MINUTE) count(ledger, 'changes', at, calls)
  return ledger
}

test('until midnight it adds what is still to come', () => {
  const ledger = called(2, 100)
  tell(HUBSPOT, ledger, { day: { used: 1_800, limit: 10_000 } }, NOW)
  expect(forecast(HUBSPOT, ledger, NOW)).toMatchObject({
    ...{ used: 1_800, limit: 10_000, isTold: true, ours: { flags: 0, changes: 800, backfill: 0 } },
    ...{ ceilings: { flags: 5_000, changes: 4_500, backfill: 4_000 }, ends: NOW + DAY / 2 },
    ...{ rate: 400, expected: 800 + 12 * 400 },
    stops: { backfill: NOW + 8 * HOUR, changes: NOW + 9.25 * HOUR, flags: NOW + 10.5 * HOUR },
  })
})

test('over a rolling day what was called yesterday comes back meanwhile', () => {
  const ledger = called(24, 10)
  tell(SALESFORCE, ledger, { day: { used: 1_000, limit: 2_000 } }, NOW)
  // 960 a day is below 1,000, above 900.
  const { expected, stops, ends } = forecast(SALESFORCE, ledger, NOW)
  expect([expected, ends]).toEqual([960, NOW + DAY])
  expect(stops).toEqual({ flags: null, changes: NOW, backfill: NOW })
})

test('nothing was called: nothing is expected, and a limit nobody has told is assumed', () => {
  expect(forecast(SALESFORCE, emptyLedger(), NOW)).toMatchObject({
    ...{ used: 0, limit: 15_000, isTold: false, rate: 0, expected: 0 },
    stops: { flags: null, changes: null, backfill: null },
  })
})

test('a lane that waits for others has stopped now, whatever it has left', () => {
  const ledger = { ...called(1, 1), paused: ['changes' as const] }
  expect(forecast(SALESFORCE, ledger, NOW).stops).toEqual({ flags: null, changes: NOW, backfill: null })
})

test('a ceiling that would be reached at midnight is not reached: then all calls are back', () => {
  const midnight = Date.parse('2026-11-25T00:00:00Z')
  const ledger = emptyLedger()
  for (let at = midnight - HOUR; at < midnight; at += 15 * MINUTE) count(ledger, 'changes', at, 25)
  tell(HUBSPOT, ledger, { day: { used: 0, limit: 4_800 } }, midnight)
  expect(forecast(HUBSPOT, ledger, midnight).stops).toMatchObject({
    ...{ flags: null, changes: midnight + 21.75 * HOUR },
  })
})

test('the limit is told only by what the CRM said within the day', () => {
  const told = (at: number) => {
    const ledger = emptyLedger()
    tell(SALESFORCE, ledger, { day: { used: 7, limit: 2_000 } }, at)
    const { isTold, used } = forecast(SALESFORCE, ledger, NOW)
    return [isTold, used]
  }
  expect([told(NOW), told(NOW - DAY), told(NOW - DAY - 1)]).toEqual([
    [true, 7],
    [true, 7],
    [false, 0],
  ])
})

test('the rate is that of the last full hour, of all lanes; of less, when nothing was called before', () => {
  const quarter = 15 * MINUTE
  const ledger = emptyLedger()
  count(ledger, 'changes', NOW - HOUR - quarter, 1_000)
  count(ledger, 'flags', NOW - HOUR, 1)
  count(ledger, 'changes', NOW - 2 * quarter, 2)
  count(ledger, 'backfill', NOW - quarter, 4)
  count(ledger, 'changes', NOW, 1_000)
  expect(forecast(SALESFORCE, ledger, NOW + MINUTE).rate).toBe(7)
  const fresh = emptyLedger()
  count(fresh, 'flags', NOW - 2 * quarter, 10)
  expect(forecast(SALESFORCE, fresh, NOW).rate).toBe(20)
})

test('over a rolling day polling has to last six hours', () => {
  const left = (calls: number) => {
    const ledger = emptyLedger()
    tell(SALESFORCE, ledger, { day: { used: 0, limit: 10_000 } }, NOW)
    count(ledger, 'changes', NOW - HOUR, 4_500 - calls)
    return slowdown(SALESFORCE, ledger, 120, NOW)
  }
  expect([left(720), left(360)]).toEqual([1, 2])
})

test('polling is slowed down as far as what is left demands, and no further', () => {
  const left = (calls: number) => {
    const ledger = emptyLedger()
    tell(HUBSPOT, ledger, { day: { used: 0, limit: 10_000 } }, NOW)
    count(ledger, 'changes', NOW - HOUR, 4_500 - calls)
    return slowdown(HUBSPOT, ledger, 120, NOW)
  }
  expect(left(4_500)).toBe(1)
  expect(left(1_440)).toBe(1)
  expect(left(720)).toBe(2)
  expect(left(0)).toBe(15)
})

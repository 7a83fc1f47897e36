import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { inLane } from '../../../src/crm/lane.ts'
import { type BudgetRules, type Lane, VENDOR_LIMITS } from '../../../src/domain/budget.ts'
import { ours } from '../../../src/domain/ledger.ts'
import { SharedBudget } from '../../../src/pipeline/budget.ts'
import { readLedger } from '../../../src/store/budget.ts'
import { testDatabase } from '../database.ts'

const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const SALESFORCE: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.salesforce, assumedLimit: 200 }
const NOW = Date.parse('2026-11-24T09:00:00Z')
const never = new AbortController().signal

/** The instants at which so many calls were let go in a lane, until it has to wait for long. */
async function call(budget: SharedBudget, lane: Lane, calls: number): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < calls; i++) {
    await inLane(lane, () => budget.take('list contacts', 'general', never))
    times.push(performance.now())
  }
  return times
}

const most = (times: number[], ms: number): number =>
  Math.max(...times.map(end => times.filter(at => at > end - ms && at <= end).length))

test('many processes together stay below the window, and none is left out', async () => {
  const db = await testDatabase()
  const windows = { general: { ms: 500, calls: 40 } }
  const rules: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.hubspot, windows }
  const lanes: Lane[] = ['backfill', 'backfill', 'changes', 'flags']
  const all = await Promise.all(lanes.map(lane => call(new SharedBudget(db, 'hubspot', rules), lane, 40)))
  const times = all.flat().sort((a, b) => a - b)
  expect(times).toHaveLength(160)
  expect(most(times, 500)).toBeLessThanOrEqual(40)
})

test('a call counts from its answer on: until then it may be on its way', async () => {
  const db = await testDatabase()
  const windows = { general: { ms: 200, calls: 2 } }
  const budget = new SharedBudget(db, 'hubspot', { ...SHARES, ...VENDOR_LIMITS.hubspot, windows })
  const arrivals: number[] = []
  for (const onTheWay of [100, 0, 0, 100, 0, 0]) {
    await call(budget, 'flags', 1)
    await delay(onTheWay)
    arrivals.push(performance.now())
    budget.told({})
  }
  expect(most(arrivals, 200)).toBe(2)
})

test('the day’s calls are shared by all processes, and what was leased in vain comes back', async () => {
  const db = await testDatabase()
  const processes = Array.from({ length: 3 }, () => new SharedBudget(db, 'salesforce', SALESFORCE))
  const done = await Promise.allSettled(processes.map(one => call(one, 'flags', 60)))
  const refused = done.flatMap(one => (one.status === 'rejected' ? [one.reason] : []))
  expect(refused.length).toBeGreaterThan(0)
  for (const error of refused)
    expect(error).toMatchObject({
      name: 'RateLimited',
      why: 'our share of the day’s calls is used (leadtime budget)',
    })
  const ledger = await readLedger(db, 'salesforce')
  expect(ours(SALESFORCE, ledger, Date.now()).flags).toBeLessThanOrEqual(100)
})

test('a process that dies takes no more than its lease with it', async () => {
  const db = await testDatabase()
  await call(new SharedBudget(db, 'salesforce', SALESFORCE), 'changes', 1)
  expect(ours(SALESFORCE, await readLedger(db, 'salesforce'), Date.now()).changes).toBe(8)
})

test('what one process is told holds for all: the day is used up, until midnight of the account', async () => {
  const db = await testDatabase()
  const rules: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.hubspot }
  const [one, other] = [0, 1].map(() => new SharedBudget(db, 'hubspot', rules, { now: () => NOW }))
  await other!.inZone('America/New_York')
  await call(other!, 'flags', 1)
  const { RateLimited } = await import('../../../src/crm/errors.ts')
  const told = await one!.refused(new RateLimited('hubspot', 'list deals', 900_000, 'DAILY'), 'day')
  const midnight = Date.parse('2026-11-25T00:00-05:00')
  expect(told.waitMs).toBe(midnight - NOW)
  // The other has leased calls left; they are gone within a second.
  await expect
    .poll(() => call(other!, 'flags', 1).catch(error => error.waitMs), { timeout: 5_000 })
    .toBe(midnight - NOW)
})

test('when the headers show that others use the day up, nothing that was leased is sent any more', async () => {
  const db = await testDatabase()
  const budget = new SharedBudget(db, 'salesforce', SALESFORCE)
  await call(budget, 'changes', 1)
  budget.told({ day: { used: 195, limit: 200 } })
  await expect(call(budget, 'changes', 1)).rejects.toThrow('others use the account’s calls')
  await call(budget, 'flags', 1)
})

test('a call that waits for the window ends when it is aborted', async () => {
  const db = await testDatabase()
  const windows = { general: { ms: 20_000, calls: 1 } }
  const budget = new SharedBudget(db, 'hubspot', { ...SHARES, ...VENDOR_LIMITS.hubspot, windows })
  await call(budget, 'flags', 1)
  const stop = new AbortController()
  const waiting = budget.take('list contacts', 'general', stop.signal)
  stop.abort(new Error('stopping'))
  await expect(waiting).rejects.toThrow('stopping')
})

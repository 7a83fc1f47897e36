/** Faults 19 to 22 of the catalogue: what the CRMs limit, and what others leave of it. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Crm } from '../../../src/crm/crm.ts'
import type { RateLimited } from '../../../src/crm/errors.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import { inLane } from '../../../src/crm/lane.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import { type BudgetRules, type Lane, VENDOR_LIMITS } from '../../../src/domain/budget.ts'
import type { ObjectName } from '../../../src/domain/facts.ts'
import { SharedBudget } from '../../../src/pipeline/budget.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company as firm, mqls, NOW } from '../../contract/crm/company.ts'
import { createTestDatabase } from '../database.ts'

const SHARES = { share: 0.9, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const RULES: Record<'salesforce' | 'hubspot', BudgetRules> = {
  salesforce: { ...SHARES, ...VENDOR_LIMITS.salesforce },
  hubspot: { ...SHARES, ...VENDOR_LIMITS.hubspot },
}
const never = new AbortController().signal

let ends: (() => Promise<unknown>)[]
let clock: { now: number }
let slept: number[]
beforeEach(() => {
  ends = []
  clock = { now: NOW }
  slept = []
})
afterEach(async () => {
  for (const end of ends.reverse()) await end()
})

/** Nobody waits: the clock goes on instead. */
const sleep = async (ms: number) => {
  slept.push(ms)
  clock.now += ms
}

async function twin(vendor: 'salesforce' | 'hubspot', people: number) {
  const time = new VirtualClock(NOW)
  const made =
    vendor === 'salesforce'
      ? salesforceTwin({ clock: time, file: ':memory:' })
      : hubspotTwin({ clock: time, file: ':memory:', token: 'secret-token' })
  ends.push(() => made.close())
  made.sink.begin(firm)
  mqls(people, 1_000)(made.sink)
  made.sink.end()
  return { app: made.app, url: await made.app.listen({ port: 0, host: '127.0.0.1' }) }
}

/** An adapter as a process of its own has it. */
async function process(vendor: 'salesforce' | 'hubspot', url: string, databaseUrl: string): Promise<Crm> {
  const db = await openDatabase(databaseUrl)
  ends.push(() => db.close())
  const budget = new SharedBudget(db, vendor, RULES[vendor], { now: () => clock.now, sleep })
  const own = { prefix: 'Leadtime', retry: { tries: 5, random: () => 0.5, sleep }, budget }
  const crm =
    vendor === 'hubspot'
      ? await hubspot({ baseUrl: url, uiUrl: url, token: 'secret-token', api: '2026-09', ...own })
      : await salesforce({
          ...{ loginUrl: url, clientId: 'leadtime', clientSecret: 'leadtime-secret', apiVersion: '66.0' },
          ...own,
        })
  ends.push(() => crm.close())
  return crm
}

async function read(crm: Crm, object: ObjectName, lane: Lane = 'changes'): Promise<number> {
  return await inLane(lane, async () => {
    let records = 0
    for await (const page of crm.changes(object, null, never)) records += page.records.length
    return records
  })
}

const errorOf = (promise: Promise<unknown>): Promise<RateLimited> =>
  promise.then(
    () => Promise.reject(new Error('it went through')),
    (error: RateLimited) => error,
  )

describe('fault 19: 429 with a word', () => {
  test.each([
    ['Retry-After 30', { headers: { 'retry-after': '30' }, body: {} }, 30_000],
    ['TEN_SECONDLY_ROLLING', { body: { policyName: 'TEN_SECONDLY_ROLLING' } }, 10_000],
    ['SECONDLY', { body: { policyName: 'SECONDLY' } }, 1_000],
  ])('%s: no process calls before that is over', async (_, fault, wait) => {
    const { app, url } = await twin('hubspot', 3)
    const databaseUrl = await createTestDatabase()
    const [one, other] = [
      await process('hubspot', url, databaseUrl),
      await process('hubspot', url, databaseUrl),
    ]
    app.faults.add({ path: '/contacts', status: 429, times: 1, ...fault })
    expect(await read(one!, 'contact')).toBe(3)
    expect(clock.now - NOW).toBeGreaterThanOrEqual(wait)
    app.faults.add({ path: '/contacts', status: 429, headers: { 'retry-after': '120' } })
    const before = clock.now
    expect(await errorOf(read(one!, 'contact'))).toMatchObject({ waitMs: 120_000 })
    const calls = app.counters.state().total
    // In a lane in which it has no calls leased.
    expect(await errorOf(read(other!, 'contact', 'backfill'))).toMatchObject({ name: 'RateLimited' })
    expect(app.counters.state().total).toBe(calls)
    expect(clock.now).toBe(before)
  })

  test('DAILY: nobody calls before the account’s midnight', async () => {
    const { app, url } = await twin('hubspot', 3)
    const databaseUrl = await createTestDatabase()
    const [one, other] = [
      await process('hubspot', url, databaseUrl),
      await process('hubspot', url, databaseUrl),
    ]
    app.faults.add({ path: '/contacts', status: 429, body: { policyName: 'DAILY' }, times: 1 })
    // The twin's account is in Berlin.
    const midnight = Date.parse('2026-10-02T00:00+02:00')
    expect(await errorOf(read(one!, 'contact'))).toMatchObject({ waitMs: midnight - NOW })
    const calls = app.counters.state().total
    for (const lane of ['flags', 'backfill'] as const) {
      slept.length = 0
      clock.now = midnight - 60_000
      expect(await errorOf(read(other!, 'deal', lane))).toMatchObject({ waitMs: 60_000 })
    }
    expect(app.counters.state().total).toBe(calls)
    clock.now = midnight
    expect(await read(other!, 'contact', 'flags')).toBe(3)
  })
})

test('fault 20: 429 without a word is waited out, longer each time', async () => {
  const { app, url } = await twin('hubspot', 3)
  const crm = await process('hubspot', url, await createTestDatabase())
  app.faults.add({ path: '/contacts', status: 429, body: '', times: 4 })
  expect(await read(crm, 'contact')).toBe(3)
  const waits = slept.filter(ms => ms > 2_000)
  expect(waits).toHaveLength(4)
  expect(waits).toEqual(waits.toSorted((a, b) => a - b))
  expect(waits.at(-1)).toBeGreaterThan(waits[0]!)
})

describe('fault 21: another integration has used Salesforce’s day up', () => {
  const LIMIT = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }]

  test('everybody stops at once, and one call every quarter of an hour asks', async () => {
    const { app, url } = await twin('salesforce', 3)
    const databaseUrl = await createTestDatabase()
    const all = await Promise.all([1, 2, 3].map(() => process('salesforce', url, databaseUrl)))
    app.faults.add({ path: '/query', status: 403, body: LIMIT })
    expect(await errorOf(read(all[0]!, 'lead'))).toMatchObject({ waitMs: 900_000 })
    const calls = app.counters.state().total
    for (let minute = 0; minute < 60; minute++) {
      for (const crm of all) await read(crm, 'lead').catch(() => undefined)
      clock.now += 60_000
    }
    // Sign-ins of the others are no API calls.
    const tokens = app.counters.state().calls['POST /services/oauth2/token'] ?? 0
    expect(app.counters.state().total - calls - tokens).toBeLessThanOrEqual(4)
  })

  test('at 95 % changes stop and flags go on; below 75 % changes go on, not at 80 %', async () => {
    const { app, url } = await twin('salesforce', 3)
    const crm = await process('salesforce', url, await createTestDatabase())
    /** Any call; its answer tells how much of 1,000 calls is used. */
    const call = (lane: Lane, used: number) => {
      app.faults.clear()
      app.faults.add({
        ...{ path: 'Holiday', status: 200, body: { done: true, totalSize: 0, records: [] } },
        headers: { 'sforce-limit-info': `api-usage=${used}/1000` },
      })
      return inLane(lane, async () => crm.calendars!.holidays({ first: 2026, last: 2026 }, never))
    }
    const others = { why: expect.stringContaining('others use') }
    await call('changes', 960)
    expect(await errorOf(call('changes', 960))).toMatchObject(others)
    await call('flags', 800)
    expect(await errorOf(call('changes', 800))).toMatchObject(others)
    await call('flags', 740)
    await call('changes', 740)
  })
})

test('fault 22: others eat 90 % of HubSpot’s day: a first reading yields, changes go on', async () => {
  const { app, url } = await twin('hubspot', 300)
  const crm = await process('hubspot', url, await createTestDatabase())
  const headers = { 'x-hubspot-ratelimit-daily': '1000', 'x-hubspot-ratelimit-daily-remaining': '100' }
  app.faults.add({ path: '/owners', status: 200, body: { results: [] }, headers })
  let pages = 0
  const reading = inLane('backfill', async () => {
    for await (const _ of crm.changes('contact', null, never)) {
      // In the middle of the reading the headers begin to tell it.
      if (++pages === 2) await read(crm, 'user')
    }
  })
  expect(await errorOf(reading)).toMatchObject({ why: expect.stringContaining('others use') })
  expect(pages).toBe(2)
  expect(await read(crm, 'deal')).toBe(0)
})

test('two processes read beside each other under HubSpot’s real limits: no 429', async () => {
  const time = new VirtualClock(NOW)
  const made = hubspotTwin({ clock: time, file: ':memory:', token: 'secret-token', enforceLimits: true })
  ends.push(() => made.close())
  made.sink.begin(firm)
  mqls(100, 1_000)(made.sink)
  made.sink.end()
  const url = await made.app.listen({ port: 0, host: '127.0.0.1' })
  const databaseUrl = await createTestDatabase()
  const crms = await Promise.all(
    [1, 2].map(async () => {
      const db = await openDatabase(databaseUrl)
      ends.push(() => db.close())
      const crm = await hubspot({
        ...{ baseUrl: url, uiUrl: url, token: 'secret-token', api: '2026-09', prefix: 'Leadtime' },
        budget: new SharedBudget(db, 'hubspot', RULES.hubspot),
      })
      ends.push(() => crm.close())
      return crm
    }),
  )
  const cursor = { since: NOW - 400 * 24 * 3_600_000 }
  let searches = 0
  const scans = crms.map(crm =>
    inLane('changes', async () => {
      for (let i = 0; i < 6; i++)
        for (const object of ['deal', 'call', 'email'] as const)
          for await (const _ of crm.changes(object, cursor, never)) searches++
    }),
  )
  await Promise.all(scans)
  expect(searches).toBeGreaterThanOrEqual(36)
  const log = made.app.requests.after(0, 10_000)
  expect(log.requests.filter(({ status }) => status === 429)).toEqual([])
})

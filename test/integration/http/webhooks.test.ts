import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import type { Crm } from '../../../src/crm/crm.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { logger } from '../../../src/log.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { fetchHinted } from '../../../src/pipeline/hints.ts'
import { pullAllOf } from '../../../src/pipeline/pull.ts'
import { listen } from '../../../src/server.ts'
import { type Services, services } from '../../../src/services.ts'
import { sql } from '../../../src/store/sql.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { work } from '../../../workers/main.ts'
import { company as firm, mqls } from '../../contract/crm/company.ts'
import { event, SECRET, signed } from '../../unit/http/webhooks/deliveries.ts'
import { createTestDatabase } from '../database.ts'
import { contact, FakeCrm } from '../pipeline/fake-crm.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const LEADTIME_PUBLIC_URL = 'https://leadtime.test'

interface Stand {
  made: Services
  crm: Crm
  pull(): Promise<void>
  fetchHinted(): Promise<number>
  deliver(events: readonly object[], headers?: Record<string, string>): Promise<number>
  hints(): Promise<string[]>
  fields(id: string): Promise<unknown>
}

/** The service as `serve` runs it, without its schedules, on a CRM in memory whose portal is 1. */
async function stand(): Promise<Stand & { crm: FakeCrm }>
async function stand(on: { crm: Crm; publicUrl: string; port: number }): Promise<Stand>
async function stand(on?: { crm: Crm; publicUrl: string; port: number }): Promise<Stand> {
  const crm = on?.crm ?? new FakeCrm('hubspot', ['contact', 'call'], ['contact'])
  const config = parseConfig({
    DATABASE_URL: await createTestDatabase(),
    HUBSPOT_CLIENT_SECRET: SECRET,
    LEADTIME_PUBLIC_URL: on?.publicUrl ?? LEADTIME_PUBLIC_URL,
    HUBSPOT_TOKEN: 'pat',
    LEADTIME_POLICY: 'policy.yml',
  })
  const made = await services(config, {
    ...{ now: () => NOW, crms: [crm], log: logger('silent') },
    queueNamespace: `q_${randomUUID().replaceAll('-', '')}`,
  })
  onTestFinished(() => made.close())
  const { db } = made
  const context = () => ({
    ...{ db, crms: [crm], now: () => NOW, log: made.log, signal: new AbortController().signal },
    tally: new Tally(),
  })
  await made.queue()
  const address = await listen(made, { host: '127.0.0.1', port: on?.port ?? 0 })
  if (on) await pullAllOf(context(), crm)
  return {
    ...{ made, crm },
    pull: () => pullAllOf(context(), crm),
    fetchHinted: () => fetchHinted(context(), crm),
    deliver: async (events, headers) => {
      const body = JSON.stringify(events.map(one => ({ ...one, portalId: 1 })))
      const own = headers ?? signed(body, Date.now(), { uri: `${LEADTIME_PUBLIC_URL}/webhooks/hubspot` })
      return (await fetch(`${address}/webhooks/hubspot`, { method: 'POST', headers: own, body })).status
    },
    hints: async () =>
      (await db.query<{ id: string }>(sql`select object || ' ' || id as id from hint order by 1`)).rows.map(
        ({ id }) => id,
      ),
    fields: async id =>
      (
        await db.query<{ fields: unknown }>(
          sql`select fields from record where ref = ${`hubspot:contact:${id}`}`,
        )
      ).rows[0]?.fields,
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

const change = (objectId: number, more: object = {}) =>
  event('contact.propertyChange', { objectId, propertyName: 'email', ...more })

test('an event leads to its record long before the next reading, and no cursor moves', async () => {
  const at = await stand()
  at.crm.put(contact('1', null))
  await at.pull()
  const cursor = () => at.made.db.query(sql`select value, records from cursor where object = 'contact'`)
  const before = await cursor()
  at.crm.put({ ...contact('1', NOW - HOUR), fields: { v: 2 } })
  const workers = await work(at.made)
  at.made.onClose(() => workers.close())
  expect(await at.deliver([change(1)])).toBe(200)
  await expect.poll(() => at.fields('1'), { timeout: 20_000 }).toEqual({ v: 2 })
  expect(await cursor()).toEqual(before)
  await expect.poll(() => at.hints()).toEqual([])
})

test('from an edit in HubSpot to the mirror, over both wires', async () => {
  const port = await freePort()
  const publicUrl = `http://127.0.0.1:${port}`
  const clock = new VirtualClock(NOW)
  const twin = hubspotTwin({ clock, file: ':memory:', token: 'secret-token' })
  onTestFinished(() => twin.close())
  twin.sink.begin(firm)
  mqls(3, 1000)(twin.sink)
  twin.sink.end()
  const baseUrl = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  const options = {
    baseUrl,
    uiUrl: baseUrl,
    token: 'secret-token',
    api: '2026-09',
    prefix: 'Leadtime',
  } as const
  const { made } = await stand({ crm: await hubspot(options), publicUrl, port })
  const workers = await work(made)
  made.onClose(() => workers.close())
  twin.webhooks.add({ url: `${publicUrl}/webhooks/hubspot`, secret: SECRET, duplicates: 1, disorder: true })
  const hand = (deed: object) =>
    fetch(`${baseUrl}/_twin/edit`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ object: 'contacts', ...deed }),
    })
  const live = async () =>
    (
      await made.db.query<{ text: string }>(sql`
        select ref || ' ' || coalesce(fields ->> 'company', '') as text from record
        where ref like 'hubspot:contact:%' and deleted_at is null order by ref`)
    ).rows.map(({ text }) => text)
  clock.set(NOW + HOUR)
  await hand({ do: 'edit', id: 51, properties: { company: 'Acme' } })
  await expect.poll(live, { timeout: 20_000 }).toContain('hubspot:contact:51 Acme')
  await hand({ do: 'merge', id: 51, other: 52 })
  await hand({ do: 'erase', id: 53 })
  await expect.poll(live, { timeout: 20_000 }).toEqual(['hubspot:contact:54 Acme'])
})

test('fault 66: a hundred events, twice, out of order and days late, with stale values, leave what the CRM shows', async () => {
  const at = await stand()
  for (let id = 1; id <= 40; id++) at.crm.put({ ...contact(String(id), null), fields: { v: 1 } })
  await at.pull()
  for (let id = 1; id <= 30; id++) at.crm.put({ ...contact(String(id), null), fields: { v: 2 } })
  const events = Array.from({ length: 100 }, (_, i) =>
    change((i % 30) + 1, { eventId: i, occurredAt: NOW - (i % 4) * 24 * HOUR, propertyValue: `stale ${i}` }),
  )
  expect(await at.deliver(events)).toBe(200)
  expect(await at.deliver(events.toReversed().map(one => ({ ...one, attemptNumber: 1 })))).toBe(200)
  expect(await at.hints()).toHaveLength(30)
  expect(await at.fetchHinted()).toBe(30)
  const { rows } = await at.made.db.query(
    sql`select fields, count(*) as n from record group by fields order by 2`,
  )
  expect(rows).toEqual([
    { fields: { v: 1 }, n: 10 },
    { fields: { v: 2 }, n: 30 },
  ])
  // One three days late brings nothing back.
  expect(await at.deliver([change(1, { occurredAt: NOW - 72 * HOUR, propertyValue: 'v1' })])).toBe(200)
  await at.fetchHinted()
  expect(await at.fields('1')).toEqual({ v: 2 })
})

test('fault 67: a delivery that is sent again with the same signature does nothing', async () => {
  const at = await stand()
  at.crm.put(contact('1', null))
  await at.pull()
  const body = JSON.stringify([{ ...change(1), portalId: 1 }])
  const headers = signed(body, Date.now(), { uri: `${LEADTIME_PUBLIC_URL}/webhooks/hubspot` })
  expect(await at.deliver([change(1)], headers)).toBe(200)
  await at.fetchHinted()
  expect(await at.deliver([change(1)], headers)).toBe(200)
  expect(await at.hints()).toEqual([])
  const { rows } = await at.made.db.query(sql`select count(*) as n from delivery`)
  expect(rows).toEqual([{ n: 1 }])
})

test('signatures are forgotten when they are too old to be valid', async () => {
  const at = await stand()
  await at.pull()
  await at.made.db.query(sql`
    insert into delivery select decode(md5(i::text), 'hex'), now() - interval '11 minutes' from generate_series(1, 50) i`)
  expect(await at.deliver([change(1)])).toBe(200)
  expect((await at.made.db.query(sql`select count(*) as n from delivery`)).rows).toEqual([{ n: 1 }])
})

test('what is told while its record is being read is read again', async () => {
  const at = await stand()
  at.crm.put({ ...contact('1', null), fields: { v: 1 } })
  await at.pull()
  at.crm.put({ ...contact('1', null), fields: { v: 2 } })
  await at.deliver([change(1)])
  const fetched = at.crm.fetch.bind(at.crm)
  vi.spyOn(at.crm, 'fetch').mockImplementationOnce(async (object, ids) => {
    const old = await fetched(object, ids)
    at.crm.put({ ...contact('1', null), fields: { v: 3 } })
    await at.deliver([change(1, { eventId: 2 })])
    return old
  })
  expect(await at.fetchHinted()).toBe(2)
  expect(await at.fields('1')).toEqual({ v: 3 })
})

test('a reading that fails keeps the hint; a refused one drops it, for the next reading says what is wrong', async () => {
  const at = await stand()
  at.crm.put(contact('1', null))
  await at.pull()
  await at.deliver([change(1), event('deal.creation', { objectId: 5 })])
  const away = vi.spyOn(at.crm, 'fetch').mockRejectedValueOnce(new Error('away'))
  await expect(at.fetchHinted()).rejects.toThrow('away')
  expect(await at.hints()).toEqual(['contact 1', 'deal 5'])
  away.mockRestore()
  expect(await at.fetchHinted()).toBe(2)
  expect(await at.hints()).toEqual([])
})

test('fault 12: what its CRM no longer shows at all is gone, what we never held stays unknown', async () => {
  const at = await stand()
  const self = at.crm.put(contact('1', null))
  at.crm.put(contact('2', null))
  await at.pull()
  at.crm.remove(self)
  await at.deliver([
    event('contact.privacyDeletion', { objectId: 1 }),
    event('contact.deletion', { objectId: 99 }),
  ])
  await at.fetchHinted()
  const { rows } = await at.made.db.query(
    sql`select ref, deleted_at is null as live from record order by ref`,
  )
  expect(rows).toEqual([
    { ref: 'hubspot:contact:1', live: false },
    { ref: 'hubspot:contact:2', live: true },
  ])
  const ends = await at.made.db.query(sql`select key from fact where source = ${self} and kind = 'deleted'`)
  expect(ends.count).toBe(1)
})

test('the answer does not wait for the queue', async () => {
  const at = await stand()
  await at.pull()
  const queue = await at.made.queue()
  const never = vi.spyOn(queue, 'wake').mockImplementation(() => new Promise(() => undefined))
  expect(await at.deliver([change(1)])).toBe(200)
  expect(await at.hints()).toEqual(['contact 1'])
  expect(never).toHaveBeenCalledWith('fetch', { vendor: 'hubspot' })
  never.mockRestore()
  // The job that was lost comes back within a second.
  const workers = await work(at.made)
  at.made.onClose(() => workers.close())
  await queue.wake('wake', {})
  await expect.poll(() => at.hints(), { timeout: 20_000 }).toEqual([])
})

test('while the database is away the delivery fails, so that HubSpot sends it again', async () => {
  const at = await stand()
  await at.pull()
  vi.spyOn(at.made.db, 'tx').mockRejectedValueOnce(new Error('gone'))
  expect(await at.deliver([change(1)])).toBe(500)
  expect(await at.deliver([change(1)])).toBe(200)
})

import { randomUUID } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import type { RetryPlan } from '../../../src/crm/retry.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { logger } from '../../../src/log.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { fetchHinted } from '../../../src/pipeline/hints.ts'
import { keepListening } from '../../../src/pipeline/listen.ts'
import { pullAllOf } from '../../../src/pipeline/pull.ts'
import { listen } from '../../../src/server.ts'
import { services } from '../../../src/services.ts'
import { sql } from '../../../src/store/sql.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { work } from '../../../workers/main.ts'
import { company as firm, mqls } from '../../contract/crm/company.ts'
import { signedIn } from '../../contract/twins/signed-in.ts'
import { createTestDatabase } from '../database.ts'

/** A Friday at noon, when polls come every minute. */
const NOW = Date.parse('2026-11-20T12:00:00Z')
const ALL = ['Lead', 'Contact', 'Opportunity', 'Task', 'Event']
const PATIENCE = { timeout: 30_000 }

/** Waits, but not long. */
const quick: RetryPlan = { tries: 3, random: () => 0.5, sleep: (_ms, signal) => soon(signal) }
const soon = (signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    setTimeout(resolve, 20)
  })

/** A twin with three leads, the service on it, everything read once. */
async function stand({ entities = ALL, events = 'on' }: { entities?: string[]; events?: 'on' | 'off' } = {}) {
  const clock = new VirtualClock(NOW)
  const twin = salesforceTwin({ clock, file: ':memory:' })
  onTestFinished(() => twin.close())
  twin.sink.begin(firm)
  mqls(3, 1000)(twin.sink)
  twin.sink.end()
  const url = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  const call = await signedIn(url)
  await call.control('PUT', '/events', { entities, pollSeconds: 3 })
  const config = parseConfig({
    ...{ DATABASE_URL: await createTestDatabase(), LEADTIME_POLICY: 'policy.yml' },
    ...{ SALESFORCE_LOGIN_URL: url, SALESFORCE_CLIENT_ID: 'leadtime' },
    ...{ SALESFORCE_CLIENT_SECRET: 'leadtime-secret', SALESFORCE_CHANGE_EVENTS: events },
  })
  const { changeEvents } = config.salesforce!
  const crm = await salesforce({
    ...{ loginUrl: url, clientId: 'leadtime', clientSecret: 'leadtime-secret', apiVersion: '66.0' },
    ...{ prefix: 'Leadtime', retry: quick, changeEvents },
  })
  const made = await services(config, {
    ...{ now: () => clock.now(), crms: [crm], log: logger('silent') },
    queueNamespace: `q_${randomUUID().replaceAll('-', '')}`,
  })
  onTestFinished(() => made.close())
  const { db } = made
  const context = (signal = new AbortController().signal) => ({
    ...{ db, crms: [crm], now: () => clock.now(), log: made.log, signal, tally: new Tally() },
  })
  await pullAllOf(context(), crm)
  const woken = { fetch: 0, pull: 0 }
  /** Listens as a worker does, without the queue; returns how to stop. */
  const hear = () => {
    const stop = new AbortController()
    const wake = { fetch: () => void woken.fetch++, pull: () => void woken.pull++ }
    const ended = keepListening(context(stop.signal), { ...crm, events: crm.events! }, wake, quick)
    const end = async () => {
      stop.abort()
      await ended
    }
    made.onClose(end)
    return end
  }
  const rows = async <R extends object>(statement: ReturnType<typeof sql>) =>
    (await db.query<R>(statement)).rows
  return {
    ...{ twin, url, clock, call, made, crm, db, woken, hear },
    pull: () => pullAllOf(context(), crm),
    fetchHinted: () => fetchHinted(context(), crm),
    ids: (
      (await call('GET', `/query?q=${encodeURIComponent('SELECT Id FROM Lead ORDER BY Id')}`)).body
        .records as { Id: string }[]
    ).map(({ Id }) => Id),
    edit: (id: string, fields: object) => call.control('POST', '/records/edit', { id, fields }),
    statusOf: async (id: string) =>
      (
        await rows<{ status: string }>(
          sql`select fields ->> 'status' as status from record where ref = ${`salesforce:lead:${id}`}`,
        )
      )[0]?.status,
    hints: async () =>
      (await rows<{ hint: string }>(sql`select object || ' ' || id as hint from hint order by 1`)).map(
        ({ hint }) => hint,
      ),
    position: async () =>
      (
        await rows<{ position: string | null }>(sql`select position from event_stream where object = 'lead'`)
      )[0]?.position,
    /** Once the streams are subscribed. */
    listening: () =>
      expect
        .poll(
          () => rows(sql`select object from event_stream where refusal is null order by object`),
          PATIENCE,
        )
        .toHaveLength(entities.length),
  }
}

type Stand = Awaited<ReturnType<typeof stand>>

async function working({ made }: Stand): Promise<() => Promise<void>> {
  const workers = await work(made)
  const stop = () => workers.close()
  made.onClose(stop)
  return stop
}

const cometd = async ({ twin }: Stand) =>
  Object.entries(twin.app.counters.state().calls).filter(([route]) => route.includes('/cometd/'))

test('a change arrives without a poll, and no cursor moves', async () => {
  const at = await stand()
  const cursor = () => at.db.query(sql`select value, scanned_at from cursor where object = 'lead'`)
  await working(at)
  await at.listening()
  // What was before is asked for once, as nobody tells where now is.
  await expect
    .poll(async () => (await at.db.query(sql`select 1 from cursor where wanted`)).count, PATIENCE)
    .toBe(0)
  const before = await cursor()
  const [id = ''] = at.ids
  at.clock.set(NOW + 1000)
  await at.edit(id, { Status: 'Working - Contacted' })
  await expect.poll(() => at.statusOf(id), PATIENCE).toBe('Working - Contacted')
  expect(await cursor()).toEqual(before)
  await at.call.control('POST', '/records/delete', { id })
  const deleted = () =>
    at.db.query(sql`select 1 from record where ref = ${`salesforce:lead:${id}`} and deleted_at is not null`)
  await expect.poll(async () => (await deleted()).rows.length, PATIENCE).toBe(1)
  await expect.poll(() => at.hints()).toEqual([])
})

test('it is off by default: nobody listens', async () => {
  const { SALESFORCE_CHANGE_EVENTS: _, ...rest } = { SALESFORCE_CHANGE_EVENTS: '' }
  expect(parseConfig(rest).salesforce).toBeNull()
  const at = await stand({ events: 'off' })
  expect(at.crm.events).toBeUndefined()
  await working(at)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await (await at.made.queue()).wake('pull', { vendor: 'salesforce' })
  at.clock.set(NOW + HOUR)
  await at.pull()
  expect(await cometd(at)).toEqual([])
  expect((await at.db.query(sql`select 1 from event_stream`)).rows).toEqual([])
})

test('fault 16: offline for 73 hours, the replay id has expired: the query catches up, nothing is lost, and health says so', async () => {
  const at = await stand()
  const address = await listen(at.made, { host: '127.0.0.1', port: 0, roundMs: 30 * DAY })
  const health = async () => {
    const answer = await fetch(`${address}/health`)
    const { reasons } = (await answer.json()) as { reasons: { code: string }[] }
    return [answer.status, ...reasons.map(({ code }) => code)]
  }
  const [first = '', second = ''] = at.ids
  const stop = await working(at)
  await at.listening()
  at.clock.set(NOW + 1000)
  await at.edit(first, { Status: 'Working - Contacted' })
  await expect.poll(() => at.statusOf(first), PATIENCE).toBe('Working - Contacted')
  expect(await health()).toEqual([200])
  await stop()
  const left = await at.position()
  expect(left).toMatch(/^\d+$/)
  at.clock.set(NOW + HOUR)
  await at.edit(first, { Status: 'Closed - Not Converted' })
  await at.edit(second, { Status: 'Working - Contacted' })
  at.clock.set(NOW + 74 * HOUR)
  // While the query does not get through, the loss is seen.
  at.twin.app.faults.add({ path: '/services/data/.*(query|composite)', status: 500, body: {} })
  await working(at)
  await expect.poll(health, PATIENCE).toEqual(expect.arrayContaining([503, 'events_missed']))
  expect(await at.position()).toBeNull()
  at.twin.app.faults.clear()
  await (await at.made.queue()).wake('pull', { vendor: 'salesforce' })
  await expect.poll(() => at.statusOf(second), PATIENCE).toBe('Working - Contacted')
  expect(await at.statusOf(first)).toBe('Closed - Not Converted')
  await expect.poll(health, PATIENCE).toEqual([200])
  // And the stream goes on from now.
  at.clock.set(NOW + 74 * HOUR + 1000)
  await at.edit(second, { Status: 'Closed - Not Converted' })
  await expect.poll(() => at.statusOf(second), PATIENCE).toBe('Closed - Not Converted')
  expect(Number(await at.position())).toBeGreaterThan(Number(left))
})

/** Somebody listens and has been told of a first change, so that there is a position to go on from. */
async function standTold() {
  const at = await stand()
  const end = at.hear()
  await at.listening()
  at.clock.set(NOW + 1000)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await expect.poll(() => at.position(), PATIENCE).toMatch(/^\d+$/)
  return { at, end }
}

test('fault 16: an expired id alone leads to the query at once, with no poll in sight', async () => {
  const { at, end } = await standTold()
  await end()
  await at.call.control('DELETE', '/events')
  const before = at.woken.pull
  at.hear()
  await expect.poll(() => at.woken.pull, PATIENCE).toBe(before + 1)
  const { rows } = await at.db.query(
    sql`select object from event_stream join cursor using (vendor, object) where wanted and missed_at is not null`,
  )
  expect(rows).toEqual([{ object: 'lead' }])
})

test('fault 16: a gap leads to its records and to the query, an overflow to the query', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  const wanted = async () =>
    (
      await at.db.query<{ object: string }>(
        sql`select object from event_stream where missed_at is not null order by object`,
      )
    ).rows
  await at.call.control('POST', '/events/gap', { ids: [at.ids[1]], change: 'UPDATE' })
  await expect.poll(() => at.woken, PATIENCE).toEqual({ fetch: 1, pull: 2 })
  expect(await at.hints()).toEqual([`lead ${at.ids[1]}`])
  expect(await wanted()).toEqual([{ object: 'lead' }])
  await at.call.control('POST', '/events/overflow', { entity: 'Opportunity' })
  await expect.poll(() => at.woken, PATIENCE).toEqual({ fetch: 1, pull: 3 })
  expect(await at.hints()).toEqual([`lead ${at.ids[1]}`])
  expect(await wanted()).toEqual([{ object: 'deal' }, { object: 'lead' }])
})

test('a crash between the hints and the position repeats, and loses nothing', async () => {
  const { at, end } = await standTold()
  await at.fetchHinted()
  const before = await at.position()
  // Whatever comes after the hints fails, as if the process had ended there.
  await at.db.query(sql`
    create function ended() returns trigger language plpgsql as $$ begin raise exception 'ended'; end $$`)
  await at.db.query(sql`
    create trigger ended before insert on hint for each row execute function ended()`)
  await at.edit(at.ids[1]!, { Status: 'Working - Contacted' })
  await expect
    .poll(
      async () => (await at.db.query(sql`select refusal from event_stream where refusal is not null`)).count,
      PATIENCE,
    )
    .toBeGreaterThan(0)
  expect(await at.position()).toBe(before)
  await end()
  expect(await at.hints()).toEqual([])
  await at.db.query(sql`drop trigger ended on hint`)
  at.hear()
  await expect.poll(() => at.hints(), PATIENCE).toEqual([`lead ${at.ids[1]}`])
  await expect.poll(async () => Number(await at.position()), PATIENCE).toBeGreaterThan(Number(before))
})

test('one process listens; when it ends, another goes on where it was', async () => {
  const at = await stand()
  const [first, second] = [at.hear(), at.hear()]
  await at.listening()
  const connected = async () => (await at.call.control('GET', '/events')).body.connected
  expect(await connected()).toBe(1)
  at.clock.set(NOW + 1000)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await expect.poll(() => at.hints(), PATIENCE).toEqual([`lead ${at.ids[0]}`])
  await first()
  await at.edit(at.ids[1]!, { Status: 'Working - Contacted' })
  await expect.poll(() => at.hints(), PATIENCE).toHaveLength(2)
  await second()
  expect(await connected()).toBe(0)
})

test('a token that ends, a connection that breaks, a server that forgets: the stream goes on and nothing is lost', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  const told = async (id: string, Status: string) => {
    await at.edit(id, { Status })
    await expect.poll(() => at.hints(), PATIENCE).toContain(`lead ${id}`)
  }
  at.clock.set(NOW + 1000)
  await told(at.ids[0]!, 'Working - Contacted')
  await at.call.control('DELETE', '/sessions')
  await told(at.ids[1]!, 'Working - Contacted')
  await at.call.control('DELETE', '/events/clients')
  await told(at.ids[2]!, 'Working - Contacted')
  await at.fetchHinted()
  at.twin.app.faults.add({ path: '/cometd', drop: 'during', times: 1 })
  at.clock.set(NOW + 2000)
  await told(at.ids[0]!, 'Closed - Not Converted')
  await told(at.ids[1]!, 'Closed - Not Converted')
})

test.each([
  'login_page',
  'truncated',
  'empty_body',
  'server_error',
  'unauthorised',
  'reset_after',
  'same_page',
] as const)(
  'an answer that is none (%s) ends the stream for a moment and takes no event along',
  async fault => {
    const at = await stand()
    at.hear()
    await at.listening()
    at.clock.set(NOW + 1000)
    await at.edit(at.ids[0]!, { Status: 'Closed - Not Converted' })
    await expect.poll(() => at.hints(), PATIENCE).toHaveLength(1)
    await at.fetchHinted()
    at.twin.app.faults.add({ fault, path: '/cometd/', times: 2 })
    for (const id of at.ids) {
      await at.edit(id, { Status: 'Working - Contacted' })
      await expect.poll(() => at.hints(), PATIENCE).toContain(`lead ${id}`)
    }
    expect(at.twin.app.faults.list()).toMatchObject([{ hits: 2 }])
  },
)

test('a stream that breaks before it has brought anything begins with what is new, and the query is asked for the rest', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  await at.pull()
  const wanted = async () =>
    (await at.db.query(sql`select 1 from cursor where wanted and object = 'lead'`)).rows.length
  await expect.poll(() => at.woken.pull, PATIENCE).toBe(1)
  expect(await wanted()).toBe(0)
  at.clock.set(NOW + 1000)
  at.twin.app.faults.add({ fault: 'reset_after', path: '/cometd/', times: 1 })
  await expect.poll(() => at.twin.app.faults.list()[0]?.hits, PATIENCE).toBe(1)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await expect.poll(() => at.woken.pull, PATIENCE).toBeGreaterThan(1)
  expect(await wanted()).toBe(1)
  expect((await at.db.query(sql`select 1 from event_stream where missed_at is not null`)).rows).toEqual([])
})

test('our own writes lead to no reading; what a person changes beside them does', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  at.clock.set(NOW + 1000)
  const changes = at.ids.map(id => ({ id, fields: { overdue: true } }))
  expect(await at.crm.write('lead', changes, new AbortController().signal)).toEqual(
    at.ids.map(id => ({ id, result: 'written' })),
  )
  await expect.poll(() => at.position(), PATIENCE).toMatch(/^\d+$/)
  expect([await at.hints(), at.woken.fetch]).toEqual([[], 0])
  await at.edit(at.ids[0]!, { Leadtime_Overdue__c: false, Rating: 'Hot' })
  await expect.poll(() => at.hints(), PATIENCE).toEqual([`lead ${at.ids[0]}`])
})

test('a burst is one batch of hints', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  at.clock.set(NOW + 1000)
  const records = at.ids.map((id, i) => ({
    attributes: { type: 'Lead' },
    id,
    Rating: ['Hot', 'Warm', 'Cold'][i],
  }))
  await at.call('PATCH', '/composite/sobjects', { allOrNone: false, records })
  await expect.poll(() => at.hints(), PATIENCE).toHaveLength(3)
  expect(at.woken.fetch).toBe(1)
})

test('objects that are not told are named with their remedy, and the others are told', async () => {
  const at = await stand({ entities: ['Lead', 'Task'] })
  at.hear()
  await at.listening()
  const problems = await at.crm.events!.check(new AbortController().signal)
  expect(problems).toEqual(
    ['Contact', 'Opportunity', 'Event'].map(name => expect.stringContaining(`choose ${name} under Setup`)),
  )
  at.clock.set(NOW + 1000)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await expect.poll(() => at.hints(), PATIENCE).toEqual([`lead ${at.ids[0]}`])
})

test('an organisation in which nothing is chosen is left alone, and told as soon as somebody chooses', async () => {
  const at = await stand({ entities: [] })
  at.hear()
  const reasons = async () =>
    (await at.db.query<{ refusal: string }>(sql`select distinct refusal from event_stream`)).rows
  await expect
    .poll(reasons, PATIENCE)
    .toEqual([{ refusal: expect.stringContaining('none of our objects is chosen under Setup') }])
  await expect.poll(async () => (await at.call.control('GET', '/events')).body.connected, PATIENCE).toBe(0)
  await at.call.control('PUT', '/events', { entities: ALL })
  await expect
    .poll(
      async () => (await at.db.query(sql`select 1 from event_stream where refusal is null`)).count,
      PATIENCE,
    )
    .toBe(ALL.length)
})

test('a stream that silently brings nothing hides nothing: polling is complete', async () => {
  const at = await stand()
  at.hear()
  await at.listening()
  await at.call.control('PUT', '/events', { silent: true })
  at.clock.set(NOW + HOUR)
  await at.edit(at.ids[0]!, { Status: 'Working - Contacted' })
  await at.pull()
  expect(await at.statusOf(at.ids[0]!)).toBe('Working - Contacted')
})

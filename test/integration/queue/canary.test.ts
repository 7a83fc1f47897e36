/** I7 of the fault catalogue: no token, e-mail address, name or payload leaves the mirror for a log, an error, a job or Redis. */
import { randomUUID } from 'node:crypto'
import { Writable } from 'node:stream'
import { Redis } from 'ioredis'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import { RETRY } from '../../../src/crm/retry.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import type { Vendor } from '../../../src/domain/facts.ts'
import { logger } from '../../../src/log.ts'
import { listen } from '../../../src/server.ts'
import { type Services, services } from '../../../src/services.ts'
import type { Database } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import type { Sink } from '../../../src/twins/scenario/types.ts'
import { work } from '../../../workers/main.ts'
import { company, event, HOUR, NOW, somebody } from '../../contract/crm/company.ts'
import { signed, event as webhook } from '../../unit/http/webhooks/deliveries.ts'
import { createTestDatabase } from '../database.ts'
import { KINDS, type Kind } from './backends.ts'

/** Every secret and everything about people has this in it, in some case. */
const CANARY = /canary/i
const TOKEN = 'pat-na1-canary-token'
const CLIENT = { id: 'leadtime', secret: 'canary-client-secret' }
const APP_SECRET = 'canary-app-secret'
const PUBLIC_URL = 'https://leadtime.test'
const LEAK = { message: 'canary.person@canary.test', body: '<html>canary.person@canary.test</html>' }

function fill(sink: Sink): void {
  sink.begin(company)
  for (let i = 0; i < 12; i++) {
    const key = `canary${i}`
    const at = NOW - 90 * HOUR + i * 60_000
    const names = { email: `canary.person${i}@canary.test`, first_name: 'Canaria', last_name: 'Canary' }
    sink.person({ ...somebody(key), ...names, company: 'Canary & Sons', job_title: 'Chief Canary' }, [
      event(key, at, 'mql'),
      event(key, at + HOUR, 'assigned', { actor: 'ann' }),
      ...(i % 3 === 0
        ? [event(key, at + 2 * HOUR, 'rejected', { actor: 'ann', detail: 'No budget: canary said no' })]
        : []),
    ])
  }
  sink.end()
}

/** What both CRMs can answer, each answer with a canary in it where it has a body. */
const ANSWERS: Record<string, Fault> = {
  'HTTP 500': { status: 500, body: { message: LEAK.message } },
  'HTTP 503 in HTML': { status: 503, body: LEAK.body },
  'a refusal': {
    status: 400,
    body: [
      {
        errorCode: 'MALFORMED_QUERY',
        category: 'VALIDATION_ERROR',
        message: LEAK.message,
        fields: [LEAK.message],
      },
    ],
  },
  'HTTP 403': { status: 403, body: { category: LEAK.message, message: LEAK.message, errors: [LEAK] } },
  'HTTP 429': { status: 429, body: { policyName: LEAK.message }, headers: { 'retry-after': '1' } },
  'a sign-in page': { status: 200, body: LEAK.body },
  'JSON of another shape': { status: 200, body: { results: [LEAK], records: [LEAK] } },
  'JSON that breaks off': { status: 200, body: `{"results": [{"id": "${LEAK.message}` },
  'a redirect': { status: 302, body: '', headers: { location: `https://canary.test/${LEAK.message}` } },
  'a broken connection': { drop: 'during' },
  // Last: from then on the CRM is held.
  'HTTP 401': { status: 401, body: [{ errorCode: 'INVALID_SESSION_ID', message: LEAK.message }] },
}

async function twins() {
  const clock = new VirtualClock(NOW)
  const both = {
    salesforce: salesforceTwin({ clock, file: ':memory:', client: CLIENT }),
    hubspot: hubspotTwin({ clock, file: ':memory:', token: TOKEN }),
  }
  const urls: Record<string, string> = {}
  for (const [vendor, twin] of Object.entries(both)) {
    onTestFinished(() => twin.close())
    fill(twin.sink)
    urls[vendor] = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  }
  const own = { prefix: 'Leadtime', retry: { ...RETRY, sleep: async () => undefined } }
  const crms = [
    await salesforce({
      ...{ loginUrl: urls.salesforce!, clientId: CLIENT.id, clientSecret: CLIENT.secret, apiVersion: '66.0' },
      ...own,
    }),
    await hubspot({ baseUrl: urls.hubspot!, uiUrl: urls.hubspot!, token: TOKEN, api: '2026-09', ...own }),
  ]
  return { ...both, clock, crms }
}

/** Every bearer token that goes over the wire; Salesforce makes those of its sessions itself. */
function tokensSeen(): Set<string> {
  const seen = new Set<string>()
  const real = fetch
  vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) => {
    const token = /^Bearer (.+)$/.exec(new Headers(init?.headers).get('authorization') ?? '')?.[1]
    if (token) seen.add(token)
    return real(input, init)
  })
  onTestFinished(() => void vi.restoreAllMocks())
  return seen
}

/** Everything the queue keeps: every table of its schema, or every key of the Redis with what it holds. */
async function queueContents(kind: Kind, db: Database, namespace: string): Promise<string> {
  if (kind === 'redis') return await redisContents(process.env.TEST_REDIS_URL!)
  const { rows } = await db.query<{ name: string }>(sql`
    select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
    where table_schema = ${namespace}`)
  return await tables(
    db,
    rows.map(({ name }) => name),
  )
}

async function tables(db: Database, names: readonly string[]): Promise<string> {
  const parts = names.map(async name => {
    const text = `select coalesce(string_agg(t::text, ' '), '') as text from ${name} t`
    return `${name} ${(await db.query<{ text: string }>({ text, values: [] })).rows[0]?.text}`
  })
  return (await Promise.all(parts)).join('\n')
}

async function redisContents(url: string): Promise<string> {
  const redis = new Redis(url)
  const found: string[] = []
  for (let cursor = '0', more = true; more; more = cursor !== '0') {
    const [next, keys] = await redis.scan(cursor, 'COUNT', '1000')
    cursor = next
    for (const key of keys) found.push(key, JSON.stringify(await contentOf(redis, key)))
  }
  redis.disconnect()
  return found.join('\n')
}

async function contentOf(redis: Redis, key: string): Promise<unknown> {
  const type = await redis.type(key)
  if (type === 'string') return await redis.get(key)
  if (type === 'hash') return await redis.hgetall(key)
  if (type === 'list') return await redis.lrange(key, 0, -1)
  if (type === 'set') return await redis.smembers(key)
  if (type === 'zset') return await redis.zrange(key, '0', '-1')
  if (type === 'stream') return await redis.xrange(key, '-', '+')
  // It went away since it was listed.
  return null
}

/** Answers to mistakes, to strangers and to webhooks of every kind. */
async function errorAnswers(url: string): Promise<string> {
  const post = (body: string, headers: Record<string, string>) =>
    fetch(`${url}/webhooks/hubspot`, { method: 'POST', headers, body })
  const events = JSON.stringify([
    webhook('contact.propertyChange', {
      portalId: 24_681_357,
      objectId: 51,
      propertyName: 'email',
      propertyValue: LEAK.message,
    }),
    webhook('contact.creation', { portalId: 1, propertyValue: LEAK.message }),
  ])
  const uri = `${PUBLIC_URL}/webhooks/hubspot`
  const sign = (body: string, secret = APP_SECRET) => signed(body, Date.now(), { secret, uri })
  const answers = await Promise.all([
    post(events, sign(events)),
    post(events, sign(events, 'another')),
    post(`{"${LEAK.message}`, sign(`{"${LEAK.message}`)),
    post(LEAK.message, { 'content-type': 'text/canary' }),
    fetch(`${url}/api/overdue?owner=${LEAK.message}`),
    fetch(`${url}/api/overdue?after=${LEAK.message}`),
    // What was asked may be in the answer to who asked it; it is in no log.
    fetch(`${url}/api/people/1/explanation?at=yesterday`),
    fetch(`${url}/api/people/${LEAK.message}/explanation`),
    fetch(`${url}/${LEAK.message}`, { headers: { accept: 'text/html' } }),
    fetch(`${url}/api/${LEAK.message}`, {
      headers: { cookie: 'canary=canary', authorization: 'Bearer canary' },
    }),
    fetch(`${url}/health`),
    fetch(`${url}/api/sync`),
  ])
  return await textsOf(answers)
}

const textsOf = async (answers: readonly Response[]): Promise<string> =>
  (await Promise.all(answers.map(answer => answer.text()))).join('\n')

/** What the service answers while the database fails under it; pages that can still be shown, show people. */
async function inTheDark(made: Services, url: string): Promise<string> {
  await made.db.query(sql`alter table handoff rename to away`)
  const answers = await Promise.all(
    ['/', '/api/overdue', '/api/people/1/explanation'].map(path => fetch(url + path)),
  )
  await made.db.query(sql`alter table away rename to handoff`)
  return await textsOf(answers.filter(({ status }) => status >= 400))
}

describe.each(KINDS)('I7, with the queue on %s', kind => {
  test('pulls, verdicts, writes, webhooks and every way to fail, and not one canary outside of the mirror', async () => {
    const tokens = tokensSeen()
    const { crms, clock, ...both } = await twins()
    const namespace = `q_${randomUUID().replaceAll('-', '')}`
    const config = parseConfig({
      ...{
        DATABASE_URL: await createTestDatabase(),
        HUBSPOT_TOKEN: TOKEN,
        HUBSPOT_CLIENT_SECRET: APP_SECRET,
      },
      LEADTIME_PUBLIC_URL: PUBLIC_URL,
      ...(kind === 'redis' && { REDIS_URL: process.env.TEST_REDIS_URL }),
    })
    const lines: string[] = []
    const stream = new Writable({
      write(chunk, _encoding, done) {
        lines.push(String(chunk))
        done()
      },
    })
    const log = logger('trace', stream)
    const made = await services(config, { now: () => clock.now(), crms, log, queueNamespace: namespace })
    onTestFinished(() => made.close())
    const url = await listen(made, { host: '127.0.0.1', port: 0 })
    const workers = await work(made)
    made.onClose(() => workers.close())
    const queue = await made.queue()
    const vendors: Vendor[] = ['salesforce', 'hubspot']
    const wake = async () => {
      for (const vendor of vendors)
        for (const name of ['pull', 'push', 'fetch'] as const) await queue.wake(name, { vendor })
      await queue.wake('reconcile', {})
    }

    await queue.wake('almanac', {})
    await wake()
    for (const vendor of vendors)
      await expect
        .poll(() => both[vendor].app.writes.after(0, 0).total, { timeout: 30_000 })
        .toBeGreaterThan(0)
    let answers = await errorAnswers(url)

    for (const [name, fault] of Object.entries(ANSWERS)) {
      const said = lines.length
      for (const vendor of vendors) both[vendor].app.faults.add(fault)
      clock.set(clock.now() + HOUR)
      await wake()
      for (const vendor of vendors)
        await expect
          .poll(
            () => lines.slice(said).some(line => line.includes('did not end well') && line.includes(vendor)),
            { timeout: 30_000 },
          )
          .toBe(true)
      answers += await errorAnswers(url)
      for (const vendor of vendors) both[vendor].app.faults.clear()
      expect(lines.length, name).toBeGreaterThan(said)
    }
    answers += await inTheDark(made, url)

    const kept = await queueContents(kind, made.db, namespace)
    // What is looked at is there: refusals, a page that failed, jobs that ended badly.
    expect(/not signed by HubSpot/.test(answers) && /Something went wrong/.test(answers)).toBe(true)
    expect(/MALFORMED_QUERY|VALIDATION_ERROR|INVALID_SESSION_ID|HTTP 40\d/.test(kept), 'failed jobs').toBe(
      true,
    )
    expect(kept.includes(namespace)).toBe(true)
    const runs = await tables(made.db, ['run', 'connection', 'cursor', 'hint'])
    // The mirror has them, so they could have been elsewhere.
    expect(CANARY.test(await tables(made.db, ['record']))).toBe(true)
    expect(tokens.size).toBeGreaterThanOrEqual(2)

    for (const [where, text] of Object.entries({ log: lines.join(''), answers, queue: kept, runs })) {
      expect(text.match(new RegExp(`.{0,80}${CANARY.source}.{0,20}`, 'i'))?.[0], where).toBeUndefined()
      for (const token of tokens) expect(text.includes(token), where).toBe(false)
    }
  }, 240_000)
})

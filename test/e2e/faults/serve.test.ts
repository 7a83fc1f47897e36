import { describe, expect, onTestFinished, test } from 'vitest'
import { readRefusing } from '../../../src/store/connections.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { complaint, type Running, start } from '../../integration/cli/leadtime.ts'
import { REFUSAL } from '../../integration/faults/calls.ts'
import { type Stand, stand, writesOf } from '../../integration/faults/stand.ts'
import { mortalPostgres, ownRedis } from './servers.ts'

const PATIENCE = { timeout: 90_000, interval: 250 }
const QUICK = { POLL_SECONDS: '1' }

/** How many values the twins were given, and how many of them they had. */
const written = async ({ twins }: Stand) => {
  const [salesforce, hubspot] = await Promise.all([writesOf(twins.salesforceUrl), writesOf(twins.hubspotUrl)])
  return { both: Math.min(salesforce.total, hubspot.total), same: salesforce.same + hubspot.same }
}

/** What still has to be done, by the database; -1: it does not answer. */
async function backlog(url: string): Promise<number> {
  try {
    const db = await openDatabase(url, { connections: 1 })
    const { rows } = await db.query<{ n: number }>(sql`
      select (select count(*) from target where desired is null or desired <> acked or doubt or claimed_by is not null)
        + (select count(*) from stale_record) + (select count(*) from stale_person)
        + (select count(*) from cursor where scanned_at is null)
        + (select case when count(*) = 0 then 1 else 0 end from target) as n`)
    await db.close()
    return rows[0]?.n ?? -1
  } catch {
    return -1
  }
}

/** Everything was read, judged and written, each value once. */
async function arrives(at: Stand, url = at.databaseUrl): Promise<void> {
  await expect.poll(() => backlog(url), PATIENCE).toBe(0)
  const { both, same } = await written(at)
  expect(both).toBeGreaterThan(20)
  expect(same).toBe(0)
}

async function refusing({ databaseUrl }: Stand): Promise<string[]> {
  const db = await openDatabase(databaseUrl, { connections: 1 })
  const refused = await readRefusing(db)
  await db.close()
  return refused.map(({ vendor }) => vendor)
}

const begun = (at: Stand) => expect.poll(async () => (await written(at)).both, PATIENCE).toBeGreaterThan(0)

const address = async (serve: Running): Promise<string> =>
  /http:\/\/127\.0\.0\.1:\d+/.exec(await serve.says(/Leadtime is on/))?.[0] ?? ''

async function ends(running: Running): Promise<void> {
  running.child.kill('SIGTERM')
  const { code, stderr } = await running.ended
  expect(code).toBe(0)
  expect(stderr).not.toMatch(/\n\s+at /)
}

describe('PostgreSQL', { timeout: 180_000 }, () => {
  test('killed and started again while the service runs: it goes on by itself', async () => {
    const at = await stand()
    const postgres = await mortalPostgres()
    const serve = start(['serve'], { ...at.env, ...QUICK, DATABASE_URL: postgres.url })
    const url = await address(serve)
    await begun(at)
    postgres.kill()
    await expect.poll(async () => (await fetch(`${url}/health`)).status, PATIENCE).toBe(503)
    await postgres.restart()
    await arrives(at, postgres.url)
    await postgres.restart()
    at.later()
    await expect.poll(async () => (await fetch(`${url}/health`)).status, PATIENCE).toBe(200)
    await arrives(at, postgres.url)
    await ends(serve)
  })

  test('killed in the middle of a sync: one line; the next sync goes on', async () => {
    const at = await stand(1_500)
    const postgres = await mortalPostgres()
    const env = { ...at.env, DATABASE_URL: postgres.url, LOG_LEVEL: 'silent' }
    const sync = start(['sync', '--once'], env)
    await sync.before(begun(at))
    postgres.kill()
    const ended = await sync.ended
    expect(ended.code).toBe(1)
    expect(ended.stderr).toMatch(/^leadtime: database: .*check that PostgreSQL runs.*\n$/)
    await postgres.restart()
    const next = await start(['sync', '--once'], env).ended
    expect([next.code, complaint(next)]).toEqual([0, ''])
    await arrives(at, postgres.url)
  })
})

describe('the queue', { timeout: 180_000 }, () => {
  test('in PostgreSQL: a service and a worker beside it', async () => {
    const at = await stand()
    const both = [start(['serve'], { ...at.env, ...QUICK }), start(['work'], { ...at.env, ...QUICK })]
    await arrives(at)
    at.later()
    await arrives(at)
    for (const one of both) await ends(one)
  })

  test('in Redis, emptied in the middle: the verdicts arrive all the same', async () => {
    const at = await stand()
    const redis = await ownRedis()
    const env = { ...at.env, ...QUICK, REDIS_URL: redis.url }
    const both = [start(['serve'], env), start(['work'], env)]
    await begun(at)
    await redis.flush()
    await arrives(at)
    at.later()
    await redis.flush()
    await arrives(at)
    for (const one of both) await ends(one)
  })
})

test('refused credentials show on the page of another process, and go when new ones are accepted', {
  timeout: 180_000,
}, async () => {
  const at = await stand()
  await at.arm('hubspot', { path: '/crm/', ...REFUSAL['HTTP 401'] })
  const worker = start(['work'], { ...at.env, ...QUICK })
  await worker.says(/"outcome":"hold"/)
  const serve = start(['serve'], { ...at.env, POLL_SECONDS: '3600' })
  const url = await address(serve)
  const health = async () => {
    const answer = await fetch(`${url}/health`)
    return `${answer.status} ${await answer.text()}`
  }
  await expect.poll(health, PATIENCE).toMatch(/^503 .*credentials_refused/s)
  expect(await (await fetch(url)).text()).toMatch(/HubSpot refuses our credentials/)
  expect(await refusing(at)).toEqual(['hubspot'])
  worker.child.kill('SIGTERM')
  await worker.ended
  await at.disarm()
  const renewed = start(['work'], { ...at.env, ...QUICK })
  await expect.poll(health, PATIENCE).not.toMatch(/credentials_refused/)
  onTestFinished(() => void renewed.child.kill('SIGKILL'))
  await arrives(at)
  expect(await refusing(at)).toEqual([])
})

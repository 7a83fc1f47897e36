import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../src/store/db.ts'
import { startTwins, type Twins } from '../../src/twins/host.ts'
import { createTestDatabase } from '../integration/database.ts'
import { stateOf } from './state.ts'

const PEOPLE = 400
const KILLS = 20

/** Small, seeded, good enough to choose instants. */
function random(seed: number): number {
  const x = Math.sin(seed * 12.9898) * 43758.5453
  return x - Math.floor(x)
}

async function freshTwins(): Promise<Twins> {
  const twins = await startTwins({
    scenario: { people: PEOPLE, seed: 11 },
    salesforcePort: 0,
    hubspotPort: 0,
  })
  onTestFinished(() => twins.close())
  return twins
}

function sync(twins: Twins, databaseUrl: string): ChildProcess {
  return fork('test/chaos/sync.ts', [`${twins.company.now}`], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      PATH: process.env.PATH,
      DATABASE_URL: databaseUrl,
      SALESFORCE_LOGIN_URL: twins.salesforceUrl,
      SALESFORCE_CLIENT_ID: twins.clientId,
      SALESFORCE_CLIENT_SECRET: twins.clientSecret,
      HUBSPOT_BASE_URL: twins.hubspotUrl,
      HUBSPOT_TOKEN: twins.token,
    },
  })
}

/** Runs to the end; the milliseconds from its first reading on. */
async function whole(twins: Twins, databaseUrl: string): Promise<number> {
  const child = sync(twins, databaseUrl)
  const exit = once(child, 'exit')
  await once(child, 'message')
  const began = performance.now()
  expect(await exit).toEqual([0, null])
  return performance.now() - began
}

async function writesOf(url: string): Promise<{ total: number; same: number }> {
  const { total, same } = (await (await fetch(`${url}/_twin/writes?limit=0`)).json()) as {
    total: number
    same: number
  }
  return { total, same }
}

async function outcome(twins: Twins, databaseUrl: string) {
  const db = await openDatabase(databaseUrl)
  const state = await stateOf(db)
  await db.close()
  return { state, salesforce: await writesOf(twins.salesforceUrl), hubspot: await writesOf(twins.hubspotUrl) }
}

describe('a process killed while it syncs', () => {
  let expected: Awaited<ReturnType<typeof outcome>>
  let duration: number
  let struck = 0

  test('first, a round that nobody disturbs', async () => {
    const twins = await freshTwins()
    const database = await createTestDatabase()
    duration = await whole(twins, database)
    expected = await outcome(twins, database)
    expect(expected.salesforce.same + expected.hubspot.same).toBe(0)
    expect(expected.salesforce.total).toBeGreaterThan(PEOPLE)
    expect(expected.hubspot.total).toBeGreaterThan(PEOPLE)
  })

  test.each(Array.from({ length: KILLS }, (_, i) => i + 1))(
    'kill %i: the next run ends in the same state, and no value was written twice',
    async seed => {
      const twins = await freshTwins()
      const database = await createTestDatabase()
      const child = sync(twins, database)
      const exit = once(child, 'exit')
      await once(child, 'message')
      const began = performance.now()
      await Promise.race([exit, delay(random(seed) * duration)])
      const waited = performance.now() - began
      child.kill('SIGKILL')
      const [, signal] = await exit
      if (signal === 'SIGKILL') struck += 1
      // It was faster than the round nobody disturbed, which a busy machine may have held up.
      else duration = Math.min(duration, waited)
      await whole(twins, database)
      expect(await outcome(twins, database)).toEqual(expected)
    },
  )

  test('most of the kills struck in the middle', () => {
    expect(struck).toBeGreaterThan(KILLS / 2)
  })
})

import { onTestFinished } from 'vitest'
import type { Crm } from '../../../src/crm/crm.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import { RETRY, type RetryPlan } from '../../../src/crm/retry.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import type { Vendor } from '../../../src/domain/facts.ts'
import { HOUR } from '../../../src/domain/time.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { startTwins, type Twins } from '../../../src/twins/host.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { stateOf } from '../../chaos/state.ts'
import { createTestDatabase } from '../database.ts'

/** Both twins with a company of their own, and an empty database. */
export interface Stand {
  twins: Twins
  databaseUrl: string
  /** The environment under which the command finds both. */
  env: Record<string, string>
  arm(vendor: Vendor, fault: Fault): Promise<void>
  disarm(): Promise<void>
  /** How many requests were struck by faults that are still armed. */
  hits(): Promise<number>
  /** Half a day goes by, and with it what happens in it. */
  later(): void
}

export async function stand(people = 40, seed = 14): Promise<Stand> {
  const twins = await startTwins({ scenario: { people, seed, live: true, connector: true } })
  onTestFinished(() => twins.close())
  const databaseUrl = await createTestDatabase()
  const at = (vendor: Vendor) =>
    `${vendor === 'salesforce' ? twins.salesforceUrl : twins.hubspotUrl}/_twin/faults`
  const both = (['salesforce', 'hubspot'] as const).map(at)
  const headers = { 'content-type': 'application/json' }
  return {
    twins,
    databaseUrl,
    env: environment(twins, databaseUrl),
    arm: async (vendor, fault) => {
      const answer = await fetch(at(vendor), { method: 'POST', headers, body: JSON.stringify(fault) })
      if (answer.status !== 201) throw new Error(await answer.text())
    },
    disarm: async () => {
      for (const url of both) await fetch(url, { method: 'DELETE' })
    },
    hits: async () => {
      const lists = await Promise.all(both.map(async url => (await (await fetch(url)).json()) as Armed))
      return lists.flatMap(({ faults }) => faults).reduce((sum, fault) => sum + fault.hits, 0)
    },
    later: () => twins.clock.set(twins.clock.now() + 12 * HOUR),
  }
}

type Armed = { faults: { hits: number }[] }

function environment(twins: Twins, databaseUrl: string): Record<string, string> {
  return {
    DATABASE_URL: databaseUrl,
    SALESFORCE_LOGIN_URL: twins.salesforceUrl,
    SALESFORCE_CLIENT_ID: twins.clientId,
    SALESFORCE_CLIENT_SECRET: twins.clientSecret,
    HUBSPOT_BASE_URL: twins.hubspotUrl,
    HUBSPOT_TOKEN: twins.token,
    LEADTIME_POLICY: 'policy.yml',
    PORT: '0',
  }
}

/** The real plan, but nobody waits. */
const QUICK: RetryPlan = { ...RETRY, random: () => 0.5, sleep: async () => undefined }

/** One round with the real adapters in this process, as a fresh process would begin it; without its waits. */
export async function syncOnce({ twins, databaseUrl }: Stand, retry: RetryPlan = QUICK): Promise<void> {
  const crms = await adapters(twins, retry)
  const db = await openDatabase(databaseUrl)
  const { signal } = new AbortController()
  const log = { info: () => undefined, warn: () => undefined }
  try {
    const now = () => twins.clock.now()
    await adopt(db, readDraft('', 'policy.yml'), now())
    await round({ db, crms, now, log, signal, retry, tally: new Tally() })
  } finally {
    for (const crm of crms) await crm.close()
    await db.close()
  }
}

const adapters = (twins: Twins, retry: RetryPlan): Promise<Crm[]> =>
  Promise.all([
    salesforce({
      ...{ loginUrl: twins.salesforceUrl, clientId: twins.clientId, clientSecret: twins.clientSecret },
      ...{ apiVersion: '66.0', prefix: 'Leadtime', retry },
    }),
    hubspot({
      ...{ baseUrl: twins.hubspotUrl, uiUrl: twins.hubspotUrl, token: twins.token },
      ...{ api: '2026-09', prefix: 'Leadtime', retry },
    }),
  ])

/** What the database holds, and what was written to each twin: `same` counts values written to what they were. */
export async function outcome({ twins, databaseUrl }: Stand) {
  const db = await openDatabase(databaseUrl)
  const state = await stateOf(db)
  await db.close()
  const written = await Promise.all([twins.salesforceUrl, twins.hubspotUrl].map(writesOf))
  return { state, written }
}

/** Values given to a twin since it began, and those that it had. */
export async function writesOf(url: string): Promise<{ total: number; same: number }> {
  const answer = await fetch(`${url}/_twin/writes?limit=0`)
  const { total, same } = (await answer.json()) as { total: number; same: number }
  return { total, same }
}

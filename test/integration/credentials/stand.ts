import { randomBytes } from 'node:crypto'
import { onTestFinished } from 'vitest'
import { z } from 'zod'
import type { Grant, TokenKeeper } from '../../../src/crm/credentials.ts'
import { HubSpotClient } from '../../../src/crm/hubspot/client.ts'
import { RETRY, type RetryPlan } from '../../../src/crm/retry.ts'
import { SalesforceClient } from '../../../src/crm/salesforce/client.ts'
import type { Vendor } from '../../../src/domain/facts.ts'
import { storedKeeper, storeGrant } from '../../../src/store/credentials.ts'
import { type Database, openDatabase } from '../../../src/store/db.ts'
import { Keyring } from '../../../src/store/keyring.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import type { TwinApp } from '../../../src/twins/http.ts'
import { hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, NOW } from '../../contract/crm/company.ts'
import { createTestDatabase } from '../database.ts'

export const { signal } = new AbortController()
export const newKey = () => randomBytes(32).toString('base64')
const CLIENT = { clientId: 'leadtime', clientSecret: 'leadtime-secret' }
const QUICK: RetryPlan = { ...RETRY, random: () => 0, sleep: async () => undefined }

/** A CRM client as a process of its own has it. */
export interface Process {
  account(): Promise<string>
  keeper: TokenKeeper
}

export interface Connected {
  vendor: Vendor
  url: string
  app: TwinApp
  db: Database
  keys: Keyring
  /** Another process: a pool and a client of its own. */
  process(db?: Database): Promise<Process>
  /** Token requests the twin has seen. */
  tokenCalls(): number
  calls(): number
  /** The grant that is kept now. */
  kept(): Promise<Grant | null>
  /** All access tokens end. */
  expire(): Promise<void>
  /** The app's user revokes what they agreed to. */
  revoke(): Promise<void>
}

/** A twin whose app was agreed to by somebody, with the grant in a database of its own. Refresh tokens rotate. */
export async function connected(vendor: Vendor): Promise<Connected> {
  const clock = new VirtualClock(NOW)
  const twin =
    vendor === 'salesforce'
      ? salesforceTwin({ clock, file: ':memory:', rotates: true })
      : hubspotTwin({
          ...{ clock, file: ':memory:', token: 'fixed', rotates: true },
          oauthApp: { clientId: CLIENT.clientId, clientSecret: CLIENT.clientSecret },
        })
  twin.sink.begin(company)
  twin.sink.end()
  const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  onTestFinished(() => twin.close())
  const databaseUrl = await createTestDatabase()
  const open = async () => {
    const db = await openDatabase(databaseUrl)
    onTestFinished(() => db.close())
    return db
  }
  const db = await open()
  const keys = Keyring.parse(`1:${newKey()}`)
  await storeGrant(db, keys, vendor, { ...(await agreed(vendor, url)), seed: null })
  const control = async (path: string) => void (await fetch(`${url}/_twin/${path}`, { method: 'DELETE' }))
  const seen = () => Object.entries(twin.app.counters.state().calls)
  const tokenPath = /POST .*\/token$/
  const before = seen().reduce((sum, [route, n]) => sum + (tokenPath.test(route) ? n : 0), 0)
  return {
    ...{ vendor, url, app: twin.app, db, keys },
    process: async (own = undefined) =>
      client(vendor, url, storedKeeper(own ?? (await open()), keys, vendor, null)),
    tokenCalls: () => seen().reduce((sum, [route, n]) => sum + (tokenPath.test(route) ? n : 0), 0) - before,
    calls: () => twin.app.counters.state().total,
    kept: () => storedKeeper(db, keys, vendor, null).read(),
    expire: () => control('sessions'),
    revoke: () => control('grants'),
  }
}

const details = z.object({ portalId: z.number() })

function client(vendor: Vendor, url: string, keeper: TokenKeeper): Process {
  if (vendor === 'hubspot') {
    const oauth = { ...CLIENT, keeper }
    const made = new HubSpotClient({
      baseUrl: url,
      uiUrl: url,
      api: '2026-09',
      prefix: 'Leadtime',
      oauth,
      retry: QUICK,
    })
    onTestFinished(() => made.close())
    return {
      keeper,
      account: async () =>
        String(
          (await made.get('account details', details, '/account-info/v3/details', signal)).body.portalId,
        ),
    }
  }
  const made = new SalesforceClient({
    ...{ loginUrl: url, ...CLIENT, keeper, apiVersion: '66.0', prefix: 'Leadtime', retry: QUICK },
  })
  onTestFinished(() => made.close())
  return {
    keeper,
    account: async () => {
      await made.get('limits', '/limits', z.unknown(), signal)
      return await made.account(signal)
    },
  }
}

/** What a person's browser and the callback do, by hand. */
async function agreed(vendor: Vendor, url: string) {
  const redirectUri = 'http://127.0.0.1/callback'
  const { authorizationOf } = await import('./authorization.ts')
  const authorization = authorizationOf(vendor, url, redirectUri)
  const page = authorization.address('state', 'v'.repeat(43))
  const headers = { 'content-type': 'application/x-www-form-urlencoded' }
  const answer = await fetch(page, { method: 'POST', headers, body: 'answer=allow', redirect: 'manual' })
  const code = new URL(answer.headers.get('location') ?? '').searchParams.get('code') ?? ''
  return await authorization.redeem(code, 'v'.repeat(43), signal)
}

import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Grant } from '../../../src/crm/credentials.ts'
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
import { CLIENT, client, type Process } from './client.ts'

export const { signal } = new AbortController()
const CALLER = resolve('test/integration/credentials/caller.ts')
export const newKey = () => randomBytes(32).toString('base64')

export interface Connected {
  vendor: Vendor
  url: string
  app: TwinApp
  db: Database
  keys: Keyring
  /** As good as another process: a pool and a client of its own. */
  process(db?: Database): Promise<Process>
  /** Another process; see caller.ts. */
  fork(): ChildProcess
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
  const key = `1:${newKey()}`
  const keys = Keyring.parse(key)
  await storeGrant(db, keys, vendor, { ...(await agreed(vendor, url)), seed: null })
  const control = async (path: string) => void (await fetch(`${url}/_twin/${path}`, { method: 'DELETE' }))
  const seen = () => Object.entries(twin.app.counters.state().calls)
  const tokenPath = /POST .*\/token$/
  const before = seen().reduce((sum, [route, n]) => sum + (tokenPath.test(route) ? n : 0), 0)
  return {
    ...{ vendor, url, app: twin.app, db, keys },
    process: async (own = undefined) => {
      const made = client(vendor, url, storedKeeper(own ?? (await open()), keys, vendor, null))
      onTestFinished(() => made.close())
      return made
    },
    fork: () => {
      const forked = fork(CALLER, [vendor, url, databaseUrl, key])
      onTestFinished(async () => {
        if (forked.exitCode !== null || forked.signalCode !== null) return
        forked.kill('SIGKILL')
        await once(forked, 'exit')
      })
      return forked
    },
    tokenCalls: () => seen().reduce((sum, [route, n]) => sum + (tokenPath.test(route) ? n : 0), 0) - before,
    calls: () => twin.app.counters.state().total,
    kept: () => storedKeeper(db, keys, vendor, null).read(),
    expire: () => control('sessions'),
    revoke: () => control('grants'),
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

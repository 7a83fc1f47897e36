/** Faults 31, 33 and 34 of the catalogue: what keeps us from a CRM is red within a minute, loses nothing, and is green after. */
import dns from 'node:dns'
import { expect, onTestFinished, test, vi } from 'vitest'
import { parseConfig } from '../../../src/config.ts'
import { hubspot } from '../../../src/crm/hubspot/adapter.ts'
import { SCOPES } from '../../../src/crm/hubspot/authorization.ts'
import { salesforce } from '../../../src/crm/salesforce/adapter.ts'
import { MINUTE, SECOND } from '../../../src/domain/time.ts'
import { logger } from '../../../src/log.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { round } from '../../../src/pipeline/round.ts'
import { listen } from '../../../src/server.ts'
import { services } from '../../../src/services.ts'
import { sql } from '../../../src/store/sql.ts'
import { startTwins } from '../../../src/twins/host.ts'
import { createTestDatabase } from '../database.ts'
import { wire } from '../wire.ts'

const { signal } = new AbortController()
const json = { 'content-type': 'application/json' }

/** The service on both twins, a round a minute by their clock, which goes on by as much as anybody waits. */
async function stand() {
  const twins = await startTwins({ scenario: { people: 20, seed: 14 } })
  onTestFinished(() => twins.close())
  const { clock } = twins
  const slept: number[] = []
  const sleep = async (ms: number) => {
    slept.push(ms)
    clock.set(clock.now() + ms)
  }
  const own = { prefix: 'Leadtime', retry: { tries: 5, random: () => 0.5, sleep } }
  const lines = await Promise.all([twins.salesforceUrl, twins.hubspotUrl].map(wire))
  // By name, so that it has to be looked up.
  const [loginUrl, baseUrl] = lines.map(({ url }) => url.replace('127.0.0.1', 'localhost').replace(/\/$/, ''))
  const crms = [
    await salesforce({
      ...{ loginUrl: loginUrl!, clientId: twins.clientId, clientSecret: twins.clientSecret },
      ...{ apiVersion: '66.0', ...own },
    }),
    await hubspot({ baseUrl: baseUrl!, uiUrl: baseUrl!, token: twins.token, api: '2026-09', ...own }),
  ]
  const config = parseConfig({ DATABASE_URL: await createTestDatabase() })
  const made = await services(config, { now: () => clock.now(), crms, log: logger('silent') })
  onTestFinished(() => made.close())
  const url = await listen(made, { host: '127.0.0.1', port: 0 })
  const { db, now, log } = made
  const control = (path: string, body: object) =>
    fetch(`${twins.hubspotUrl}/_twin/${path}`, { method: 'POST', headers: json, body: JSON.stringify(body) })
  return {
    ...{ twins, clock, slept, control },
    /** Breaks what is connected; new connections are taken. */
    reset: async () => {
      for (const line of lines) {
        await line.cut()
        await line.mend()
      }
    },
    /** A minute later, the next round; what went wrong. */
    async next(): Promise<Error | null> {
      clock.set(clock.now() + MINUTE)
      return await round({ db, crms, now, log, signal, tally: new Tally() }).then(
        () => null,
        (error: Error) => error,
      )
    },
    async health() {
      const answer = await fetch(`${url}/health`)
      const { reasons } = (await answer.json()) as { reasons: { code: string; vendor: string | null }[] }
      return { red: answer.status === 503, codes: reasons.map(({ code }) => code) }
    },
    page: async (path: string) => (await fetch(url + path, { headers: { accept: 'text/html' } })).text(),
    /** Of the contact that is edited, as the mirror has it. */
    company: async () =>
      (
        await db.query<{ of: string }>(sql`
        select fields ->> 'company' as of from record where ref = 'hubspot:contact:51'`)
      ).rows[0]?.of,
    live: async () =>
      (await db.query<{ n: number }>(sql`select count(*)::int as n from record where deleted_at is null`))
        .rows[0]!.n,
  }
}

const edit = (company: string) => ({ do: 'edit', object: 'contacts', id: 51, properties: { company } })

test('fault 34: ten minutes without DNS', async () => {
  const at = await stand()
  expect([await at.next(), await at.next()]).toEqual([null, null])
  expect(await at.health()).toEqual({ red: false, codes: [] })
  await at.reset()
  const lookups: number[] = []
  const real = dns.lookup
  vi.spyOn(dns, 'lookup').mockImplementation(((
    name: string,
    options: object,
    done: (error: unknown) => void,
  ) => {
    if (name !== 'localhost') return real(name, options, done)
    lookups.push(at.clock.now())
    const error = Object.assign(new Error(`getaddrinfo EAI_AGAIN ${name}`), {
      code: 'EAI_AGAIN',
      hostname: name,
    })
    setImmediate(done, error)
  }) as never)
  onTestFinished(() => void vi.restoreAllMocks())
  at.slept.length = 0
  await at.control('edit', edit('Acme'))
  const [began, live] = [at.clock.now(), await at.live()]

  const error = await at.next()
  expect(error?.message).toMatch(/^(salesforce|hubspot): [\w ]+: no answer \(EAI_AGAIN\)$/)
  expect(await at.health()).toEqual({ red: true, codes: ['crm_unreachable'] })
  expect(at.clock.now() - lookups[0]!).toBeLessThan(60 * SECOND)
  // Five tries for each CRM, with growing pauses: what a resolver is asked in a round does not grow.
  expect(lookups).toHaveLength(10)
  expect(at.slept.toSorted((a, b) => a - b)).toEqual([250, 250, 500, 500, 1000, 1000, 2000, 2000])

  while (at.clock.now() - began < 10 * MINUTE) expect(await at.next()).not.toBeNull()
  expect(lookups.length).toBeLessThanOrEqual(100)
  const late = await at.health()
  expect([late.red, late.codes.toSorted()]).toEqual([true, ['crm_unreachable', 'round_too_old']])
  expect(await at.company()).not.toBe('Acme')
  expect(await at.live()).toBe(live)

  vi.restoreAllMocks()
  expect(await at.next()).toBeNull()
  expect(await at.health()).toEqual({ red: false, codes: [] })
  expect(await at.company()).toBe('Acme')
})

test('fault 33: a proxy answers with its sign-in page: red, and nobody is taken for gone', async () => {
  const at = await stand()
  expect(await at.next()).toBeNull()
  const live = await at.live()
  for (const url of [at.twins.salesforceUrl, at.twins.hubspotUrl])
    await fetch(`${url}/_twin/faults`, { method: 'POST', headers: json, body: '{"fault": "login_page"}' })
  await at.control('edit', edit('Acme'))
  expect((await at.next())?.name).toBe('Unavailable')
  expect(await at.health()).toEqual({ red: true, codes: ['crm_unreachable'] })
  expect(await at.live()).toBe(live)
  for (const url of [at.twins.salesforceUrl, at.twins.hubspotUrl])
    await fetch(`${url}/_twin/faults`, { method: 'DELETE' })
  expect(await at.next()).toBeNull()
  expect(await at.health()).toEqual({ red: false, codes: [] })
  expect([await at.company(), await at.live()]).toEqual(['Acme', live])
})

test('fault 31: a scope is taken away: that object stands still and is named, everything else goes on', async () => {
  const at = await stand()
  expect(await at.next()).toBeNull()
  await at.control('settings', { scopes: SCOPES.filter(scope => scope !== 'crm.objects.deals.read') })
  await at.control('edit', edit('Acme'))
  const error = await at.next()
  expect(error).toMatchObject({ name: 'HubSpotRefused' })
  expect(error?.message).toMatch(/deals.*crm\.objects\.deals\.read/)
  expect(await at.company()).toBe('Acme')
  expect(await at.health()).toEqual({ red: true, codes: ['request_refused'] })
  expect(await at.page('/')).toMatch(
    /HubSpot refuses a request\.<\/strong> [\w ]+: HTTP 403 MISSING_SCOPES; grant the app one of: .*crm\.objects\.deals\.read\. Somebody/,
  )
  expect(await at.page('/api/sync')).toContain('crm.objects.deals.read')
  // It stays red while the others are read.
  await at.control('edit', edit('Umbrella'))
  expect(await at.next()).not.toBeNull()
  expect([await at.company(), (await at.health()).red]).toEqual(['Umbrella', true])
  await at.control('settings', { scopes: null })
  expect(await at.next()).toBeNull()
  expect(await at.health()).toEqual({ red: false, codes: [] })
})

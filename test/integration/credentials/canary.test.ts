import { randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { expect, onTestFinished, test } from 'vitest'
import { explain } from '../../../src/cli/errors.ts'
import { parseConfig } from '../../../src/config.ts'
import { logger } from '../../../src/log.ts'
import { Tally } from '../../../src/pipeline/context.ts'
import { round } from '../../../src/pipeline/round.ts'
import { listen } from '../../../src/server.ts'
import { services } from '../../../src/services.ts'
import type { Database } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { startTwins } from '../../../src/twins/host.ts'
import { freePort } from '../../e2e/port.ts'
import { createTestDatabase } from '../database.ts'
import { signal } from './stand.ts'

/** Every value of every table, as text; bytes as they are. */
async function dump(db: Database): Promise<string> {
  const { rows: tables } = await db.query<{ name: string }>(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public'`,
  )
  const parts = await Promise.all(
    tables.map(({ name }) =>
      db.query<{ text: string }>({
        text: `select coalesce(string_agg(t::text, ' '), '') as text from ${name} t`,
        values: [],
      }),
    ),
  )
  const bytes = await db.query<{ text: string }>(
    sql`select string_agg(encode(sealed, 'escape'), ' ') as text from credential`,
  )
  return [...parts, bytes].map(({ rows }) => rows[0]?.text ?? '').join('\n')
}

test('S1, S4, S8: no token, code, state, cookie, secret or key in any column, log line, page or error', async () => {
  const twins = await startTwins({ scenario: { people: 5, seed: 3 } })
  onTestFinished(() => twins.close())
  const port = await freePort()
  const key = randomBytes(32).toString('base64')
  const config = parseConfig({
    ...{ DATABASE_URL: await createTestDatabase(), LEADTIME_KEYS: key },
    ...{ LEADTIME_PUBLIC_URL: `http://127.0.0.1:${port}`, SALESFORCE_SIGN_IN: 'connect' },
    ...{ SALESFORCE_LOGIN_URL: twins.salesforceUrl, SALESFORCE_CLIENT_ID: twins.clientId },
    ...{ SALESFORCE_CLIENT_SECRET: twins.clientSecret, HUBSPOT_BASE_URL: twins.hubspotUrl },
    ...{ HUBSPOT_UI_URL: twins.hubspotUrl, HUBSPOT_CLIENT_ID: twins.clientId },
    ...{ HUBSPOT_CLIENT_SECRET: twins.clientSecret },
  })
  let said = ''
  const stream = new Writable({
    write(chunk, _encoding, done) {
      said += String(chunk)
      done()
    },
  })
  const made = await services(config, { log: logger('trace', stream) })
  onTestFinished(() => made.close())
  const url = await listen(made, { host: '127.0.0.1', port })
  const secrets = new Set<string>([key, twins.clientSecret])

  const form = { method: 'POST', redirect: 'manual', headers: { origin: url } } as const
  for (const vendor of ['salesforce', 'hubspot']) {
    const sent = await fetch(`${url}/connections/${vendor}/connect`, form)
    const cookie = sent.headers.get('set-cookie')!.split(';')[0]!
    const agreed = await fetch(sent.headers.get('location')!, {
      ...form,
      body: new URLSearchParams({ answer: 'allow' }),
    })
    const back = new URL(agreed.headers.get('location')!)
    for (const name of ['code', 'state']) secrets.add(back.searchParams.get(name)!)
    secrets.add(cookie.split('=')[1]!)
    // Shown once, and tried again with what is spent.
    for (let turn = 0; turn < 2; turn++) said += await (await fetch(back, { headers: { cookie } })).text()
  }
  const { db, crms, now, log } = made
  const go = () => round({ db, crms, now, log, signal, tally: new Tally() })
  await go()
  for (const { keeper } of made.connectors) {
    const grant = (await keeper!.read())!
    for (const token of [grant.accessToken, grant.refreshToken]) secrets.add(token)
  }
  for (const base of [twins.salesforceUrl, twins.hubspotUrl])
    await fetch(`${base}/_twin/grants`, { method: 'DELETE' })
  const error = await go().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  said += explain(error, { debug: true, verb: 'sync' }).line
  log.error(error)
  said += await (await fetch(`${url}/connections`)).text()
  said += await (await fetch(`${url}/`)).text()

  expect(said).toMatch(/connect (Salesforce|HubSpot) again/)
  expect(secrets.size).toBeGreaterThanOrEqual(12)
  const everything = said + (await dump(db))
  for (const secret of secrets) {
    expect(secret.length).toBeGreaterThan(10)
    expect(everything.includes(secret), secret.slice(0, 6)).toBe(false)
  }
})

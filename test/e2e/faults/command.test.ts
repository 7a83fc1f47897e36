import { describe, expect, onTestFinished, test } from 'vitest'
import type { Vendor } from '../../../src/domain/facts.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { type Ended, start } from '../../integration/cli/leadtime.ts'
import { ANSWERS, CALLS, REFUSAL } from '../../integration/faults/calls.ts'
import { type Stand, stand } from '../../integration/faults/stand.ts'
import { wire } from '../../integration/wire.ts'

const sync = (at: Stand, env = at.env): Promise<Ended> => start(['sync', '--once'], env).ended

async function totals({ twins }: Stand): Promise<{ total: number; same: number }[]> {
  const urls = [twins.salesforceUrl, twins.hubspotUrl]
  const answers = await Promise.all(urls.map(url => fetch(`${url}/_twin/writes?limit=0`)))
  return (await Promise.all(answers.map(answer => answer.json()))) as { total: number; same: number }[]
}

/** What was promised to the CRM is kept in the ledger, by instants. */
async function hourLater({ databaseUrl }: Stand): Promise<void> {
  const db = await openDatabase(databaseUrl, { connections: 1 })
  await db.query(sql`delete from budget`)
  await db.close()
}

const armed = (call: string, answer: Fault, times?: number): [Vendor, Fault] => {
  const { vendor, method, path } = CALLS[call]!
  return [vendor, { method, path, ...answer, ...(times && { times }) }]
}

const salesforce = /^leadtime: salesforce: .*\n$/
const hubspot = /^leadtime: hubspot: .*\n$/

describe('leadtime sync --once', { timeout: 120_000 }, () => {
  test.each([
    ['sign in', REFUSAL['HTTP 401']!, salesforce, /sign in: .*SALESFORCE_CLIENT_ID.*renew the credentials/],
    [
      'query',
      ANSWERS['a sign-in page with 200']!,
      salesforce,
      /query Lead: .*run it again when the CRM answers/,
    ],
    [
      'collections write',
      ANSWERS['HTTP 500']!,
      salesforce,
      /update lead: .*run it again when the CRM answers/,
    ],
    [
      'list',
      REFUSAL['HTTP 401']!,
      hubspot,
      /list contacts: HTTP 401; check HUBSPOT_TOKEN; renew the credentials/,
    ],
    ['batch update', ANSWERS['a connection that breaks before']!, hubspot, /update contact: no answer/],
  ])('%s fails for good: one line, exit code 1; then it goes on', async (call, answer, whose, says) => {
    const at = await stand()
    await at.arm(...armed(call, answer))
    const { code, stdout, stderr } = await sync(at)
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(whose)
    expect(stderr).toMatch(says)
    await at.disarm()
    expect((await sync(at)).code).toBe(0)
    const before = await totals(at)
    expect(before.map(({ same }) => same)).toEqual([0, 0])
    expect((await sync(at)).code).toBe(0)
    expect(await totals(at)).toEqual(before)
  })

  test('an hour that a CRM asks for is said, remembered by the next sync, and over when it is over', async () => {
    const at = await stand()
    await at.arm(...armed('owners', { status: 429, body: {}, headers: { 'retry-after': '3600' } }))
    const asked = await sync(at)
    expect([asked.code, asked.stdout]).toEqual([1, ''])
    expect(asked.stderr).toMatch(/^leadtime: hubspot: list owners: .*3600 s; .*later\n$/)
    await at.disarm()
    const hits = await at.hits()
    const again = await sync(at)
    expect([again.code, await at.hits()]).toEqual([1, hits])
    expect(again.stderr).toMatch(/^leadtime: hubspot: .*asked everybody to wait; .*later\n$/)
    await hourLater(at)
    expect((await sync(at)).code).toBe(0)
  })

  test('what passes is waited out without a word', async () => {
    const at = await stand()
    await at.arm(...armed('query', ANSWERS['HTTP 500']!, 1))
    await at.arm(...armed('collections write', ANSWERS['a connection that breaks after']!, 1))
    await at.arm(...armed('batch update', ANSWERS['HTTP 503 in HTML']!, 1))
    const { code, stderr } = await sync(at)
    expect([code, stderr]).toEqual([0, ''])
    expect((await totals(at)).map(({ same }) => same)).toEqual([0, 0])
  })

  test('a database that goes away while it reads is one line, and the next sync goes on', async () => {
    const at = await stand()
    const line = await wire(at.databaseUrl)
    onTestFinished(() => line.cut().catch(() => undefined))
    await at.arm('hubspot', { path: '/crm/objects/[^/]+/contacts', status: 500, body: {}, times: 3 })
    const running = start(['sync', '--once'], { ...at.env, DATABASE_URL: line.url, LOG_LEVEL: 'silent' })
    await running.before(expect.poll(() => at.hits(), { timeout: 20_000 }).toBeGreaterThan(0))
    await line.cut()
    const { code, stderr } = await running.ended
    expect(code).toBe(1)
    expect(stderr).toMatch(/^leadtime: database: .*check that PostgreSQL runs.*\n$/)
    await at.disarm()
    await line.mend()
    expect((await sync(at)).code).toBe(0)
    expect((await totals(at)).map(({ same }) => same)).toEqual([0, 0])
  })
})

describe('another account than the one the database holds', () => {
  test('Salesforce: refused before anything is read or written', async () => {
    const at = await stand()
    expect((await sync(at)).code).toBe(0)
    const before = await totals(at)
    const form = {
      grant_type: 'client_credentials',
      client_id: at.twins.clientId,
      client_secret: at.twins.clientSecret,
    }
    const url = `${at.twins.salesforceUrl}/services/oauth2/token`
    const token = (await (await fetch(url, { method: 'POST', body: new URLSearchParams(form) })).json()) as {
      id: string
    }
    const id = token.id.replace(/\/id\/\w+\//, '/id/00D000000000099EAA/')
    await at.arm('salesforce', { path: '/oauth2/token', status: 200, body: { ...token, id } })
    const { code, stderr } = await sync(at)
    expect(code).toBe(1)
    expect(stderr).toMatch(
      /^leadtime: salesforce: compare accounts: .*holds account 00D\w+, .* open 00D000000000099EAA; correct the credentials, or give .*; nothing was read or written\n$/,
    )
    expect(await totals(at)).toEqual(before)
  })

  test('HubSpot: refused before anything is read or written', async () => {
    const at = await stand()
    expect((await sync(at)).code).toBe(0)
    const before = await totals(at)
    await at.arm('hubspot', { path: '/account-info/', status: 200, body: { portalId: 7 } })
    const { code, stderr } = await sync(at)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^leadtime: hubspot: compare accounts: .*these credentials open 7; .*\n$/)
    expect(await totals(at)).toEqual(before)
  })
})

import { randomBytes } from 'node:crypto'
import { AxeBuilder } from '@axe-core/playwright'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { type Config, parseConfig } from '../../src/config.ts'
import { listen } from '../../src/server.ts'
import { type Services, services } from '../../src/services.ts'
import { readConnected } from '../../src/store/credentials.ts'
import { sql } from '../../src/store/sql.ts'
import { startTwins, type Twins } from '../../src/twins/host.ts'
import { createTestDatabase } from '../integration/database.ts'
import { DESKTOP, launch, PHONE } from './browser.ts'
import { freePort } from './port.ts'

let browser: Browser
let twins: Twins
beforeAll(async () => {
  browser = await launch()
  twins = await startTwins({ scenario: { people: 5, seed: 3 } })
})
afterAll(async () => {
  await browser.close()
  await twins.close()
})

interface Stand {
  url: string
  made: Services
  page: Page
}

async function config(port: number): Promise<Config> {
  return parseConfig({
    DATABASE_URL: await createTestDatabase(),
    LEADTIME_KEYS: randomBytes(32).toString('base64'),
    LEADTIME_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SALESFORCE_SIGN_IN: 'connect',
    SALESFORCE_LOGIN_URL: twins.salesforceUrl,
    SALESFORCE_CLIENT_ID: twins.clientId,
    SALESFORCE_CLIENT_SECRET: twins.clientSecret,
    HUBSPOT_BASE_URL: twins.hubspotUrl,
    HUBSPOT_UI_URL: twins.hubspotUrl,
    HUBSPOT_CLIENT_ID: twins.clientId,
    HUBSPOT_CLIENT_SECRET: twins.clientSecret,
    LOG_LEVEL: 'silent',
  })
}

async function stand(options = {}): Promise<Stand> {
  const port = await freePort()
  const made = await services(await config(port))
  onTestFinished(() => made.close())
  const url = await listen(made, { host: '127.0.0.1', port })
  const context = await browser.newContext({ ...DESKTOP, ...options })
  onTestFinished(() => context.close())
  const page = await context.newPage()
  await page.goto(`${url}/connections`)
  return { url, made, page }
}

const VENDORS = [
  ['Salesforce', 'salesforce', 'Allow'],
  ['HubSpot', 'hubspot', 'Connect app'],
] as const

describe.each(VENDORS)('%s', (name, vendor, allow) => {
  test('is connected by a person, works, and is disconnected: revoked there, wiped here', async () => {
    const { made, page } = await stand()
    await page.getByRole('button', { name: `Connect ${name}` }).click()
    await page.getByRole('button', { name: allow }).click()
    await page.getByText(`${name} is connected.`).waitFor()
    const crm = made.crms.find(one => one.vendor === vendor)!
    const account = await crm.account(new AbortController().signal)
    expect(await readConnected(made.db)).toEqual([{ vendor, account, refused: false }])
    await page.getByText(account).waitFor()
    await page.getByRole('button', { name: 'Disconnect' }).click()
    await page.getByText(`${name} is disconnected.`).waitFor()
    expect(await readConnected(made.db)).toEqual([])
    // The token that this process still has in its hands is over as well.
    await expect(crm.vitals(new AbortController().signal)).rejects.toThrow(/not connected/)
  })

  test('nothing changes when the person says no', async () => {
    const { made, page } = await stand()
    await page.getByRole('button', { name: `Connect ${name}` }).click()
    await page.getByRole('button', { name: /Deny|Cancel/ }).click()
    await page.getByText('The access was not allowed').waitFor()
    expect(await readConnected(made.db)).toEqual([])
  })

  test('S5: the way back serves once, in the browser that began, within ten minutes', async () => {
    const { made, url } = await stand()
    const headers = { origin: url, 'content-type': 'application/x-www-form-urlencoded' }
    /** What a browser has after its person agreed: its cookie, and where it is sent back to. */
    const begun = async () => {
      const form = { method: 'POST', headers, redirect: 'manual' } as const
      const sent = await fetch(`${url}/connections/${vendor}/connect`, form)
      const cookie = sent.headers.get('set-cookie')?.split(';')[0] ?? ''
      const agreed = await fetch(sent.headers.get('location')!, { ...form, body: 'answer=allow' })
      return { cookie, back: agreed.headers.get('location')! }
    }
    const goBack = async (to: string, cookie: string) =>
      (await fetch(to, { headers: { cookie }, redirect: 'manual' })).status
    const [one, two] = [await begun(), await begun()]
    expect(await goBack(one.back, '')).toBe(400)
    expect(await goBack(one.back, one.cookie)).toBe(400)
    expect(await goBack(two.back, (await begun()).cookie)).toBe(400)
    const late = await begun()
    await made.db.query(sql`update sign_in set expires_at = now() - interval '1 second'`)
    expect(await goBack(late.back, late.cookie)).toBe(400)
    expect(await readConnected(made.db)).toEqual([])
    const good = await begun()
    expect(await goBack(good.back, good.cookie)).toBe(303)
    expect(await goBack(good.back, good.cookie)).toBe(400)
  })
})

test('S5: what could be used elsewhere is neither in the address, the page nor the table', async () => {
  const { made, page } = await stand()
  const asked = page.waitForRequest(/oauth2\/authorize/)
  await page.getByRole('button', { name: 'Connect Salesforce' }).click()
  const address = new URL((await asked).url())
  expect(address.searchParams.get('code_challenge_method')).toBe('S256')
  expect(address.searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
  expect(address.href).not.toContain(twins.clientSecret)
  const [cookie] = await page.context().cookies()
  expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Lax' })
  const { rows } = await made.db.query<{ dump: string }>(
    sql`select string_agg(encode(state_hash, 'escape') || encode(browser_hash, 'escape'), '') as dump from sign_in`,
  )
  for (const secret of [address.searchParams.get('state')!, cookie!.value])
    expect(rows[0]!.dump).not.toContain(secret)
})

test('state changes come from our own page only', async () => {
  const { url, made } = await stand()
  const post = (headers: Record<string, string>) =>
    fetch(`${url}/connections/salesforce/connect`, { method: 'POST', headers, redirect: 'manual' })
  for (const headers of [
    {},
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { origin: url, 'sec-fetch-site': 'cross-site' },
  ] as Record<string, string>[])
    expect((await post(headers)).status).toBe(403)
  expect((await fetch(`${url}/connections/salesforce/connect`)).status).toBe(404)
  const { rows } = await made.db.query(sql`select from sign_in`)
  expect(rows).toEqual([])
  expect((await post({ origin: url })).status).toBe(303)
})

const LOOKS = [
  ['desktop', DESKTOP],
  ['dark', { ...DESKTOP, colorScheme: 'dark' }],
  ['phone', PHONE],
  ['phone-dark', { ...PHONE, colorScheme: 'dark' }],
] as const

test.each(LOOKS)(
  '%s: accessible, nothing sideways, with one connected and one not',
  async (look, options) => {
    const { page } = await stand(options)
    const check = async () => {
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id }) => id)).toEqual([])
      expect(
        await page.evaluate<number>(
          'document.documentElement.scrollWidth - document.documentElement.clientWidth',
        ),
      ).toBe(0)
      if (process.env.PICTURES)
        await page.screenshot({ path: `${process.env.PICTURES}/connections-${look}.png` })
    }
    await page.getByRole('button', { name: 'Connect HubSpot' }).click()
    await page.getByRole('button', { name: 'Connect app' }).click()
    await page.getByText('HubSpot is connected.').waitFor()
    await check()
  },
)

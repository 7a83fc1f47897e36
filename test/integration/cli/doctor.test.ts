import { randomBytes } from 'node:crypto'
import { expect, onTestFinished, test } from 'vitest'
import { startTwins } from '../../../src/twins/host.ts'
import { createTestDatabase } from '../database.ts'
import { leadtime } from './leadtime.ts'

async function environment() {
  const twins = await startTwins({ scenario: { people: 5, seed: 3 } })
  onTestFinished(() => twins.close())
  const arm = (url: string, fault: object) =>
    fetch(`${url}/_twin/faults`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(fault),
    })
  const env = {
    DATABASE_URL: await createTestDatabase(),
    SALESFORCE_LOGIN_URL: twins.salesforceUrl,
    SALESFORCE_CLIENT_ID: twins.clientId,
    SALESFORCE_CLIENT_SECRET: twins.clientSecret,
    HUBSPOT_BASE_URL: twins.hubspotUrl,
    HUBSPOT_UI_URL: twins.hubspotUrl,
    HUBSPOT_TOKEN: twins.token,
  }
  return { twins, arm, env }
}

interface Told {
  ok: boolean
  checks: { of: string; name: string; state: string; says: string; remedies: string[] }[]
}

test('when all is well it says so, and has written nothing', async () => {
  const { twins, env } = await environment()
  twins.clock.set(Date.now())
  const { code, stdout, stderr } = await leadtime(['doctor'], env)
  expect(stderr).toBe('')
  expect(stdout).toMatch(/All is well\.\n$/)
  expect(code).toBe(0)
  for (const url of [twins.salesforceUrl, twins.hubspotUrl]) {
    expect(await (await fetch(`${url}/_twin/writes?limit=0`)).json()).toMatchObject({ total: 0 })
  }
})

test('what is wrong is named with its remedy, and the other CRM is looked at all the same', async () => {
  const { twins, arm, env } = await environment()
  await arm(twins.hubspotUrl, {
    path: '/deals',
    status: 403,
    body: {
      ...{ category: 'MISSING_SCOPES', message: 'canary@example.com' },
      errors: [{ context: { requiredGranularScopes: ['crm.objects.deals.read'] } }],
    },
  })
  const { code, stdout } = await leadtime(['doctor', '--json'], {
    ...env,
    SALESFORCE_CLIENT_SECRET: 'canary-secret',
  })
  const { ok, checks } = JSON.parse(stdout) as Told
  expect([code, ok]).toEqual([1, false])
  const of = (vendor: string, name: string) =>
    checks.find(check => check.of === vendor && check.name === name)
  expect(of('salesforce', 'sign-in')).toMatchObject({
    state: 'bad',
    remedies: [expect.stringMatching(/invalid_client.*SALESFORCE_CLIENT_SECRET/)],
  })
  expect(of('salesforce', 'clock')).toMatchObject({ state: 'skipped' })
  expect(of('hubspot', 'rights and fields')).toMatchObject({
    state: 'bad',
    remedies: [expect.stringContaining('grant the app one of: crm.objects.deals.read')],
  })
  expect(of('hubspot', 'clock')).toMatchObject({ state: 'warn', says: expect.stringContaining('ahead of') })
  expect(stdout).not.toContain('canary')
})

test('a wrong variable, a dead database and keys that do not fit are lines of it, not its end', async () => {
  const { env } = await environment()
  const wrong = await leadtime(['doctor'], { ...env, PORT: 'x' })
  expect(wrong).toMatchObject({ code: 1, stderr: '' })
  expect(wrong.stdout).toMatch(/BAD {3}environment .*\n.*PORT is 'x'/)
  const dead = await leadtime(['doctor'], { ...env, DATABASE_URL: 'postgres://127.0.0.1:1/none' })
  expect(dead.stdout).toMatch(/BAD {3}database .*\n.*DATABASE_URL/)
  expect(dead.code).toBe(1)
  const key = randomBytes(32).toString('base64')
  const bad = await leadtime(['doctor'], { ...env, LEADTIME_KEYS: key.slice(8) })
  expect(bad.stdout).toMatch(/LEADTIME_KEYS has 26 bytes/)
  expect(bad.stdout).not.toContain(key.slice(8, 16))
})

test('change events are looked at when they are turned on', async () => {
  const { twins, env } = await environment()
  const of = async () => {
    const { stdout } = await leadtime(['doctor', '--json'], { ...env, SALESFORCE_CHANGE_EVENTS: 'on' })
    return (JSON.parse(stdout) as Told).checks.find(({ name }) => name === 'change events')
  }
  expect(await of()).toMatchObject({
    ...{ of: 'salesforce', state: 'warn' },
    remedies: expect.arrayContaining([expect.stringContaining('choose Lead under Setup')]),
  })
  await fetch(`${twins.salesforceUrl}/_twin/events`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ entities: ['Lead', 'Contact', 'Opportunity', 'Task', 'Event'] }),
  })
  expect(await of()).toMatchObject({ state: 'ok', says: 'told for every object' })
})

import { createHash, generateKeyPairSync } from 'node:crypto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { z } from 'zod'
import { type Grant, type Held, memoryKeeper, type TokenKeeper } from '../../../src/crm/credentials.ts'
import { AuthExpired, RateLimited, Unavailable } from '../../../src/crm/errors.ts'
import { HubSpotClient } from '../../../src/crm/hubspot/client.ts'
import { RETRY, type RetryPlan } from '../../../src/crm/retry.ts'
import { SalesforceClient } from '../../../src/crm/salesforce/client.ts'
import type { SalesforceOptions } from '../../../src/crm/salesforce/session.ts'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type HubspotTwinOptions, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { type SalesforceTwinOptions, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, NOW } from './company.ts'

const { signal } = new AbortController()
const QUICK: RetryPlan = { ...RETRY, tries: 2, random: () => 0, sleep: async () => undefined }
const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ed25519 = generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString()
/** Self-signed; nobody has its key. */
const CERTIFICATE = `-----BEGIN CERTIFICATE-----
MIIB9jCCAV+gAwIBAgIUBCWN+zYmkzgavyIv7yJ+o3OhKFMwDQYJKoZIhvcNAQEL
BQAwDDEKMAgGA1UEAwwBdDAgFw0yNjExMjYxNDQ0NDVaGA8yMTI2MTEwMjE0NDQ0
NVowDDEKMAgGA1UEAwwBdDCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAtj4W
jqaLMf2z3SYzJPooxHW+ZYAA4QH6+/WqYMvf7KfERoGMjXKZ0VlIa2h1twHZH8TR
oz8fQlyvsxJU2Bpy/cnT0zvHniM2wOPzsd6xJVJGjzXnUV/IVegNl6X+vl/jE2n0
loPt/nzq/HE9gqG4TevHz3dvU4P+1htP13lwrVMCAwEAAaNTMFEwHQYDVR0OBBYE
FHfWO2PBFiU4H8C8ln0V006tQyryMB8GA1UdIwQYMBaAFHfWO2PBFiU4H8C8ln0V
006tQyryMA8GA1UdEwEB/wQFMAMBAf8wDQYJKoZIhvcNAQELBQADgYEAMv26WR0m
h1oCRWL5EvczYHBSad+VKLrynG79ljQKFJyRbDl7/6QUBnPKn3of8FcG02oaLsFz
STUJYbAxNYjIIJ4NrtN8nPakWLAUns9z/+q7AiM9rjtSf53J62UyU6MlV2OgvE3i
ZWlkKEPkhANa2hxv4Stf4mUHGCjCdAUZBec=
-----END CERTIFICATE-----`
const USER = 'leadtime.integration@leadtime.example.com'

async function salesforce(options: Partial<SalesforceTwinOptions> = {}) {
  const twin = salesforceTwin({ clock: new VirtualClock(NOW), file: ':memory:', publicKey, ...options })
  onTestFinished(() => twin.close())
  twin.sink.begin(company)
  twin.sink.end()
  const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  const connect = (more: Partial<SalesforceOptions>) => {
    const own = { loginUrl: url, clientId: 'leadtime', apiVersion: '66.0', prefix: 'Leadtime', retry: QUICK }
    const client = new SalesforceClient({ ...own, ...more })
    onTestFinished(() => client.close())
    return client
  }
  return { app: twin.app, url, connect }
}

describe('Salesforce, by JWT', () => {
  test('signs in as the user, without a secret', async () => {
    const { connect } = await salesforce()
    expect(await connect({ jwt: { username: USER, key } }).account(signal)).toMatch(/^00D\w{15}$/)
  })

  test.each([
    ['another key', { username: USER, key: generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey }],
    ['a user who has not approved the app', { username: 'somebody@else.example', key }],
  ])('%s is refused with what to check', async (_, jwt) => {
    const { connect } = await salesforce()
    const refused = connect({ jwt }).account(signal)
    await expect(refused).rejects.toBeInstanceOf(AuthExpired)
    await expect(refused).rejects.toThrow(/invalid_grant; check SALESFORCE_USERNAME/)
  })

  test('an app without a certificate takes no assertion', async () => {
    const twin = salesforceTwin({ clock: new VirtualClock(NOW), file: ':memory:' })
    onTestFinished(() => twin.close())
    const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
    const { connect } = await salesforce()
    await expect(connect({ loginUrl: url, jwt: { username: USER, key } }).account(signal)).rejects.toThrow(
      /invalid_grant/,
    )
  })
})

describe('a certificate that is registered at the twin', () => {
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const asked = async (url: string, method: string, certificate?: string) => {
    const body = certificate === undefined ? undefined : JSON.stringify({ certificate })
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch(`${url}/_twin/certificate`, { method, ...(body && { body, headers }) })
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
  }

  test('lets clients in by JWT from then on, until it is taken away', async () => {
    const { url, connect } = await salesforce({ publicKey: undefined as never })
    const signIn = () => connect({ jwt: { username: USER, key } }).account(signal)
    expect((await asked(url, 'GET')).body).toEqual({
      ...{ certified: false, iss: 'leadtime', sub: USER },
      aud: ['https://login.salesforce.com', 'https://test.salesforce.com'],
    })
    await expect(signIn()).rejects.toThrow(/invalid_grant/)
    expect((await asked(url, 'PUT', pem)).body).toMatchObject({ certified: true })
    expect(await signIn()).toMatch(/^00D\w{15}$/)
    expect((await asked(url, 'DELETE')).body).toMatchObject({ certified: false })
    await expect(signIn()).rejects.toThrow(/invalid_grant/)
  })

  test('is taken as openssl makes it', async () => {
    const { url } = await salesforce({ publicKey: undefined as never })
    expect(await asked(url, 'PUT', CERTIFICATE)).toMatchObject({ status: 200, body: { certified: true } })
  })

  test.each([
    [
      'a private key',
      key.export({ type: 'pkcs8', format: 'pem' }).toString(),
      /is a private key: give the one made with it/,
    ],
    ['nonsense', 'nonsense', /is neither one nor a public key, in PEM/],
    ['a key of another kind', ed25519, /of an ed25519 key, but assertions are signed with RSA/],
    ['nothing', undefined, /give \{"certificate"/],
  ])('%s is none, and what was registered stays', async (_, given, words) => {
    const { url } = await salesforce()
    const { status, body } = await asked(url, 'PUT', given)
    expect([status, body.error]).toEqual([400, expect.stringMatching(words)])
    expect((await asked(url, 'GET')).body).toMatchObject({ certified: true })
  })
})

describe('S5: an answer that was tampered with', () => {
  test('names an instance that is not Salesforce: the token is not sent there', async () => {
    const elsewhere = await salesforce()
    const { app, url, connect } = await salesforce()
    const stranger = elsewhere.url.replace('127.0.0.1', 'stranger.example')
    app.faults.add({
      path: '/token$',
      status: 200,
      body: {
        access_token: 'canary',
        instance_url: stranger,
        id: `${url}/id/00D000000000099/005000000000001`,
      },
    })
    const client = connect({ clientSecret: 'leadtime-secret' })
    const read = client.get('limits', '/limits', z.unknown(), signal)
    await expect(read).rejects.toBeInstanceOf(Unavailable)
    await expect(read).rejects.toThrow(/not Salesforce; the token is not sent there/)
    await expect(read).rejects.not.toThrow(/canary|stranger/)
  })
})

test('a token endpoint that asks to wait is waited for, not asked at once', async () => {
  const { app, connect } = await salesforce()
  app.faults.add({ path: '/token$', status: 429, headers: { 'retry-after': '40' } })
  await expect(connect({ clientSecret: 'leadtime-secret' }).account(signal)).rejects.toSatisfy(
    error => error instanceof RateLimited && error.waitMs === 40_000,
  )
})

/** A keeper in memory that begins with this grant. */
function keeperOf(first: Grant): TokenKeeper & { kept: Grant[] } {
  const kept = [first]
  const held: Held = {
    get grant() {
      return kept.at(-1) ?? null
    },
    replace: async grant => void kept.push(grant),
    refuse: async () => void kept.splice(0),
  }
  return { kept, read: async () => held.grant, exclusively: (_signal, work) => work(held) }
}

async function hubspot(options: Partial<HubspotTwinOptions> = {}) {
  const oauthApp = { clientId: 'leadtime', clientSecret: 'leadtime-secret' }
  const twin = hubspotTwin({
    clock: new VirtualClock(NOW),
    file: ':memory:',
    token: 'fixed',
    oauthApp,
    ...options,
  })
  onTestFinished(() => twin.close())
  const url = await twin.app.listen({ port: 0, host: '127.0.0.1' })
  const form = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const post = (path: string, more: Record<string, string>) =>
    fetch(`${url}${path}`, { method: 'POST', body: new URLSearchParams({ ...form, ...more }) })
  const client = (keeper: TokenKeeper) => {
    const own = { baseUrl: url, uiUrl: url, api: '2026-09', prefix: 'Leadtime', retry: QUICK } as const
    const made = new HubSpotClient({ ...own, oauth: { ...oauthApp, keeper } })
    onTestFinished(() => made.close())
    return () => made.get('account details', z.unknown(), '/account-info/v3/details', signal)
  }
  /** What somebody who agreed gave. */
  const agreed = async (): Promise<{ access_token: string; refresh_token: string }> => {
    const asked = new URLSearchParams({
      client_id: 'leadtime',
      redirect_uri: 'http://127.0.0.1/back',
      scope: 'oauth',
    })
    const page = await fetch(`${url}/oauth/authorize?${asked}`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: 'allow' }) },
    })
    const code = new URL(page.headers.get('location')!).searchParams.get('code')!
    const grant = { grant_type: 'authorization_code', code, redirect_uri: 'http://127.0.0.1/back' }
    return (await (await post('/oauth/2026-09/token', grant)).json()) as never
  }
  const tokenCalls = () =>
    Object.entries(twin.app.counters.state().calls).reduce(
      (n, [route, c]) => n + (/\/token$/.test(route) ? c : 0),
      0,
    )
  return { app: twin.app, url, post, client, agreed, tokenCalls }
}

describe('HubSpot, by OAuth', () => {
  const grantOf = (answer: { access_token: string; refresh_token: string }, expiresAt: number): Grant => ({
    ...{ account: '24681357', accessToken: answer.access_token, refreshToken: answer.refresh_token },
    ...{ expiresAt, instanceUrl: null },
  })

  test('renews a token that is about to end before it is used: no call meets a 401', async () => {
    const { app, client, agreed, tokenCalls } = await hubspot()
    const ask = client(keeperOf(grantOf(await agreed(), Date.now() + 60_000)))
    const before = tokenCalls()
    await Promise.all([ask(), ask(), ask()])
    expect(tokenCalls() - before).toBe(1)
    expect(app.requests.after(0, 1000).requests.filter(({ status }) => status === 401)).toEqual([])
  })

  test('renews once on a 401, though the time was not up', async () => {
    let real = 0
    const { client, agreed, tokenCalls } = await hubspot({ real: () => real })
    const ask = client(keeperOf(grantOf(await agreed(), Date.now() + 3_600_000)))
    const before = tokenCalls()
    real = 1_801_000
    await Promise.all([ask(), ask(), ask()])
    expect(tokenCalls() - before).toBe(1)
  })

  test('a token that is refused for ever is renewed once a call, not without end', async () => {
    const { app, client, agreed, tokenCalls } = await hubspot()
    const ask = client(keeperOf(grantOf(await agreed(), Date.now() + 3_600_000)))
    app.faults.add({ path: '/account-info/', status: 401, body: {} })
    const before = tokenCalls()
    const refused = ask()
    await expect(refused).rejects.toBeInstanceOf(AuthExpired)
    expect(tokenCalls() - before).toBe(1)
    // Nobody who signs in by an app has a HUBSPOT_TOKEN.
    await expect(refused).rejects.toThrow(/HTTP 401; connect HubSpot again on the page \/connections$/)
  })

  test('a token granted for less than a call needs is answered by the twin with the scope', async () => {
    const { url, agreed, tokenCalls } = await hubspot()
    const { access_token } = await agreed()
    const before = tokenCalls()
    const headers = { authorization: `Bearer ${access_token}` }
    const answer = await fetch(`${url}/crm/objects/2026-09/deals`, { headers })
    expect(answer.status).toBe(403)
    expect(await answer.json()).toMatchObject({
      category: 'MISSING_SCOPES',
      errors: [{ context: { requiredGranularScopes: ['crm.objects.deals.read'] } }],
    })
    expect((await fetch(`${url}/account-info/v3/details`, { headers })).status).toBe(200)
    expect(tokenCalls()).toBe(before)
  })
})

describe('the HubSpot twin', () => {
  test('tokens end after thirty minutes, and say so', async () => {
    let real = 0
    const { url, agreed } = await hubspot({ real: () => real })
    const { access_token } = await agreed()
    const call = () =>
      fetch(`${url}/account-info/v3/details`, { headers: { authorization: `Bearer ${access_token}` } })
    real = 1_799_000
    expect((await call()).status).toBe(200)
    real = 1_807_000
    const late = await call()
    expect(late.status).toBe(401)
    expect(await late.json()).toMatchObject({
      category: 'EXPIRED_AUTHENTICATION',
      message: 'The OAuth token used to make this call expired 7 second(s) ago.',
    })
  })

  test.each(['/oauth/v3/token', '/oauth/2026-09/token'])('%s tells and ends tokens', async path => {
    const { url, post, agreed } = await hubspot()
    const { access_token, refresh_token } = await agreed()
    const look = async (token: string) => await (await post(`${path}/introspect`, { token })).json()
    expect(await look(access_token)).toMatchObject({ active: true, hub_id: 24_681_357, scopes: ['oauth'] })
    expect((await post(`${path}/revoke`, { token: refresh_token })).status).toBe(200)
    expect(await look(access_token)).toEqual({ active: false })
    const call = await fetch(`${url}/account-info/v3/details`, {
      headers: { authorization: `Bearer ${access_token}` },
    })
    expect(call.status).toBe(401)
    const again = await post(path, { grant_type: 'refresh_token', refresh_token })
    expect(await again.json()).toMatchObject({ error: 'invalid_grant', status: 'BAD_REFRESH_TOKEN' })
  })
})

describe('the Salesforce twin', () => {
  const VERIFIER = 'v'.repeat(43)
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url')

  async function code(url: string, more: Record<string, string> = {}): Promise<string> {
    const asked = {
      ...{ response_type: 'code', client_id: 'leadtime', redirect_uri: 'http://127.0.0.1/back' },
      ...{ code_challenge: challenge, code_challenge_method: 'S256', ...more },
    }
    const page = await fetch(`${url}/services/oauth2/authorize?${new URLSearchParams(asked)}`, {
      ...{ method: 'POST', redirect: 'manual', body: new URLSearchParams({ answer: 'allow' }) },
    })
    return new URL(page.headers.get('location') ?? 'http://none').searchParams.get('code') ?? ''
  }
  const redeem = async (url: string, given: string, more: Record<string, string> = {}) => {
    const form = {
      ...{ grant_type: 'authorization_code', client_id: 'leadtime', client_secret: 'leadtime-secret' },
      ...{ code: given, redirect_uri: 'http://127.0.0.1/back', code_verifier: VERIFIER, ...more },
    }
    const answer = await fetch(`${url}/services/oauth2/token`, {
      method: 'POST',
      body: new URLSearchParams(form),
    })
    return (await answer.json()) as { error?: string; access_token?: string; refresh_token?: string }
  }

  test.each([
    ['another verifier', { code_verifier: 'w'.repeat(43) }, 'invalid_grant'],
    ['another callback', { redirect_uri: 'http://127.0.0.1/other' }, 'redirect_uri_mismatch'],
    ['another secret', { client_secret: 'x' }, 'invalid_client'],
  ])('refuses a code with %s', async (_, form, error) => {
    const { url } = await salesforce()
    expect(await redeem(url, await code(url), form)).toMatchObject({ error })
  })

  test('refuses a challenge that is not S256, and a callback that is not the app’s', async () => {
    const { url } = await salesforce({ callbacks: ['https://leadtime.acme.com/back'] })
    expect(await code(url)).toBe('')
    const other = await salesforce()
    expect(await code(other.url, { code_challenge_method: 'plain' })).toBe('')
  })

  test('a code that is redeemed twice ends what it gave', async () => {
    const { url } = await salesforce()
    const given = await code(url)
    const { refresh_token = '' } = await redeem(url, given)
    expect(await redeem(url, given)).toMatchObject({ error: 'invalid_grant' })
    expect(await redeem(url, '', { grant_type: 'refresh_token', refresh_token })).toMatchObject({
      error: 'invalid_grant',
    })
  })

  test('rotates: each use ends the refresh token before; the sixth grant of a user ends the first', async () => {
    const { url } = await salesforce({ rotates: true })
    const grants = []
    for (let i = 0; i < 6; i++) grants.push(await redeem(url, await code(url)))
    const renew = (refresh_token = '') => redeem(url, '', { grant_type: 'refresh_token', refresh_token })
    expect(await renew(grants[0]?.refresh_token)).toMatchObject({ error: 'invalid_grant' })
    const next = await renew(grants[5]?.refresh_token)
    expect(next.refresh_token).not.toBe(grants[5]?.refresh_token)
    expect(await renew(grants[5]?.refresh_token)).toMatchObject({ error: 'invalid_grant' })
  })
})

test('a refresh token of the environment that rotates is followed for as long as the process lives', async () => {
  const { connect, url } = await salesforce({ rotates: true })
  const client = connect({ clientSecret: 'leadtime-secret', keeper: memoryKeeper('leadtime-refresh') })
  for (let turn = 0; turn < 3; turn++) {
    await client.get('limits', '/limits', z.unknown(), signal)
    await fetch(`${url}/_twin/sessions`, { method: 'DELETE' })
  }
})

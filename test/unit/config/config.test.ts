import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ConfigError, debugging, parseConfig, VARIABLES } from '../../../src/config.ts'

const refusal = (env: Record<string, string>): string => {
  try {
    parseConfig(env)
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError)
    return (error as Error).message
  }
  throw new Error('was accepted')
}

const SALESFORCE = {
  SALESFORCE_LOGIN_URL: 'https://acme.my.salesforce.com/',
  SALESFORCE_CLIENT_ID: 'id',
  SALESFORCE_CLIENT_SECRET: 'secret',
}

describe('the environment', () => {
  test('is complete without any variable', () => {
    expect(parseConfig({ LEADTIME_POLICY: 'package.json' })).toEqual({
      databaseUrl: null,
      redisUrl: null,
      salesforce: null,
      hubspot: null,
      webhooks: null,
      keys: null,
      publicUrl: null,
      policyFile: 'package.json',
      dataDir: resolve('.leadtime'),
      host: '127.0.0.1',
      port: 3000,
      logLevel: 'info',
      budget: { salesforce: 0.25, hubspot: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 },
      pollMs: 60_000,
    })
  })

  test('an empty variable counts as unset', () => {
    expect(parseConfig({ PORT: '', HUBSPOT_TOKEN: ' ' })).toEqual(parseConfig({}))
  })

  test('connects a CRM when its credentials are there', () => {
    const config = parseConfig({ ...SALESFORCE, HUBSPOT_TOKEN: 'pat', HUBSPOT_API: 'v3' })
    expect(config.salesforce).toEqual({
      signIn: 'client_credentials',
      loginUrl: 'https://acme.my.salesforce.com',
      clientId: 'id',
      clientSecret: 'secret',
      refreshToken: null,
      username: null,
      privateKeyFile: null,
      apiVersion: '66.0',
      changeEvents: false,
    })
    expect(config.hubspot).toMatchObject({ token: 'pat', api: 'v3', baseUrl: 'https://api.hubapi.com' })
  })

  test('takes webhooks when it can tell who sends them and where', () => {
    const publicUrl = 'https://leadtime.acme.com'
    const app = { HUBSPOT_TOKEN: 'pat', HUBSPOT_CLIENT_SECRET: 'hush' }
    const config = parseConfig({ ...app, LEADTIME_PUBLIC_URL: `${publicUrl}/` })
    expect(config.webhooks).toEqual({ secret: 'hush', publicUrl })
    expect(parseConfig({ LEADTIME_PUBLIC_URL: publicUrl }).webhooks).toBeNull()
    expect(parseConfig(app).webhooks).toBeNull()
  })

  test('a mark to go on above the mark to wait is refused', () => {
    const env = { BUDGET_PAUSE_AT: '60', BUDGET_RESUME_BELOW: '70' }
    expect(() => parseConfig(env)).toThrow(
      "BUDGET_RESUME_BELOW is '70' but must not be above BUDGET_PAUSE_AT",
    )
  })

  test('is frozen, its parts too', () => {
    const config = parseConfig({ ...SALESFORCE, HUBSPOT_TOKEN: 'pat' })
    expect([config, config.salesforce, config.hubspot].every(Object.isFrozen)).toBe(true)
  })

  test.each([
    ['DATABASE_URL', 'mysql://host/db'],
    ['DATABASE_URL', 'localhost'],
    ['REDIS_URL', 'http://host'],
    ['LEADTIME_KEYS', 'two words'],
    ['LEADTIME_PUBLIC_URL', 'acme'],
    ['SALESFORCE_SIGN_IN', 'password'],
    ['SALESFORCE_USERNAME', 'two words'],
    ['SALESFORCE_PRIVATE_KEY_FILE', '/no/such/key.pem'],
    ['HUBSPOT_CLIENT_ID', 'two words'],
    ['HUBSPOT_CLIENT_SECRET', 'two words'],
    ['SALESFORCE_LOGIN_URL', 'acme'],
    ['SALESFORCE_CLIENT_ID', 'two words'],
    ['SALESFORCE_CLIENT_SECRET', 'two words'],
    ['SALESFORCE_REFRESH_TOKEN', 'two words'],
    ['SALESFORCE_API_VERSION', '66'],
    ['HUBSPOT_BASE_URL', 'ftp://host'],
    ['HUBSPOT_TOKEN', 'two words'],
    ['HUBSPOT_API', 'v4'],
    ['HUBSPOT_UI_URL', 'app'],
    ['LEADTIME_POLICY', '/no/such/policy.yml'],
    ['HOST', 'a b'],
    ['PORT', '65536'],
    ['PORT', '3000.5'],
    ['PORT', '-1'],
    ['LOG_LEVEL', 'loud'],
    ['POLL_SECONDS', '0'],
    ['POLL_SECONDS', '1e9'],
  ])('%s=%s is refused by name, with what it has to be', (name, value) => {
    const message = refusal({ [name]: value })
    expect(message).toContain(`${name} `)
    expect(message).toContain('must be ')
    expect(message.split('\n')).toHaveLength(1)
    const { secret } = VARIABLES[name as keyof typeof VARIABLES]
    if (secret) expect(message).not.toContain(value)
    else expect(message).toContain(`'${value}'`)
  })

  test('names all that is wrong at once', () => {
    const message = refusal({ PORT: 'x', LOG_LEVEL: 'loud', POLL_SECONDS: 'often' })
    expect(message).toMatch(/PORT .*LOG_LEVEL .*POLL_SECONDS /)
  })

  test('half the Salesforce credentials name the missing half', () => {
    expect(
      refusal({ SALESFORCE_CLIENT_ID: 'id', SALESFORCE_LOGIN_URL: 'https://a.my.salesforce.com' }),
    ).toContain(
      'SALESFORCE_CLIENT_SECRET must be set together with SALESFORCE_LOGIN_URL and SALESFORCE_CLIENT_ID',
    )
  })

  const KEY = '3q2+7wEjRWeJq83vuqqrze8BI0VniavN76qqzQEjRWc='
  const APP = { SALESFORCE_LOGIN_URL: 'https://a.my.salesforce.com', SALESFORCE_CLIENT_ID: 'id' }

  test.each([
    ['jwt', { ...APP, SALESFORCE_USERNAME: 'sync@acme.com', SALESFORCE_PRIVATE_KEY_FILE: 'package.json' }],
    ['refresh_token', { ...SALESFORCE, SALESFORCE_REFRESH_TOKEN: 'r' }],
    ['connect', { ...SALESFORCE, SALESFORCE_SIGN_IN: 'connect', LEADTIME_KEYS: KEY }],
  ])('Salesforce is signed in to by %s', (signIn, env) => {
    expect(parseConfig(env).salesforce).toMatchObject({ signIn })
  })

  test.each([
    [{ ...SALESFORCE, SALESFORCE_SIGN_IN: 'connect' }, 'LEADTIME_KEYS must be set together with'],
    [{ ...APP, SALESFORCE_USERNAME: 'sync@acme.com' }, 'SALESFORCE_PRIVATE_KEY_FILE must be set together'],
    [
      { HUBSPOT_CLIENT_ID: 'id', LEADTIME_KEYS: KEY },
      'HUBSPOT_CLIENT_SECRET must be set together with HUBSPOT_CLIENT_ID',
    ],
    [{ ...SALESFORCE, SALESFORCE_LOGIN_URL: 'https://login.salesforce.com' }, 'My Domain'],
    [{ LEADTIME_KEYS: '1:c2hvcnQ=' }, 'key 1 of LEADTIME_KEYS has 5 bytes'],
  ])('%j is refused: %s', (env, why) => {
    expect(refusal(env as Record<string, string>)).toContain(why)
  })

  test('HubSpot is connected by its app when there is no token', () => {
    const app = { HUBSPOT_CLIENT_ID: 'id', HUBSPOT_CLIENT_SECRET: 'secret' }
    expect(parseConfig({ ...app, LEADTIME_KEYS: KEY }).hubspot).toMatchObject({ token: null, clientId: 'id' })
    expect(parseConfig({ ...app, HUBSPOT_TOKEN: 'pat' }).hubspot).toMatchObject({ token: 'pat' })
  })

  test('credentials travel over https only, except within this machine', () => {
    expect(refusal({ HUBSPOT_TOKEN: 'pat', HUBSPOT_BASE_URL: 'http://api.example.com' })).toContain(
      'must be https',
    )
    for (const host of ['127.0.0.1:8080', 'localhost:1', '[::1]:9']) {
      const config = parseConfig({ HUBSPOT_TOKEN: 'pat', HUBSPOT_BASE_URL: `http://${host}` })
      expect(config.hubspot?.baseUrl).toBe(`http://${host}`)
    }
  })

  test('debugging never throws, whatever the environment', () => {
    expect(debugging({ LOG_LEVEL: 'debug', PORT: 'x' })).toBe(true)
    expect(debugging({ LOG_LEVEL: 'nonsense' })).toBe(false)
    expect(debugging({})).toBe(false)
  })
})

describe('.env.example', () => {
  const lines = readFileSync('.env.example', 'utf8').split('\n')
  const set = lines.filter(line => /^[A-Z_]+=/.test(line)).map(line => line.split('=') as [string, string])

  test('names exactly the variables that are read', () => {
    expect(set.map(([name]) => name).sort()).toEqual(Object.keys(VARIABLES).sort())
  })

  test('is itself a valid environment, and equal to the defaults', () => {
    expect(parseConfig(Object.fromEntries(set))).toEqual(parseConfig({}))
  })

  test('each variable has a comment above it', () => {
    for (const [name] of set) {
      const at = lines.findIndex(line => line.startsWith(`${name}=`))
      const block = lines.slice(0, at).reverse()
      const gap = block.indexOf('')
      expect(
        block.slice(0, gap).some(line => line.startsWith('# ')),
        name,
      ).toBe(true)
    }
  })
})

import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { z } from 'zod'
import {
  type HubSpotConfig,
  hubspotOf,
  type SalesforceConfig,
  salesforceOf,
  signInProblems,
} from './sign-in.ts'
import { KeyRefused, Keyring } from './store/keyring.ts'

/** One or more variables are wrong; the message names each with what it is and how to put it right. */
export class ConfigError extends Error {
  override name = 'ConfigError'
}

const url = (...protocols: string[]) =>
  z.url({ protocol: new RegExp(`^(${protocols.join('|')})$`) }).transform(text => text.replace(/\/+$/, ''))
const whole = (min: number, max: number) =>
  z.string().regex(/^\d+$/).transform(Number).pipe(z.number().min(min).max(max))
/** Percent in the environment, of one in the program. */
const share = (min: number, usual: number, max = 100) =>
  whole(min, max)
    .transform(percent => percent / 100)
    .prefault(`${usual}`)
const secret = z.string().min(1).regex(/^\S+$/)
const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/

interface Variable<T extends z.ZodType = z.ZodType> {
  schema: T
  /** What it has to be, as the end of `must be …`. */
  expected: string
  /** A secret's value is never repeated. */
  secret?: true
}
const variable = <T extends z.ZodType>(schema: T, expected: string, isSecret?: true): Variable<T> => ({
  schema,
  expected,
  ...(isSecret && { secret: isSecret }),
})

/** Every environment variable the service reads. .env.example explains them to the reader. */
export const VARIABLES = {
  DATABASE_URL: variable(
    url('postgres', 'postgresql').optional(),
    'a PostgreSQL address such as postgres://user:password@host:5432/leadtime',
    true,
  ),
  REDIS_URL: variable(url('redis', 'rediss').optional(), 'a Redis address such as redis://host:6379', true),
  LEADTIME_KEYS: variable(
    secret.optional(),
    '<number>:<32 bytes in base64>, the newest with the highest number, without spaces',
    true,
  ),
  LEADTIME_PUBLIC_URL: variable(
    url('https?').optional(),
    'the https address under which others reach this service, such as https://leadtime.acme.com',
  ),
  SALESFORCE_SIGN_IN: variable(
    z.enum(['client_credentials', 'jwt', 'refresh_token', 'connect']).optional(),
    'one of client_credentials, jwt, refresh_token, connect',
  ),
  SALESFORCE_LOGIN_URL: variable(
    url('https?').optional(),
    'the https address of your Salesforce My Domain, such as https://acme.my.salesforce.com',
  ),
  SALESFORCE_CLIENT_ID: variable(
    secret.optional(),
    'the consumer key of the connected app, without spaces',
    true,
  ),
  SALESFORCE_CLIENT_SECRET: variable(
    secret.optional(),
    'the consumer secret of the connected app, without spaces',
    true,
  ),
  SALESFORCE_REFRESH_TOKEN: variable(secret.optional(), 'a refresh token, without spaces', true),
  SALESFORCE_USERNAME: variable(secret.optional(), 'the user name of the integration user, without spaces'),
  SALESFORCE_PRIVATE_KEY_FILE: variable(
    z.string().min(1).refine(existsSync).optional(),
    'the path of an existing file with an RSA key in PEM',
  ),
  SALESFORCE_API_VERSION: variable(
    z
      .string()
      .regex(/^\d{2}\.0$/)
      .default('66.0'),
    'an API version such as 66.0',
  ),
  SALESFORCE_CHANGE_EVENTS: variable(z.enum(['on', 'off']).default('off'), 'on or off'),
  HUBSPOT_BASE_URL: variable(url('https?').default('https://api.hubapi.com'), 'an https address'),
  HUBSPOT_TOKEN: variable(
    secret.optional(),
    'the access token of a HubSpot private app, without spaces',
    true,
  ),
  HUBSPOT_CLIENT_ID: variable(secret.optional(), 'the client id of the HubSpot app, without spaces', true),
  HUBSPOT_CLIENT_SECRET: variable(
    secret.optional(),
    'the client secret of the HubSpot app, without spaces',
    true,
  ),
  HUBSPOT_API: variable(z.enum(['2026-09', 'v3']).default('2026-09'), '2026-09 or v3'),
  HUBSPOT_UI_URL: variable(url('https?').default('https://app.hubspot.com'), 'an https address'),
  LEADTIME_POLICY: variable(
    z.string().min(1).refine(existsSync).optional(),
    'the path of an existing policy file; unset it to use ./policy.yml or the built-in policy',
  ),
  LEADTIME_DATA: variable(z.string().min(1).default('.leadtime'), 'the path of a folder'),
  HOST: variable(
    z.string().min(1).regex(/^\S+$/).default('127.0.0.1'),
    'an address of this machine such as 127.0.0.1',
  ),
  PORT: variable(whole(0, 65_535).default(3000), 'a whole number from 0 to 65535'),
  LOG_LEVEL: variable(
    z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
    'one of trace, debug, info, warn, error, fatal, silent',
  ),
  SALESFORCE_BUDGET: variable(share(1, 25), 'a whole number of percent from 1 to 100'),
  HUBSPOT_BUDGET: variable(share(1, 50), 'a whole number of percent from 1 to 100'),
  BUDGET_RESERVE: variable(share(0, 10, 40), 'a whole number of percent from 0 to 40'),
  BUDGET_PAUSE_AT: variable(share(1, 95), 'a whole number of percent from 1 to 100'),
  BUDGET_RESUME_BELOW: variable(share(1, 75), 'a whole number of percent from 1 to 100'),
  POLL_SECONDS: variable(whole(1, 86_400).default(60), 'a whole number of seconds from 1 to 86400'),
} satisfies Record<string, Variable>

type Variables = { [Name in keyof typeof VARIABLES]: z.output<(typeof VARIABLES)[Name]['schema']> }

/** The environment, checked. Frozen; the only thing the rest of the program knows of it. */
export interface Config {
  /** null: the service runs a PostgreSQL of its own below `dataDir`. */
  readonly databaseUrl: string | null
  /** null: the queue lives in PostgreSQL. */
  readonly redisUrl: string | null
  /** null: not connected. */
  readonly salesforce: SalesforceConfig | null
  /** null: not connected. */
  readonly hubspot: HubSpotConfig | null
  /** HubSpot may tell us what has changed; null: it is only asked. */
  readonly webhooks: null | {
    /** Signs what HubSpot sends. */
    readonly secret: string
    /** Where HubSpot reaches this service, without a slash at the end. */
    readonly publicUrl: string
  }
  /** What encrypts credentials in the database; null: none can be kept there. */
  readonly keys: Keyring | null
  /** Where browsers and HubSpot reach this service, without a slash at the end; null: CRMs cannot be connected from its pages. */
  readonly publicUrl: string | null
  /** Path of the policy file; null: the built-in policy. */
  readonly policyFile: string | null
  /** Absolute path of the folder for what the service keeps on disk. */
  readonly dataDir: string
  readonly host: string
  readonly port: number
  readonly logLevel: Variables['LOG_LEVEL']
  /** How much of the CRMs' API calls we may take; shares of one. */
  readonly budget: {
    /** Of the account's day. */
    readonly salesforce: number
    readonly hubspot: number
    /** Of that, what each lane leaves to those before it. */
    readonly reserve: number
    /** Of the account's day, whoever used it: where changes wait, and below what they go on. */
    readonly pauseAt: number
    readonly resumeBelow: number
  }
  /** Milliseconds between two pulls. */
  readonly pollMs: number
}

type Environment = Readonly<Record<string, string | undefined>>

/** The environment of this process; a file .env in the working directory fills in what is not set. */
export function loadConfig(): Config {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return parseConfig(process.env)
}

/** Checks the environment, all variables at once. An empty variable counts as unset. Throws {@link ConfigError}. */
export function parseConfig(env: Environment): Config {
  const problems: string[] = []
  const values: Record<string, unknown> = {}
  for (const [name, { schema, expected, ...rest }] of Object.entries<Variable>(VARIABLES)) {
    const given = env[name]?.trim() || undefined
    const parsed = schema.safeParse(given)
    if (parsed.success) values[name] = parsed.data
    else problems.push(`${name}${'secret' in rest ? '' : ` is '${given}' but`} must be ${expected}`)
  }
  const checked = values as Variables
  const keys = keyring(checked.LEADTIME_KEYS, problems)
  problems.push(...together(checked, name => problems.some(line => line.startsWith(`${name} `))))
  if (problems.length) throw new ConfigError(`the environment needs a correction: ${problems.join('; ')}`)
  return config(checked, keys)
}

const SECURE = ['SALESFORCE_LOGIN_URL', 'HUBSPOT_BASE_URL', 'HUBSPOT_UI_URL', 'LEADTIME_PUBLIC_URL'] as const

/** Rules over several variables. */
function* together(v: Variables, bad: (name: string) => boolean): Iterable<string> {
  yield* signInProblems(v, bad)
  if (v.BUDGET_RESUME_BELOW > v.BUDGET_PAUSE_AT && !bad('BUDGET_RESUME_BELOW') && !bad('BUDGET_PAUSE_AT'))
    yield `BUDGET_RESUME_BELOW is '${Math.round(100 * v.BUDGET_RESUME_BELOW)}' but must not be above BUDGET_PAUSE_AT`
  for (const name of SECURE) {
    const given = v[name]
    if (given?.startsWith('http:') && !LOOPBACK.test(new URL(given).hostname)) {
      yield `${name} is '${given}' but must be https, as it carries credentials (http only to this machine)`
    }
  }
}

/** The keys; what is wrong with them is added to `problems`. */
function keyring(text: string | undefined, problems: string[]): Keyring | null {
  try {
    return text === undefined ? null : Keyring.parse(text)
  } catch (error) {
    if (!(error instanceof KeyRefused)) throw error
    problems.push(error.message)
    return null
  }
}

function config(v: Variables, keys: Keyring | null): Config {
  return Object.freeze({
    databaseUrl: v.DATABASE_URL ?? null,
    redisUrl: v.REDIS_URL ?? null,
    salesforce: salesforceOf(v),
    hubspot: hubspotOf(v),
    webhooks:
      v.HUBSPOT_CLIENT_SECRET && v.LEADTIME_PUBLIC_URL
        ? Object.freeze({ secret: v.HUBSPOT_CLIENT_SECRET, publicUrl: v.LEADTIME_PUBLIC_URL })
        : null,
    keys,
    publicUrl: v.LEADTIME_PUBLIC_URL ?? null,
    policyFile: v.LEADTIME_POLICY ?? (existsSync('policy.yml') ? 'policy.yml' : null),
    dataDir: resolve(v.LEADTIME_DATA),
    host: v.HOST,
    port: v.PORT,
    logLevel: v.LOG_LEVEL,
    budget: Object.freeze({
      ...{ salesforce: v.SALESFORCE_BUDGET, hubspot: v.HUBSPOT_BUDGET, reserve: v.BUDGET_RESERVE },
      ...{ pauseAt: v.BUDGET_PAUSE_AT, resumeBelow: v.BUDGET_RESUME_BELOW },
    }),
    pollMs: v.POLL_SECONDS * 1000,
  })
}

/** Whether the reader asked for stack traces; never throws, as it is asked while an error is being told. */
export const debugging = (env: Environment = process.env): boolean =>
  /^(debug|trace)$/.test(env.LOG_LEVEL ?? '')

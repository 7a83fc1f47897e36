/** How the service signs in to each CRM, as the environment says; rules over several variables. */

/** The variables it depends on, checked one by one already. */
export interface SignInVariables {
  SALESFORCE_SIGN_IN?: SalesforceSignIn | undefined
  SALESFORCE_LOGIN_URL?: string | undefined
  SALESFORCE_CLIENT_ID?: string | undefined
  SALESFORCE_CLIENT_SECRET?: string | undefined
  SALESFORCE_REFRESH_TOKEN?: string | undefined
  SALESFORCE_USERNAME?: string | undefined
  SALESFORCE_PRIVATE_KEY_FILE?: string | undefined
  SALESFORCE_API_VERSION: string
  SALESFORCE_CHANGE_EVENTS: 'on' | 'off'
  HUBSPOT_TOKEN?: string | undefined
  HUBSPOT_CLIENT_ID?: string | undefined
  HUBSPOT_CLIENT_SECRET?: string | undefined
  HUBSPOT_BASE_URL: string
  HUBSPOT_API: '2026-09' | 'v3'
  HUBSPOT_UI_URL: string
  LEADTIME_KEYS?: unknown
}

/** `connect`: as whoever agrees on the page /connections. */
export type SalesforceSignIn = 'client_credentials' | 'jwt' | 'refresh_token' | 'connect'

export interface SalesforceConfig {
  readonly signIn: SalesforceSignIn
  readonly loginUrl: string
  readonly clientId: string
  readonly clientSecret: string | null
  readonly refreshToken: string | null
  readonly username: string | null
  /** PEM. */
  readonly privateKeyFile: string | null
  readonly apiVersion: string
  /** Whether to listen to change events. */
  readonly changeEvents: boolean
}

export interface HubSpotConfig {
  readonly baseUrl: string
  /** Null: the OAuth app signs in, as whoever agrees on the page /connections. */
  readonly token: string | null
  readonly clientId: string | null
  readonly clientSecret: string | null
  readonly api: '2026-09' | 'v3'
  readonly uiUrl: string
}

type Name = keyof SignInVariables & string

const NEEDED: Readonly<Record<SalesforceSignIn, readonly Name[]>> = {
  client_credentials: ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET'],
  refresh_token: [
    'SALESFORCE_LOGIN_URL',
    'SALESFORCE_CLIENT_ID',
    'SALESFORCE_CLIENT_SECRET',
    'SALESFORCE_REFRESH_TOKEN',
  ],
  jwt: ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_USERNAME', 'SALESFORCE_PRIVATE_KEY_FILE'],
  connect: ['SALESFORCE_LOGIN_URL', 'SALESFORCE_CLIENT_ID', 'SALESFORCE_CLIENT_SECRET', 'LEADTIME_KEYS'],
}
const OAUTH: readonly Name[] = ['HUBSPOT_CLIENT_ID', 'HUBSPOT_CLIENT_SECRET', 'LEADTIME_KEYS']

function salesforceSignIn(v: SignInVariables): SalesforceSignIn {
  if (v.SALESFORCE_SIGN_IN) return v.SALESFORCE_SIGN_IN
  if (v.SALESFORCE_USERNAME || v.SALESFORCE_PRIVATE_KEY_FILE) return 'jwt'
  return v.SALESFORCE_REFRESH_TOKEN ? 'refresh_token' : 'client_credentials'
}

/** What is missing beside what is set. @param bad variables that were refused already */
export function* signInProblems(v: SignInVariables, bad: (name: string) => boolean): Iterable<string> {
  const signIn = salesforceSignIn(v)
  const asked = v.SALESFORCE_SIGN_IN ? (['SALESFORCE_SIGN_IN'] as const) : []
  yield* incomplete(v, [...asked, ...NEEDED[signIn]], bad)
  if (!v.HUBSPOT_TOKEN) yield* incomplete(v, OAUTH, bad)
  const host = v.SALESFORCE_LOGIN_URL && new URL(v.SALESFORCE_LOGIN_URL).hostname
  if (signIn === 'client_credentials' && (host === 'login.salesforce.com' || host === 'test.salesforce.com'))
    yield `SALESFORCE_LOGIN_URL is '${v.SALESFORCE_LOGIN_URL}' but client credentials work only at the address of your My Domain, such as https://acme.my.salesforce.com`
}

function* incomplete(
  v: SignInVariables,
  names: readonly Name[],
  bad: (name: string) => boolean,
): Iterable<string> {
  const set = names.filter(name => v[name])
  const missing = names.filter(name => !v[name] && !bad(name))
  // The keys alone ask for nothing.
  if (missing.length > 0 && set.some(name => name !== 'LEADTIME_KEYS'))
    yield `${missing.join(' and ')} must be set together with ${set.join(' and ')}`
}

/** Null: not connected. */
export function salesforceOf(v: SignInVariables): SalesforceConfig | null {
  const signIn = salesforceSignIn(v)
  if (!v.SALESFORCE_LOGIN_URL || !v.SALESFORCE_CLIENT_ID) return null
  return Object.freeze({
    signIn,
    loginUrl: v.SALESFORCE_LOGIN_URL,
    clientId: v.SALESFORCE_CLIENT_ID,
    clientSecret: v.SALESFORCE_CLIENT_SECRET ?? null,
    refreshToken: (signIn === 'refresh_token' && v.SALESFORCE_REFRESH_TOKEN) || null,
    username: v.SALESFORCE_USERNAME ?? null,
    privateKeyFile: v.SALESFORCE_PRIVATE_KEY_FILE ?? null,
    apiVersion: v.SALESFORCE_API_VERSION,
    changeEvents: v.SALESFORCE_CHANGE_EVENTS === 'on',
  })
}

/** Null: not connected. */
export function hubspotOf(v: SignInVariables): HubSpotConfig | null {
  if (!v.HUBSPOT_TOKEN && !v.HUBSPOT_CLIENT_ID) return null
  return Object.freeze({
    baseUrl: v.HUBSPOT_BASE_URL,
    token: v.HUBSPOT_TOKEN ?? null,
    clientId: v.HUBSPOT_CLIENT_ID ?? null,
    clientSecret: v.HUBSPOT_CLIENT_SECRET ?? null,
    api: v.HUBSPOT_API,
    uiUrl: v.HUBSPOT_UI_URL,
  })
}

import { readFileSync } from 'node:fs'
import { type Config, ConfigError } from './config.ts'
import type { TokenKeeper } from './crm/credentials.ts'
import type { HubSpotOptions } from './crm/hubspot/adapter.ts'
import type { SalesforceOptions } from './crm/salesforce/adapter.ts'
import { rsaKey } from './crm/salesforce/assertion.ts'
import type { Vendor } from './domain/facts.ts'
import type { Connector } from './pipeline/connections.ts'
import type { HubSpotConfig, SalesforceConfig, SalesforceSignIn } from './sign-in.ts'
import { storedKeeper } from './store/credentials.ts'
import type { Database } from './store/db.ts'

type Fixed = 'prefix' | 'fields'

/**
 * Of each CRM that the environment names, what its adapter needs to sign in.
 * @param db where grants are kept; null: nowhere, so what the pages connect cannot sign in
 * @throws ConfigError
 */
export function signIns(
  { salesforce, hubspot, keys }: Config,
  db: Database | null,
): { salesforce: Omit<SalesforceOptions, Fixed> | null; hubspot: Omit<HubSpotOptions, Fixed> | null } {
  const kept = (vendor: Vendor, seed: string | null) => keys && db && storedKeeper(db, keys, vendor, seed)
  return {
    salesforce: salesforce && salesforceOptions(salesforce, kept),
    hubspot: hubspot && hubspotOptions(hubspot, kept),
  }
}

type Kept = (vendor: Vendor, seed: string | null) => TokenKeeper | null

function salesforceOptions(given: SalesforceConfig, kept: Kept): Omit<SalesforceOptions, Fixed> {
  const { signIn, loginUrl, clientId, clientSecret, refreshToken, username, apiVersion, changeEvents } = given
  const keeper = signIn === 'connect' || signIn === 'refresh_token' ? kept('salesforce', refreshToken) : null
  return {
    ...{ loginUrl, clientId, apiVersion, changeEvents, clientSecret: clientSecret ?? undefined },
    jwt: signIn === 'jwt' ? { username: username!, key: keyOf(given.privateKeyFile!) } : undefined,
    keeper: keeper ?? undefined,
    refreshToken: refreshToken ?? undefined,
  }
}

function keyOf(file: string) {
  const key = rsaKey(readFileSync(file, 'utf8'))
  if (key) return key
  throw new ConfigError(
    `SALESFORCE_PRIVATE_KEY_FILE names '${file}', which holds no RSA key in PEM without a passphrase`,
  )
}

function hubspotOptions(given: HubSpotConfig, kept: Kept): Omit<HubSpotOptions, Fixed> {
  const { baseUrl, token, clientId, clientSecret, api, uiUrl } = given
  if (token !== null) return { baseUrl, token, api, uiUrl }
  const oauth = { clientId: clientId!, clientSecret: clientSecret!, keeper: kept('hubspot', null)! }
  return { baseUrl, oauth, api, uiUrl }
}

const HOW: Readonly<Record<SalesforceSignIn, string>> = {
  client_credentials: 'client credentials',
  jwt: 'a signed assertion (JWT)',
  refresh_token: 'a refresh token of the environment',
  connect: 'OAuth',
}

/** The CRMs that the environment names, as the page /connections shows them. */
export async function connectors(config: Config, db: Database): Promise<Connector[]> {
  const { salesforce, hubspot, publicUrl } = config
  const made = signIns(config, db)
  const callback = (vendor: Vendor) => `${publicUrl}/connections/${vendor}/callback`
  const found: Connector[] = []
  if (salesforce) {
    const { loginUrl, clientId, clientSecret, signIn } = salesforce
    const { salesforceAuthorization } = await import('./crm/salesforce/authorization.ts')
    const client = { loginUrl, clientId, clientSecret: clientSecret ?? undefined }
    const connects = signIn === 'connect' && publicUrl !== null
    found.push({
      ...{ vendor: 'salesforce', how: HOW[signIn] },
      authorization: connects ? salesforceAuthorization(client, callback('salesforce')) : null,
      keeper: made.salesforce?.keeper ?? null,
    })
  }
  if (hubspot) {
    const { hubspotAuthorization } = await import('./crm/hubspot/authorization.ts')
    const keeper = made.hubspot?.oauth?.keeper ?? null
    const client = { ...hubspot, clientId: hubspot.clientId ?? '', clientSecret: hubspot.clientSecret ?? '' }
    found.push({
      ...{ vendor: 'hubspot', how: keeper ? 'OAuth' : 'an access token of the environment', keeper },
      authorization:
        keeper && publicUrl ? hubspotAuthorization(client, hubspot.uiUrl, callback('hubspot')) : null,
    })
  }
  return found
}

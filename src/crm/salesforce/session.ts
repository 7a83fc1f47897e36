import type { KeyObject } from 'node:crypto'
import { PassThrough } from 'node:stream'
import { Connection } from 'jsforce/lib/connection.js'
import { Transport } from 'jsforce/lib/transport.js'
import { StreamPromise } from 'jsforce/lib/util/promise.js'
import type { PolicyField } from '../../domain/facts.ts'
import type { Budget } from '../budget.ts'
import { type Grant, memoryKeeper, type TokenKeeper } from '../credentials.ts'
import { OtherAccount } from '../errors.ts'
import { renewed } from '../oauth.ts'
import { type RetryPlan, retrying } from '../retry.ts'
import { exchange, type Reply } from '../wire.ts'
import { signedAssertion } from './assertion.ts'
import type { BulkSizes } from './bulk.ts'
import { requestGrant } from './grant.ts'
import { audienceOf } from './instance.ts'

export interface SalesforceOptions {
  /** The organisation's My Domain address: client credentials work nowhere else. */
  loginUrl: string
  clientId: string
  /** Left out by apps without one, which sign in by JWT. */
  clientSecret?: string | undefined
  /** Given: the JWT bearer grant is used, as this user, with assertions signed by this RSA key. */
  jwt?: { username: string; key: KeyObject } | undefined
  /** Given: the refresh-token grant is used, and what it becomes is kept here. */
  keeper?: TokenKeeper | undefined
  /** As `keeper`, for as long as the process lives. */
  refreshToken?: string | undefined
  /** Such as `66.0`. */
  apiVersion: string
  /** Of our own fields: `Leadtime` makes `Leadtime_Overdue__c`. */
  prefix: string
  /** Lead fields that the policy names. */
  fields?: readonly PolicyField[] | undefined
  retry?: RetryPlan | undefined
  /** When a first reading goes through the Bulk API, and its pages; tests make them small. */
  bulk?: BulkSizes | undefined
  /** Left out: nobody counts. */
  budget?: Budget | undefined
  /** Whether to listen to change events; by default not. */
  changeEvents?: boolean | undefined
}

type Request = Parameters<Transport['httpRequest']>[0]

/**
 * The wire under jsforce for one call: one exchange, no retries, a time limit that holds, an abort that works.
 * jsforce's own would retry GETs for 15 s, wait 30 minutes, and take the process down when a socket closes in
 * the middle of a body (nobody listens to that stream's error).
 */
export class OneCall extends Transport {
  reply: Reply | null = null
  readonly #signal: AbortSignal
  readonly #sent: () => void
  constructor(signal: AbortSignal, sent: () => void) {
    super()
    this.#signal = signal
    this.#sent = sent
  }

  override httpRequest(request: Request): ReturnType<Transport['httpRequest']> {
    return StreamPromise.create(() => ({ stream: new PassThrough(), promise: this.#exchange(request) }))
  }

  async #exchange(request: Request) {
    const { 'content-length': _, ...headers } = request.headers ?? {}
    this.#sent()
    const body = typeof request.body === 'string' ? request.body : undefined
    this.reply = await exchange({ method: request.method, url: request.url, headers, body }, this.#signal)
    return { statusCode: this.reply.status, headers: { ...this.reply.headers }, body: this.reply.body }
  }
}

/**
 * The sign-in, by whichever grant the options allow. jsforce's own is not used: its refresh delegate repeats for as long
 * as the server says 401 and drops a rotated refresh token, and it does not sign assertions.
 */
export class Session {
  readonly connection: Connection
  readonly #options: SalesforceOptions
  readonly #keeper: TokenKeeper | null
  readonly #retry: RetryPlan
  readonly #lifetime: AbortSignal
  #organization: string | null = null
  #renewal: Promise<void> | null = null

  /** @param lifetime ends a sign-in; not a caller's signal, for several callers wait for the same one */
  constructor(options: SalesforceOptions, retry: RetryPlan, lifetime: AbortSignal) {
    this.connection = new Connection({ instanceUrl: options.loginUrl, version: options.apiVersion })
    this.#options = options
    this.#keeper = options.keeper ?? (options.refreshToken ? memoryKeeper(options.refreshToken) : null)
    this.#retry = retry
    this.#lifetime = lifetime
  }

  /** The token in use; signs in when there is none. @throws AuthExpired, RateLimited, Unavailable */
  async token(): Promise<string> {
    if (!this.connection.accessToken) await this.renew(null)
    return this.connection.accessToken ?? ''
  }

  /** The organisation the token belongs to; signs in when that is not known. @throws as token */
  async organization(): Promise<string> {
    await this.token()
    return this.#organization ?? ''
  }

  /** Replaces the token that was refused; of several callers with the same one, the first renews for all. */
  async renew(refused: string | null): Promise<void> {
    if ((this.connection.accessToken ?? null) !== refused) return
    this.#renewal ??= retrying(() => this.#signIn(refused), this.#retry, this.#lifetime).finally(() => {
      this.#renewal = null
    })
    await this.#renewal
  }

  async #signIn(refused: string | null): Promise<void> {
    const grant = this.#keeper ? await this.#kept(this.#keeper, refused) : await this.#asked()
    // A refreshed sandbox, or a login address that now leads elsewhere.
    if (grant.account !== (this.#organization ?? grant.account))
      throw new OtherAccount('salesforce', this.#organization ?? '', grant.account)
    this.#organization = grant.account
    this.connection.accessToken = grant.accessToken
    this.connection.instanceUrl = grant.instanceUrl ?? this.#options.loginUrl
  }

  async #kept(keeper: TokenKeeper, refused: string | null): Promise<Grant> {
    const known = refused === null ? await keeper.read() : null
    if (known?.accessToken) return known
    return await keeper.exclusively(this.#lifetime, held =>
      renewed('salesforce', held, refused, ({ refreshToken }) =>
        requestGrant(
          this.#options,
          { grant_type: 'refresh_token', refresh_token: refreshToken },
          this.#options.refreshToken ? NEW_TOKEN : CONNECT_AGAIN,
          this.#lifetime,
        ),
      ),
    )
  }

  #asked(): Promise<Grant> {
    const { jwt, clientId, loginUrl } = this.#options
    if (!jwt)
      return requestGrant(this.#options, { grant_type: 'client_credentials' }, CHECK_CLIENT, this.#lifetime)
    const claims = { clientId, username: jwt.username, audience: audienceOf(loginUrl) }
    const form = { grant_type: JWT_BEARER, assertion: signedAssertion(claims, jwt.key, Date.now()) }
    return requestGrant(this.#options, form, CHECK_JWT, this.#lifetime)
  }
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'
const CHECK_CLIENT = 'check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET'
const CHECK_JWT =
  'check SALESFORCE_USERNAME, that its app holds the certificate of SALESFORCE_PRIVATE_KEY_FILE and is pre-authorised for the user, and the clock of this machine'
const NEW_TOKEN = 'set a new SALESFORCE_REFRESH_TOKEN'
const CONNECT_AGAIN = 'connect Salesforce again on the page /connections'

import { PassThrough } from 'node:stream'
import { Connection } from 'jsforce/lib/connection.js'
import { OAuth2 } from 'jsforce/lib/oauth2.js'
import { Transport } from 'jsforce/lib/transport.js'
import { StreamPromise } from 'jsforce/lib/util/promise.js'
import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import type { Budget } from '../budget.ts'
import { AuthExpired, OtherAccount, RateLimited, Unavailable } from '../errors.ts'
import { id18 } from '../id18.ts'
import { type RetryPlan, retrying } from '../retry.ts'
import { exchange, NoAnswer, type Reply, retryAfter } from '../wire.ts'
import type { BulkSizes } from './bulk.ts'

export interface SalesforceOptions {
  /** The organisation's My Domain address: client credentials work nowhere else. */
  loginUrl: string
  clientId: string
  clientSecret: string
  /** Given: the refresh-token grant is used instead of client credentials. */
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

const token = z.object({
  access_token: z.string().min(1),
  instance_url: z.url(),
  /** Of the identity: `https://login.salesforce.com/id/<organisation>/<user>`. */
  id: z.string().regex(/\/id\/00D\w{12,15}\/\w+$/),
  refresh_token: z.string().min(1).optional(),
})

/**
 * The sign-in. jsforce's refresh delegate is not used: it repeats for as long as the server says 401, and it
 * drops a rotated refresh token.
 */
export class Session {
  readonly connection: Connection
  readonly #oauth2: OAuth2
  readonly #retry: RetryPlan
  readonly #lifetime: AbortSignal
  #refreshToken: string | undefined
  #organization: string | null = null
  #renewal: Promise<void> | null = null

  /** @param lifetime ends a sign-in; not a caller's signal, for several callers wait for the same one */
  constructor(options: SalesforceOptions, retry: RetryPlan, lifetime: AbortSignal) {
    this.connection = new Connection({ instanceUrl: options.loginUrl, version: options.apiVersion })
    const { loginUrl, clientId, clientSecret } = options
    this.#oauth2 = new OAuth2({ loginUrl, clientId, clientSecret })
    this.#refreshToken = options.refreshToken
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
    this.#renewal ??= retrying(() => this.#signIn(), this.#retry, this.#lifetime).finally(() => {
      this.#renewal = null
    })
    await this.#renewal
  }

  async #signIn(): Promise<void> {
    // Token requests are not part of the traffic.
    const wire = new OneCall(this.#lifetime, () => undefined)
    this.#oauth2._transport = wire
    const answer = await this.#grant().catch((error: unknown) => {
      this.#lifetime.throwIfAborted()
      throw refusal(wire.reply, error)
    })
    const parsed = token.safeParse(answer)
    if (!parsed.success) throw new Unavailable('salesforce', 'sign in', 'the answer is no token')
    const organization = id18(parsed.data.id.split('/').at(-2) ?? '')
    // A refreshed sandbox, or a login address that now leads elsewhere.
    if (organization !== (this.#organization ?? organization))
      throw new OtherAccount('salesforce', this.#organization ?? '', organization)
    this.#organization = organization
    this.connection.accessToken = parsed.data.access_token
    this.connection.instanceUrl = parsed.data.instance_url
    this.#refreshToken &&= parsed.data.refresh_token ?? this.#refreshToken
  }

  #grant(): Promise<unknown> {
    if (this.#refreshToken) return this.#oauth2.refreshToken(this.#refreshToken)
    return this.#oauth2.requestToken({ grant_type: 'client_credentials' })
  }
}

function refusal(reply: Reply | null, error: unknown): Error {
  const operation = 'sign in'
  if (!reply) {
    return new Unavailable('salesforce', operation, error instanceof NoAnswer ? error.message : 'no answer')
  }
  if (reply.status === 429) {
    return new RateLimited('salesforce', operation, retryAfter(reply.headers) ?? 5_000, 'too many sign-ins')
  }
  if (reply.status >= 500 || reply.status < 400) {
    return new Unavailable('salesforce', operation, `HTTP ${reply.status}`)
  }
  const code =
    error instanceof Error && /^[a-z_]{3,40}$/.test(error.name) ? error.name : `HTTP ${reply.status}`
  const remedy = 'check SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET'
  return new AuthExpired('salesforce', operation, `${code}; ${remedy}`)
}

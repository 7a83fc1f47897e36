import type { z } from 'zod'
import type { Instant } from '../../domain/time.ts'
import { type Budget, UNLIMITED } from '../budget.ts'
import type { Traffic } from '../crm.ts'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../errors.ts'
import { RETRY, type RetryPlan, retrying } from '../retry.ts'
import { exchange, type Incoming, NoAnswer, type Reply, receive, retryAfter, serverTime } from '../wire.ts'
import { OneCall, type SalesforceOptions, Session } from './session.ts'
import { usageOf } from './usage.ts'

/** Salesforce refused the request itself; the code is its own, such as INVALID_FIELD. */
export class SalesforceRefused extends Refused {
  readonly code: string
  constructor(operation: string, code: string, detail = code) {
    super('salesforce', operation, detail)
    this.code = code
  }
}

/** The call may have been carried out or not. */
export class Uncertain extends Unavailable {}

export interface Answer<T> {
  body: T
  /** The server's clock when it answered. */
  date: Instant | null
}

/** One connection to one organisation: signs in, counts, retries reads, and turns refusals into our errors. */
export class SalesforceClient {
  readonly traffic: Traffic = { reads: { calls: 0, records: 0 }, writes: { calls: 0, records: 0 } }
  readonly session: Session
  /** How reads are tried again. */
  readonly retry: RetryPlan
  readonly #closed = new AbortController()
  readonly #budget: Budget

  constructor(options: SalesforceOptions) {
    this.#budget = options.budget ?? UNLIMITED
    this.retry = options.retry ?? RETRY
    this.session = new Session(options, this.retry, this.#closed.signal)
  }

  /** Such as `66.0`. */
  get version(): string {
    return this.session.connection.version
  }

  /** The organisation's address, without a slash at the end. */
  get instanceUrl(): string {
    return this.session.connection.instanceUrl.replace(/\/+$/, '')
  }

  /**
   * A GET, tried again while that can help. `path` is below the version root, or absolute on the instance;
   * `schema` decides what counts as an answer.
   */
  get<T>(operation: string, path: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<Answer<T>> {
    return this.#read(operation, { method: 'GET', url: path }, schema, signal)
  }

  /** A POST or PATCH that is tried again like a GET: a query, or about a bulk job, which may be made or ended twice. */
  send<T>(
    operation: string,
    method: 'POST' | 'PATCH',
    path: string,
    body: unknown,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Answer<T>> {
    const headers = { 'content-type': 'application/json' }
    return this.#read(operation, { method, url: path, headers, body: JSON.stringify(body) }, schema, signal)
  }

  /** A GET whose answer is too long to hold: its headers, and the body as it comes. Tried again until it begins. */
  open(operation: string, path: string, signal: AbortSignal): Promise<Incoming> {
    const all = this.#signals(signal)
    return retrying(() => this.#renewing(() => this.#open(operation, path, all)), this.retry, all)
  }

  /** A PATCH, sent once (twice when the first was refused for its token). @throws Uncertain when it may have been applied */
  patch(operation: string, path: string, body: unknown, signal: AbortSignal): Promise<Answer<unknown>> {
    // Updates of our fields are no reason to run the org's assignment rules.
    const headers = { 'content-type': 'application/json', 'Sforce-Auto-Assign': 'FALSE' }
    const request = { method: 'PATCH' as const, url: path, headers, body: JSON.stringify(body) }
    return this.#signedIn(operation, request, 'writes', this.#signals(signal))
  }

  /**
   * A POST to the Streaming API with the token at hand, sent once. It is none of the day's API calls.
   * @param limit milliseconds the server may take
   */
  async stream(
    operation: string,
    body: unknown,
    { cookie, signal, limit }: { cookie: string; signal: AbortSignal; limit: number },
  ): Promise<Reply> {
    const url = `${this.instanceUrl}/cometd/${this.version}`
    const authorization = `OAuth ${this.session.connection.accessToken}`
    const headers = { authorization, 'content-type': 'application/json', ...(cookie && { cookie }) }
    let reply: Reply | null = null
    try {
      const call = { method: 'POST', url, headers, body: JSON.stringify(body) }
      reply = await exchange(call, this.#signals(signal), limit)
      if (reply.status === 200) return reply
      throw refusal(reply)
    } catch (error) {
      signal.throwIfAborted()
      throw fault(operation, reply, error)
    }
  }

  /** The organisation's id, 18 characters. */
  account(signal: AbortSignal): Promise<string> {
    signal.throwIfAborted()
    return this.session.organization()
  }

  close(): void {
    this.#closed.abort(new Unavailable('salesforce', 'call', 'the connection was closed'))
  }

  #signals(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal])
  }

  #read<T>(
    operation: string,
    request: ApiRequest,
    schema: z.ZodType<T>,
    signal: AbortSignal,
  ): Promise<Answer<T>> {
    const all = this.#signals(signal)
    const attempt = async (): Promise<Answer<T>> => {
      const answer = await this.#signedIn(operation, request, 'reads', all)
      const parsed = schema.safeParse(answer.body)
      if (parsed.success) return { ...answer, body: parsed.data }
      throw new Unavailable('salesforce', operation, 'the answer is not what this call returns')
    }
    return retrying(attempt, this.retry, all)
  }

  #signedIn(
    operation: string,
    request: ApiRequest,
    kind: keyof Traffic,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    return this.#renewing(() => this.#once(operation, request, kind, signal))
  }

  /** Once more with a new token when the first is refused. */
  async #renewing<T>(call: () => Promise<T>): Promise<T> {
    const token = await this.session.token()
    try {
      return await call()
    } catch (error) {
      if (!(error instanceof AuthExpired)) throw error
    }
    await this.session.renew(token)
    return await call()
  }

  async #open(operation: string, path: string, signal: AbortSignal): Promise<Incoming> {
    const { accessToken, version } = this.session.connection
    const url = `${this.instanceUrl}/services/data/v${version}${path}`
    const headers = { authorization: `Bearer ${accessToken}`, accept: 'text/csv' }
    await this.#budget.take(operation, 'general', signal)
    this.traffic.reads.calls++
    let reply: Reply | null = null
    try {
      const answer = await receive({ method: 'GET', url, headers }, signal)
      if (answer.status === 200) return answer
      reply = { ...answer, body: await answer.text() }
      throw refusal(reply)
    } catch (error) {
      signal.throwIfAborted()
      throw await this.#fault(operation, reply, error)
    }
  }

  async #once(
    operation: string,
    request: ApiRequest,
    kind: keyof Traffic,
    signal: AbortSignal,
  ): Promise<Answer<unknown>> {
    await this.#budget.take(operation, 'general', signal)
    const wire = new OneCall(signal, () => {
      this.traffic[kind].calls++
    })
    try {
      const body = await this.session.connection.request(request, { transport: wire })
      if (wire.reply && wire.reply.status >= 300)
        throw new Unavailable('salesforce', operation, `HTTP ${wire.reply.status}`)
      return { body, date: wire.reply ? serverTime(wire.reply.headers) : null }
    } catch (error) {
      signal.throwIfAborted()
      throw await this.#fault(operation, wire.reply, error)
    } finally {
      if (wire.reply) this.#budget.told(usageOf(wire.reply.headers))
    }
  }

  async #fault(operation: string, reply: Reply | null, error: unknown): Promise<Error> {
    const thrown = fault(operation, reply, error)
    if (!(thrown instanceof RateLimited)) return thrown
    return await this.#budget.refused(thrown, thrown.waitMs > SHORT_WAIT ? 'day' : 'general')
  }
}

type ApiRequest = {
  method: 'GET' | 'POST' | 'PATCH'
  url: string
  headers?: Record<string, string>
  body?: string
}

/** Minutes to leave the API alone when the day's calls are used up; they come back over a rolling day. */
const DAILY_WAIT = 15 * 60_000
const SHORT_WAIT = 5_000

/** What to do about a failed call. Salesforce's messages can quote data, so only codes and field names pass. */
export function fault(operation: string, reply: Reply | null, error: unknown): Error {
  if (!reply) {
    return new Uncertain('salesforce', operation, error instanceof NoAnswer ? error.message : 'no answer')
  }
  const { status } = reply
  const code = codeOf(error) ?? `HTTP_${status}`
  if (status === 401) return new AuthExpired('salesforce', operation, `${code}; sign in again`)
  if (status === 429 || code === 'REQUEST_LIMIT_EXCEEDED' || code === 'TOO_MANY_REQUESTS') {
    return new RateLimited('salesforce', operation, waitOf(reply, code), code)
  }
  if (status >= 500) return new Uncertain('salesforce', operation, code)
  if (status < 400 || TRANSIENT.has(code) || TRANSIENT.has(String(status))) {
    return new Unavailable('salesforce', operation, code)
  }
  return new SalesforceRefused(operation, code, explain(code, reply.body))
}

/** The error that jsforce would make of the answer. */
function refusal({ body }: Reply): Error {
  const errorCode = /"errorCode"\s*:\s*"(\w+)"/.exec(body)?.[1]
  return Object.assign(new Error('refused'), { errorCode })
}

/** 406 without a body and 420 (edge without a route) come and go. */
const TRANSIENT = new Set([
  '406',
  '408',
  '420',
  'QUERY_TIMEOUT',
  'SERVER_UNAVAILABLE',
  'UNKNOWN_EXCEPTION',
  'TXN_SECURITY_METERING_ERROR',
])

function codeOf(error: unknown): string | null {
  const code = error instanceof Error && 'errorCode' in error ? String(error.errorCode) : ''
  return /^[A-Z][A-Z0-9_]{2,60}$/.test(code) && !code.startsWith('ERROR_HTTP') ? code : null
}

function waitOf(reply: Reply, code: string): number {
  const asked = retryAfter(reply.headers)
  if (asked !== null) return asked
  const daily = code === 'REQUEST_LIMIT_EXCEEDED' && !reply.body.includes('Concurrent')
  return daily ? DAILY_WAIT : SHORT_WAIT
}

const REMEDIES: Readonly<Record<string, string>> = {
  API_DISABLED_FOR_ORG: 'this edition has no API access; ask Salesforce to enable it',
  API_CURRENTLY_DISABLED: 'give the integration user the permission "API Enabled"',
  INVALID_TYPE: 'the object does not exist or the integration user may not read it',
  INSUFFICIENT_ACCESS: 'give the integration user access to the object',
}

function explain(code: string, body: string): string {
  if (code === 'INVALID_FIELD') {
    const field = /No such column '([A-Za-z0-9_.]{1,80})'/.exec(body)?.[1]
    if (field) return `${code} ${field}: the field does not exist or the integration user may not read it`
  }
  const remedy = REMEDIES[code]
  return remedy ? `${code}: ${remedy}` : code
}

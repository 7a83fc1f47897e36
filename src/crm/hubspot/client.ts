import { z } from 'zod'
import type { Bucket } from '../../domain/budget.ts'
import type { PolicyField } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import { type Budget, UNLIMITED } from '../budget.ts'
import type { TokenKeeper } from '../credentials.ts'
import type { Traffic } from '../crm.ts'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../errors.ts'
import { RETRY, type RetryPlan, retrying } from '../retry.ts'
import { NoAnswer, type Reply, retryAfter, serverTime } from '../wire.ts'
import { CONNECT_AGAIN, type Tokens, tokensOf } from './tokens.ts'
import { usageOf } from './usage.ts'
import { jsonOf, type OnWire, type Sdk, SdkWire } from './wire.ts'

export interface HubSpotOptions {
  /** `https://api.hubapi.com`, or a twin. */
  baseUrl: string
  /** Of a private app or a service key; left out when an OAuth app signs in. */
  token?: string | undefined
  /** The OAuth app, and where what it was granted is kept. */
  oauth?: { clientId: string; clientSecret: string; keeper: TokenKeeper } | undefined
  /** Dated paths, or the old ones that go unsupported in September 2027. */
  api: '2026-09' | 'v3'
  /** `https://app.hubspot.com`, or a twin: where people look at records. */
  uiUrl: string
  /** Of our own properties: `Leadtime` makes `leadtime_overdue`. */
  prefix: string
  /** Contact properties that the policy names. */
  fields?: readonly PolicyField[] | undefined
  retry?: RetryPlan | undefined
  /** Left out: nobody counts. */
  budget?: Budget | undefined
}

/** HubSpot refused the request itself. */
export class HubSpotRefused extends Refused {
  readonly status: number
  /** The error body; private, so that no log serialises it. */
  readonly #body: ErrorBody
  constructor(operation: string, status: number, body: ErrorBody, detail: string) {
    super('hubspot', operation, detail)
    this.status = status
    this.#body = body
  }
  get body(): ErrorBody {
    return this.#body
  }
}

/** The call may have been carried out or not. */
export class Uncertain extends Unavailable {}

export interface Answer<T> {
  body: T
  /** The server's clock when it answered. */
  date: Instant | null
  /** The day's calls of the account; null: it does not say, as to OAuth apps. */
  calls: { used: number; limit: number } | null
}

/** One connection to one portal: counts, retries reads, checks answers, and turns refusals into our errors. */
export class HubSpotClient {
  readonly traffic: Traffic = { reads: { calls: 0, records: 0 }, writes: { calls: 0, records: 0 } }
  readonly #wire: SdkWire
  readonly #tokens: Tokens
  readonly #retry: RetryPlan
  readonly #closed = new AbortController()
  readonly #budget: Budget
  /** What a person does when the token is refused. */
  readonly #remedy: string

  constructor(options: HubSpotOptions) {
    this.#budget = options.budget ?? UNLIMITED
    this.#wire = new SdkWire(options)
    this.#retry = options.retry ?? RETRY
    this.#tokens = tokensOf(options, this.#retry, this.#closed.signal)
    this.#remedy = this.#tokens.renew ? CONNECT_AGAIN : 'check HUBSPOT_TOKEN'
  }

  /** A read, tried again while that can help; `schema` decides what counts as an answer. */
  read<T>(
    operation: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    ask: (sdk: Sdk) => Promise<unknown>,
    bucket: Bucket = 'general',
  ): Promise<Answer<T>> {
    const all = this.#signals(signal)
    const attempt = () => this.#signedIn(operation, schema, 'reads', all, this.#asking(ask), bucket)
    return retrying(attempt, this.#retry, all)
  }

  /** A read by path, for what the SDK has no method for. */
  get<T>(operation: string, schema: z.ZodType<T>, path: string, signal: AbortSignal): Promise<Answer<T>> {
    const all = this.#signals(signal)
    const attempt = () => this.#signedIn(operation, schema, 'reads', all, call => this.#wire.get(call, path))
    return retrying(attempt, this.#retry, all)
  }

  /** A write, sent once. @throws Uncertain when it may have been applied */
  async write<T>(
    operation: string,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    ask: (sdk: Sdk) => Promise<unknown>,
  ): Promise<T> {
    const all = this.#signals(signal)
    return (await this.#signedIn(operation, schema, 'writes', all, call => this.#send(call, ask))).body
  }

  close(): void {
    this.#closed.abort(new Unavailable('hubspot', 'call', 'the connection was closed'))
  }

  #signals(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#closed.signal])
  }

  #call(kind: keyof Traffic, signal: AbortSignal, token: string): OnWire {
    const sent = () => {
      this.traffic[kind].calls++
    }
    return { signal, token, ours: kind === 'reads', reply: null, sent }
  }

  #send(call: OnWire, ask: (sdk: Sdk) => Promise<unknown>): Promise<unknown> {
    return this.#wire.run(call, () => ask(this.#wire.sdk))
  }

  #asking(ask: (sdk: Sdk) => Promise<unknown>) {
    return async (call: OnWire) => {
      const answer = await this.#send(call, ask)
      return call.reply ? jsonOf(call.reply) : answer
    }
  }

  /** Once, and once more with another token when the first was refused: a call without a good one does nothing. */
  async #signedIn<T>(
    operation: string,
    schema: z.ZodType<T>,
    kind: keyof Traffic,
    signal: AbortSignal,
    action: (call: OnWire) => Promise<unknown>,
    bucket: Bucket = 'general',
  ): Promise<Answer<T>> {
    const send = (token: string) => {
      const call = this.#call(kind, signal, token)
      return this.#outcome(operation, schema, call, () => action(call), bucket)
    }
    const token = await this.#tokens.token()
    try {
      return await send(token)
    } catch (error) {
      if (!(error instanceof AuthExpired) || !this.#tokens.renew) throw error
    }
    return await send(await this.#tokens.renew(token))
  }

  async #outcome<T>(
    operation: string,
    schema: z.ZodType<T>,
    call: OnWire,
    action: () => Promise<unknown>,
    bucket: Bucket,
  ): Promise<Answer<T>> {
    await this.#budget.take(operation, bucket, call.signal)
    let body: unknown
    try {
      body = await action()
    } catch (error) {
      call.signal.throwIfAborted()
      throw await this.#fault(operation, call.reply, error, bucket)
    }
    const reply = call.reply as Reply | null
    const usage = usageOf(reply?.headers ?? {})
    if (reply) this.#budget.told(usage)
    if (reply && reply.status >= 300) throw await this.#fault(operation, reply, null, bucket)
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new Uncertain('hubspot', operation, 'the answer is not what this call returns')
    const date = reply ? serverTime(reply.headers) : null
    return { body: parsed.data, date, calls: usage.day ?? null }
  }

  async #fault(operation: string, reply: Reply | null, error: unknown, bucket: Bucket): Promise<Error> {
    const thrown = fault(operation, reply, error, this.#remedy)
    if (!(thrown instanceof RateLimited) || reply?.status !== 429) return thrown
    return await this.#budget.refused(thrown, bodyOf(reply).policyName === 'DAILY' ? 'day' : bucket)
  }
}

const errorBody = z.object({
  category: z.string().catch(''),
  message: z.string().catch(''),
  policyName: z.string().catch(''),
  errors: z.array(z.looseObject({})).catch([]),
  context: z.record(z.string(), z.array(z.string())).catch({}),
})
export type ErrorBody = z.infer<typeof errorBody>

/**
 * What to do about a failed call. Messages can quote property values, so only categories and names pass.
 * @param remedy for a refused token
 */
export function fault(operation: string, reply: Reply | null, error: unknown, remedy: string): Error {
  if (!reply) {
    return new Uncertain('hubspot', operation, error instanceof NoAnswer ? error.message : 'no answer')
  }
  const { status, headers } = reply
  const body = bodyOf(reply)
  const what = /^[A-Z_]{3,40}$/.test(body.category) ? `HTTP ${status} ${body.category}` : `HTTP ${status}`
  if (status === 401) return new AuthExpired('hubspot', operation, `${what}; ${remedy}`)
  if (status === 429) return limited(operation, body.policyName, retryAfter(headers))
  if (status === 477)
    return new RateLimited('hubspot', operation, retryAfter(headers) ?? HOUR, 'the portal is moving')
  if (status === 423) return new RateLimited('hubspot', operation, LOCKED_WAIT, 'the records are locked')
  if (status === 408 || status >= 500 || status < 400) return new Uncertain('hubspot', operation, what)
  const detail = status === 403 ? `${what}; ${missingScopes(body)}` : `${what}${missingProperty(body)}`
  return new HubSpotRefused(operation, status, body, detail)
}

const HOUR = 60 * 60_000
const LOCKED_WAIT = 2_000

/** The day's calls come back at midnight in the portal's zone; asking again every quarter of an hour is cheap. */
const DAILY_WAIT = 15 * 60_000

function limited(operation: string, policy: string, asked: number | null): RateLimited {
  const usual: Readonly<Record<string, number>> = {
    DAILY: DAILY_WAIT,
    TEN_SECONDLY_ROLLING: 10_000,
    SECONDLY: 1_000,
  }
  const name = policy in usual ? policy : 'rate limit'
  return new RateLimited('hubspot', operation, asked ?? usual[policy] ?? 2_000, name)
}

function bodyOf(reply: Reply): ErrorBody {
  let body: unknown = {}
  try {
    body = JSON.parse(reply.body)
  } catch {
    // HTML of a proxy, or nothing: the status says enough.
  }
  return errorBody.catch({ category: '', message: '', policyName: '', errors: [], context: {} }).parse(body)
}

/** Its name, as the refusal of a write quotes it; empty when that is not what is wrong. */
function missingProperty({ message }: ErrorBody): string {
  const name = /"error":"PROPERTY_DOESNT_EXIST","name":"([a-z0-9_]{1,100})"/.exec(message)?.[1]
  return name === undefined ? '' : `; there is no property ${name}: create it as leadtime doctor says`
}

function missingScopes(body: ErrorBody): string {
  const context = body.errors[0]?.context as { requiredGranularScopes?: unknown } | undefined
  const scopes = z.array(z.string().regex(/^[a-z0-9._-]+$/)).safeParse(context?.requiredGranularScopes)
  return scopes.success
    ? `grant the app one of: ${scopes.data.join(', ')}`
    : 'grant the app the missing scope'
}

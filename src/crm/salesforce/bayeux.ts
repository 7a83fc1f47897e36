import { z } from 'zod'
import { AuthExpired, Refused, Unavailable } from '../errors.ts'
import type { SalesforceClient } from './client.ts'

/** The server has forgotten us: shake hands again. */
export class Forgotten extends Unavailable {}

const advice = z.object({
  reconnect: z.string().optional(),
  interval: z.number().min(0).optional(),
  timeout: z.number().positive().optional(),
})
const message = z.object({
  channel: z.string(),
  id: z.string().optional(),
  successful: z.boolean().optional(),
  clientId: z.string().optional(),
  error: z.string().optional(),
  advice: advice.optional().catch(undefined),
  ext: z
    .object({ sfdc: z.object({ failureReason: z.string() }) })
    .optional()
    .catch(undefined),
  data: z.unknown().optional(),
})
type Message = z.infer<typeof message>

/** What a subscription was answered: `invalid`: the place to go on from is no longer known. */
export type Subscribed = { ok: true } | { ok: false; code: number; invalid: boolean }

/** Salesforce's own, as its `advice` says it; a poll that brings nothing takes as long. */
const POLL_MS = 110_000
/** What the network may add to it. */
const SLACK_MS = 20_000
const LIMIT_MS = 30_000
const FAREWELL_MS = 2_000
const LONGEST_POLL_MS = 600_000
/** A server that answers so soon with nothing, so often, would be asked without end. */
const HASTE_MS = 500
const HASTY_POLLS = 5
const WAIT = 'wait for change events'
const NEW_ONLY = -1

/**
 * A client of Salesforce's Streaming API: Bayeux by long polling, one message a request (docs.cometd.org, "The Bayeux
 * Protocol"; Streaming API Developer Guide, "Streaming API Error Codes"). jsforce's is not used: faye keeps its token for
 * life, tries again for ever on timers that hold the process, obeys `http_proxy`, and cannot be aborted.
 */
export class Bayeux {
  readonly #client: SalesforceClient
  readonly #signal: AbortSignal
  /** The server finds its session by a cookie. */
  readonly #cookies = new Map<string, string>()
  #id = 0
  #clientId = ''
  #pollMs = POLL_MS
  #hasty = 0

  private constructor(client: SalesforceClient, signal: AbortSignal) {
    this.#client = client
    this.#signal = signal
  }

  /** Shakes hands. @throws AuthExpired, Refused, Unavailable */
  static async open(client: SalesforceClient, signal: AbortSignal): Promise<Bayeux> {
    const bayeux = new Bayeux(client, signal)
    await bayeux.#handshake()
    return bayeux
  }

  /** Asks for a channel's events after a position; null: for new ones. */
  async subscribe(channel: string, position: string | null): Promise<Subscribed> {
    const replay = { [channel]: position === null ? NEW_ONLY : Number(position) }
    const sent = { channel: '/meta/subscribe', subscription: channel, ext: { replay } }
    const { answer } = await this.#send('subscribe to change events', sent)
    if (answer.successful) return { ok: true }
    const error = errorOf(answer)
    if (error.code === 401 || answer.advice?.reconnect === 'handshake') throw lost(answer)
    return { ok: false, code: error.code, invalid: error.code === 400 && /replayId/.test(error.words) }
  }

  /** What has come since the last poll, perhaps nothing; waits until there is something, two minutes at most. */
  async poll(): Promise<{ channel: string; data: unknown }[]> {
    const sent = { channel: '/meta/connect', connectionType: 'long-polling' }
    const began = performance.now()
    const { answer, events } = await this.#send(WAIT, sent, this.#pollMs + SLACK_MS)
    this.#pollMs = Math.min(answer.advice?.timeout ?? this.#pollMs, LONGEST_POLL_MS)
    if (!answer.successful) throw lost(answer)
    this.#hasty = events.length === 0 && performance.now() - began < HASTE_MS ? this.#hasty + 1 : 0
    if (this.#hasty > HASTY_POLLS) throw new Unavailable('salesforce', WAIT, 'the server does not wait')
    return events
  }

  /** Says good-bye if the server can be reached at once; it would forget us anyway. */
  async close(): Promise<void> {
    const signal = AbortSignal.timeout(FAREWELL_MS)
    const options = { cookie: this.#cookie, signal, limit: FAREWELL_MS }
    const sent = [this.#head('/meta/disconnect')]
    await this.#client.stream('end change events', sent, options).catch(() => undefined)
  }

  async #handshake(): Promise<void> {
    const sent = {
      ...{ channel: '/meta/handshake', version: '1.0', minimumVersion: '1.0' },
      ...{ supportedConnectionTypes: ['long-polling'], ext: { replay: true } },
    }
    const { answer } = await this.#send('listen to change events', sent)
    if (!answer.successful || answer.clientId === undefined) throw denied(answer)
    this.#clientId = answer.clientId
  }

  async #send(operation: string, sent: { channel: string }, limit = LIMIT_MS) {
    const head = this.#head(sent.channel)
    const body = [{ ...head, ...sent }]
    const options = { cookie: this.#cookie, signal: this.#signal, limit }
    const reply = await this.#client.stream(operation, body, options)
    this.#keepCookies(reply.headers['set-cookie'] ?? '')
    const messages = messagesOf(reply.body)
    const answer = messages?.find(({ channel, id }) => channel === sent.channel && id === head.id)
    if (!messages || !answer)
      throw new Unavailable('salesforce', operation, 'the answer is not what this call returns')
    const events = messages.filter(({ channel, data }) => data !== undefined && !channel.startsWith('/meta/'))
    return { answer, events: events.map(({ channel, data }) => ({ channel, data })) }
  }

  #head(channel: string) {
    this.#id++
    return { channel, id: String(this.#id), ...(this.#clientId && { clientId: this.#clientId }) }
  }

  get #cookie(): string {
    return [...this.#cookies].map(pair => pair.join('=')).join('; ')
  }

  #keepCookies(lines: string): void {
    for (const line of lines.split('\n')) {
      const [, name, value] = /^\s*([^=;\s]+)=([^;]*)/.exec(line) ?? []
      if (name !== undefined) this.#cookies.set(name, value ?? '')
    }
  }
}

function messagesOf(body: string): Message[] | null {
  try {
    return z.array(message).safeParse(JSON.parse(body)).data ?? null
  } catch {
    return null
  }
}

/** `403::Unknown client`: the words can name channels and users, so only the code passes on. */
function errorOf({ error = '' }: Message): { code: number; words: string } {
  const [, code, words = ''] = /^(\d{3}):[^:]*:?(.*)$/s.exec(error) ?? []
  return { code: Number(code ?? 0), words }
}

function denied(answer: Message): Error {
  const why = answer.ext?.sfdc.failureReason ?? answer.error ?? ''
  const operation = 'listen to change events'
  if (why.startsWith('401')) return new AuthExpired('salesforce', operation, 'the session is over')
  if (/concurrent user limit/.test(why))
    return new Unavailable('salesforce', operation, 'too many clients listen to this organisation')
  if (why.startsWith('403') && !/limit/.test(why))
    return new Refused('salesforce', operation, 'not allowed; give the integration user "API Enabled"')
  return new Unavailable('salesforce', operation, 'refused for the moment')
}

function lost(answer: Message): Error {
  const { code } = errorOf(answer)
  if (code === 401) return new AuthExpired('salesforce', WAIT, 'the session is over')
  return new Forgotten('salesforce', WAIT, 'the server has ended the stream')
}

import type { SObject } from '../schema/field.ts'
import type { Capture } from './capture.ts'
import type { Client, Clients, End } from './clients.ts'
import type { EventLog } from './log.ts'

/** One message of the Bayeux protocol, either way (docs.cometd.org, "The Bayeux Protocol"). */
export interface Message {
  channel: string
  id?: string
  clientId?: string
  subscription?: string
  connectionType?: string
  advice?: { timeout?: number; interval?: number; reconnect?: string }
  ext?: { replay?: unknown; [more: string]: unknown }
  [more: string]: unknown
}

/** The request that brought messages. */
export interface Bearer {
  /** Whether its token is good; null: it had none. */
  live: boolean | null
  /** Its BAYEUX_BROWSER cookie. */
  browser: string | undefined
  /** Aborted when nobody waits for the answer any more. */
  gone: AbortSignal
}

export interface Settings {
  /** Real seconds a connect is held. */
  pollSeconds: number
  /** Clients at most. */
  clients: number
  /** Subscriptions hold and nothing is delivered, as happens to a backlog with a filter. */
  silent: boolean
}

export interface Answer {
  messages: Message[]
  /** Set for a client that has just shaken hands. */
  browser?: string
  /** The connection is to be broken. */
  dropped?: boolean
}

interface Parts {
  capture: Capture
  log: EventLog
  clients: Clients
  settings: Settings
  objectNamed: (name: string) => SObject | undefined
}

/** Events of one answer. */
const BATCH = 100
const NEW_ONLY = -1
const ALL = -2

/**
 * Salesforce's Streaming API as far as change events go: long polling, one organisation, durable events. Wording and codes
 * are those of "Streaming API Error Codes" (Streaming API Developer Guide).
 */
export class Bayeux {
  readonly #parts: Parts

  constructor(parts: Parts) {
    this.#parts = parts
  }

  /** Answers the messages of one request in their order. A connect that has nothing to bring is held. */
  async answer(messages: readonly Message[], bearer: Bearer): Promise<Answer> {
    const answer: Answer = { messages: [] }
    for (const message of messages) {
      if (message.channel === '/meta/handshake') {
        const { reply, browser } = this.#handshake(message, bearer)
        answer.messages.push(reply)
        if (browser !== undefined) answer.browser = browser
        continue
      }
      const client = this.#parts.clients.find(message.clientId ?? '')
      const refused = client === undefined ? UNKNOWN_CLIENT : refusal(client, bearer)
      if (refused !== null || client === undefined)
        answer.messages.push(failed(message, refused ?? UNKNOWN_CLIENT))
      else if (message.channel === '/meta/connect') {
        const held = messages.length === 1 && message.advice?.timeout !== 0
        const { events, end } = await this.#connect(client, held, bearer.gone)
        if (end === 'dropped') return { messages: [], dropped: true }
        const first = client.connected ? {} : { advice: this.#advice() }
        client.connected = true
        answer.messages.push(...events, done(message, { clientId: client.id, ...first }))
      } else answer.messages.push(this.#other(message, client))
    }
    return answer
  }

  #handshake(message: Message, { live }: Bearer): { reply: Message; browser?: string } {
    const { clients, settings } = this.#parts
    if (live !== true) {
      const why = live === null ? '401::Request requires authentication' : '401::Authentication invalid'
      return { reply: denied(message, why) }
    }
    if (clients.count >= settings.clients)
      return { reply: denied(message, '403::Organization concurrent user limit exceeded') }
    const { id: clientId, browser } = clients.open()
    const versions = { version: '1.0', minimumVersion: '1.0', supportedConnectionTypes: ['long-polling'] }
    const ext = { replay: true, 'payload.format': true }
    return { reply: done(message, { ...versions, ext, clientId }), browser }
  }

  async #connect(
    client: Client,
    hold: boolean,
    gone: AbortSignal,
  ): Promise<{ events: Message[]; end?: End }> {
    const { clients, settings } = this.#parts
    const ready = this.#take(client)
    if (ready.length > 0 || !client.connected || !hold) return { events: ready }
    const end = await clients.hold(client, settings.pollSeconds * 1000, gone)
    return { events: end === 'events' ? this.#take(client) : [], end }
  }

  /** What a client was not given yet, in the order of commits; given to it now. */
  #take({ subscriptions }: Client): Message[] {
    const { log, settings } = this.#parts
    if (settings.silent) return []
    const found: { channel: string; replayId: number; message: Message }[] = []
    for (const [channel, { entity, position }] of subscriptions) {
      for (const { replayId, entity: of, payload } of log.after(position, entity, BATCH)) {
        const data = { schema: schemaOf(of), payload, event: { replayId } }
        found.push({ channel, replayId, message: { channel, data } })
      }
    }
    const given = found.sort((a, b) => a.replayId - b.replayId).slice(0, BATCH)
    for (const { channel, replayId } of given) subscriptions.get(channel)!.position = replayId
    return given.map(({ message }) => message)
  }

  #other(message: Message, client: Client): Message {
    const { clients } = this.#parts
    const { channel, subscription = '' } = message
    switch (channel) {
      case '/meta/subscribe':
        return this.#subscribe(message, client)
      case '/meta/unsubscribe':
        client.subscriptions.delete(subscription)
        return done(message, { clientId: client.id, subscription })
      case '/meta/disconnect':
        clients.close(client)
        return done(message, { clientId: client.id })
      default:
        return failed(message, { error: '403::Restricted channel' })
    }
  }

  #subscribe(message: Message, client: Client): Message {
    const { subscription = '', ext } = message
    const refuse = (error: string) => failed(message, { error, subscription, clientId: client.id })
    const entity = this.#entityOf(subscription)
    if (typeof entity === 'object' && entity !== null) return refuse(entity.error)
    const map = ext?.replay as Record<string, number> | undefined
    const asked = map === undefined ? NEW_ONLY : map[subscription]
    if (asked === undefined)
      return refuse(
        `400::The replayId for channel {${subscription}} wasn't found using the provided replay ID map {${JSON.stringify(map)}}. ` +
          'Ensure that the channel name you provided in the replay map is valid and matches the channel name used for subscribing.',
      )
    const position = this.#positionOf(asked)
    if (position === null)
      return refuse(
        `400::The replayId {${asked}} you provided was invalid. Please provide a valid ID, -2 to replay all events, or -1 to replay only new events.`,
      )
    client.subscriptions.set(subscription, { entity, position })
    return done(message, { clientId: client.id, subscription })
  }

  /** Null: every entity. */
  #entityOf(channel: string): string | null | { error: string } {
    const { capture, objectNamed } = this.#parts
    if (channel === '/data/ChangeEvents') return null
    const [, name = ''] = /^\/data\/(\w+)ChangeEvent$/.exec(channel) ?? []
    const object = objectNamed(name)
    if (object?.name !== name)
      return { error: `400::The channel you requested to subscribe to doesn't exist {${channel}}` }
    if (!capture.entities.includes(name)) return { error: `403::Cannot create channel {${channel}}` }
    return name
  }

  #positionOf(asked: number): number | null {
    const { capture, log } = this.#parts
    capture.flush()
    if (asked === NEW_ONLY) return log.newest
    if (asked === ALL) return 0
    return log.holds(asked) ? asked : null
  }

  #advice() {
    return { interval: 0, timeout: this.#parts.settings.pollSeconds * 1000, reconnect: 'retry' }
  }
}

interface Refusal {
  error: string
  advice?: { interval: number; reconnect: string }
  subscription?: string
  clientId?: string
}

const UNKNOWN_CLIENT: Refusal = {
  error: '403::Unknown client',
  advice: { interval: 0, reconnect: 'handshake' },
}

function refusal(client: Client, { live, browser }: Bearer): Refusal | null {
  if (live !== true)
    return { error: '401::Authentication invalid', advice: { interval: 0, reconnect: 'none' } }
  if (browser === client.browser) return null
  return {
    error: `400::Client ${client.id} has established a session, but no BAYEUX_BROWSER cookie present`,
  }
}

const head = ({ channel, id }: Message): Message => ({ channel, ...(id !== undefined && { id }) })

const done = (message: Message, more: object): Message => ({ ...more, ...head(message), successful: true })

const failed = (message: Message, more: Refusal): Message => ({
  ...more,
  ...head(message),
  successful: false,
})

const denied = (message: Message, failureReason: string): Message => ({
  ...{ ext: { sfdc: { failureReason }, replay: true, 'payload.format': true } },
  ...{ advice: { reconnect: 'none' }, error: '403::Handshake denied' },
  ...head(message),
  successful: false,
})

/** Opaque, and another one for another entity. */
const schemaOf = (entity: string): string =>
  Buffer.from(`${entity}ChangeEvent`).toString('base64url').slice(0, 22)

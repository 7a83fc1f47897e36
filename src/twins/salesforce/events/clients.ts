import { randomBytes } from 'node:crypto'

/** Where one channel of a client stands. */
export interface Subscription {
  /** Null: of every entity. */
  entity: string | null
  /** The last event it was given. */
  position: number
}

/** Why a held connect ends. */
export type End = 'events' | 'timeout' | 'replaced' | 'dropped' | 'gone'

export interface Client {
  id: string
  /** The value of its BAYEUX_BROWSER cookie. */
  browser: string
  subscriptions: Map<string, Subscription>
  /** It has connected once: from then on its connects are held. */
  connected: boolean
  /** When it was last heard, real milliseconds. */
  seen: number
  /** Ends the connect that is being held; null: none is. */
  end: ((why: End) => void) | null
}

/** A client that does not connect for so long is forgotten. */
const SILENCE_MS = 40_000

/** Those that have shaken hands. */
export class Clients {
  readonly #all = new Map<string, Client>()
  readonly #real: () => number

  /** @param real a monotonic source of real milliseconds */
  constructor(real: () => number) {
    this.#real = real
  }

  get count(): number {
    this.#forgetSilent()
    return this.#all.size
  }

  open(): Client {
    const client: Client = {
      ...{ id: randomBytes(16).toString('hex'), browser: randomBytes(8).toString('hex') },
      ...{ subscriptions: new Map(), connected: false, seen: this.#real(), end: null },
    }
    this.#all.set(client.id, client)
    return client
  }

  /** Undefined: never there, silent for too long, or gone. Asking is hearing from it. */
  find(id: string): Client | undefined {
    this.#forgetSilent()
    const client = this.#all.get(id)
    if (client) client.seen = this.#real()
    return client
  }

  close(client: Client): void {
    this.#all.delete(client.id)
    client.end?.('replaced')
  }

  /** There are events: whoever waits gets them. */
  wake(): void {
    for (const client of this.#all.values()) client.end?.('events')
  }

  /** Breaks every connection and knows nobody any more. */
  drop(): number {
    const dropped = [...this.#all.values()]
    this.#all.clear()
    for (const client of dropped) client.end?.('dropped')
    return dropped.length
  }

  /** Waits for something to give the client, for at most `ms`. */
  hold(client: Client, ms: number, gone: AbortSignal): Promise<End> {
    client.end?.('replaced')
    return new Promise(resolve => {
      const finish = (why: End) => {
        clearTimeout(timer)
        gone.removeEventListener('abort', left)
        if (client.end === finish) client.end = null
        client.seen = this.#real()
        resolve(why)
      }
      const left = () => finish('gone')
      const timer = setTimeout(() => finish('timeout'), ms).unref()
      client.end = finish
      gone.addEventListener('abort', left)
    })
  }

  #forgetSilent(): void {
    const before = this.#real() - SILENCE_MS
    for (const [id, client] of this.#all)
      if (client.end === null && client.seen < before) this.#all.delete(id)
  }
}

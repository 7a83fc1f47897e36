import { createHmac } from 'node:crypto'
import type { VirtualClock } from '../../clock.ts'
import { Random } from '../../scenario/generator/random.ts'
import type { WebhookEvent } from './events.ts'

/** Where events go, and how badly. */
export interface Target {
  url: string
  /** The app's client secret: signs every delivery. */
  secret: string
  /** Subscription types that are sent, such as `contact.creation`; all when left out. */
  subscriptions?: readonly string[] | undefined
  /** Events of one delivery at most. */
  batch: number
  /** The chance that a delivery that arrived is sent once more. */
  duplicates: number
  /** Events leave in any order. */
  disorder: boolean
  seed: number
}

/** HubSpot waits so long for an answer. */
const PATIENCE_MS = 5_000
/** Minutes of the twins' clock until the next try: ten of them, within a day, each a tenth shorter or longer. */
const RETRIES = [1, 3, 10, 30, 60, 120, 180, 240, 300, 360]
const AT_ONCE = 10

interface Delivery {
  events: WebhookEvent[]
  attempt: number
  due: number
}

/** Delivers events as HubSpot does: in batches, signed, ten at once, again and again for a day, at least once. */
export class Sender {
  readonly target: Target
  readonly #clock: VirtualClock
  readonly #random: Random
  readonly #unfollow: () => void
  readonly #end = new AbortController()
  #queue: WebhookEvent[] = []
  #ready: Delivery[] = []
  #waiting: Delivery[] = []
  #underway = 0
  #scheduled = false
  readonly #done = { deliveries: 0, events: 0, twice: 0, failures: 0, lost: 0 }

  constructor(target: Target, clock: VirtualClock) {
    this.target = target
    this.#clock = clock
    this.#random = new Random(target.seed)
    this.#unfollow = clock.onAdvance(now => this.#wake(now))
  }

  /** Takes events; they leave together once whatever made them is done. */
  take(events: readonly WebhookEvent[]): void {
    const { subscriptions } = this.target
    this.#queue.push(
      ...events.filter(event => !subscriptions || subscriptions.includes(event.subscriptionType)),
    )
    if (this.#scheduled || this.#queue.length === 0) return
    this.#scheduled = true
    setImmediate(() => this.#flush())
  }

  state() {
    const { secret: _, ...target } = this.target
    const waiting = this.#waiting.map(({ events, attempt, due }) => ({
      ...{ events: events.length, attempt, due: new Date(due).toISOString() },
    }))
    const pending = this.#queue.length + this.#ready.length + this.#underway
    return { ...target, pending, waiting, ...this.#done }
  }

  close(): void {
    this.#unfollow()
    this.#end.abort()
    this.#queue = []
    this.#ready = []
    this.#waiting = []
  }

  #flush(): void {
    this.#scheduled = false
    const events = this.target.disorder ? shuffled(this.#queue, this.#random) : this.#queue
    this.#queue = []
    for (let i = 0; i < events.length; i += this.target.batch) {
      this.#ready.push({ events: events.slice(i, i + this.target.batch), attempt: 0, due: 0 })
    }
    this.#pump()
  }

  #wake(now: number): void {
    const due = this.#waiting.filter(delivery => delivery.due <= now)
    if (due.length === 0) return
    this.#waiting = this.#waiting.filter(delivery => delivery.due > now)
    this.#ready.push(...due)
    this.#pump()
  }

  #pump(): void {
    while (this.#underway < AT_ONCE) {
      const delivery = this.#ready.shift()
      if (!delivery) return
      this.#underway++
      void this.#deliver(delivery).finally(() => {
        this.#underway--
        this.#pump()
      })
    }
  }

  async #deliver(delivery: Delivery): Promise<void> {
    const arrived = await this.#send(delivery)
    if (this.#end.signal.aborted) return
    if (!arrived) return this.#again(delivery)
    this.#done.deliveries++
    this.#done.events += delivery.events.length
    if (!this.#random.chance(this.target.duplicates)) return
    this.#done.twice++
    await this.#send(delivery)
  }

  #again({ events, attempt }: Delivery): void {
    this.#done.failures++
    const minutes = RETRIES[attempt]
    if (minutes === undefined) {
      this.#done.lost += events.length
      return
    }
    const due = this.#clock.now() + minutes * this.#random.int(54_000, 66_000)
    this.#waiting.push({ events, attempt: attempt + 1, due })
  }

  /** Signatures are of this machine's time, not the twins': it is the time in which they age on their way. */
  async #send({ events, attempt }: Delivery): Promise<boolean> {
    const { url, secret } = this.target
    const body = JSON.stringify(events.map(event => ({ ...event, attemptNumber: attempt })))
    const timestamp = String(Date.now())
    const signature = createHmac('sha256', secret).update(`POST${url}${body}${timestamp}`).digest('base64')
    const headers = {
      'content-type': 'application/json',
      'user-agent': 'HubSpot Connect 2.0 (twin)',
      'x-hubspot-signature-v3': signature,
      'x-hubspot-request-timestamp': timestamp,
    }
    const signal = AbortSignal.any([this.#end.signal, AbortSignal.timeout(PATIENCE_MS)])
    try {
      const answer = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal })
      await answer.body?.cancel()
      return answer.ok
    } catch {
      return false
    }
  }
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const mixed = [...items]
  for (let i = mixed.length - 1; i > 0; i--) {
    const other = random.int(0, i)
    ;[mixed[i], mixed[other]] = [mixed[other]!, mixed[i]!]
  }
  return mixed
}

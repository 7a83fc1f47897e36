import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { FastifyReply } from 'fastify'

const WINDOW_MS = 10_000
const BURST = 190
const DAILY = 625_000
const SEARCH_WINDOW_MS = 1000
const SEARCHES = 5

/** Calls within the last moments of real time. */
class Window {
  #times: number[] = []
  readonly #length: number
  readonly #max: number

  constructor(length: number, max: number) {
    this.#length = length
    this.#max = max
  }

  /** Counts a call; null when it is one too many, which then does not count. */
  take(now: number): number | null {
    const open = this.#times.findIndex(time => time > now - this.#length)
    this.#times = open < 0 ? [] : this.#times.slice(open)
    if (this.#times.length >= this.#max) return null
    this.#times.push(now)
    return this.#max - this.#times.length
  }
}

/** HubSpot's limits of a private app: told in the headers, enforced when asked for. */
export class RateLimits {
  readonly #burst = new Window(WINDOW_MS, BURST)
  readonly #search = new Window(SEARCH_WINDOW_MS, SEARCHES)
  readonly #enforced: boolean
  #used = 0

  constructor(enforced: boolean) {
    this.#enforced = enforced
  }

  /**
   * Sets the headers of the answer; gives the body of a 429 when the call is refused. Searches have a limit of
   * their own and no headers.
   */
  take(reply: FastifyReply, search: boolean): Record<string, unknown> | undefined {
    reply.header('x-hubspot-correlation-id', randomUUID())
    const left = (search ? this.#search : this.#burst).take(performance.now())
    this.#used++
    if (!search) reply.headers(headersOf(left ?? 0, Math.max(0, DAILY - this.#used)))
    if (left !== null || !this.#enforced) return undefined
    return search ? refusal('secondly', 'SECONDLY') : refusal('ten_secondly_rolling', 'TEN_SECONDLY_ROLLING')
  }
}

function headersOf(left: number, daily: number): Record<string, string> {
  return {
    'x-hubspot-ratelimit-daily': String(DAILY),
    'x-hubspot-ratelimit-daily-remaining': String(daily),
    'x-hubspot-ratelimit-interval-milliseconds': String(WINDOW_MS),
    'x-hubspot-ratelimit-max': String(BURST),
    'x-hubspot-ratelimit-remaining': String(left),
  }
}

function refusal(name: string, policyName: string): Record<string, unknown> {
  return {
    status: 'error',
    message: `You have reached your ${name} limit.`,
    errorType: 'RATE_LIMIT',
    category: 'RATE_LIMITS',
    correlationId: randomUUID(),
    policyName,
  }
}

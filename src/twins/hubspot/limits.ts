import { randomUUID } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { FastifyReply } from 'fastify'
import type { Portal } from './portal.ts'

const WINDOW_MS = 10_000
const SEARCH_WINDOW_MS = 1000
const SEARCHES = 5

/** Calls within the last moments of real time. */
class Window {
  #times: number[] = []
  readonly #length: number

  constructor(length: number) {
    this.#length = length
  }

  /** Counts a call; null when it is one too many, which then does not count. */
  take(now: number, max: number): number | null {
    const open = this.#times.findIndex(time => time > now - this.#length)
    this.#times = open < 0 ? [] : this.#times.slice(open)
    if (this.#times.length >= max) return null
    this.#times.push(now)
    return max - this.#times.length
  }
}

/**
 * HubSpot's limits of a private app: told in the headers, enforced when asked for. Bursts are of real time, as our
 * haste is; the day is one of the portal's zone, by the twins' clock.
 */
export class RateLimits {
  readonly #burst = new Window(WINDOW_MS)
  readonly #search = new Window(SEARCH_WINDOW_MS)
  readonly #portal: Portal
  #day = ''
  #used = 0

  constructor(portal: Portal) {
    this.#portal = portal
  }

  /**
   * Sets the headers of the answer; gives the body of a 429 when the call is refused. Searches have a limit of
   * their own and no headers.
   */
  take(reply: FastifyReply, search: boolean): Record<string, unknown> | undefined {
    const { burst, daily, enforceLimits } = this.#portal.settings
    reply.header('x-hubspot-correlation-id', randomUUID())
    this.#turn()
    const over = this.#used >= daily
    const now = performance.now()
    const left = search ? this.#search.take(now, SEARCHES) : this.#burst.take(now, burst)
    if (!over) this.#used++
    if (!search) reply.headers(headersOf(left ?? 0, burst, daily - this.#used, daily))
    if (!enforceLimits) return undefined
    if (over) return refusal('daily', 'DAILY')
    if (left !== null) return undefined
    return search ? refusal('secondly', 'SECONDLY') : refusal('ten_secondly_rolling', 'TEN_SECONDLY_ROLLING')
  }

  /** The day's calls come back at midnight of the portal. */
  #turn(): void {
    const { clock, account } = this.#portal
    const now = Temporal.Instant.fromEpochMilliseconds(clock.now())
    const day = now.toZonedDateTimeISO(account.timeZone).toPlainDate().toString()
    if (day !== this.#day) [this.#day, this.#used] = [day, 0]
  }
}

function headersOf(left: number, burst: number, daily: number, ofDay: number): Record<string, string> {
  return {
    'x-hubspot-ratelimit-daily': String(ofDay),
    'x-hubspot-ratelimit-daily-remaining': String(Math.max(0, daily)),
    'x-hubspot-ratelimit-interval-milliseconds': String(WINDOW_MS),
    'x-hubspot-ratelimit-max': String(burst),
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

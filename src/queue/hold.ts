import type { Vendor } from '../domain/facts.ts'
import { type Instant, MINUTE } from '../domain/time.ts'

/** How long a CRM that refused our credentials is left alone before one call asks again. */
const PAUSE = 15 * MINUTE

export interface Held {
  vendor: Vendor
  since: Instant
  /** What a person has to do; no secret in it. */
  reason: string
}

/**
 * CRMs that wait for a person. Lives as long as the process, as the credentials do: new ones come with a restart.
 * One call every {@link PAUSE} notices when the remedy was on the CRM's side.
 */
export class Holds {
  readonly #held = new Map<Vendor, Held & { until: Instant }>()
  readonly #now: () => Instant
  constructor(now: () => Instant) {
    this.#now = now
  }

  hold(vendor: Vendor, reason: string): void {
    const since = this.#held.get(vendor)?.since ?? this.#now()
    this.#held.set(vendor, { vendor, since, reason, until: this.#now() + PAUSE })
  }

  /** A call went through. */
  release(vendor: Vendor): void {
    this.#held.delete(vendor)
  }

  /** Whether calls to this CRM make no sense at the moment. */
  isHeld(vendor: Vendor): boolean {
    return this.#now() < (this.#held.get(vendor)?.until ?? Number.NEGATIVE_INFINITY)
  }

  list(): Held[] {
    return [...this.#held.values()].map(({ vendor, since, reason }) => ({ vendor, since, reason }))
  }
}

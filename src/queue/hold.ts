import type { Vendor } from '../domain/facts.ts'
import { type Instant, MINUTE } from '../domain/time.ts'

/** How long a CRM that refused our credentials is left alone before one call asks again. */
const PAUSE = 15 * MINUTE

/**
 * CRMs that this process leaves alone because they refused its credentials. Lives as long as the process, as those of
 * the environment do; whoever connects a CRM on the page ends it at once. One call every {@link PAUSE} notices when the
 * remedy was on the CRM's side.
 */
export class Holds {
  readonly #until = new Map<Vendor, Instant>()
  readonly #now: () => Instant
  constructor(now: () => Instant) {
    this.#now = now
  }

  hold(vendor: Vendor): void {
    this.#until.set(vendor, this.#now() + PAUSE)
  }

  /** Somebody has acted: calls make sense again. */
  release(vendor: Vendor): void {
    this.#until.delete(vendor)
  }

  /** Whether calls to this CRM make no sense at the moment. */
  isHeld(vendor: Vendor): boolean {
    return this.#now() < (this.#until.get(vendor) ?? Number.NEGATIVE_INFINITY)
  }
}

import type { Bucket, Usage } from '../domain/budget.ts'
import type { RateLimited } from './errors.ts'

/** What an adapter asks before every call, and tells after it. */
export interface Budget {
  /**
   * Resolves when a call may be sent.
   * @throws RateLimited when that is so far off that the work should be left for later; the signal's reason when aborted
   */
  take(operation: string, bucket: Bucket, signal: AbortSignal): Promise<void>
  /** What the CRM said of its limits with an answer. */
  told(usage: Usage): void
  /**
   * The CRM refused a call for a limit; nobody calls it until that is over. Gives the error to throw, whose wait is
   * longer when the day's calls are used up and come back at midnight.
   */
  refused(error: RateLimited, limit: Bucket | 'day'): Promise<RateLimited>
  /** The account's IANA zone, whose midnight ends its day. */
  inZone(zone: string): Promise<void>
}

/** For a CRM nobody shares: tests. */
export const UNLIMITED: Budget = {
  take: async () => undefined,
  told: () => undefined,
  refused: async error => error,
  inZone: async () => undefined,
}

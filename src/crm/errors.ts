import type { Vendor } from '../domain/facts.ts'

/** Errors of a CRM are instructions to the caller: wait, sign in again, try again, or tell a person. None carries a token, an e-mail address or a payload. */
export abstract class CrmError extends Error {
  readonly vendor: Vendor
  /** What we were doing: `query Lead`, `update contacts`. */
  readonly operation: string
  /** What went wrong, without vendor and operation. */
  readonly detail: string
  constructor(vendor: Vendor, operation: string, detail: string) {
    super(`${vendor}: ${operation}: ${detail}`)
    this.vendor = vendor
    this.operation = operation
    this.detail = detail
    this.name = new.target.name
  }
}

/** The CRM asks us to wait. */
export class RateLimited extends CrmError {
  /** Milliseconds to wait before the next call. */
  readonly waitMs: number
  /** Which limit, without how long. */
  readonly why: string
  /** Whether only our own budget says so, and only to this lane. */
  readonly ours: boolean
  constructor(vendor: Vendor, operation: string, waitMs: number, why: string, ours = false) {
    super(vendor, operation, `${why}; it asks us to wait ${Math.ceil(waitMs / 1000)} s`)
    this.waitMs = waitMs
    this.why = why
    this.ours = ours
  }
}

/** The credentials are refused; a person must act. */
export class AuthExpired extends CrmError {}

/** The CRM did not answer, or answered nonsense; trying again later may help. */
export class Unavailable extends CrmError {}

/** The request itself is wrong for this CRM (missing field, no permission); repeating it will not help. */
export class Refused extends CrmError {}

/** The credentials open another account than the one whose records we hold; the two must never mix. */
export class OtherAccount extends Refused {
  constructor(vendor: Vendor, held: string, opened: string) {
    const remedy = 'correct the credentials, or give this account a database of its own'
    super(
      vendor,
      'compare accounts',
      `the database holds account ${held}, these credentials open ${opened}; ${remedy}`,
    )
  }
}

import type { Vendor } from '../domain/facts.ts'

/** Errors of a CRM are instructions to the caller: wait, sign in again, try again, or tell a person. None carries a token, an e-mail address or a payload. */
abstract class CrmError extends Error {
  readonly vendor: Vendor
  /** What we were doing: `query Lead`, `update contacts`. */
  readonly operation: string
  constructor(vendor: Vendor, operation: string, detail: string) {
    super(`${vendor}: ${operation}: ${detail}`)
    this.vendor = vendor
    this.operation = operation
    this.name = new.target.name
  }
}

/** The CRM asks us to wait. */
export class RateLimited extends CrmError {
  /** Milliseconds to wait before the next call. */
  readonly waitMs: number
  constructor(vendor: Vendor, operation: string, waitMs: number, detail: string) {
    super(vendor, operation, `${detail}; trying again in ${Math.ceil(waitMs / 1000)} s`)
    this.waitMs = waitMs
  }
}

/** The credentials are refused; a person must act. */
export class AuthExpired extends CrmError {}

/** The CRM did not answer, or answered nonsense; trying again later may help. */
export class Unavailable extends CrmError {}

/** The request itself is wrong for this CRM (missing field, no permission); repeating it will not help. */
export class Refused extends CrmError {}

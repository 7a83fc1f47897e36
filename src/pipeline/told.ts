import { AuthExpired, OtherAccount, RateLimited, Refused, Unavailable } from '../crm/errors.ts'
import { DatabaseRefused, DatabaseUnavailable } from '../store/errors.ts'

const KINDS = [
  RateLimited,
  AuthExpired,
  Unavailable,
  OtherAccount,
  Refused,
  DatabaseUnavailable,
  DatabaseRefused,
]

/**
 * An error for the log of runs: `AuthExpired: salesforce: query Lead: …`; the kind is the port's, whatever an adapter
 * made of it. Of errors nobody foresaw only the name is kept, for their messages may quote what they choked on.
 */
export function told(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  const kind = KINDS.find(known => error instanceof known)
  return kind ? `${kind.name}: ${error.message}` : error.name
}

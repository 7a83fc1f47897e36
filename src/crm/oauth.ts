import type { Vendor } from '../domain/facts.ts'
import type { Grant, Held } from './credentials.ts'
import { AuthExpired, OtherAccount, RateLimited, Unavailable } from './errors.ts'
import { exchange, NoAnswer, type Reply, retryAfter } from './wire.ts'

/** The vendor refuses the grant for good: revoked, its user deactivated, or replaced by another. */
export class GrantRefused extends AuthExpired {}

/** Such a request of RFC 6749: a form for the token endpoint, or for the one that revokes. */
export interface TokenRequest {
  vendor: Vendor
  /** `sign in`, `revoke`. */
  operation: string
  url: string
  form: Readonly<Record<string, string | undefined>>
  /** What a person checks when the vendor refuses the client itself. */
  remedy: string
}

const TOO_MANY_WAIT = 5_000

/** What the vendors call a grant that is over; HubSpot's older answers carry a status of their own. */
const OVER = new Set(['invalid_grant', 'BAD_REFRESH_TOKEN', 'BAD_AUTH_CODE'])

/**
 * Sends one form, once, and returns the parsed JSON of the answer (null when it is empty). Of a refusal only the error's
 * name passes: descriptions may quote what was sent.
 * @throws GrantRefused, AuthExpired, RateLimited, Unavailable; the signal's reason
 */
export async function tokenRequest(request: TokenRequest, signal: AbortSignal): Promise<unknown> {
  const { vendor, operation, url, form } = request
  const given = Object.entries(form).filter((pair): pair is [string, string] => !!pair[1])
  const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' }
  let reply: Reply
  try {
    reply = await exchange({ method: 'POST', url, headers, body: String(new URLSearchParams(given)) }, signal)
  } catch (error) {
    signal.throwIfAborted()
    throw new Unavailable(vendor, operation, error instanceof NoAnswer ? error.message : 'no answer')
  }
  const refused = refusal(request, reply)
  if (refused) throw refused
  return parsed(reply.body)
}

function refusal({ vendor, operation, remedy }: TokenRequest, reply: Reply): Error | null {
  const { status, headers } = reply
  if (status >= 200 && status < 300) return null
  if (status === 429)
    return new RateLimited(vendor, operation, retryAfter(headers) ?? TOO_MANY_WAIT, 'too many sign-ins')
  if (status >= 500 || status < 400 || status === 408)
    return new Unavailable(vendor, operation, `HTTP ${status}`)
  const code = codeOf(reply.body)
  const Refused = code && OVER.has(code) ? GrantRefused : AuthExpired
  return new Refused(vendor, operation, `${code ?? `HTTP ${status}`}; ${remedy}`)
}

/** `invalid_grant` and its like, from JSON or, as Salesforce's revocation answers, from a form. */
function codeOf(body: string): string | null {
  const json = parsed(body) as { error?: unknown; status?: unknown } | null
  const code = String(json?.error ?? json?.status ?? new URLSearchParams(body).get('error') ?? '')
  return /^[A-Za-z_]{3,40}$/.test(code) ? code : null
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return null
  }
}

/**
 * The grant to go on with when `refused` no longer works: what somebody else renewed meanwhile, or what `ask` makes of
 * the refresh token, kept before anybody uses it: vendors that rotate refresh tokens have already ended the old one.
 * @throws AuthExpired when there is none; OtherAccount; what `ask` throws
 */
export async function renewed(
  vendor: Vendor,
  { grant, replace, refuse }: Held,
  refused: string | null,
  ask: (grant: Grant) => Promise<Grant>,
): Promise<Grant> {
  if (!grant) throw notConnected(vendor)
  if (grant.accessToken && grant.accessToken !== refused) return grant
  try {
    const next = await ask(grant)
    if (grant.account && next.account !== grant.account)
      throw new OtherAccount(vendor, grant.account, next.account)
    await replace(next)
    return next
  } catch (error) {
    if (error instanceof GrantRefused) await refuse()
    throw error
  }
}

export const notConnected = (vendor: Vendor): AuthExpired =>
  new AuthExpired(vendor, 'sign in', 'it is not connected; connect it on the page /connections')

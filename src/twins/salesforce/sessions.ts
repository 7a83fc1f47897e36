import { randomBytes, timingSafeEqual } from 'node:crypto'

/** A grant is refused: HTTP 400 or 401 with `{error, error_description}`. */
export class GrantError extends Error {
  override readonly name = 'GrantError'
  readonly error: string

  constructor(error: string, description: string) {
    super(description)
    this.error = error
  }
}

export interface Client {
  id: string
  secret: string
}

export interface SessionOptions {
  organisationId: string
  client: Client
  refreshToken: string
  /** How long a token lives without being used, in real seconds. */
  seconds: number
  /** A monotonic source of real milliseconds. */
  real: () => number
}

const KEPT = 1000

/** Access tokens: opaque, `00D…!…`, never of a JWT's form. They live until they are revoked or lie unused. */
export class Sessions {
  readonly #options: SessionOptions
  /** Token → when it was last used. */
  readonly #live = new Map<string, number>()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** A new access token for a form of POST /services/oauth2/token. @throws GrantError */
  grant(form: URLSearchParams, basic: Client | null): string {
    const type = form.get('grant_type')
    const client = basic ?? { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
    if (type !== 'client_credentials' && type !== 'refresh_token') {
      throw new GrantError('unsupported_grant_type', 'grant type not supported')
    }
    const refresh = type === 'refresh_token'
    if (client.id !== this.#options.client.id)
      throw new GrantError('invalid_client_id', 'client identifier invalid')
    // A public client refreshes without its secret; with one, it must be right.
    if (!(refresh && !client.secret) && !same(client.secret, this.#options.client.secret)) {
      throw new GrantError('invalid_client', 'invalid client credentials')
    }
    if (refresh && !same(form.get('refresh_token') ?? '', this.#options.refreshToken)) {
      throw new GrantError('invalid_grant', 'expired access/refresh token')
    }
    return this.#open()
  }

  /** Whether the token is good; asking uses it. */
  isLive(token: string): boolean {
    const used = this.#live.get(token)
    if (used === undefined) return false
    const now = this.#options.real()
    if (now - used > this.#options.seconds * 1000) return !this.#live.delete(token)
    this.#live.set(token, now)
    return true
  }

  revoke(token: string): boolean {
    return this.#live.delete(token)
  }

  /** Ends every session, as an administrator or a time-out does; the next call of a client gets a 401. */
  revokeAll(): number {
    const ended = this.#live.size
    this.#live.clear()
    return ended
  }

  #open(): string {
    const token = `${this.#options.organisationId.slice(0, 15)}!${randomBytes(36).toString('base64url')}`
    this.#live.set(token, this.#options.real())
    const [oldest] = this.#live.keys()
    if (this.#live.size > KEPT && oldest) this.#live.delete(oldest)
    return token
  }
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

import { randomBytes } from 'node:crypto'

export interface SessionOptions {
  organisationId: string
  /** How long a token lives without being used, in real seconds. */
  seconds: number
  /** A monotonic source of real milliseconds. */
  real: () => number
}

interface Session {
  /** When it was last used. */
  used: number
  /** The grant it was opened for; null: for none that can be revoked. */
  chain: string | null
}

const KEPT = 1000

/** Access tokens: opaque, `00D…!…`, never of a JWT's form. They live until they are revoked or lie unused. */
export class Sessions {
  readonly #options: SessionOptions
  readonly #live = new Map<string, Session>()

  constructor(options: SessionOptions) {
    this.#options = options
  }

  /** Whether the token is good; asking uses it. */
  isLive(token: string): boolean {
    const session = this.#live.get(token)
    if (session === undefined) return false
    const now = this.#options.real()
    if (now - session.used > this.#options.seconds * 1000) return !this.#live.delete(token)
    session.used = now
    return true
  }

  revoke(token: string): boolean {
    return this.#live.delete(token)
  }

  /** Ends what was opened for a grant. */
  revokeOf(chain: string): void {
    for (const [token, session] of this.#live) if (session.chain === chain) this.#live.delete(token)
  }

  /** Ends every session, as an administrator or a time-out does; the next call of a client gets a 401. */
  revokeAll(): number {
    const ended = this.#live.size
    this.#live.clear()
    return ended
  }

  /** A new access token. */
  open(chain: string | null): string {
    const token = `${this.#options.organisationId.slice(0, 15)}!${randomBytes(36).toString('base64url')}`
    this.#live.set(token, { used: this.#options.real(), chain })
    const [oldest] = this.#live.keys()
    if (this.#live.size > KEPT && oldest) this.#live.delete(oldest)
    return token
  }
}

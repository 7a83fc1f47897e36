import { createHash, type KeyObject, randomBytes, timingSafeEqual } from 'node:crypto'
import { AUDIENCES, assertedUser } from './assertion.ts'
import { GrantError } from './error.ts'

export interface Client {
  id: string
  secret: string
}

export interface ConnectedAppOptions {
  client: Client
  /** A refresh token it was given before; it never changes unless `rotates`. */
  refreshToken: string
  /** Of the certificate that was uploaded to the app; without it no assertion is taken. */
  publicKey?: KeyObject | undefined
  /** The callback addresses of the app; without them any of this machine. */
  callbacks?: readonly string[] | undefined
  /** Each use of a refresh token gives a new one and ends the old. */
  rotates: boolean
  /** Whom assertions may speak for. */
  username: () => string
  /** This machine's clock: clients sign and wait by theirs, whatever the organisation's virtual one says. */
  wall: () => number
}

/** What the browser brings to the authorize page. */
export interface Asked {
  redirectUri: string
  state: string
  challenge: string
}

interface Code extends Asked {
  until: number
}

/** What a form earns: a session, on behalf of a chain of refresh tokens or of none. */
export interface Given {
  chain: string | null
  refreshToken: string | null
}

const CODE_MS = 15 * 60_000
/** A user can have so many grants of one app; the next one ends the oldest. */
const CHAINS = 5

const secret = () => randomBytes(32).toString('base64url')

/** A connected app: its clients, codes and refresh tokens. */
export class ConnectedApp {
  readonly #options: ConnectedAppOptions
  readonly #codes = new Map<string, Code>()
  /** Code that was redeemed → the chain it began. */
  readonly #spent = new Map<string, string>()
  /** Chain → its refresh token. */
  readonly #chains = new Map<string, string>()
  readonly #ended: (chain: string) => void
  #publicKey: KeyObject | null

  /** @param ended told of every chain that is over: its sessions end */
  constructor(options: ConnectedAppOptions, ended: (chain: string) => void) {
    this.#options = options
    this.#ended = ended
    this.#publicKey = options.publicKey ?? null
    this.#chains.set('given', options.refreshToken)
  }

  /** @throws GrantError for what the authorize page refuses to a browser */
  asked(query: Readonly<Record<string, string | undefined>>): Asked {
    const { client_id, redirect_uri: redirectUri = '', response_type, state = '' } = query
    const { code_challenge: challenge = '', code_challenge_method: method } = query
    if (client_id !== this.#options.client.id)
      throw new GrantError('invalid_client_id', 'client identifier invalid')
    if (!this.#isCallback(redirectUri))
      throw new GrantError('redirect_uri_mismatch', 'redirect_uri must match configuration')
    if (response_type !== 'code')
      throw new GrantError('unsupported_response_type', 'response type not supported')
    if (challenge && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge)))
      throw new GrantError('invalid_request', 'invalid code challenge')
    return { redirectUri, state, challenge }
  }

  /** A code for the one who agreed. */
  allow(asked: Asked): string {
    const code = `aPrx${secret()}`
    this.#codes.set(code, { ...asked, until: this.#options.wall() + CODE_MS })
    return code
  }

  /** What a form of POST /services/oauth2/token earns. @throws GrantError */
  grant(form: URLSearchParams, basic: Client | null): Given {
    const type = form.get('grant_type') ?? ''
    if (type === JWT_BEARER) return this.#asserted(form.get('assertion') ?? '')
    if (!['client_credentials', 'refresh_token', 'authorization_code'].includes(type))
      throw new GrantError('unsupported_grant_type', 'grant type not supported')
    this.#known(form, basic, type === 'refresh_token')
    if (type === 'client_credentials') return { chain: null, refreshToken: null }
    return type === 'refresh_token' ? this.#renewed(form) : this.#redeemed(form)
  }

  /** Ends the chain of a refresh token. */
  revoke(refreshToken: string): boolean {
    const chain = this.#chainOf(refreshToken)
    if (chain) this.#end(chain)
    return chain !== undefined
  }

  /** As when an administrator revokes what users agreed to, or their user is deactivated. */
  revokeAll(): number {
    const chains = [...this.#chains.keys()]
    for (const chain of chains) this.#end(chain)
    return chains.length
  }

  /** Takes assertions that this key has signed, and none by the key before; null: none at all. */
  certify(publicKey: KeyObject | null): void {
    this.#publicKey = publicKey
  }

  /** Whether assertions are taken, and what they have to say. */
  certified() {
    const { client, username } = this.#options
    return { certified: this.#publicKey !== null, iss: client.id, sub: username(), aud: [...AUDIENCES] }
  }

  #asserted(assertion: string): Given {
    const { client, username, wall } = this.#options
    const expected = { issuer: client.id, publicKey: this.#publicKey, username: username(), now: wall() }
    assertedUser(assertion, expected)
    return { chain: null, refreshToken: null }
  }

  #known(form: URLSearchParams, basic: Client | null, refresh: boolean): void {
    const client = basic ?? { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
    if (client.id !== this.#options.client.id)
      throw new GrantError('invalid_client_id', 'client identifier invalid')
    // A public client refreshes without its secret; with one, it must be right.
    if (!(refresh && !client.secret) && !same(client.secret, this.#options.client.secret))
      throw new GrantError('invalid_client', 'invalid client credentials')
  }

  #renewed(form: URLSearchParams): Given {
    const chain = this.#chainOf(form.get('refresh_token') ?? '')
    if (!chain) throw new GrantError('invalid_grant', 'expired access/refresh token')
    if (!this.#options.rotates) return { chain, refreshToken: null }
    const refreshToken = secret()
    this.#chains.set(chain, refreshToken)
    return { chain, refreshToken }
  }

  #redeemed(form: URLSearchParams): Given {
    const given = form.get('code') ?? ''
    const code = this.#codes.get(given)
    const replayed = this.#spent.get(given)
    this.#codes.delete(given)
    // Somebody else has seen the code: what was given for it is not safe either.
    if (replayed) this.#end(replayed)
    if (!code || code.until < this.#options.wall())
      throw new GrantError(
        'invalid_grant',
        replayed ? 'expired authorization code' : 'invalid authorization code',
      )
    if (form.get('redirect_uri') !== code.redirectUri)
      throw new GrantError('redirect_uri_mismatch', 'redirect_uri must match configuration')
    const verifier = form.get('code_verifier') ?? ''
    if (code.challenge && createHash('sha256').update(verifier).digest('base64url') !== code.challenge)
      throw new GrantError('invalid_grant', 'invalid code verifier')
    const chain = secret()
    const refreshToken = `5Aep${secret()}`
    this.#spent.set(given, chain)
    this.#chains.set(chain, refreshToken)
    const [oldest] = this.#chains.keys()
    if (this.#chains.size > CHAINS && oldest) this.#end(oldest)
    return { chain, refreshToken }
  }

  #end(chain: string): void {
    this.#chains.delete(chain)
    this.#ended(chain)
  }

  #chainOf(refreshToken: string): string | undefined {
    return [...this.#chains].find(([, token]) => same(token, refreshToken))?.[0]
  }

  #isCallback(uri: string): boolean {
    const { callbacks } = this.#options
    if (callbacks) return callbacks.includes(uri)
    return /^(localhost|127\.0\.0\.1)$/.test(URL.parse(uri)?.hostname ?? '')
  }
}

const JWT_BEARER = 'urn:ietf:params:oauth:grant-type:jwt-bearer'

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

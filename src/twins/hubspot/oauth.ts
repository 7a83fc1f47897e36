import { randomBytes } from 'node:crypto'
import { errorBody, invalid } from './errors.ts'
import { PORTAL_ID } from './portal.ts'

export interface OAuthApp {
  clientId: string
  clientSecret: string
  /** Without them any address of this machine. */
  callbacks?: readonly string[]
}

export interface OAuthOptions {
  /** The one access token that never expires, of a private app; without it any bearer token will do. */
  token: string | undefined
  /** Without it any client and any refresh token will do. */
  app: OAuthApp | undefined
  /** Each use of a refresh token gives a new one and ends the old; HubSpot keeps them. */
  rotates: boolean
  /** A monotonic source of real milliseconds: clients wait by their own clock, not by the virtual one. */
  real: () => number
}

interface Access {
  until: number
  /** The refresh token it came from. */
  of: string
  scopes: readonly string[]
}

interface Code {
  redirectUri: string
  scopes: readonly string[]
  until: number
}

type Form = Readonly<Record<string, string | undefined>>

export const LIFETIME_SECONDS = 1800
const CODE_MS = 60_000
const USER_ID = 1

/** Codes, access tokens of thirty minutes and refresh tokens of one app. */
export class OAuth {
  readonly #options: OAuthOptions
  readonly #codes = new Map<string, Code>()
  readonly #access = new Map<string, Access>()
  /** Refresh token → scopes. */
  readonly #refresh = new Map<string, readonly string[]>()

  constructor(options: OAuthOptions) {
    this.#options = options
  }

  /** What a call without a good token is answered; undefined: it may go on. */
  refusal(authorization: string): object | undefined {
    const [token, access] = this.#presented(authorization)
    const { real, token: fixed } = this.#options
    if (access) return access.until > real() ? undefined : expired(real() - access.until)
    if (token !== undefined && (fixed === undefined || token === fixed)) return undefined
    return errorBody(
      'INVALID_AUTHENTICATION',
      'Authentication credentials not found. This API supports OAuth 2.0 authentication and you can find more details at https://developers.hubspot.com/docs/methods/auth/oauth-overview',
    )
  }

  /** What the token of a call was granted; null: it is no app's, or of one that asked for nothing, and may do all. */
  scopesOf(authorization: string): readonly string[] | null {
    const [, access] = this.#presented(authorization)
    return access && access.scopes.length > 0 ? access.scopes : null
  }

  /** Where the browser goes back to once its person has agreed or not. @throws HubspotError for what the page refuses */
  answered(query: Form, allowed: boolean): string {
    this.checkAsked(query)
    const url = new URL(query.redirect_uri ?? '')
    if (allowed) url.searchParams.set('code', this.#code(query))
    else url.searchParams.set('error', 'access_denied')
    if (query.state) url.searchParams.set('state', query.state)
    return url.href
  }

  /** @throws HubspotError */
  checkAsked({ client_id, redirect_uri = '', scope }: Form): void {
    const { app } = this.#options
    if (app && client_id !== app.clientId) throw invalid('The client ID is not valid.')
    const local = /^(localhost|127\.0\.0\.1)$/.test(URL.parse(redirect_uri)?.hostname ?? '')
    if (app?.callbacks ? !app.callbacks.includes(redirect_uri) : !local)
      throw invalid("Redirect URL does not match the app's settings.")
    if (!scope) throw invalid('At least one scope is required.')
  }

  /** The answer to POST …/token. @throws HubspotError 400 */
  grant(form: Form): Record<string, unknown> {
    this.#complete(form)
    const [refreshToken, scopes] = this.#source(form)
    const accessToken = `twin-${secret()}`
    const until = this.#options.real() + LIFETIME_SECONDS * 1000
    this.#access.set(accessToken, { until, of: refreshToken, scopes })
    return {
      ...{ token_type: 'bearer', access_token: accessToken, refresh_token: refreshToken },
      ...{
        expires_in: LIFETIME_SECONDS,
        hub_id: PORTAL_ID,
        user_id: USER_ID,
        scopes,
        token_use: 'access_token',
      },
    }
  }

  /** What is known of a live token; undefined: it is none. */
  introspect(token: string): Record<string, unknown> | undefined {
    const access = this.#access.get(token)
    const left = access ? access.until - this.#options.real() : 0
    const scopes = access?.scopes ?? this.#refresh.get(token)
    if (!scopes || (access && left <= 0)) return undefined
    return {
      ...{ token, hub_id: PORTAL_ID, user_id: USER_ID, scopes, client_id: this.#options.app?.clientId },
      ...{
        token_use: access ? 'access_token' : 'refresh_token',
        ...(access && { expires_in: Math.floor(left / 1000) }),
      },
    }
  }

  /** Ends a refresh token and all that came of it, or one access token. */
  revoke(token: string): boolean {
    for (const [access, { of }] of this.#access) if (of === token) this.#access.delete(access)
    return this.#refresh.delete(token) || this.#access.delete(token)
  }

  /** As when the app is uninstalled. */
  revokeAll(): number {
    const ended = this.#refresh.size
    this.#refresh.clear()
    this.#access.clear()
    return ended
  }

  /** As when thirty minutes go by. */
  expireAll(): number {
    const now = this.#options.real()
    for (const access of this.#access.values()) access.until = Math.min(access.until, now)
    return this.#access.size
  }

  #presented(authorization: string): [token: string | undefined, access: Access | undefined] {
    const token = /^Bearer\s+(\S+)$/i.exec(authorization)?.[1]
    return [token, token === undefined ? undefined : this.#access.get(token)]
  }

  #code({ redirect_uri = '', scope = '' }: Form): string {
    const code = secret()
    this.#codes.set(code, {
      redirectUri: redirect_uri,
      scopes: scope.split(' '),
      until: this.#options.real() + CODE_MS,
    })
    return code
  }

  #complete(form: Form): void {
    const grant = form.grant_type ?? ''
    const part = {
      refresh_token: 'refresh_token',
      authorization_code: 'code',
      client_credentials: 'client_id',
    }[grant]
    if (part === undefined) throw refused('unsupported_grant_type', `grant type '${grant}' is not supported`)
    for (const name of ['client_id', 'client_secret', part])
      if (!form[name]) throw refused('invalid_request', `missing ${name}`)
    const { app } = this.#options
    if (app && (form.client_id !== app.clientId || form.client_secret !== app.clientSecret))
      throw refused('invalid_client', 'client id or secret is wrong')
  }

  /** The refresh token that the answer carries, and its scopes. */
  #source(form: Form): [refreshToken: string, scopes: readonly string[]] {
    if (form.grant_type === 'refresh_token') return this.#renewed(form.refresh_token ?? '')
    const scopes = form.grant_type === 'authorization_code' ? this.#redeemed(form) : []
    const refreshToken = secret()
    this.#refresh.set(refreshToken, scopes)
    return [refreshToken, scopes]
  }

  #renewed(old: string): [string, readonly string[]] {
    const scopes = this.#refresh.get(old)
    if (!scopes && this.#options.app)
      throw refused('invalid_grant', 'missing or invalid refresh token', { status: 'BAD_REFRESH_TOKEN' })
    const next = this.#options.rotates ? secret() : old
    if (next !== old) this.#refresh.delete(old)
    this.#refresh.set(next, scopes ?? [])
    return [next, scopes ?? []]
  }

  #redeemed({ code = '', redirect_uri }: Form): readonly string[] {
    const known = this.#codes.get(code)
    this.#codes.delete(code)
    if (!known && !this.#options.app) return []
    if (!known || known.until < this.#options.real() || known.redirectUri !== redirect_uri)
      throw refused('invalid_grant', 'missing or unknown auth code', { status: 'BAD_AUTH_CODE' })
    return known.scopes
  }
}

const secret = () => randomBytes(24).toString('base64url')

function refused(error: string, message: string, extra: Record<string, unknown> = {}) {
  return invalid(message, { ...extra, error, error_description: message })
}

function expired(agoMs: number) {
  const seconds = Math.floor(agoMs / 1000)
  const at = new Date(Date.now() - agoMs).toISOString()
  const message = `The OAuth token used to make this call expired ${seconds} second(s) ago.`
  return errorBody('EXPIRED_AUTHENTICATION', message, { context: { 'expire time': [at] } })
}

import type { Instant } from '../../domain/time.ts'
import type { Grant } from '../credentials.ts'
import { renewed } from '../oauth.ts'
import { type RetryPlan, retrying } from '../retry.ts'
import type { HubSpotOptions } from './client.ts'
import { requestGrant } from './grant.ts'

/** Access tokens for calls. */
export interface Tokens {
  /** The one in use. @throws AuthExpired, RateLimited, Unavailable */
  token(): Promise<string>
  /** Another one than `refused`; left out when there can be no other. @throws as token */
  renew?(refused: string): Promise<string>
}

export const CONNECT_AGAIN = 'connect HubSpot again on the page /connections'

/** HubSpot asks not to wait for a 401: a token that ends within this is renewed before it is used. */
const MARGIN_MS = 2 * 60_000

/** The fixed token of a private app or service key, or those of an OAuth app. */
export function tokensOf(options: HubSpotOptions, retry: RetryPlan, lifetime: AbortSignal): Tokens {
  const { token, oauth } = options
  return oauth && token === undefined
    ? new OAuthTokens(options, oauth, retry, lifetime)
    : { token: async () => token ?? '' }
}

class OAuthTokens implements Tokens {
  readonly #options: HubSpotOptions
  readonly #oauth: NonNullable<HubSpotOptions['oauth']>
  readonly #retry: RetryPlan
  readonly #lifetime: AbortSignal
  #grant: Grant | null = null
  #renewal: Promise<Grant> | null = null

  constructor(
    options: HubSpotOptions,
    oauth: NonNullable<HubSpotOptions['oauth']>,
    retry: RetryPlan,
    lifetime: AbortSignal,
  ) {
    this.#options = options
    this.#oauth = oauth
    this.#retry = retry
    this.#lifetime = lifetime
  }

  async token(): Promise<string> {
    this.#grant ??= await this.#oauth.keeper.read()
    const grant = this.#grant
    if (grant && !endsSoon(grant, Date.now())) return grant.accessToken
    return await this.renew(grant?.accessToken ?? null)
  }

  /** Of several callers with the same token, the first renews for all. */
  async renew(refused: string | null): Promise<string> {
    const grant = this.#grant
    if (grant && grant.accessToken !== refused && !endsSoon(grant, Date.now())) return grant.accessToken
    this.#renewal ??= retrying(() => this.#renewed(refused), this.#retry, this.#lifetime).finally(() => {
      this.#renewal = null
    })
    return (await this.#renewal).accessToken
  }

  async #renewed(refused: string | null): Promise<Grant> {
    try {
      this.#grant = await this.#oauth.keeper.exclusively(this.#lifetime, held =>
        renewed('hubspot', held, refused, ({ refreshToken }) =>
          requestGrant(
            { ...this.#options, ...this.#oauth },
            { grant_type: 'refresh_token', refresh_token: refreshToken },
            CONNECT_AGAIN,
            this.#lifetime,
          ),
        ),
      )
      return this.#grant
    } catch (error) {
      // Whoever connects meanwhile is seen by the next call.
      this.#grant = null
      throw error
    }
  }
}

const endsSoon = ({ accessToken, expiresAt }: Grant, now: Instant): boolean =>
  !accessToken || (expiresAt !== null && expiresAt - now <= MARGIN_MS)

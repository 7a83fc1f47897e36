import { createHash } from 'node:crypto'
import type { Authorization } from '../credentials.ts'
import { AuthExpired } from '../errors.ts'
import { GrantRefused, tokenRequest } from '../oauth.ts'
import { type Client, requestGrant } from './grant.ts'

/** Reads and writes through the API, and a refresh token to go on with; nothing else. */
const SCOPES = 'api refresh_token'
const REMEDY = 'check SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, and the callback address of the app'

/** The web-server flow with PKCE. */
export function salesforceAuthorization(client: Client, redirectUri: string): Authorization {
  const { loginUrl, clientId, clientSecret } = client
  return {
    vendor: 'salesforce',
    origin: new URL(loginUrl).origin,
    address(state, verifier) {
      const url = new URL(`${loginUrl}/services/oauth2/authorize`)
      url.search = String(
        new URLSearchParams({
          ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri, scope: SCOPES, state },
          ...{ code_challenge: challengeOf(verifier), code_challenge_method: 'S256' },
        }),
      )
      return url.href
    },
    async redeem(code, verifier, signal) {
      const form = {
        grant_type: 'authorization_code',
        code,
        redirect_uri: redirectUri,
        code_verifier: verifier,
      }
      const grant = await requestGrant(client, form, REMEDY, signal)
      if (grant.refreshToken) return grant
      const why = 'the app gives no refresh token; add the scope refresh_token (offline access) to it'
      throw new AuthExpired('salesforce', 'sign in', why)
    },
    async revoke({ refreshToken }, signal) {
      const form = { token: refreshToken, client_id: clientId, client_secret: clientSecret }
      const url = `${loginUrl}/services/oauth2/revoke`
      await tokenRequest(
        { vendor: 'salesforce', operation: 'revoke', url, form, remedy: REMEDY },
        signal,
      ).catch(overAlready)
    },
  }
}

/** Salesforce refuses to end what has ended: `invalid_token`, or `unsupported_token_type` in older answers. */
function overAlready(error: unknown): void {
  if (error instanceof GrantRefused) return
  if (error instanceof AuthExpired && /^(invalid_token|unsupported_token_type)\b/.test(error.detail)) return
  throw error
}

/** Of RFC 7636, method S256. */
const challengeOf = (verifier: string): string => createHash('sha256').update(verifier).digest('base64url')

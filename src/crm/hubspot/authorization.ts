import type { Authorization } from '../credentials.ts'
import { AuthExpired } from '../errors.ts'
import { tokenRequest } from '../oauth.ts'
import { type Client, requestGrant, tokenUrl } from './grant.ts'

/** What Leadtime reads, and the contact properties it writes; docs/connecting.md says what for. */
export const SCOPES = [
  'oauth',
  'crm.objects.contacts.read',
  'crm.objects.contacts.write',
  'crm.objects.deals.read',
  'crm.objects.owners.read',
  'sales-email-read',
]
const REMEDY = 'check HUBSPOT_CLIENT_ID and HUBSPOT_CLIENT_SECRET, and the redirect address of the app'

/** HubSpot's authorization code. Its authorize page takes no code challenge: the client's secret guards the code. */
export function hubspotAuthorization(client: Client, uiUrl: string, redirectUri: string): Authorization {
  const { clientId, clientSecret } = client
  return {
    vendor: 'hubspot',
    origin: new URL(uiUrl).origin,
    address(state) {
      const url = new URL(`${uiUrl}/oauth/authorize`)
      const scope = SCOPES.join(' ')
      url.search = String(
        new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, scope, state }),
      )
      return url.href
    },
    async redeem(code, _verifier, signal) {
      const form = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
      return await requestGrant(client, form, REMEDY, signal)
    },
    async revoke({ refreshToken }, signal) {
      const form = {
        token: refreshToken,
        token_type_hint: 'refresh_token',
        client_id: clientId,
        client_secret: clientSecret,
      }
      const url = tokenUrl(client, '/revoke')
      await tokenRequest({ vendor: 'hubspot', operation: 'revoke', url, form, remedy: REMEDY }, signal).catch(
        (error: unknown) => {
          // HubSpot refuses to end what has ended; a wrong secret is another matter.
          if (!(error instanceof AuthExpired) || error.detail.startsWith('invalid_client')) throw error
        },
      )
    },
  }
}

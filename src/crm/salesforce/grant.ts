import { z } from 'zod'
import type { Grant } from '../credentials.ts'
import { Unavailable } from '../errors.ts'
import { id18 } from '../id18.ts'
import { tokenRequest } from '../oauth.ts'
import { instanceOrigin } from './instance.ts'

/** The app that asks, and where. */
export interface Client {
  loginUrl: string
  clientId: string
  clientSecret?: string | undefined
}

const answer = z.object({
  access_token: z.string().min(1),
  instance_url: z.url(),
  /** Of the identity: `https://login.salesforce.com/id/<organisation>/<user>`. */
  id: z.string().regex(/\/id\/00D\w{12,15}\/\w+$/),
  refresh_token: z.string().min(1).optional(),
})

/**
 * Asks the token endpoint for a grant. Without a new refresh token in the answer, the one of the form stays.
 * @param remedy what a person checks when it is refused
 * @throws GrantRefused, AuthExpired, RateLimited, Unavailable
 */
export async function requestGrant(
  { loginUrl, clientId, clientSecret }: Client,
  form: Readonly<Record<string, string>>,
  remedy: string,
  signal: AbortSignal,
): Promise<Grant> {
  const operation = 'sign in'
  const body = await tokenRequest(
    {
      ...{ vendor: 'salesforce', operation, remedy, url: `${loginUrl}/services/oauth2/token` },
      form: { ...form, client_id: clientId, client_secret: clientSecret },
    },
    signal,
  )
  const parsed = answer.safeParse(body)
  if (!parsed.success) throw new Unavailable('salesforce', operation, 'the answer is no token')
  const { access_token: accessToken, instance_url, id, refresh_token } = parsed.data
  const instanceUrl = instanceOrigin(instance_url, loginUrl)
  if (!instanceUrl) {
    const detail = 'the answer names an instance that is not Salesforce; the token is not sent there'
    throw new Unavailable('salesforce', operation, detail)
  }
  return {
    account: id18(id.split('/').at(-2) ?? ''),
    refreshToken: refresh_token ?? form.refresh_token ?? '',
    accessToken,
    expiresAt: null,
    instanceUrl,
  }
}

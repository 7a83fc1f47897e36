import { z } from 'zod'
import type { Grant } from '../credentials.ts'
import { Unavailable } from '../errors.ts'
import { tokenRequest } from '../oauth.ts'

/** The app that asks, and where. */
export interface Client {
  baseUrl: string
  api: '2026-09' | 'v3'
  clientId: string
  clientSecret: string
}

const answer = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  /** Seconds. */
  expires_in: z.number().positive(),
  /** The portal. Version 1 leaves it out. */
  hub_id: z.union([z.number().int(), z.string().regex(/^\d+$/)]),
})

/** `/oauth/2026-09/token` and what is below it. */
export const tokenUrl = ({ baseUrl, api }: Client, below = ''): string =>
  `${baseUrl.replace(/\/+$/, '')}/oauth/${api}/token${below}`

/**
 * Asks the token endpoint for a grant. Without a new refresh token in the answer, the one of the form stays.
 * @param remedy what a person checks when it is refused
 * @throws GrantRefused, AuthExpired, RateLimited, Unavailable
 */
export async function requestGrant(
  client: Client,
  form: Readonly<Record<string, string>>,
  remedy: string,
  signal: AbortSignal,
): Promise<Grant> {
  const operation = 'sign in'
  const { clientId, clientSecret } = client
  const body = await tokenRequest(
    {
      ...{ vendor: 'hubspot', operation, remedy, url: tokenUrl(client) },
      form: { ...form, client_id: clientId, client_secret: clientSecret },
    },
    signal,
  )
  const parsed = answer.safeParse(body)
  if (!parsed.success) throw new Unavailable('hubspot', operation, 'the answer is no token')
  const { access_token: accessToken, refresh_token, expires_in, hub_id } = parsed.data
  return {
    account: String(hub_id),
    refreshToken: refresh_token ?? form.refresh_token ?? '',
    accessToken,
    expiresAt: Date.now() + expires_in * 1000,
    instanceUrl: null,
  }
}

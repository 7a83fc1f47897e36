import { createHmac } from 'node:crypto'

export const SECRET = 'app-secret'
export const LEADTIME_PUBLIC_URL = 'https://leadtime.test/behind'
export const PORTAL = 24_681_357

/** An event as HubSpot sends it. */
export const event = (subscriptionType: string, more: object = {}) => ({
  ...{ eventId: 1, subscriptionId: 7, portalId: PORTAL, appId: 9, occurredAt: 0, subscriptionType },
  ...{ attemptNumber: 0, objectId: 51, changeSource: 'CRM_UI' },
  ...more,
})

/** The headers of a delivery that HubSpot would have signed; each part can be made wrong. */
export function signed(
  body: string | Buffer,
  at: number,
  { secret = SECRET, uri = `${LEADTIME_PUBLIC_URL}/webhooks/hubspot`, method = 'POST' } = {},
): Record<string, string> {
  const signature = createHmac('sha256', secret)
    .update(method + uri)
    .update(body)
    .update(String(at))
    .digest('base64')
  return {
    'content-type': 'application/json',
    'x-hubspot-signature-v3': signature,
    'x-hubspot-request-timestamp': String(at),
  }
}

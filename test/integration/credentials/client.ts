import { z } from 'zod'
import type { TokenKeeper } from '../../../src/crm/credentials.ts'
import { HubSpotClient } from '../../../src/crm/hubspot/client.ts'
import { RETRY, type RetryPlan } from '../../../src/crm/retry.ts'
import { SalesforceClient } from '../../../src/crm/salesforce/client.ts'
import type { Vendor } from '../../../src/domain/facts.ts'

/** A CRM client as a process of its own has it. */
export interface Process {
  /** One call; what the CRM calls the account. */
  account(): Promise<string>
  keeper: TokenKeeper
  close(): void
}

export const CLIENT = { clientId: 'leadtime', clientSecret: 'leadtime-secret' }
const QUICK: RetryPlan = { ...RETRY, random: () => 0, sleep: async () => undefined }
const { signal } = new AbortController()
const details = z.object({ portalId: z.number() })

/** Of the twin at `url`, with whatever grant `keeper` holds. */
export function client(vendor: Vendor, url: string, keeper: TokenKeeper): Process {
  if (vendor === 'hubspot') {
    const made = new HubSpotClient({
      ...{ baseUrl: url, uiUrl: url, api: '2026-09', prefix: 'Leadtime', retry: QUICK },
      oauth: { ...CLIENT, keeper },
    })
    const portal = () => made.get('account details', details, '/account-info/v3/details', signal)
    return { keeper, account: async () => String((await portal()).body.portalId), close: () => made.close() }
  }
  const made = new SalesforceClient({
    ...{ loginUrl: url, ...CLIENT, keeper, apiVersion: '66.0', prefix: 'Leadtime', retry: QUICK },
  })
  const account = async () => {
    await made.get('limits', '/limits', z.unknown(), signal)
    return await made.account(signal)
  }
  return { keeper, account, close: () => made.close() }
}

import type { Authorization } from '../../../src/crm/credentials.ts'
import { hubspotAuthorization } from '../../../src/crm/hubspot/authorization.ts'
import { salesforceAuthorization } from '../../../src/crm/salesforce/authorization.ts'
import type { Vendor } from '../../../src/domain/facts.ts'

const CLIENT = { clientId: 'leadtime', clientSecret: 'leadtime-secret' }

/** The vendor's pages of a twin. */
export const authorizationOf = (vendor: Vendor, url: string, redirectUri: string): Authorization =>
  vendor === 'salesforce'
    ? salesforceAuthorization({ loginUrl: url, ...CLIENT }, redirectUri)
    : hubspotAuthorization({ baseUrl: url, api: '2026-09', ...CLIENT }, url, redirectUri)

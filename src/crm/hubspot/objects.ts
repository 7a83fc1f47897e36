import type { ObjectName } from '../../domain/facts.ts'

/** How one of our objects is read. */
export interface Source {
  /** Its name in paths. */
  type: string
  /** The property every change moves. Only contacts have it without `hs_`. */
  modified: string
  properties: readonly string[]
  /** Properties whose former values we need; with any, a page holds 50 records instead of 100. */
  history: readonly string[]
  /** Its contacts are needed: they are what it is about. */
  ofContacts: boolean
  /** Deletions matter to us; archived records are in no search, only in a list of their own. */
  archived: boolean
}

const activity = (type: string, properties: readonly string[]): Source => ({
  type,
  modified: 'hs_lastmodifieddate',
  properties: ['hs_createdate', 'hs_timestamp', 'hubspot_owner_id', 'hs_engagement_source', ...properties],
  history: [],
  ofContacts: true,
  archived: false,
})

export const SOURCES = {
  contact: {
    type: 'contacts',
    modified: 'lastmodifieddate',
    properties: [
      ...['email', 'hs_additional_emails', 'firstname', 'lastname', 'company', 'country'],
      ...['hs_analytics_source_data_1', 'hs_analytics_source_data_2'],
      ...['lifecyclestage', 'hs_lead_status', 'hubspot_owner_id', 'createdate', 'lastmodifieddate'],
      ...['salesforceleadid', 'salesforcecontactid', 'hs_merged_object_ids'],
    ],
    history: [
      ...['lifecyclestage', 'hs_lead_status', 'hubspot_owner_id'],
      ...['recent_conversion_date', 'recent_conversion_event_name'],
    ],
    ofContacts: false,
    archived: true,
  },
  deal: {
    type: 'deals',
    modified: 'hs_lastmodifieddate',
    properties: ['dealstage', 'amount', 'hubspot_owner_id', 'closed_lost_reason', 'createdate'],
    history: ['dealstage'],
    ofContacts: true,
    archived: true,
  },
  call: activity('calls', ['hs_call_direction', 'hs_call_disposition', 'hs_call_status']),
  email: activity('emails', ['hs_email_direction', 'hs_email_status', 'hs_email_reply_count']),
  meeting: activity('meetings', ['hs_meeting_outcome', 'hs_meeting_start_time']),
} as const satisfies Partial<Record<ObjectName, Source>>

export type HubSpotName = keyof typeof SOURCES

/** In the order of a first sync: owners before what they own. */
export const OBJECTS = ['user', ...Object.keys(SOURCES)] as ('user' | HubSpotName)[]

export const isSource = (object: ObjectName): object is HubSpotName => object in SOURCES

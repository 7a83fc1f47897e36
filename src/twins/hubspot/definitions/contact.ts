import { LIFECYCLE } from '../lifecycle.ts'
import { type Options, property } from './property.ts'

const group = 'contactinformation'

const LEAD_STATUS: Options = [
  ['NEW', 'New'],
  ['OPEN', 'Open'],
  ['IN_PROGRESS', 'In Progress'],
  ['OPEN_DEAL', 'Open Deal'],
  ['UNQUALIFIED', 'Unqualified'],
  ['ATTEMPTED_TO_CONTACT', 'Attempted to Contact'],
  ['CONNECTED', 'Connected'],
  ['BAD_TIMING', 'Bad Timing'],
]

const SOURCES: Options = [
  ['ORGANIC_SEARCH', 'Organic Search'],
  ['PAID_SEARCH', 'Paid Search'],
  ['EMAIL_MARKETING', 'Email Marketing'],
  ['SOCIAL_MEDIA', 'Organic Social'],
  ['REFERRALS', 'Referrals'],
  ['OTHER_CAMPAIGNS', 'Other Campaigns'],
  ['DIRECT_TRAFFIC', 'Direct Traffic'],
  ['OFFLINE', 'Offline Sources'],
  ['PAID_SOCIAL', 'Paid Social'],
  ['AI_REFERRALS', 'AI Referrals'],
]

const stamps = [
  property('hs_object_id', 'Record ID', 'number', { readOnly: true, unique: true, group }),
  property('createdate', 'Create Date', 'datetime', { readOnly: true, group }),
  property('hs_createdate', 'Object create date/time', 'datetime', { readOnly: true, group }),
  property('lastmodifieddate', 'Last Modified Date', 'datetime', { readOnly: true, group }),
  property('hs_lastmodifieddate', 'Object last modified date/time', 'datetime', { readOnly: true, group }),
]

const entered = LIFECYCLE.map(([stage, label]) =>
  property(`hs_v2_date_entered_${stage}`, `Date entered "${label}"`, 'datetime', { calculated: true, group }),
)

export const contactProperties = [
  ...stamps,
  property('email', 'Email', 'string', { unique: true, group }),
  property('firstname', 'First Name', 'string', { group }),
  property('lastname', 'Last Name', 'string', { group }),
  property('company', 'Company Name', 'string', { group }),
  property('country', 'Country/Region', 'string', { group }),
  property('jobtitle', 'Job Title', 'string', { group }),
  property('phone', 'Phone Number', 'string', { group, fieldType: 'phonenumber' }),
  property('lifecyclestage', 'Lifecycle Stage', 'enumeration', {
    options: LIFECYCLE,
    group,
    fieldType: 'radio',
  }),
  property('hs_lead_status', 'Lead Status', 'enumeration', {
    options: LEAD_STATUS,
    group,
    fieldType: 'radio',
  }),
  property('hubspot_owner_id', 'Contact owner', 'enumeration', { group, externalOptions: true }),
  property('hubspot_owner_assigneddate', 'Owner assigned date', 'datetime', { calculated: true, group }),
  property('hs_analytics_source', 'Original Traffic Source', 'enumeration', { options: SOURCES, group }),
  property('hs_analytics_source_data_1', 'Original Traffic Source Drill-Down 1', 'string', { group }),
  property('hs_analytics_source_data_2', 'Original Traffic Source Drill-Down 2', 'string', { group }),
  property('recent_conversion_date', 'Recent Conversion Date', 'datetime', { readOnly: true, group }),
  property('recent_conversion_event_name', 'Recent Conversion', 'string', { readOnly: true, group }),
  property('first_conversion_date', 'First Conversion Date', 'datetime', { readOnly: true, group }),
  property('first_conversion_event_name', 'First Conversion', 'string', { readOnly: true, group }),
  property('num_conversion_events', 'Number of Form Submissions', 'number', { readOnly: true, group }),
  property('notes_last_updated', 'Last Activity Date', 'datetime', { calculated: true, group }),
  property('hubspotscore', 'HubSpot Score', 'number', { readOnly: true, group }),
  property('num_associated_deals', 'Number of Associated Deals', 'number', { calculated: true, group }),
  property('salesforceleadid', 'Salesforce Lead ID', 'string', { group }),
  property('salesforcecontactid', 'Salesforce Contact ID', 'string', { group }),
  property('hs_merged_object_ids', 'Merged record IDs', 'enumeration', { calculated: true, group }),
  property('hs_calculated_merged_vids', 'Merged vids with timestamps', 'enumeration', {
    calculated: true,
    group,
  }),
  property('hs_additional_emails', 'Additional email addresses', 'enumeration', { readOnly: true, group }),
  ...entered,
]

export const companyProperties = [
  ...stamps.filter(({ name }) => name !== 'lastmodifieddate'),
  property('name', 'Company name', 'string'),
  property('domain', 'Company Domain Name', 'string'),
  property('industry', 'Industry', 'string'),
  property('country', 'Country/Region', 'string'),
  property('lifecyclestage', 'Lifecycle Stage', 'enumeration', { options: LIFECYCLE, fieldType: 'radio' }),
  property('hubspot_owner_id', 'Company owner', 'enumeration', { externalOptions: true }),
]

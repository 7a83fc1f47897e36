import { property } from './property.ts'

const group = 'dealinformation'

export const dealProperties = [
  property('hs_object_id', 'Record ID', 'number', { readOnly: true, unique: true, group }),
  property('createdate', 'Create Date', 'datetime', { readOnly: true, group }),
  property('hs_createdate', 'Object create date/time', 'datetime', { readOnly: true, group }),
  property('hs_lastmodifieddate', 'Last Modified Date', 'datetime', { readOnly: true, group }),
  property('dealname', 'Deal Name', 'string', { group }),
  property('amount', 'Amount', 'number', { group }),
  // Its options are the pipelines API's to tell.
  property('dealstage', 'Deal Stage', 'enumeration', { group, externalOptions: true, fieldType: 'radio' }),
  property('pipeline', 'Pipeline', 'enumeration', { group, externalOptions: true }),
  property('closedate', 'Close Date', 'datetime', { group }),
  property('closed_lost_reason', 'Closed Lost Reason', 'string', { group, fieldType: 'textarea' }),
  property('hubspot_owner_id', 'Deal owner', 'enumeration', { group, externalOptions: true }),
  property('hs_is_closed', 'Is Deal Closed?', 'bool', { calculated: true, group }),
  property('hs_is_closed_won', 'Is Closed Won', 'bool', { calculated: true, group }),
  property('hs_closed_won_date', 'Closed won date', 'datetime', { calculated: true, group }),
  property('num_associated_contacts', 'Number of Associated Contacts', 'number', { calculated: true, group }),
  property('deal_currency_code', 'Currency', 'string', { group }),
  property('hs_merged_object_ids', 'Merged record IDs', 'enumeration', { calculated: true, group }),
]

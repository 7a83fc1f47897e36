import type { ObjectName } from '../../domain/facts.ts'

/** How one of our objects is read. */
export interface Source {
  sobject: string
  /** Wished for; what the org lacks is left out. */
  fields: readonly string[]
  /** The column the scan follows: history rows are never changed and have no SystemModstamp. */
  stamp: 'SystemModstamp' | 'CreatedDate'
  /** A fixed condition; both sides are constants of this file. */
  only?: { field: string; value: string }
  /** Which fields exist differs between orgs: ask describe before the first query. */
  varies?: boolean
  /** An org may not have it at all (edition, feature off, not tracked): then it is empty. */
  optional?: boolean
}

const STAMPS = ['IsDeleted', 'CreatedDate', 'SystemModstamp']
const FEEDBACK = ['Rejection_Reason__c', 'Rejection_Note__c']

/** In the order of a first sync: who owns before what is owned. */
export const SOURCES = {
  user: {
    sobject: 'User',
    fields: [
      ...[
        'Name',
        'Email',
        'IsActive',
        'UserType',
        'TimeZoneSidKey',
        'UserRole.Name',
        'Department',
        'Country',
      ],
      ...['CreatedDate', 'LastModifiedDate', 'SystemModstamp'],
    ],
    stamp: 'SystemModstamp',
  },
  queue: {
    sobject: 'Group',
    fields: ['Name', 'Type', 'CreatedDate', 'SystemModstamp'],
    stamp: 'SystemModstamp',
    only: { field: 'Type', value: 'Queue' },
  },
  campaign: {
    sobject: 'Campaign',
    fields: ['Name', 'Type', 'OwnerId', ...STAMPS],
    stamp: 'SystemModstamp',
    optional: true,
  },
  lead: {
    sobject: 'Lead',
    fields: [
      ...['Email', 'Name', 'Company', 'Country', 'LeadSource', 'Status', 'OwnerId', 'MasterRecordId'],
      ...['IsConverted', 'ConvertedDate', 'ConvertedContactId', 'ConvertedOpportunityId'],
      ...FEEDBACK,
      ...STAMPS,
    ],
    stamp: 'SystemModstamp',
    varies: true,
  },
  contact: {
    sobject: 'Contact',
    fields: [
      ...['Email', 'Name', 'Account.Name', 'MailingCountry', 'LeadSource', 'OwnerId', 'MasterRecordId'],
      ...STAMPS,
    ],
    stamp: 'SystemModstamp',
    varies: true,
  },
  history: {
    sobject: 'LeadHistory',
    fields: ['LeadId', 'Field', 'OldValue', 'NewValue', 'IsDeleted', 'CreatedDate'],
    stamp: 'CreatedDate',
    optional: true,
  },
  campaign_member: {
    sobject: 'CampaignMember',
    fields: ['CampaignId', 'Campaign.Name', 'LeadId', 'ContactId', ...STAMPS],
    stamp: 'SystemModstamp',
    optional: true,
  },
  deal: {
    sobject: 'Opportunity',
    fields: ['StageName', 'Amount', 'OwnerId', 'IsClosed', 'IsWon', ...STAMPS],
    stamp: 'SystemModstamp',
  },
  deal_history: {
    sobject: 'OpportunityHistory',
    fields: ['OpportunityId', 'StageName', 'Amount', ...STAMPS],
    stamp: 'SystemModstamp',
    optional: true,
  },
  deal_role: {
    sobject: 'OpportunityContactRole',
    fields: ['OpportunityId', 'ContactId', 'IsPrimary', ...STAMPS],
    stamp: 'SystemModstamp',
    optional: true,
  },
  task: {
    sobject: 'Task',
    fields: [
      ...['WhoId', 'WhatId', 'OwnerId', 'TaskSubtype', 'IsClosed', 'ActivityDate', 'CompletedDateTime'],
      ...['CallType', 'CallDisposition', ...STAMPS],
    ],
    stamp: 'SystemModstamp',
  },
  event: {
    sobject: 'Event',
    fields: [
      ...['WhoId', 'WhatId', 'OwnerId', 'StartDateTime', 'ActivityDate', 'IsAllDayEvent', 'IsChild'],
      ...['Outcome__c', ...STAMPS],
    ],
    stamp: 'SystemModstamp',
    varies: true,
  },
  email: {
    sobject: 'EmailMessage',
    fields: [
      ...['ActivityId', 'Activity.WhoId', 'Activity.OwnerId', 'Activity.TaskSubtype', 'RelatedToId'],
      ...['Incoming', 'Status', 'IsBounced', 'MessageDate', ...STAMPS],
    ],
    stamp: 'SystemModstamp',
    optional: true,
  },
} as const satisfies Partial<Record<ObjectName, Source>>

export type SalesforceObject = keyof typeof SOURCES

export const OBJECTS = Object.keys(SOURCES) as SalesforceObject[]

/** Field history is kept for 18 to 24 months. */
export const AGEING = ['history'] as const

export const WRITABLE = ['lead', 'contact'] as const

export const isWritable = (object: string): object is 'lead' | 'contact' =>
  (WRITABLE as readonly string[]).includes(object)

/** Fields with their relation's key present: `Campaign.Name` needs `CampaignId`. */
export function present(wished: readonly string[], described: ReadonlySet<string>): string[] {
  return wished.filter(field => {
    const dot = field.indexOf('.')
    return described.has(dot < 0 ? field : `${field.slice(0, dot)}Id`)
  })
}

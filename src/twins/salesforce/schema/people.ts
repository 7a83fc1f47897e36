import {
  checkbox,
  currency,
  date,
  datetime,
  double,
  email,
  type Field,
  int,
  longText,
  multipicklist,
  phone,
  picklist,
  READ_ONLY,
  REQUIRED,
  reference,
  type SObject,
  sobject,
  text,
  url,
} from './field.ts'
import { leadtimeFields } from './leadtime.ts'

export const LEAD_STATUSES = [
  'Open - Not Contacted',
  'Working - Contacted',
  'Qualified',
  'Nurturing',
  'Closed - Converted',
  'Closed - Not Converted',
] as const

/** The status a lead takes when it is converted. */
export const CONVERTED_STATUS = 'Closed - Converted'

const SALUTATIONS = ['Mr.', 'Ms.', 'Mrs.', 'Dr.', 'Prof.', 'Mx.']
const CALCULATED = { ...READ_ONLY, calculated: true }

const humanName: readonly Field[] = [
  text('LastName', 80, REQUIRED),
  text('FirstName', 40),
  picklist('Salutation', SALUTATIONS),
  text('Name', 121, { ...REQUIRED, ...READ_ONLY }),
]

const reach: readonly Field[] = [
  phone('Phone'),
  phone('MobilePhone'),
  phone('Fax'),
  email('Email'),
  longText('Description', 32000),
  picklist('LeadSource', []),
  reference('MasterRecordId', ['Lead'], READ_ONLY),
  date('LastActivityDate', READ_ONLY),
  checkbox('HasOptedOutOfEmail'),
  checkbox('DoNotCall'),
  text('EmailBouncedReason', 255),
  datetime('EmailBouncedDate'),
]

function masterIs(object: string): readonly Field[] {
  return reach.map(field => (field.name === 'MasterRecordId' ? { ...field, refersTo: [object] } : field))
}

export const lead: SObject = sobject(
  { name: 'Lead', prefix: '00Q', indexes: ['Email', 'OwnerId', 'CreatedDate', 'Leadtime_Overdue__c'] },
  [
    ...humanName,
    text('Title', 128),
    text('Company', 255, REQUIRED),
    longText('Street', 255),
    text('City', 40),
    text('State', 80),
    text('PostalCode', 20),
    text('Country', 80),
    url('Website'),
    ...masterIs('Lead'),
    picklist('Status', LEAD_STATUSES, REQUIRED),
    picklist('Industry', []),
    picklist('Rating', ['Hot', 'Warm', 'Cold']),
    currency('AnnualRevenue', { scale: 0 }),
    int('NumberOfEmployees'),
    reference('OwnerId', ['Group', 'User'], REQUIRED),
    checkbox('IsConverted', READ_ONLY),
    date('ConvertedDate', READ_ONLY),
    reference('ConvertedAccountId', ['Account'], READ_ONLY),
    reference('ConvertedContactId', ['Contact'], READ_ONLY),
    reference('ConvertedOpportunityId', ['Opportunity'], READ_ONLY),
    checkbox('IsUnreadByOwner'),
    picklist('Rejection_Reason__c', []),
    longText('Rejection_Note__c', 32000),
    picklist('Segment__c', ['Enterprise', 'Mid-Market', 'Small Business']),
    double('Score__c', 18, 2),
    multipicklist('Interests__c', ['Engines', 'Tables', 'Paper']),
    checkbox('Target_Account__c'),
    ...leadtimeFields,
  ],
)

export const contact: SObject = sobject(
  { name: 'Contact', prefix: '003', indexes: ['Email', 'AccountId', 'CreatedDate', 'Leadtime_Overdue__c'] },
  [
    reference('AccountId', ['Account'], { children: 'Contacts' }),
    ...humanName,
    text('Title', 128),
    text('Department', 80),
    longText('MailingStreet', 255),
    text('MailingCity', 40),
    text('MailingState', 80),
    text('MailingPostalCode', 20),
    text('MailingCountry', 80),
    ...masterIs('Contact'),
    reference('ReportsToId', ['Contact']),
    reference('OwnerId', ['User'], REQUIRED),
    checkbox('IsEmailBounced', CALCULATED),
    ...leadtimeFields,
  ],
)

export const account: SObject = sobject({ name: 'Account', prefix: '001', indexes: ['Name'] }, [
  text('Name', 255, REQUIRED),
  picklist('Type', ['Prospect', 'Customer', 'Partner', 'Other']),
  reference('ParentId', ['Account']),
  text('BillingCity', 40),
  text('BillingCountry', 80),
  phone('Phone'),
  url('Website'),
  picklist('Industry', []),
  currency('AnnualRevenue', { scale: 0 }),
  int('NumberOfEmployees'),
  picklist('Rating', ['Hot', 'Warm', 'Cold']),
  picklist('AccountSource', []),
  longText('Description', 32000),
  reference('OwnerId', ['User'], REQUIRED),
  reference('MasterRecordId', ['Account'], READ_ONLY),
  date('LastActivityDate', READ_ONLY),
])

import {
  anyType,
  checkbox,
  currency,
  date,
  datetime,
  int,
  longText,
  percent,
  picklist,
  READ_ONLY,
  REQUIRED,
  reference,
  type SObject,
  sobject,
  text,
} from './field.ts'

/** The stages of a fresh organisation with the probability each implies. */
export const STAGES: readonly { name: string; probability: number; closed: boolean; won: boolean }[] = [
  { name: 'Prospecting', probability: 10, closed: false, won: false },
  { name: 'Qualification', probability: 10, closed: false, won: false },
  { name: 'Needs Analysis', probability: 20, closed: false, won: false },
  { name: 'Value Proposition', probability: 50, closed: false, won: false },
  { name: 'Id. Decision Makers', probability: 60, closed: false, won: false },
  { name: 'Perception Analysis', probability: 70, closed: false, won: false },
  { name: 'Proposal/Price Quote', probability: 75, closed: false, won: false },
  { name: 'Negotiation/Review', probability: 90, closed: false, won: false },
  { name: 'Closed Won', probability: 100, closed: true, won: true },
  { name: 'Closed Lost', probability: 0, closed: true, won: false },
]

const stageNames = STAGES.map(stage => stage.name)
const FORECAST = ['Omitted', 'Pipeline', 'BestCase', 'Forecast', 'Closed']

export const campaign: SObject = sobject({ name: 'Campaign', prefix: '701', indexes: ['Name'] }, [
  text('Name', 80, REQUIRED),
  picklist('Type', []),
  picklist('Status', ['Planned', 'In Progress', 'Completed', 'Aborted']),
  date('StartDate'),
  date('EndDate'),
  checkbox('IsActive'),
  currency('BudgetedCost'),
  currency('ActualCost'),
  longText('Description', 32000),
  reference('ParentId', ['Campaign']),
  reference('OwnerId', ['User'], REQUIRED),
])

export const campaignMember: SObject = sobject(
  { name: 'CampaignMember', prefix: '00v', indexes: ['LeadId', 'ContactId', 'CampaignId'] },
  [
    reference('CampaignId', ['Campaign'], { ...REQUIRED, children: 'CampaignMembers' }),
    reference('LeadId', ['Lead'], { children: 'CampaignMembers' }),
    reference('ContactId', ['Contact'], { children: 'CampaignMembers' }),
    picklist('Status', ['Sent', 'Responded']),
    checkbox('HasResponded', READ_ONLY),
    date('FirstRespondedDate', READ_ONLY),
  ],
)

export const opportunity: SObject = sobject(
  { name: 'Opportunity', prefix: '006', indexes: ['AccountId', 'OwnerId'] },
  [
    reference('AccountId', ['Account'], { children: 'Opportunities' }),
    text('Name', 120, REQUIRED),
    longText('Description', 32000),
    picklist('StageName', stageNames, REQUIRED),
    currency('Amount'),
    percent('Probability'),
    currency('ExpectedRevenue', READ_ONLY),
    date('CloseDate', REQUIRED),
    picklist('Type', ['Existing Business', 'New Business']),
    text('NextStep', 255),
    picklist('LeadSource', []),
    checkbox('IsClosed', READ_ONLY),
    checkbox('IsWon', READ_ONLY),
    picklist('ForecastCategory', FORECAST, READ_ONLY),
    reference('CampaignId', ['Campaign'], { children: 'Opportunities' }),
    reference('OwnerId', ['User'], REQUIRED),
    date('LastActivityDate', READ_ONLY),
    datetime('LastStageChangeDate', READ_ONLY),
  ],
)

/** A snapshot at the creation and at each change of stage, amount, probability or close date. */
export const opportunityHistory: SObject = sobject(
  {
    name: 'OpportunityHistory',
    prefix: '008',
    indexes: ['OpportunityId', 'SystemModstamp'],
    writable: false,
    stamps: 'history',
  },
  [
    reference('OpportunityId', ['Opportunity'], {
      ...REQUIRED,
      ...READ_ONLY,
      children: 'OpportunityHistories',
    }),
    picklist('StageName', stageNames, { ...REQUIRED, ...READ_ONLY }),
    currency('Amount', READ_ONLY),
    currency('PrevAmount', READ_ONLY),
    currency('ExpectedRevenue', READ_ONLY),
    date('CloseDate', READ_ONLY),
    date('PrevCloseDate', READ_ONLY),
    percent('Probability', READ_ONLY),
    picklist('ForecastCategory', FORECAST, READ_ONLY),
    datetime('SystemModstamp', { ...REQUIRED, ...READ_ONLY }),
  ],
)

export const opportunityContactRole: SObject = sobject(
  { name: 'OpportunityContactRole', prefix: '00K', indexes: ['OpportunityId', 'ContactId'] },
  [
    reference('OpportunityId', ['Opportunity'], { ...REQUIRED, children: 'OpportunityContactRoles' }),
    reference('ContactId', ['Contact'], { ...REQUIRED, children: 'OpportunityContactRoles' }),
    picklist('Role', ['Decision Maker', 'Evaluator', 'Influencer', 'Economic Buyer', 'Other']),
    checkbox('IsPrimary'),
  ],
)

export const opportunityStage: SObject = sobject(
  { name: 'OpportunityStage', prefix: '01J', deletable: false, writable: false },
  [
    text('ApiName', 255, READ_ONLY),
    text('MasterLabel', 255, READ_ONLY),
    int('SortOrder', READ_ONLY),
    checkbox('IsActive', READ_ONLY),
    checkbox('IsClosed', READ_ONLY),
    checkbox('IsWon', READ_ONLY),
    percent('DefaultProbability', READ_ONLY),
    picklist('ForecastCategory', FORECAST, READ_ONLY),
  ],
)

export const leadStatus: SObject = sobject(
  { name: 'LeadStatus', prefix: '01L', deletable: false, writable: false },
  [
    text('ApiName', 255, READ_ONLY),
    text('MasterLabel', 255, READ_ONLY),
    int('SortOrder', READ_ONLY),
    checkbox('IsDefault', READ_ONLY),
    checkbox('IsConverted', READ_ONLY),
  ],
)

/** One row per tracked change of a lead; without SystemModstamp, as the vendor's history rows are. */
export const leadHistory: SObject = sobject(
  { name: 'LeadHistory', prefix: '017', indexes: ['LeadId'], writable: false, stamps: 'history' },
  [
    reference('LeadId', ['Lead'], { ...REQUIRED, ...READ_ONLY, children: 'Histories' }),
    picklist('Field', [], READ_ONLY),
    anyType('OldValue'),
    anyType('NewValue'),
  ],
)

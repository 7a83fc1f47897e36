/** The columns of each file, in the order they are written. */
export const PERSON_COLUMNS = [
  'person',
  'email',
  'first_name',
  'last_name',
  'company',
  'account',
  'country',
  'source',
  'campaign',
  'job_title',
] as const

export const EVENT_COLUMNS = [
  'person',
  'at',
  'event',
  'actor',
  'direction',
  'outcome',
  'amount',
  'deal',
  'detail',
] as const

export const USER_COLUMNS = ['user', 'name', 'email', 'manager', 'role', 'time_zone', 'active'] as const

/** Columns that users.csv may have. */
export const USER_OPTIONS = ['works_in', 'team', 'country', 'left'] as const

export const ACCOUNT_COLUMNS = [
  'account',
  'name',
  'domain',
  'industry',
  'employees',
  'annual_revenue',
  'country',
  'target',
] as const

export const CAMPAIGN_COLUMNS = ['campaign', 'name', 'type', 'start', 'end', 'cost', 'owner'] as const

/** Outcomes of a call, an e-mail or a meeting; empty when nothing is known. */
export const OUTCOMES = [
  '',
  'connected',
  'voicemail',
  'no_answer',
  'replied',
  'bounced',
  'held',
  'no_show',
  'scheduled',
  'cancelled',
  'automated',
  'sequence',
] as const

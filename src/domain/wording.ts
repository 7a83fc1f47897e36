import type { ActivityOutcome, Fact, ObjectName, Ref, StageField, Vendor } from './facts.ts'
import { parseRef } from './facts.ts'
import type { DurationKind } from './handoff.ts'
import type { LeftOut } from './stretch.ts'
import { DAY, HOUR, MINUTE } from './time.ts'

const VENDORS: Record<Vendor, string> = { salesforce: 'Salesforce', hubspot: 'HubSpot' }

const OBJECTS: Partial<Record<ObjectName, string>> = {
  deal: 'deal',
  deal_history: 'deal history',
  deal_role: 'deal role',
  history: 'lead history',
  campaign_member: 'campaign member',
}

/** `Salesforce lead`, `HubSpot contact`. */
export function kindOfRecord(ref: Ref): string {
  const { vendor, object } = parseRef(ref)
  return `${VENDORS[vendor]} ${OBJECTS[object] ?? object}`
}

const FIELDS: Partial<Record<StageField, string>> = {
  lifecycle: 'Lifecycle stage',
  lead_status: 'Lead status',
  status: 'Status',
}

/** A field of the policy is called by its API name. */
const nameOf = (field: StageField): string => FIELDS[field] ?? field.slice('property:'.length)

/** The names under which HubSpot shows its standard lifecycle stages. */
const STAGES: Record<string, string> = {
  subscriber: 'Subscriber',
  lead: 'Lead',
  marketingqualifiedlead: 'Marketing Qualified Lead',
  salesqualifiedlead: 'Sales Qualified Lead',
  opportunity: 'Opportunity',
  customer: 'Customer',
  evangelist: 'Evangelist',
  other: 'Other',
}

/** `Lifecycle stage: Marketing Qualified Lead`. */
export function fieldWords(field: StageField, value: string | null): string {
  if (value === null) return `${nameOf(field)} cleared`
  return `${nameOf(field)}: ${(field === 'lifecycle' && STAGES[value]) || value}`
}

const OUTCOMES: Record<ActivityOutcome, string> = {
  done: '',
  connected: 'spoke with each other',
  voicemail: 'left a voicemail',
  no_answer: 'no answer',
  replied: 'got a reply',
  bounced: 'bounced',
  held: 'took place',
  no_show: 'the lead did not come',
  scheduled: 'planned',
  cancelled: 'cancelled',
}

type Told = Extract<Fact, { kind: 'activity' }>

/** `Call: left a voicemail`, `E-mail from the lead`. */
export function activityWords({ channel, direction, outcome, automated }: Told): string {
  const incoming = direction === 'in' ? ' from the lead' : ''
  const what = { call: `Call${incoming}`, email: `E-mail${incoming}`, meeting: 'Meeting' }[channel]
  const came = OUTCOMES[outcome]
  return `${automated ? `Automated ${what.toLowerCase()}` : what}${came && `: ${came}`}`
}

/** Minor units as a plain number; the currency is the CRM's. */
const amount = (minor: number): string =>
  (minor / 100).toFixed(minor % 100 === 0 ? 0 : 2).replace(/\B(?=(\d{3})+(?!\d))/g, ',')

/** `Deal won, 12,000`. */
export function dealWords({ step, stage, amountMinor, reason }: Extract<Fact, { kind: 'deal' }>): string {
  const said = step === 'moved' ? `Deal moved to ${stage}` : `Deal ${step}`
  const worth = amountMinor === null || step === 'moved' ? '' : `, ${amount(amountMinor)}`
  return `${said}${worth}${reason ? `: ${reason}` : ''}`
}

/** A length of time in its units, none left out: `48 h`, `2 d 3 h 10 min`. Working time has no days. */
export function lengthWords(ms: number, kind: DurationKind): string {
  const size = Math.abs(ms)
  const days = kind === 'elapsed' && size >= 4 * DAY ? Math.floor(size / DAY) : 0
  const hours = Math.floor((size - days * DAY) / HOUR)
  const minutes = Math.floor((size % HOUR) / MINUTE)
  const parts = [days > 0 && `${days} d`, hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`]
  const said = parts.filter(part => part !== false).join(' ') || (size === 0 ? '0 min' : 'less than a minute')
  return ms < 0 ? `−${said}` : said
}

/** Why time is not counted: `paused: waiting for the buyer`. */
export function leftOutWords(leftOut: LeftOut): string {
  switch (leftOut.why) {
    case 'paused':
      return `paused: ${leftOut.name}`
    case 'reassigned':
      return 'before it was reassigned'
    case 'other_owner':
      return 'not in the hands of its owner at the end'
  }
}

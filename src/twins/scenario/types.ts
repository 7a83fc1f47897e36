/** One human of a scenario, as people.csv gives it; an unused cell is an empty string. */
export interface Person {
  person: string
  email: string
  first_name: string
  last_name: string
  company: string
  account: string
  country: string
  source: string
  campaign: string
  job_title: string
}

export const EVENT_NAMES = [
  'inquiry',
  'mql',
  'assigned',
  'call',
  'email',
  'meeting',
  'accepted',
  'rejected',
  'recycled',
  'sql',
  'opportunity',
  'stage',
  'won',
  'lost',
  'updated',
  'merged',
  'deleted',
  'restored',
] as const

export type EventName = (typeof EVENT_NAMES)[number]

/** One row of events.csv. `at` is milliseconds since the epoch; `seq` keeps the file's order among equal instants. */
export interface ScenarioEvent {
  seq: number
  person: string
  at: number
  event: EventName
  actor: string
  direction: '' | 'in' | 'out'
  outcome: string
  /** In major units; null when empty. */
  amount: number | null
  deal: string
  detail: string
}

export interface User {
  user: string
  name: string
  email: string
  manager: string
  role: string
  time_zone: string
  active: boolean
  works_in: 'salesforce' | 'hubspot'
  /** What the CRMs say of them; empty: nothing. */
  team?: string
  country?: string
  /** When they left; null: they did not, unless they are inactive. */
  left?: number | null
}

export interface Account {
  account: string
  name: string
  domain: string
  industry: string
  employees: number | null
  annual_revenue: number | null
  country: string
  target: boolean
}

export interface Campaign {
  campaign: string
  name: string
  type: string
  start: string
  end: string
  cost: number | null
  owner: string
}

/** scenario.json, plus the small files that fit in memory. */
export interface Company {
  name: string
  description: string
  timeZone: string
  start: number
  now: number
  /** True: activities appear in both CRMs and HubSpot contacts carry the Salesforce ids. */
  connector: boolean
  /** Seconds by which owner and lead-status changes reach HubSpot after Salesforce. */
  hubspotLagSeconds: number
  /** Fields of the Salesforce Lead whose history is tracked, besides Status and Owner. */
  leadHistory?: readonly string[]
  users: User[]
  accounts: Account[]
  campaigns: Campaign[]
}

/** A source of people: each with its events in order of (at, seq), those after `company.now` included. */
export interface Scenario {
  company: Company
  /** How many people, and how many events if that is known beforehand. */
  size: { people: number; events: number | null }
  people(): Iterable<{ person: Person; events: ScenarioEvent[] }>
  close(): void
}

/** What a twin offers to be filled. The same reducer serves `person` and `apply`. */
export interface Sink {
  begin(company: Company): void
  /** One person with the events up to the company's `now`, in order. */
  person(person: Person, events: readonly ScenarioEvent[]): void
  /** After the last person: build indexes; `merged` events come after this through `apply`. */
  end(): void
  /** One event of a person already loaded, as the virtual clock passes it. */
  apply(person: string, event: ScenarioEvent): void
}

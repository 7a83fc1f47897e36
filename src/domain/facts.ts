import type { Instant } from './time.ts'

/** The CRMs a fact can come from. One connection each for now; the name doubles as the connection's key. */
export type Vendor = 'salesforce' | 'hubspot'

/** The vendor-neutral objects the core knows. Adapters map their vendor's names to these. */
export type ObjectName =
  | 'lead' // Salesforce Lead
  | 'contact' // Salesforce Contact, HubSpot contact
  | 'user' // Salesforce User, HubSpot owner
  | 'queue' // Salesforce Group of type Queue
  | 'deal' // Salesforce Opportunity, HubSpot deal
  | 'deal_role' // Salesforce OpportunityContactRole
  | 'deal_history' // Salesforce OpportunityHistory
  | 'history' // Salesforce LeadHistory
  | 'campaign' // Salesforce Campaign
  | 'campaign_member' // Salesforce CampaignMember
  | 'task' // Salesforce Task
  | 'event' // Salesforce Event
  | 'email' // Salesforce EmailMessage, HubSpot email
  | 'call' // HubSpot call
  | 'meeting' // HubSpot meeting

/** Names one record everywhere: `salesforce:lead:00Q…`, `hubspot:contact:51`. Salesforce ids always have 18 characters. */
export type Ref = `${Vendor}:${ObjectName}:${string}`

export const ref = (vendor: Vendor, object: ObjectName, id: string): Ref => `${vendor}:${object}:${id}`

/** Splits a {@link Ref}; the id may itself contain a colon. */
export function parseRef(value: Ref): { vendor: Vendor; object: ObjectName; id: string } {
  const [vendor, object, ...id] = value.split(':')
  return { vendor: vendor as Vendor, object: object as ObjectName, id: id.join(':') }
}

export type Channel = 'call' | 'email' | 'meeting'

/** What came of an activity. `done` = it took place and nothing more is known (a call logged without a result, an e-mail sent). */
export type ActivityOutcome =
  | 'done'
  | 'connected'
  | 'voicemail'
  | 'no_answer'
  | 'replied'
  | 'bounced'
  | 'held'
  | 'no_show'
  | 'scheduled'
  | 'cancelled'

/** The stages of a deal that matter to a handoff. */
export type DealStep = 'opened' | 'moved' | 'won' | 'lost'

interface FactBase {
  /** Unique among the facts of its record, and the same on every reading of it: the natural key. */
  key: string
  /** When it happened, by the CRM's own timestamps. */
  at: Instant
  /** True when the CRM knows only the date; `at` is then that date's start in the organisation's zone. */
  dayPrecise?: boolean
  /** The record about which this is: a lead, contact or deal. Not always the record that says so (a task's subject is its lead). */
  subject: Ref
  /** The record that says so, where that is another than the subject. Adapters leave it out; whoever loads facts fills it in. */
  source?: Ref
  /** `history`: the vendor's own history says so. `observed`: we saw a value change between two readings. Vendor history wins. */
  origin: 'record' | 'history' | 'observed'
}

/**
 * Something that happened to somebody at an instant, derived from one record alone.
 * Values of `status` and `lifecycle` facts are the CRM's own words; stage predicates in the policy read them.
 */
export type Fact = FactBase &
  (
    | { kind: 'created'; profile: Profile }
    /** `loggedAt`: when the CRM wrote it down; left out: at once. */
    | { kind: 'inquiry'; detail: string | null; loggedAt?: Instant }
    /** HubSpot lifecycle stage, Salesforce Lead status, HubSpot lead status, or a field of the policy: it entered `value`, leaving `from` (null: unknown or none). */
    | { kind: 'field'; field: StageField; value: string | null; from: string | null }
    /** The value a field has now, as of the record's last reading; `at` is the record's creation. Used when history is silent. Null: it was read and is empty. */
    | { kind: 'field_now'; field: StageField; value: string | null }
    | { kind: 'owner'; owner: Ref | null; from: Ref | null }
    | { kind: 'owner_now'; owner: Ref | null }
    | {
        kind: 'activity'
        channel: Channel
        direction: 'in' | 'out'
        outcome: ActivityOutcome
        /** Who did it: the user the activity belongs to. Null: nobody known. */
        actor: Ref | null
        automated: boolean
        /** Automated, as a step of a sequence that one of ours enrolled the person in; other machines leave it out. */
        sequence?: true
        loggedAt: Instant
        /** The same activity as another record (an e-mail message and its task): that record's ref; its fact is ignored. */
        supersedes?: Ref
      }
    | { kind: 'converted'; contact: Ref | null; deal: Ref | null }
    | {
        kind: 'deal'
        step: DealStep
        stage: string
        amountMinor: number | null
        owner: Ref | null
        reason: string | null
      }
    | { kind: 'feedback'; reason: string | null; note: string | null }
    | { kind: 'campaign'; name: string }
    | { kind: 'deleted' }
  )

/** Names a fact: the record that says so and its natural key there. */
export const idOf = (fact: Fact): string => `${fact.source ?? fact.subject}#${fact.key}`

/**
 * What a fact of a field is about: one of the fields every stage preset reads, or a field that the policy names, as
 * `property:<API name>`. Which words it can hold is the CRM's and the policy's affair.
 */
export type StageField = 'lifecycle' | 'lead_status' | 'status' | `property:${string}`

/** A field of one CRM's records that the policy names. */
export interface PolicyField {
  /** Its API name, as the policy spells it. */
  name: string
  /** Where the policy names it first: `stages.mql`. */
  key: string
}

/** What a person-like record says about its human; the dimensions of a handoff come from here. */
export interface Profile {
  email: string | null
  name: string | null
  company: string | null
  country: string | null
  source: string | null
  campaign: string | null
}

/** How a record is tied to a human: two person-like records that share a key are one person. */
export interface IdentityKey {
  /** `email:ada@example.com`, or a {@link Ref}. */
  key: string
  reason: 'self' | 'email' | 'linked_id' | 'conversion' | 'merge'
}

/** Ties a deal to a person-like record without merging people: several people can share a deal. */
export interface Membership {
  deal: Ref
  member: Ref
}

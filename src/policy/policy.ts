import type { WeeklyHours } from '../domain/calendar.ts'
import type { StageField, Vendor } from '../domain/facts.ts'
import type { DurationKind, HandoffInstants, Outcome } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'

/** A test of one field, by its API name, on a person's records in one CRM. Text is compared without regard to case. */
export type FieldTest = { vendor: Vendor; name: string } & (
  | { test: 'is' | 'is_not'; values: readonly string[] }
  | { test: 'at_least' | 'at_most'; value: number }
  | { test: 'filled'; filled: boolean }
)

/** A stage field of one CRM's records has one of these values, spelt as the CRM spells them. */
export interface FieldPredicate {
  preset: 'field'
  vendor: Vendor
  field: StageField
  values: readonly string[]
}

/** Fields of the person's live records pass all of these tests at once. */
export interface ConditionPredicate {
  preset: 'condition'
  all: readonly FieldTest[]
}

/** Something that holds for a while. */
export type StatePredicate = FieldPredicate | ConditionPredicate

/** One way in which a stage can become true. The first instant at which any predicate of a stage held counts. */
export type StagePredicate =
  | StatePredicate
  /** A lead was converted and the conversion opened a deal. */
  | { preset: 'converted_with_deal' }
  /** A deal of the person was opened, in either CRM. */
  | { preset: 'deal_opened' }

export type StageName = 'mql' | 'sal' | 'sql' | 'rejected' | 'recycled'

/** T0…T7: the instants a promise can run between. */
export type InstantName = keyof HandoffInstants

/** Which handoffs are meant. An absent dimension means all; values are compared without regard to case. */
export interface TierMatch {
  source?: readonly string[]
  campaign?: readonly string[]
  country?: readonly string[]
  segment?: readonly string[]
  /** Of the owner at the start of the promise. */
  team?: readonly string[]
  /** Both ends included. */
  score?: { atLeast: number | null; atMost: number | null }
}

/** One set of limits of a promise, in milliseconds of the promise's kind. */
export interface Tier {
  name: string
  when: TierMatch
  dueMs: number
  warnMs: number | null
}

/**
 * What happens to a clock when the lead gets another owner. `carry`: it goes on. `reset`: it starts again. `apportion`:
 * each owner is charged only the time during which they owned it.
 */
export type Reassignment = 'carry' | 'reset' | 'apportion'

/** So many attempts have to be made, instead of reaching one instant. */
export interface Persistence {
  attempts: number
  /** On at least so many days by the owner's wall clock, by at least so many different channels. */
  days: number
  channels: number
}

/** A promise as agreed. The first tier that matches a handoff applies; none: the promise is not made to it. */
export interface PromiseRule {
  name: string
  from: InstantName
  /** Null: kept by {@link persistence}. */
  until: InstantName | null
  persistence: Persistence | null
  kind: DurationKind
  reassignment: Reassignment
  tiers: readonly Tier[]
}

/** A named reason for which clocks stand still while it holds, but not for longer than its cap in all. */
export interface PauseRule {
  name: string
  when: readonly StatePredicate[]
  cap: { kind: DurationKind; ms: number }
  /** Names of promises; null: all. */
  promises: readonly string[] | null
}

/** A named reason for which a promise is not held against anybody. */
export interface ExceptionRule {
  name: string
  when: TierMatch
  promises: readonly string[] | null
}

/** What an activity can be that counts as an attempt, and as a contact. */
export type AttemptName = 'call' | 'email' | 'meeting_held' | 'no_show' | 'sequence_email'
export type ContactName =
  | 'call_connected'
  | 'call_received'
  | 'email_reply'
  | 'email_received'
  | 'meeting_held'

/** A day on which a region does not work, or a part of it, by local wall time. */
export interface Holiday {
  /** Null: every year. */
  year: number | null
  /** 1…12, 1…31. */
  month: number
  day: number
  /** Minutes after midnight, `to` excluded; 0 to 1440 is the whole day. */
  from: number
  to: number
  name: string | null
}

/** The holidays of a region, from here and from elsewhere together. */
export interface HolidayRegion {
  days: readonly Holiday[]
  /** Files or https addresses of iCalendar data. */
  ics: readonly string[]
  /** Those of the Salesforce organisation as well. */
  salesforce: boolean
}

/** A week of work and whom it is for. */
export interface WorkCalendar {
  name: string
  /** Null: those of the Salesforce business hours of {@link salesforce}. */
  hours: WeeklyHours | null
  /** Name of a Salesforce BusinessHours record. */
  salesforce: string | null
  /** IANA zone to use instead of the person's own. */
  timezone: string | null
  /** Names of {@link HolidayRegion}s. */
  holidays: readonly string[]
  /** Small letters. Whom it is for: by e-mail address, else by team, else by country. */
  for: { people: readonly string[]; teams: readonly string[]; countries: readonly string[] }
}

/** Time off by the person's wall clock: milliseconds since 1970-01-01T00:00 local, `to` excluded. */
export interface TimeOff {
  from: number
  to: number
}

/** What the policy says of one of ours, over what the CRMs say. */
export interface PersonRule {
  /** Small letters. */
  email: string
  team: string | null
  country: string | null
  timezone: string | null
  timeOff: readonly TimeOff[]
  /** Files or https addresses of iCalendar data. */
  ics: readonly string[]
}

/** When a lead counts as dropped and a rep as falling behind. */
export interface NeglectRule {
  /** Without a human owner for longer than this after the MQL. */
  unownedMs: number
  /** Open without any activity for longer than this. */
  idleMs: number
  /** The window over which reps are looked at, in milliseconds. */
  windowMs: number
  /** The share of due handoffs without an attempt, 0…1, above which a rep is falling behind. */
  limit: number
  /** With fewer handoffs due in the window nothing is said of a rep. */
  minimumDue: number
}

/** Where a dimension that the CRMs have no standard field for is kept, by API name. */
export type FieldNames = Partial<Record<Vendor, string>>

/** The agreed rules with every default filled in and every duration in milliseconds. Plain data: it can be stored as JSON. */
export interface Policy {
  version: 1
  name: string
  /** From when on: a handoff keeps the policy in force at its T1. */
  effective: Instant
  /** IANA zone of people who have none of their own, and of time before the first owner. */
  timezone: string
  stages: Readonly<Record<StageName, readonly StagePredicate[]>>
  dimensions: { segment: FieldNames; score: FieldNames }
  /** In order; one of them is called `default`. */
  calendars: readonly WorkCalendar[]
  holidays: Readonly<Record<string, HolidayRegion>>
  people: readonly PersonRule[]
  promises: readonly PromiseRule[]
  pauses: readonly PauseRule[]
  exceptions: readonly ExceptionRule[]
  /** A new MQL opens a handoff only this long after the last one ended, and only if that ended so. */
  reMql: { afterMs: number; outcomes: readonly Outcome[] }
  /** How long before T1 an SQL or a deal still belongs to the handoff. */
  earlyMs: number
  /** After this long without outcome a handoff expires; null: never. */
  expireMs: number | null
  attempts: readonly AttemptName[]
  contacts: readonly ContactName[]
  /** Whose attempts stop the clock. */
  attemptsBy: 'owner' | 'team'
  /** An activity logged later than this after it happened is marked back-dated. */
  backDatedMs: number
  neglect: NeglectRule
  /** Local parts of e-mail addresses that belong to nobody in particular; they never link records. */
  sharedMailboxes: readonly string[]
  /** Below this many, a figure shows counts only. */
  minimumN: number
  write: { prefix: string }
}

/**
 * Chooses among versions: the one with the latest `effective` at or before the instant, else the earliest. Of versions
 * with the same `effective` the last given is right.
 * @throws RangeError when there is no version at all
 */
export function policyInForce<V extends { effective: Instant }>(versions: readonly V[]): (at: Instant) => V {
  const sorted = [...versions].sort((a, b) => a.effective - b.effective)
  const first = sorted.findLast(policy => policy.effective === sorted[0]!.effective)
  if (!first) throw new RangeError('a policy needs at least one version')
  return at => sorted.findLast(policy => policy.effective <= at) ?? first
}

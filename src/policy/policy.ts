import type { WeeklyHours } from '../domain/calendar.ts'
import type { StageField, Vendor } from '../domain/facts.ts'
import type { DurationKind, HandoffInstants } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'

/** One way in which a stage can become true. The first instant at which any predicate of a stage held counts. */
export type StagePredicate =
  /** A stage field of one CRM's records took one of these values, spelt as the CRM spells them. */
  | { preset: 'field'; vendor: Vendor; field: StageField; values: readonly string[] }
  /** A lead was converted and the conversion opened a deal. */
  | { preset: 'converted_with_deal' }
  /** A deal of the person was opened, in either CRM. */
  | { preset: 'deal_opened' }

export type StageName = 'mql' | 'sal' | 'sql' | 'rejected' | 'recycled'

/** T0…T7: the instants a promise can run between. */
export type InstantName = keyof HandoffInstants

/** To whom a tier applies. An absent dimension applies to all; values are compared without regard to case. */
export interface TierMatch {
  source?: readonly string[]
  campaign?: readonly string[]
  country?: readonly string[]
}

/** One set of limits of a promise, in milliseconds of the promise's kind. */
export interface Tier {
  name: string
  when: TierMatch
  dueMs: number
  warnMs: number | null
}

/** A promise as agreed. The first tier that matches a handoff applies; none: the promise is not made to it. */
export interface PromiseRule {
  name: string
  from: InstantName
  until: InstantName
  kind: DurationKind
  tiers: readonly Tier[]
}

/** The agreed rules with every default filled in and every duration in milliseconds. Plain data: it can be stored as JSON. */
export interface Policy {
  version: 1
  name: string
  /** From when on: a handoff keeps the policy in force at its T1. */
  effective: Instant
  /** IANA zone of people who have none of their own, and of time before the first owner. */
  timezone: string
  stages: Readonly<Record<StageName, readonly StagePredicate[]>>
  calendar: WeeklyHours
  promises: readonly PromiseRule[]
  /** How long before T1 an SQL or a deal still belongs to the handoff. */
  earlyMs: number
  /** After this long without outcome a handoff expires; null: never. */
  expireMs: number | null
  /** Whose attempts stop the clock. */
  attemptsBy: 'owner' | 'team'
  /** An activity logged later than this after it happened is marked back-dated. */
  backDatedMs: number
  /** Local parts of e-mail addresses that belong to nobody in particular; they never link records. */
  sharedMailboxes: readonly string[]
  /** Below this many, a figure shows counts only. */
  minimumN: number
  write: { prefix: string }
}

/**
 * Chooses among versions: the one with the latest `effective` at or before the instant, else the earliest.
 * @throws RangeError when there is no version at all
 */
export function policyInForce(versions: readonly Policy[]): (at: Instant) => Policy {
  const sorted = [...versions].sort((a, b) => a.effective - b.effective)
  const first = sorted[0]
  if (!first) throw new RangeError('a policy needs at least one version')
  if (sorted.length === 1) return () => first
  return at => sorted.findLast(policy => policy.effective <= at) ?? first
}

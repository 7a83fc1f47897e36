import type { Ref } from './facts.ts'
import type { Instant, Working } from './time.ts'

/** How a handoff ended; null while it is open. */
export type Outcome = 'sql' | 'rejected' | 'recycled' | 'expired' | 'void'

/** `overdue` is open and past due; `missed` ended without it; the states are explained in docs/semantics.md. */
export type PromiseState =
  | 'not_started'
  | 'running'
  | 'due_soon'
  | 'overdue'
  | 'met'
  | 'met_late'
  | 'missed'
  | 'excused'
  | 'void'

/** Wall clock, or the owner's calendar. Durations of different kinds are never compared, added or averaged. */
export type DurationKind = 'elapsed' | 'working'

/** How far a persistence has come: attempts, the days they lie on and the channels they took. */
export interface Progress {
  attempts: number
  days: number
  channels: number
}

/** A pause that holds now. */
export interface Standstill {
  /** As the policy calls it. */
  name: string
  since: Instant
  /** When the clock goes on at the latest: then every cap is used up. */
  latest: Instant
}

/** The verdict on one promise of one handoff at an instant, with the numbers that explain it. */
export interface PromiseVerdict {
  name: string
  /** The tier that applied, as named in the policy. */
  tier: string
  state: PromiseState
  /** Why it is excused: the name of the exception or pause, `contacted` or `decided`. Null: it is not. */
  excuse: string | null
  /** What it is excused for only as long as it holds. */
  pause: Standstill | null
  kind: DurationKind
  /** When the clock started and when the promise was kept; null if not yet. */
  from: Instant | null
  until: Instant | null
  /** When a reassignment last made the clock start again; null: none did. */
  restartedAt: Instant | null
  /** A pause that holds is taken to use up its cap. Null: not started, or not to be reached while nobody is charged. */
  warnAt: Instant | null
  dueAt: Instant | null
  /**
   * Milliseconds counted so far (or in all) against the limits, by `kind`; null while the clock has not started.
   * Negative when it was kept before it started: an attempt before the assignment. Never clamped.
   */
  countedMs: number | null
  /** The lead's number: what passed since `from`, whoever owned it and whatever was paused. */
  leadMs: number | null
  /** The rep's number: the share of whoever owned it last. Null: nobody did. */
  repMs: number | null
  /** What was left out of `countedMs` because of pauses. */
  pausedMs: number | null
  /** Null: it is not kept by attempts. */
  progress: Progress | null
}

/** T0…T7 of semantics §3. */
export interface HandoffInstants {
  t0: Instant | null
  t1: Instant
  t2: Instant | null
  t3: Instant | null
  t4: Instant | null
  t5: Instant | null
  t6: Instant | null
  t7: Instant | null
}

/**
 * Why nobody takes care of a handoff. `no_owner`: open, without a human owner for too long. `inactive_owner`: open, and
 * whoever has it is inactive. `idle`: open, and nothing happened for too long. `closed_without_attempt`: turned down, sent
 * back or expired although nobody tried.
 */
export type DropReason = 'no_owner' | 'inactive_owner' | 'idle' | 'closed_without_attempt'

export interface Dropped {
  reason: DropReason
  /** Since when there was no owner or no activity; when it was closed. */
  since: Instant
}

/** One passage of one person from marketing to sales, and every verdict on it. */
export interface Handoff extends HandoffInstants {
  /** 1, 2, … in order of T1: derived, so it may change when earlier facts turn up. */
  number: number
  /** The fact that opened it, `<ref>#<key>`: its identity, stable while that fact exists. */
  openedBy: string
  /** When HubSpot knew of the inquiry, T0…T1; null: no record shows it. */
  hubspotAt: Instant | null
  /** When Salesforce had it as an open lead or as a contact, T1…T2; null: not before its first owner, or no record shows it. */
  salesforceAt: Instant | null
  /** Null: somebody takes care of it, or it is over. */
  dropped: Dropped | null
  /** The last human owner while it was open; null if it never had one. */
  owner: Ref | null
  source: string | null
  campaign: string | null
  country: string | null
  segment: string | null
  score: number | null
  /** Attempts since T1, by anyone on the team. */
  attempts: number
  /** T2→T3 in the calendars of whoever owned it meanwhile; signed; null until both are known. */
  followUpWorkingMs: Working | null
  outcome: Outcome | null
  /** When it ended; null while open. */
  endedAt: Instant | null
  salAt: Instant | null
  opportunityAt: Instant | null
  wonAt: Instant | null
  lostAt: Instant | null
  /** Owner of the deal it led to. */
  dealOwner: Ref | null
  /** Sum of its won deals, integer minor units. */
  wonMinor: number | null
  /** Why sales turned it down, and what would make it actionable. */
  feedbackReason: string | null
  feedbackNote: string | null
  /** Which of T0…T7 are known to the day only. */
  dayPrecise: readonly (keyof HandoffInstants)[]
  promises: readonly PromiseVerdict[]
}

/** All handoffs of one person as judged at an instant. */
export interface Judgement {
  handoffs: readonly Handoff[]
  /** The next instant at which anything above could change without a new fact; null: never. */
  wakeAt: Instant | null
}

/** Somebody, or something, that can own a record. Built from the user and queue records of both CRMs, joined by e-mail. */
export interface Rep {
  /** The Salesforce user where there is one, else the HubSpot owner. */
  ref: Ref
  name: string
  email: string | null
  /** IANA zone; null: the policy's default. */
  timeZone: string | null
  active: boolean
  /** The CRM's stamp when it first showed them as inactive: they own nothing from then on. Null: active, or nobody knows. */
  inactiveSince?: Instant | null
  /** What the CRM says of them, where it says anything. */
  team?: string | null
  country?: string | null
  /** False for queues, integration users and automated processes. */
  human: boolean
}

/** Every ref of a user or queue → who that is. */
export type Directory = ReadonlyMap<Ref, Rep>

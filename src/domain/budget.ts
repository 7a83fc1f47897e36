import { type Instant, MINUTE, SECOND } from './time.ts'

/** Who wants to call, the most urgent first: what reps see, then what changed, then a first reading. */
export const LANES = ['flags', 'changes', 'backfill'] as const
export type Lane = (typeof LANES)[number]

/** What a vendor limits apart: HubSpot's searches have a limit of their own. */
export type Bucket = 'general' | 'search'

/** At most so many calls within any so many milliseconds. */
export interface Window {
  ms: number
  calls: number
}

/** How much of an account's calls we may take. Shares are of one, not of a hundred. */
export interface BudgetRules {
  /** Our ceiling, as a share of the account's calls a day. */
  share: number
  /** What a lane leaves of the ceiling to each lane before it. */
  reserve: number
  /** Of the account's day, everybody's calls counted: from here on only flags are written. At most 1. */
  pauseAt: number
  /** And below this the others go on. Between the two they do what they did. */
  resumeBelow: number
  /** The account's calls a day until the CRM has told. */
  assumedLimit: number
  /** When calls come back: all at the account's midnight, or each a day after it was made. */
  day: 'midnight' | 'rolling'
  windows: Partial<Record<Bucket, Window>>
}

/** Part of the day at which a first reading yields already; LeadFWD warns there. */
export const YIELD_AT = 0.8

/** While others have used the day up, one call asks this often whether that is still so. */
export const PROBE = 15 * MINUTE

/** How long leased calls may be sent. */
export const LEASE = SECOND

/** How long a more urgent lane that had to wait is let go first. */
export const PRECEDENCE = 2 * SECOND

/**
 * What the vendors allow. Salesforce: a rolling day, no limit on short calls; the assumed day is the smallest edition's.
 * HubSpot: 190 calls in ten seconds (100 in the smaller editions: its headers say), 5 searches a second, the day ends
 * at the account's midnight.
 */
export const VENDOR_LIMITS = {
  salesforce: { assumedLimit: 15_000, day: 'rolling', windows: {} },
  hubspot: {
    assumedLimit: 250_000,
    day: 'midnight',
    windows: { general: { ms: 10 * SECOND, calls: 100 }, search: { ms: SECOND, calls: 5 } },
  },
} as const satisfies Record<string, Pick<BudgetRules, 'assumedLimit' | 'day' | 'windows'>>

/** What a CRM says of its limits with an answer; what it does not say is left out. */
export interface Usage {
  /** Of the day, by everybody. */
  day?: { used: number; limit: number }
  /** Of the general window: what it allows, and what is left of it. */
  burst?: { max: number; remaining: number }
}

/** Why a call has to wait. */
export type Reason =
  /** The burst window is full. */
  | 'burst'
  /** The lane has used its part of our ceiling. */
  | 'ceiling'
  /** Others use the account's calls. */
  | 'others'
  /** The CRM told us to wait. */
  | 'told'

export type Decision = { go: number } | { waitUntil: Instant; reason: Reason }

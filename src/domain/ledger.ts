import { type Bucket, type BudgetRules, LANES, type Lane } from './budget.ts'
import { DAY, type Instant, MINUTE } from './time.ts'

/** Every zone's midnight begins a quarter of an hour. */
export const QUARTER = 15 * MINUTE

/** Calls of a quarter of an hour, by lane. */
export type Quarter = [at: Instant, flags: number, changes: number, backfill: number]

const COLUMN = { flags: 1, changes: 2, backfill: 3 } as const

/** Calls given out together. */
export interface Grant {
  id: string
  lane: Lane
  bucket: Bucket
  calls: number
  /** The last instant at which one of them can be or was sent; the window is full of them for its length after this. */
  until: Instant
  /** The quarter they were counted in. */
  quarter: Instant
}

/** What is known of one connection's calls: one row for all processes. Plain JSON. */
export interface Ledger {
  /** IANA zone of the account. */
  zone: string
  quarters: Quarter[]
  /** Those of which a window may still be full. */
  grants: Grant[]
  /** Calls counted since the beginning; only its differences mean anything. */
  counted: number
  /** What the CRM last said of the day, and `counted` when it said so. */
  told: { at: Instant; used: number; limit: number; counted: number } | null
  /** What the CRM says the general window allows. */
  burst: number | null
  /** Calls in the general window that are not ours, by the CRM's word. */
  foreign: { at: Instant; calls: number } | null
  /** Lanes that wait for others to use less. */
  paused: Lane[]
  /** When somebody last asked whether they do. */
  probedAt: Instant | null
  /** The CRM asked for no calls until then. */
  closed: Partial<Record<Bucket | 'day', Instant>>
  /** Until when a lane that had to wait goes before the less urgent. */
  first: Partial<Record<Lane, Instant>>
}

/** For so much of a window, what the CRM said of it is worth something; and calls are remembered so much longer. */
export const HEARD = 0.2

export const emptyLedger = (): Ledger => ({
  ...{ zone: 'UTC', quarters: [], grants: [], counted: 0, told: null, burst: null, foreign: null },
  ...{ paused: [], probedAt: null, closed: {}, first: {} },
})

export const quarterOf = (at: Instant): Instant => Math.floor(at / QUARTER) * QUARTER

/** Adds calls to their quarter; less than none gives unused ones back. */
export function count(ledger: Ledger, lane: Lane, at: Instant, calls: number): void {
  let quarter = ledger.quarters.find(one => one[0] === at)
  if (!quarter) {
    quarter = [at, 0, 0, 0]
    ledger.quarters.push(quarter)
  }
  quarter[COLUMN[lane]] += calls
  ledger.counted += calls
}

/** Since when calls count towards the limit of the day. */
export function dayStart(rules: BudgetRules, { zone }: Ledger, now: Instant): Instant {
  return rules.day === 'rolling' ? now - DAY : local(now, zone).startOfDay().epochMilliseconds
}

/** When all calls made until now are back. */
export function dayEnd(rules: BudgetRules, { zone }: Ledger, now: Instant): Instant {
  if (rules.day === 'rolling') return now + DAY
  return local(now, zone).add({ days: 1 }).startOfDay().epochMilliseconds
}

const local = (at: Instant, zone: string): Temporal.ZonedDateTime =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)

/** Our calls that count at an instant, by lane. A quarter counts until its last call is a day old. */
export function ours(rules: BudgetRules, ledger: Ledger, now: Instant): Record<Lane, number> {
  const start = dayStart(rules, ledger, now)
  const counting = ledger.quarters.filter(quarter => quarter[0] + QUARTER > start)
  const total = (column: 1 | 2 | 3) => counting.reduce((calls, quarter) => calls + quarter[column], 0)
  return { flags: total(1), changes: total(2), backfill: total(3) }
}

export const sum = (calls: Readonly<Record<Lane, number>>): number =>
  calls.flags + calls.changes + calls.backfill

/** The day as the CRM last told it, unless that was of another day. */
function toldToday(rules: BudgetRules, ledger: Ledger, now: Instant): Ledger['told'] {
  return ledger.told && ledger.told.at >= dayStart(rules, ledger, now) ? ledger.told : null
}

/** Calls of the account's day, everybody's: the CRM's word and what we sent since; never less than ours. */
export function everybodys(
  rules: BudgetRules,
  ledger: Ledger,
  now: Instant,
): { used: number; limit: number } {
  const told = toldToday(rules, ledger, now)
  const own = sum(ours(rules, ledger, now))
  const used = told ? Math.max(own, told.used + ledger.counted - told.counted) : own
  return { used, limit: ledger.told?.limit ?? rules.assumedLimit }
}

/** Calls a day that a lane may bring ours to. */
export function ceilingOf(rules: BudgetRules, limit: number, lane: Lane): number {
  return Math.floor(limit * rules.share * Math.max(0, 1 - LANES.indexOf(lane) * rules.reserve))
}

/** Forgets what counts no more. */
export function prune(rules: BudgetRules, ledger: Ledger, now: Instant): void {
  ledger.quarters = ledger.quarters.filter(([at]) => at + QUARTER > now - DAY)
  ledger.grants = ledger.grants.filter(grant => {
    const window = rules.windows[grant.bucket]?.ms ?? 0
    return grant.until + window + window * HEARD > now
  })
  for (const marks of [ledger.closed, ledger.first] as Record<string, Instant>[])
    for (const [name, until] of Object.entries(marks)) if (until <= now) delete marks[name]
}

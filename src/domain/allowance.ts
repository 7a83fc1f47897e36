import {
  type Bucket,
  type BudgetRules,
  type Decision,
  LANES,
  type Lane,
  LEASE,
  PRECEDENCE,
  PROBE,
  type Usage,
  YIELD_AT,
} from './budget.ts'
import {
  ceilingOf,
  count,
  dayEnd,
  everybodys,
  type Grant,
  HEARD,
  type Ledger,
  ours,
  prune,
  QUARTER,
  quarterOf,
  sum,
} from './ledger.ts'
import { DAY, type Instant } from './time.ts'

/** Somebody wants to call. */
export interface Wish {
  /** Names the grant, so that it can be settled. */
  id: string
  lane: Lane
  bucket: Bucket
  /** At most so many. */
  calls: number
}

/**
 * Whether a lane may call now, and how often until the lease is over; else until when to wait, and why. Takes what it
 * gives out from the ledger, which it changes.
 */
export function decide(rules: BudgetRules, ledger: Ledger, wish: Wish, now: Instant): Decision {
  prune(rules, ledger, now)
  const wait = closedUntil(ledger, wish, now) ?? dayWait(rules, ledger, wish.lane, now)
  if (wait) return wait
  const burst = room(rules, ledger, wish, now)
  const free = Math.min(wish.calls, dayRoom(rules, ledger, wish.lane, now), burst.free, burst.most)
  if (free < 1) {
    ledger.first[wish.lane] = now + PRECEDENCE
    return { waitUntil: burst.opens, reason: 'burst' }
  }
  give(rules, ledger, { ...wish, calls: free }, now)
  return { go: free }
}

function closedUntil({ closed }: Ledger, { bucket }: Wish, now: Instant): Decision | null {
  const until = Math.max(closed.day ?? now, closed[bucket] ?? now)
  return until > now ? { waitUntil: until, reason: 'told' } : null
}

/** Why a lane may not call today, or not yet. One call asks again now and then whether others still use so much. */
function dayWait(rules: BudgetRules, ledger: Ledger, lane: Lane, now: Instant): Decision | null {
  const { used, limit } = everybodys(rules, ledger, now)
  for (const one of LANES) setPaused(ledger, one, pauseOf(rules, ledger, one, used / limit))
  const own = sum(ours(rules, ledger, now))
  if (own >= ceilingOf(rules, limit, lane))
    return { waitUntil: roomAgain(rules, ledger, lane, limit, now), reason: 'ceiling' }
  if (!ledger.paused.includes(lane)) return null
  // At midnight all is forgotten; over a rolling day only the CRM knows what others gave back.
  const heard = Math.max(ledger.told?.at ?? now, ledger.probedAt ?? 0)
  const until = rules.day === 'midnight' ? dayEnd(rules, ledger, now) : heard + PROBE
  if (until > now) return { waitUntil: until, reason: 'others' }
  ledger.probedAt = now
  return null
}

function pauseOf(rules: BudgetRules, ledger: Ledger, lane: Lane, used: number): boolean {
  const mark = { flags: 1, changes: rules.pauseAt, backfill: Math.min(YIELD_AT, rules.pauseAt) }[lane]
  if (used >= mark) return true
  return lane !== 'flags' && ledger.paused.includes(lane) && used >= rules.resumeBelow
}

function setPaused(ledger: Ledger, lane: Lane, paused: boolean): void {
  ledger.paused = ledger.paused.filter(one => one !== lane)
  if (paused) ledger.paused.push(lane)
}

/** When the oldest calls are a day old, or midnight. */
function roomAgain(rules: BudgetRules, ledger: Ledger, lane: Lane, limit: number, now: Instant): Instant {
  const end = dayEnd(rules, ledger, now)
  if (rules.day === 'midnight') return end
  for (const [at] of ledger.quarters.toSorted((a, b) => a[0] - b[0])) {
    const back = at + QUARTER + DAY
    if (sum(ours(rules, ledger, back)) < ceilingOf(rules, limit, lane)) return back
  }
  return end
}

/** Calls left of the day; one, when it is a question whether there are any. */
function dayRoom(rules: BudgetRules, ledger: Ledger, lane: Lane, now: Instant): number {
  const { used, limit } = everybodys(rules, ledger, now)
  if (ledger.paused.includes(lane)) return 1
  return Math.min(limit - used, ceilingOf(rules, limit, lane) - sum(ours(rules, ledger, now)))
}

/** What the burst window has left for a lane, how many at once, and when it has more. A more urgent lane that waits goes first. */
function room(
  rules: BudgetRules,
  ledger: Ledger,
  { lane, bucket }: Wish,
  now: Instant,
): { free: number; most: number; opens: Instant } {
  const window = rules.windows[bucket]
  if (!window) return { free: Number.POSITIVE_INFINITY, most: Number.POSITIVE_INFINITY, opens: now }
  const allowed = bucket === 'general' ? (ledger.burst ?? window.calls) : window.calls
  const rank = LANES.indexOf(lane)
  const urgent = LANES.slice(0, rank).map(one => ledger.first[one] ?? now)
  const others = bucket === 'general' ? foreignCalls(ledger, window.ms, now) : { calls: 0, gone: now }
  const mine = ledger.grants.filter(one => one.bucket === bucket && one.until + window.ms > now)
  const taken = mine.reduce((total, grant) => total + grant.calls, others.calls)
  const ends = [...mine.map(grant => grant.until + window.ms), others.gone].filter(end => end > now)
  const opens = Math.max(...urgent, Math.min(...ends, now + window.ms))
  const waits = urgent.some(until => until > now)
  return {
    free: waits ? 0 : allowed - spare(allowed, rank) - taken,
    most: Math.ceil(allowed * AT_ONCE),
    opens,
  }
}

/** Of a window at most this share at once: calls given together are all in the window until the last of them has left it. */
const AT_ONCE = 1 / 20

/** A few calls of the window are left to each lane before this one. */
const spare = (allowed: number, rank: number): number => rank * Math.floor(allowed / 100)

function foreignCalls({ foreign }: Ledger, ms: number, now: Instant): { calls: number; gone: Instant } {
  if (!foreign || foreign.at + ms <= now) return { calls: 0, gone: now }
  return { calls: foreign.calls, gone: foreign.at + ms }
}

function give(rules: BudgetRules, ledger: Ledger, wish: Wish, now: Instant): void {
  const quarter = quarterOf(now)
  count(ledger, wish.lane, quarter, wish.calls)
  delete ledger.first[wish.lane]
  const grant: Grant = { ...wish, until: now + LEASE, quarter }
  if (rules.windows[wish.bucket]) ledger.grants.push(grant)
}

/** What became of a lease: `sent` of its calls were sent, the last one at `last`. The rest is given back. */
export interface Settled {
  id: string
  lane: Lane
  /** When it was leased, and how many calls. */
  at: Instant
  calls: number
  sent: number
  last: Instant
}

export function settle(ledger: Ledger, { id, lane, at, calls, sent, last }: Settled): void {
  const quarter = quarterOf(at)
  if (ledger.quarters.some(one => one[0] === quarter)) count(ledger, lane, quarter, sent - calls)
  ledger.grants = ledger.grants.flatMap(grant => {
    if (grant.id !== id) return [grant]
    return sent === 0 ? [] : [{ ...grant, calls: sent, until: Math.min(grant.until, last) }]
  })
}

/** Takes in what the CRM said of its limits at an instant, a while ago at most; its word is better than our count. */
export function tell(
  rules: BudgetRules,
  ledger: Ledger,
  { day, burst }: Usage,
  at: Instant,
  now: Instant = at,
): void {
  if (day && !(ledger.told && ledger.told.at > at))
    ledger.told = { at, used: day.used, limit: day.limit, counted: ledger.counted }
  if (!burst) return
  ledger.burst = burst.max
  const window = rules.windows.general
  const grace = (window?.ms ?? 0) * HEARD
  if (!window || now - at >= grace) return
  // Ours by a window a little longer, for calls take their time: what is ours must not be taken for theirs.
  const mine = ledger.grants.filter(one => one.bucket === 'general' && one.until + window.ms + grace > now)
  const calls = burst.max - burst.remaining - mine.reduce((total, one) => total + one.calls, 0)
  ledger.foreign = calls > 0 ? { at, calls } : null
}

/** The CRM refused a call for its limit: nobody asks it before `until`; null: before the day's calls come back. */
export function close(
  rules: BudgetRules,
  ledger: Ledger,
  which: Bucket | 'day',
  until: Instant | null,
  now: Instant,
): Instant {
  const { limit } = everybodys(rules, ledger, now)
  if (which === 'day') ledger.told = { at: now, used: limit, limit, counted: ledger.counted }
  const ends = until ?? (rules.day === 'midnight' ? dayEnd(rules, ledger, now) : now + PROBE)
  ledger.closed[which] = Math.max(ends, ledger.closed[which] ?? 0)
  return ends
}

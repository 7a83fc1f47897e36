import { type BudgetRules, LANES, type Lane } from './budget.ts'
import {
  ceilingOf,
  dayEnd,
  dayStart,
  everybodys,
  type Ledger,
  ours,
  QUARTER,
  quarterOf,
  sum,
} from './ledger.ts'
import { DAY, HOUR, type Instant } from './time.ts'

/** How a connection's calls stand, and where they go at the present rate. */
export interface Forecast {
  /** Calls of the account's day: all, and what of them is ours. */
  used: number
  limit: number
  /** Whether the CRM has told the limit and the use; else the limit is assumed, and others are not seen. */
  isTold: boolean
  ours: Record<Lane, number>
  /** What each lane may bring ours to. */
  ceilings: Record<Lane, number>
  /** When the day's calls are back: midnight in the account's zone, or a day from now. */
  ends: Instant
  /** Our calls an hour, by the last full hour. */
  rate: number
  /** Ours at `ends`, if it goes on so; when the day rolls, what a whole day of it takes. */
  expected: number
  /** When a lane has to stop if it goes on so; null: not before `ends`. Now, for one that waits already. */
  stops: Record<Lane, Instant | null>
}

/** Others are taken to use what they used when the CRM last told. */
export function forecast(rules: BudgetRules, ledger: Ledger, now: Instant): Forecast {
  const { used, limit } = everybodys(rules, ledger, now)
  const own = ours(rules, ledger, now)
  const ends = dayEnd(rules, ledger, now)
  const rate = rateOf(ledger, now)
  const ceilings = of(lane => ceilingOf(rules, limit, lane))
  const at = (then: Instant) => sum(ours(rules, ledger, then)) + (rate * (then - now)) / HOUR
  const stop = (lane: Lane): Instant | null => {
    if (ledger.paused.includes(lane)) return now
    for (let then = now; then < ends; then += QUARTER) if (at(then) >= ceilings[lane]) return then
    return null
  }
  return {
    ...{ used, limit, ours: own, ceilings, ends, rate, stops: of(stop) },
    isTold: ledger.told !== null && ledger.told.at >= dayStart(rules, ledger, now),
    expected: Math.round(rules.day === 'rolling' ? (rate * DAY) / HOUR : at(ends - 1)),
  }
}

const of = <T>(each: (lane: Lane) => T): Record<Lane, T> =>
  Object.fromEntries(LANES.map(lane => [lane, each(lane)])) as Record<Lane, T>

/** Calls of the last four quarters that are over; of fewer, when we have not called for so long. */
function rateOf({ quarters }: Ledger, now: Instant): number {
  const end = quarterOf(now)
  const last = quarters.filter(([at]) => at < end && at >= end - HOUR)
  const first = Math.min(...last.map(([at]) => at))
  const calls = last.reduce((total, [, flags, changes, backfill]) => total + flags + changes + backfill, 0)
  return last.length === 0 ? 0 : (calls * HOUR) / (end - first)
}

/**
 * How much slower than planned to ask for changes, so that what is left of our ceiling lasts: 1 is not at all. Over a
 * rolling day calls come back all the time, so there it has to last a quarter of it.
 * @param planned calls an hour, as planned
 */
export function slowdown(rules: BudgetRules, ledger: Ledger, planned: number, now: Instant): number {
  const { ceilings, ours: own, ends } = forecast(rules, ledger, now)
  const left = Math.max(1, ceilings.changes - sum(own))
  const hours = rules.day === 'rolling' ? DAY / 4 / HOUR : (ends - now) / HOUR
  return Math.min(SLOWEST, Math.max(1, (planned * hours) / left))
}

/** Asking a fifteenth as often makes a minute a quarter of an hour. */
const SLOWEST = 15

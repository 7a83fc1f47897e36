import type { BudgetRules } from '../domain/budget.ts'
import type { Vendor } from '../domain/facts.ts'
import { type Forecast, forecast } from '../domain/forecast.ts'
import type { Ledger } from '../domain/ledger.ts'
import { type Instant, iso } from '../domain/time.ts'
import { readLedger } from '../store/budget.ts'
import type { Queryable } from '../store/db.ts'

/** What the API calls of one connection went to, and how far the rest lasts; instants by this machine's clock. */
export interface Budgeted extends Forecast {
  vendor: Vendor
  /** What each lane leaves of the ceiling to those before it, in calls. */
  reserve: number
  /** The CRM asked for no calls until then. */
  closedUntil: Instant | null
  /** IANA zone of the account, whose midnight may end its day. */
  zone: string
}

/** From the database alone. */
export async function readBudgeted(
  db: Queryable,
  vendor: Vendor,
  rules: BudgetRules,
  now: Instant,
): Promise<Budgeted> {
  const ledger = await readLedger(db, vendor)
  const told = forecast(rules, ledger, now)
  const reserve = told.ceilings.flags - told.ceilings.changes
  return { vendor, ...told, reserve, closedUntil: closedUntil(ledger, now), zone: ledger.zone }
}

function closedUntil({ closed }: Ledger, now: Instant): Instant | null {
  const until = Math.max(...Object.values(closed), 0)
  return until > now ? until : null
}

/** As `leadtime budget --json` and the API print it. */
export const budgetJson = ({ ends, closedUntil, stops, ...rest }: Budgeted) => ({
  ...rest,
  others: rest.isTold ? othersOf(rest) : null,
  ends: iso(ends),
  closedUntil: iso(closedUntil),
  stops: Object.fromEntries(Object.entries(stops).map(([lane, at]) => [lane, iso(at)])),
})

/** Calls of the day that are not ours. */
export const othersOf = (calls: Pick<Forecast, 'used' | 'ours'>): number =>
  Math.max(0, calls.used - oursOf(calls))

/** Calls of the day that are ours, of all lanes. */
export const oursOf = ({ ours }: Pick<Forecast, 'ours'>): number => ours.flags + ours.changes + ours.backfill

import { Cleanup } from '../cleanup.ts'
import type { Vendor } from '../domain/facts.ts'
import { type Forecast, forecast } from '../domain/forecast.ts'
import type { Ledger } from '../domain/ledger.ts'
import { iso } from '../domain/time.ts'
import { logger } from '../log.ts'
import { defaultPolicy } from '../policy/default.ts'
import { policyInForce } from '../policy/policy.ts'
import { budgetRules, database } from '../services.ts'
import { readLedger } from '../store/budget.ts'
import { readVersions } from '../store/policies.ts'
import { budgetText } from './budgeted.ts'
import type { Cli, Done } from './cli.ts'

export interface BudgetOptions {
  json?: boolean
}

/** What `leadtime budget` says of one CRM. */
export interface Budgeted extends Forecast {
  vendor: Vendor
  /** What each lane leaves of the ceiling to those before it, in calls. */
  reserve: number
  /** The CRM asked for no calls until then. */
  closedUntil: number | null
  zone: string
}

/** `leadtime budget`: what the API calls of the day went to, and how far the rest lasts; from the database alone. */
export async function run({ json }: BudgetOptions, cli: Cli): Done {
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const now = Date.now()
    const all = await Promise.all(
      (['salesforce', 'hubspot'] as const).map(async (vendor): Promise<Budgeted> => {
        const ledger = await readLedger(db, vendor)
        const told = forecast(budgetRules(config, vendor), ledger, now)
        const reserve = told.ceilings.flags - told.ceilings.changes
        return { vendor, ...told, reserve, closedUntil: closedUntil(ledger, now), zone: ledger.zone }
      }),
    )
    const versions = await readVersions(db)
    const { timezone } = versions.length === 0 ? defaultPolicy : policyInForce(versions)(now).policy
    cli.stdout.write(json ? `${JSON.stringify(printed(all, now))}\n` : budgetText(all, now, timezone))
  } finally {
    await cleanup.run()
  }
}

function closedUntil({ closed }: Ledger, now: number): number | null {
  const until = Math.max(...Object.values(closed), 0)
  return until > now ? until : null
}

const printed = (all: readonly Budgeted[], now: number) => ({
  asOf: iso(now),
  crms: all.map(({ ends, closedUntil, stops, ...rest }) => ({
    ...rest,
    others: rest.isTold ? othersOf(rest) : null,
    ends: iso(ends),
    closedUntil: iso(closedUntil),
    stops: Object.fromEntries(Object.entries(stops).map(([lane, at]) => [lane, iso(at)])),
  })),
})

/** Calls of the day that are not ours. */
export const othersOf = ({ used, ours }: Pick<Forecast, 'used' | 'ours'>): number =>
  Math.max(0, used - ours.flags - ours.changes - ours.backfill)

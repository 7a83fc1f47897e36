import { Cleanup } from '../cleanup.ts'
import { iso } from '../domain/time.ts'
import { logger } from '../log.ts'
import { budgetJson, readBudgeted } from '../pipeline/budgeted.ts'
import { defaultPolicy } from '../policy/default.ts'
import { policyInForce } from '../policy/policy.ts'
import { budgetRules, database } from '../services.ts'
import { readVersions } from '../store/policies.ts'
import { budgetText } from './budgeted.ts'
import type { Cli, Done } from './cli.ts'

export interface BudgetOptions {
  json?: boolean
}

/** `leadtime budget`: what the API calls of the day went to, and how far the rest lasts; from the database alone. */
export async function run({ json }: BudgetOptions, cli: Cli): Done {
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const now = Date.now()
    const all = await Promise.all(
      (['salesforce', 'hubspot'] as const).map(vendor =>
        readBudgeted(db, vendor, budgetRules(config, vendor), now),
      ),
    )
    const versions = await readVersions(db)
    const { timezone } = versions.length === 0 ? defaultPolicy : policyInForce(versions)(now).policy
    const printed = { asOf: iso(now), crms: all.map(budgetJson) }
    cli.stdout.write(json ? `${JSON.stringify(printed)}\n` : budgetText(all, now, timezone))
  } finally {
    await cleanup.run()
  }
}

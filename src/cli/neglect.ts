import { Cleanup } from '../cleanup.ts'
import { iso } from '../domain/time.ts'
import { logger } from '../log.ts'
import { neglect } from '../pipeline/neglect.ts'
import { defaultPolicy } from '../policy/default.ts'
import { policyInForce } from '../policy/policy.ts'
import { database } from '../services.ts'
import { readVersions } from '../store/policies.ts'
import type { Cli, Done } from './cli.ts'
import { neglectText } from './neglected.ts'

export interface NeglectOptions {
  json?: boolean
}

/** So many dropped leads are listed; the API has all of them, page by page. */
const ROWS = 50

/** `leadtime neglect`: from the database alone, by the policy last used. */
export async function run({ json }: NeglectOptions, cli: Cli): Done {
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const now = Date.now()
    const versions = await readVersions(db)
    const policy = versions.length === 0 ? defaultPolicy : policyInForce(versions)(now).policy
    const found = await neglect(db, policy.neglect, { after: null, reason: 'open', limit: ROWS }, now)
    if (!json) {
      cli.stdout.write(neglectText(found, now, policy.timezone))
      return
    }
    const { next: _, falling, rows, ...rest } = found
    const dated = <T extends { since: number }>(one: T) => ({ ...one, since: iso(one.since) })
    const all = { asOf: iso(now), ...rest, falling: falling.map(dated), rows: rows.map(dated) }
    cli.stdout.write(`${JSON.stringify(all)}\n`)
  } finally {
    await cleanup.run()
  }
}

import { Cleanup } from '../cleanup.ts'
import type { Moment } from '../domain/moment.ts'
import type { Instant } from '../domain/time.ts'
import { logger } from '../log.ts'
import { explanationJson } from '../pipeline/answer.ts'
import { explainPerson } from '../pipeline/explain.ts'
import { database, recordLinks } from '../services.ts'
import type { Database } from '../store/db.ts'
import { type Found, findPersons, NobodyFound, readAccounts } from '../store/explain.ts'
import { readVersions } from '../store/policies.ts'
import { type Cli, type Done, UsageError } from './cli.ts'
import { explanationText } from './explanation.ts'

export interface ExplainOptions {
  who: string
  at?: Moment
  hindsight?: boolean
  json?: boolean
}

/** `leadtime explain <who>`: from the database alone. Exit code 1 when nobody is known by that, or several are. */
export async function run({ who, at: moment, hindsight = false, json }: ExplainOptions, cli: Cli): Done {
  if (hindsight && !moment) throw new UsageError('--hindsight needs --at, the instant to judge at')
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const at = moment ? moment((await readVersions(db)).at(-1)?.policy.timezone ?? 'UTC') : null
    const found = await find(db, who, hindsight ? null : at)
    if (found.length > 1) {
      cli.stdout.write(json ? `${JSON.stringify({ matches: found })}\n` : several(who, found))
      return 1
    }
    const told = await explainPerson(db, found[0]!.person, { now: Date.now(), at, hindsight })
    if (!told) throw new NobodyFound(`'${who}' is known but was never judged; run: leadtime sync`)
    const link = await recordLinks(config, await readAccounts(db))
    const text = () => explanationText(told, link, at === null ? 'now' : hindsight ? 'hindsight' : 'past')
    cli.stdout.write(json ? `${JSON.stringify(explanationJson(told, link))}\n` : text())
  } finally {
    await cleanup.run()
  }
}

/** Whose it was then. Where that was nobody's, whose it is now: their explanation says since when they are known. */
async function find(db: Database, who: string, at: Instant | null): Promise<Found[]> {
  if (at === null) return await findPersons(db, who)
  try {
    return await findPersons(db, who, at)
  } catch (error) {
    if (error instanceof NobodyFound) return await findPersons(db, who)
    throw error
  }
}

function several(who: string, found: readonly Found[]): string {
  const lines = found.map(
    ({ person, name, company, refs }) =>
      `  person:${person}  ${[name ?? 'no name', company].filter(Boolean).join(', ')}  (${refs.join(', ')})\n`,
  )
  return `'${who}' is ${found.length} persons; explain one of them by its number:\n${lines.join('')}`
}

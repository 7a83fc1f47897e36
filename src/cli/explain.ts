import { Cleanup } from '../cleanup.ts'
import { logger } from '../log.ts'
import { explanationJson } from '../pipeline/answer.ts'
import { explainPerson } from '../pipeline/explain.ts'
import { database, recordLinks } from '../services.ts'
import { type Found, findPersons, NobodyFound, readAccounts } from '../store/explain.ts'
import type { Cli, Done } from './cli.ts'
import { explanationText } from './explanation.ts'

export interface ExplainOptions {
  who: string
  json?: boolean
}

/** `leadtime explain <who>`: from the database alone. Exit code 1 when nobody is known by that, or several are. */
export async function run({ who, json }: ExplainOptions, cli: Cli): Done {
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const found = await findPersons(db, who)
    if (found.length > 1) {
      cli.stdout.write(json ? `${JSON.stringify({ matches: found })}\n` : several(who, found))
      return 1
    }
    const told = await explainPerson(db, found[0]!.person, Date.now())
    if (!told) throw new NobodyFound(`'${who}' is known but was never judged; run: leadtime sync`)
    const link = await recordLinks(config, await readAccounts(db))
    cli.stdout.write(json ? `${JSON.stringify(explanationJson(told, link))}\n` : explanationText(told, link))
  } finally {
    await cleanup.run()
  }
}

function several(who: string, found: readonly Found[]): string {
  const lines = found.map(
    ({ person, name, company, refs }) =>
      `  person:${person}  ${[name ?? 'no name', company].filter(Boolean).join(', ')}  (${refs.join(', ')})\n`,
  )
  return `'${who}' is ${found.length} persons; explain one of them by its number:\n${lines.join('')}`
}

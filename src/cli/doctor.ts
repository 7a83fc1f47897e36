import { Cleanup } from '../cleanup.ts'
import type { Config } from '../config.ts'
import { connectors } from '../connectors.ts'
import { logger } from '../log.ts'
import { type Check, examine, serviceCheck } from '../pipeline/doctor.ts'
import { adapters, database, spellings } from '../services.ts'
import { readConnections } from '../store/connections.ts'
import { checkKeys } from '../store/credentials.ts'
import type { Database } from '../store/db.ts'
import { migrate } from '../store/migrate.ts'
import type { Cli, Done } from './cli.ts'
import { diagnosis } from './diagnosis.ts'

/**
 * `leadtime doctor`: looks at everything that has to be right, whatever is wrong before it; publishes no policy and writes
 * to no CRM. Exit code 1: something is bad.
 */
export async function run({ json }: { json?: boolean }, cli: Cli): Done {
  const cleanup = new Cleanup()
  const checks: Check[] = []
  try {
    await look(cli, cleanup, check => checks.push(check))
  } finally {
    await cleanup.run()
  }
  const ok = checks.every(({ state }) => state !== 'bad')
  cli.stdout.write(json ? `${JSON.stringify({ ok, checks })}\n` : diagnosis(checks))
  return ok ? 0 : 1
}

type Tell = (check: Check) => void

/** Errors that name their own remedy. */
const SPOKEN = new Set(['ConfigError', 'DatabaseRefused', 'DatabaseUnavailable', 'KeyRefused', 'PolicyError'])

/** The result of `work`, or null when it failed, which is told. Without `says` only the failure is. */
async function told<T>(tell: Tell, name: Check['name'], says: (made: T) => string, work: () => Promise<T>) {
  try {
    const made = await work()
    tell(serviceCheck(name, 'ok', says(made)))
    return made
  } catch (error) {
    if (!(error instanceof Error && SPOKEN.has(error.name))) throw error
    tell(serviceCheck(name, 'bad', 'needs a correction', [error.message]))
    return null
  }
}

async function look(cli: Cli, cleanup: Cleanup, tell: Tell): Promise<void> {
  const config = await told(tell, 'environment', named, async () => cli.config())
  if (!config) return
  const db = await told(
    tell,
    'database',
    () => 'answers; its schema is up to date',
    async () => {
      const opened = await database(config, logger(config.logLevel), cleanup)
      await migrate(opened)
      return opened
    },
  )
  if (!db) return
  const keys = await told(tell, 'keys', keyWords(config), async () => {
    await checkKeys(db, config.keys)
    return true
  })
  const spelt = await told(
    tell,
    'policy',
    () => 'can be read',
    () => spellings(config, db),
  )
  if (!keys || !spelt) return
  await lookAtCrms(config, db, spelt, cli, cleanup, tell)
}

async function lookAtCrms(
  config: Config,
  db: Database,
  spelt: Awaited<ReturnType<typeof spellings>>,
  cli: Cli,
  cleanup: Cleanup,
  tell: Tell,
): Promise<void> {
  const crms = await adapters(config, db, spelt)
  for (const crm of crms) cleanup.add(() => crm.close())
  const known = await readConnections(db)
  const ways = await connectors(config, db)
  for (const crm of crms) {
    const held = known.find(one => one.vendor === crm.vendor)?.account ?? null
    const how = ways.find(one => one.vendor === crm.vendor)?.how ?? ''
    for (const check of await examine(crm, { held, how }, Date.now, cli.stop)) tell(check)
  }
}

const named = ({ salesforce, hubspot }: Config) =>
  salesforce && hubspot
    ? 'names both CRMs'
    : `names ${salesforce ? 'Salesforce only' : hubspot ? 'HubSpot only' : 'no CRM yet: .env.example explains the variables'}`

const keyWords =
  ({ keys }: Config) =>
  () =>
    keys
      ? `key ${keys.version} encrypts, and everything stored opens`
      : 'none set, and nothing is stored that needs one'

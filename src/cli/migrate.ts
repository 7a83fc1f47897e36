import { Cleanup } from '../cleanup.ts'
import { logger } from '../log.ts'
import { database } from '../services.ts'
import { migrate, readMigrations } from '../store/migrate.ts'
import { readMigrated } from '../store/migrated.ts'
import type { Cli, Done } from './cli.ts'

export interface MigrateOptions {
  status?: boolean
  json?: boolean
}

/** `leadtime migrate`: with --status exit code 0 means up to date, 1 that something is to be applied. */
export async function run({ status, json }: MigrateOptions, cli: Cli): Done {
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    if (status) {
      const applied = await readMigrated(db)
      const pending = (await readMigrations()).map(({ name }) => name).filter(name => !applied.includes(name))
      cli.stdout.write(json ? line({ applied, pending }) : told(applied, pending))
      return pending.length ? 1 : 0
    }
    const applied = await migrate(db)
    cli.stdout.write(
      json ? line({ applied }) : `${applied.length ? `applied ${applied.join(', ')}` : 'up to date'}\n`,
    )
  } finally {
    await cleanup.run()
  }
}

const line = (value: object) => `${JSON.stringify(value)}\n`

const told = (applied: string[], pending: string[]) =>
  `applied: ${applied.join(', ') || 'none'}\nto apply: ${pending.join(', ') || 'none'}\n`

import { Cleanup } from '../cleanup.ts'
import { ConfigError } from '../config.ts'
import { logger } from '../log.ts'
import { database } from '../services.ts'
import { rotateKeys } from '../store/credentials.ts'
import { migrate } from '../store/migrate.ts'
import type { Cli, Done } from './cli.ts'

/** `leadtime rotate`: afterwards the older keys of LEADTIME_KEYS are no longer needed. */
export async function run({ json }: { json?: boolean }, cli: Cli): Done {
  const config = cli.config()
  if (!config.keys) throw new ConfigError('LEADTIME_KEYS is not set: there is no key to encrypt with')
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    await migrate(db)
    const { rotated, all } = await rotateKeys(db, config.keys)
    const { version } = config.keys
    cli.stdout.write(
      json
        ? `${JSON.stringify({ key: version, rotated, credentials: all })}\n`
        : `${rotated} of ${all} credentials encrypted anew; all of them need key ${version} only\n`,
    )
  } finally {
    await cleanup.run()
  }
}

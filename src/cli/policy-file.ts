import { Cleanup } from '../cleanup.ts'
import type { Config } from '../config.ts'
import { logger } from '../log.ts'
import { NoVersion, type Version } from '../policy/versions.ts'
import { database } from '../services.ts'
import type { Database } from '../store/db.ts'
import { readVersions } from '../store/policies.ts'
import { type Cli, UsageError } from './cli.ts'

/** The file that was named, else the one the service reads. @throws UsageError when there is neither */
export function policyFile(file: string | undefined, cli: Cli): string {
  const found = file ?? cli.config().policyFile
  if (found !== null) return found
  throw new UsageError('there is no policy.yml here and LEADTIME_POLICY is not set; name a file')
}

/** Opens the database for as long as `work` takes. */
export async function withDatabase<T>(config: Config, work: (db: Database) => Promise<T>): Promise<T> {
  const cleanup = new Cleanup()
  try {
    return await work(await database(config, logger(config.logLevel), cleanup))
  } finally {
    await cleanup.run()
  }
}

/** All published versions. @throws NoVersion when there is none */
export async function publishedVersions(db: Database): Promise<Version[]> {
  const versions = await readVersions(db)
  if (versions.length > 0) return versions
  throw new NoVersion(
    'no policy was published yet; leadtime policy publish does it, and so does the first start of the service',
  )
}

/** `2026-07-01`, or with the time of day where there is one. */
export const moment = (at: number): string =>
  new Date(at)
    .toISOString()
    .replace(/T00:00:00\.000Z$/, '')
    .replace(/:\d\d\.\d+Z$/, 'Z')

export const titled = ({ number, policy }: Pick<Version, 'number' | 'policy'>): string =>
  `version ${number} "${policy.name}"`

import { closeSync, openSync, writeSync } from 'node:fs'
import { Cleanup } from '../cleanup.ts'
import { dateOf, type Moment } from '../domain/moment.ts'
import { lastQuarter } from '../domain/period.ts'
import { type Instant, iso } from '../domain/time.ts'
import { logger } from '../log.ts'
import type { Question } from '../pipeline/compare.ts'
import { ReplayRefused, replay, type Watch } from '../pipeline/replay.ts'
import { changeJson, replayJson } from '../pipeline/replay-answer.ts'
import type { Policy } from '../policy/policy.ts'
import { database } from '../services.ts'
import { readVersions } from '../store/policies.ts'
import { type Cli, type Done, UsageError } from './cli.ts'
import { checkOutput, policyIn } from './files.ts'
import { progressBar } from './progress.ts'
import { replayText } from './replayed.ts'

export interface ReplayOptions {
  policy?: string
  from?: Moment
  to?: Moment
  asOf?: Moment
  changes?: string
  json?: boolean
}

/** `leadtime replay`: a past period under another policy, from the database alone; nothing in it is touched. */
export async function run(options: ReplayOptions, cli: Cli): Done {
  const { policy: file, changes, json } = options
  if (file === undefined)
    throw new UsageError('--policy is missing; name the policy to try: --policy new.yml')
  const policy = policyIn('--policy', file)
  if (changes !== undefined) checkOutput('--changes', changes)
  const config = cli.config()
  const cleanup = new Cleanup()
  try {
    const db = await database(config, logger(config.logLevel), cleanup)
    const versions = (await readVersions(db)).map(version => version.policy)
    const newest = versions.at(-1)
    if (!newest)
      throw new ReplayRefused('nobody was judged yet, so there is nothing to replay; run: leadtime sync')
    const question = asked(options, policy, { versions, zone: newest.timezone }, Date.now())
    const bar = progressBar(cli.stderr, 'people judged')
    cleanup.add(async () => bar.end())
    const told = await replay(db, question, {
      signal: cli.stop,
      progress: bar.show,
      ...(changes !== undefined && { changes: lines(changes, cleanup) }),
    })
    bar.end()
    cli.stdout.write(
      json ? `${JSON.stringify(replayJson(told, question))}\n` : replayText(told, question, file),
    )
  } finally {
    await cleanup.run()
  }
}

/** Dates begin when they do in the zone of the newest version. */
function asked(
  { from, to, asOf }: ReplayOptions,
  policy: Policy,
  { versions, zone }: { versions: Policy[]; zone: string },
  now: Instant,
): Question {
  const at = asOf?.(zone) ?? now
  if (at > now) throw new UsageError(`--as-of ${iso(at)} has not come yet; leave it out for now`)
  const quarter = lastQuarter(at, zone)
  const start = from?.(zone) ?? (to ? null : quarter.from)
  if (start === null) throw new UsageError('--to needs --from')
  const end = to?.(zone) ?? (from ? at : quarter.to)
  if (start >= end) {
    throw new UsageError(`the period ends before it begins: ${dateOf(start, zone)} to ${dateOf(end, zone)}`)
  }
  return { versions, policy, from: start, to: end, asOf: at }
}

/** Writes changes to a file, one JSON text a line, as they come. */
function lines(file: string, cleanup: Cleanup): NonNullable<Watch['changes']> {
  const descriptor = openSync(file, 'w')
  cleanup.add(async () => closeSync(descriptor))
  return changes => {
    writeSync(descriptor, changes.map(change => `${JSON.stringify(changeJson(change))}\n`).join(''))
  }
}

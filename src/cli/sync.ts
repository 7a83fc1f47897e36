import { Tally } from '../pipeline/context.ts'
import { round } from '../pipeline/round.ts'
import { needCrm, services } from '../services.ts'
import type { Cli, Done } from './cli.ts'
import { progressLine } from './progress.ts'
import { type SyncSummary, summary } from './summary.ts'

export interface SyncOptions {
  once?: boolean
  json?: boolean
}

/** `leadtime sync`: one full round in this process, without the queue. */
export async function run({ json }: SyncOptions, cli: Cli): Done {
  const config = cli.config()
  needCrm(config)
  const started = performance.now()
  const made = await services(config)
  const progress = progressLine(cli.stderr, made.crms)
  made.onClose(async () => progress.end())
  try {
    const { db, crms, ics, now, log } = made
    const { reading } = progress
    const result = await round({ db, crms, ics, now, log, reading, signal: cli.stop, tally: new Tally() })
    const told = await summary(db, result, now(), (performance.now() - started) / 1000)
    progress.end()
    cli.stdout.write(json ? `${JSON.stringify(told)}\n` : words(told))
  } finally {
    await made.close()
  }
}

const many = (count: number, one: string, more = `${one}s`) =>
  `${count.toLocaleString('en')} ${count === 1 ? one : more}`

function words({ people, handoffs, overdue, read, written, seconds }: SyncSummary): string {
  const by = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([vendor, count]) => `${vendor} ${count.toLocaleString('en')}`)
      .join(', ') || 'nothing'
  return [
    `read      ${by(read)}`,
    `people    ${many(people, 'person', 'people')}, ${many(handoffs, 'handoff')}`,
    `overdue   ${many(overdue, 'promise')}`,
    `written   ${by(written)}`,
    `seconds   ${seconds.toFixed(1)}`,
    '',
  ].join('\n')
}

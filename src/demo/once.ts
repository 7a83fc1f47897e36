import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Traffic } from '../crm/crm.ts'
import { NOBODY } from '../domain/dimensions.ts'
import type { Ref } from '../domain/facts.ts'
import { type Context, Tally } from '../pipeline/context.ts'
import { type Measures, measure } from '../pipeline/measure.ts'
import { type Proof, prove } from '../pipeline/prove.ts'
import { type RoundResult, round } from '../pipeline/round.ts'
import type { Services } from '../services.ts'
import { type Naming, naming } from './naming.ts'
import { peopleOf, type Twins } from './twins.ts'
import { verdictLines } from './verdicts.ts'

type Calls = Traffic['reads']

/** What `leadtime demo --once --json` prints. */
export interface OnceReport extends Omit<Measures, 'byCampaign'> {
  scenario: string
  asOf: string
  reads: Record<string, Calls>
  writes: Record<string, Calls>
  verified: Record<string, Proof>
  seconds: Record<'load' | 'pull' | 'judge' | 'push' | 'verify' | 'total', number>
  again?: { writes: Record<string, Calls>; rowsChanged: number }
}

export interface OnceOptions {
  /** Seconds the twins took to load. */
  loadSeconds: number
  again: boolean
  /** File for one JSON line per handoff. */
  verdicts: string | undefined
  say: (line: string) => void
  signal: AbortSignal
}

/** One full sync at the scenario's now, read back and measured. */
export async function once(services: Services, twins: Twins, options: OnceOptions): Promise<OnceReport> {
  const began = performance.now()
  const { db, crms, ics, now, log } = services
  const context = (): Context => ({ db, crms, ics, now, log, signal: options.signal, tally: new Tally() })
  options.say('Syncing both CRMs …')
  const result = await round(context())
  options.say('Reading back what was written …')
  const verifying = performance.now()
  const verified = await prove(context())
  const verifySeconds = seconds(verifying)
  const again = options.again ? summary(await round(context())) : undefined
  const names = await naming(db, twins.company, await peopleOf(twins))
  if (options.verdicts !== undefined) await writeVerdicts(services, names, options.verdicts)
  const { byCampaign: _, byRep, ...measures } = await measure(db)
  const { reads, writes } = summary(result)
  const { load, pull, link, judge, push } = { load: options.loadSeconds, ...result.seconds }
  return {
    scenario: twins.company.name,
    asOf: new Date(now()).toISOString(),
    ...measures,
    byRep: byUser(byRep, names),
    ...{ reads, writes },
    verified: verified as Record<string, Proof>,
    seconds: rounded({
      load,
      pull,
      judge: link + judge,
      push,
      verify: verifySeconds,
      total: load + seconds(began),
    }),
    ...(again && { again: { writes: again.writes, rowsChanged: again.rowsChanged } }),
  }
}

function summary({ traffic, rowsChanged }: RoundResult) {
  const of = (kind: 'reads' | 'writes') =>
    Object.fromEntries(Object.entries(traffic).map(([vendor, counted]) => [vendor, counted[kind]]))
  return { reads: of('reads'), writes: of('writes'), rowsChanged }
}

/** Counts by rep under the scenario's user keys. */
function byUser(byRep: OnceReport['byRep'], names: Naming): OnceReport['byRep'] {
  return Object.fromEntries(
    Object.entries(byRep).map(([rep, counts]) => [
      rep === NOBODY ? rep : (names.user(rep as Ref) ?? rep),
      counts,
    ]),
  )
}

async function writeVerdicts({ db }: Services, names: Naming, file: string): Promise<void> {
  const lines = Readable.from(verdictLines(db, names)).map((line: string) => `${line}\n`)
  await pipeline(lines, createWriteStream(file))
}

const seconds = (since: number): number => (performance.now() - since) / 1000
const rounded = <K extends string>(values: Record<K, number>) =>
  Object.fromEntries(
    Object.entries<number>(values).map(([name, value]) => [name, Math.round(value * 1000) / 1000]),
  ) as Record<K, number>

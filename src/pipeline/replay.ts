import type { Directory } from '../domain/handoff.ts'
import { addComparison, type Comparison, nothingCompared, type VerdictChange } from '../domain/replay.ts'
import { type Instant, iso } from '../domain/time.ts'
import { opensAlike } from '../policy/alike.ts'
import { unread } from '../policy/unread.ts'
import { readAlmanac } from '../store/almanac.ts'
import type { Database, Tx } from '../store/db.ts'
import {
  exportSnapshot,
  listHandedOver,
  listPersons,
  nextPersons,
  readOnly,
  readSpan,
} from '../store/replay.ts'
import { readDirectory } from '../store/reps.ts'
import type { Question } from './compare.ts'
import { judgedBy, type Orders } from './crew.ts'

/** There is nothing to replay, or not faithfully; the message says why and what to do. */
export class ReplayRefused extends Error {
  override name = 'ReplayRefused'
}

export interface Replay {
  comparison: Comparison
  /** Names of those who own a handoff. */
  directory: Directory
  /** How many persons were judged. */
  judged: number
}

export interface Watch {
  /** Aborted: the replay ends at once with the signal's reason. */
  signal: AbortSignal
  /** Told how many of how many persons have been judged. */
  progress?: (done: number, of: number) => void
  /** Given every changed verdict, in order of person. */
  changes?: (changes: readonly VerdictChange[]) => void
}

/**
 * Judges the handoffs of a period under another policy and compares. Everything is read in one read-only transaction, so
 * nothing is written, and a sync that runs meanwhile makes no difference.
 * @throws ReplayRefused
 */
export async function replay(db: Database, question: Question, watch: Watch): Promise<Replay> {
  const missing = unread(question.policy, question.versions)
  if (missing.length > 0) {
    throw new ReplayRefused(
      `${question.policy.name} asks for ${missing.join(', ')}, which nobody has read yet; put it to use and sync, or leave that out`,
    )
  }
  return await db.tx(async tx => {
    await readOnly(tx)
    const directory = await readDirectory(tx)
    const company = { directory, almanac: await readAlmanac(tx) }
    const orders = { url: db.url, snapshot: await exportSnapshot(tx), question, company }
    const { comparison, judged } = await compareAll(tx, orders, watch)
    if (comparison.people === 0) throw new ReplayRefused(await nothing(tx, question))
    return { comparison, directory, judged }
  })
}

async function compareAll(
  tx: Tx,
  orders: Orders,
  { signal, progress, changes }: Watch,
): Promise<Omit<Replay, 'directory'>> {
  const { versions, policy, from, to } = orders.question
  const alike = versions.every(version => opensAlike(version, policy))
  const of = alike ? await listHandedOver(tx, from, to) : await listPersons(tx)
  const comparison = nothingCompared()
  let judged = 0
  for await (const found of judgedBy(orders, persons(tx), signal)) {
    signal.throwIfAborted()
    addComparison(comparison, found.comparison)
    changes?.(found.changes)
    judged += found.persons.length
    progress?.(judged, of)
  }
  return { comparison, judged }
}

/** The persons of the open list, some at a time. */
async function* persons(tx: Tx): AsyncGenerator<readonly number[]> {
  for (;;) {
    const some = await nextPersons(tx)
    if (some.length === 0) return
    yield some
  }
}

async function nothing(tx: Tx, { from, to }: Question): Promise<string> {
  const span = await readSpan(tx)
  const day = (at: Instant) => iso(at)!.slice(0, 10)
  const known = span
    ? `those known became MQLs from ${day(span.first)} to ${day(span.last)}`
    : 'none is known at all'
  return `no handoff began from ${iso(from)} to ${iso(to)}; ${known}`
}

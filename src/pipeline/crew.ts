import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import type { Comparison, VerdictChange } from '../domain/replay.ts'
import type { Company, Question } from './compare.ts'

/** More threads than this wait for PostgreSQL. */
const MOST = 4
/** Batches in each thread's hands: one being judged, one being read. */
const AHEAD = 2

/** What every thread needs to know. */
export interface Orders {
  /** The database, and a state of it that a transaction holds open. */
  url: string
  snapshot: string
  question: Question
  company: Company
}

/** What a batch came to. */
export interface Finding {
  comparison: Comparison
  changes: VerdictChange[]
}

interface Task {
  persons: readonly number[]
  found: Promise<Finding>
}

/**
 * Judges batches of persons in as many threads as there are processors, each with a connection of its own that sees the
 * same state of the database. Yields in the order of the batches.
 * @throws what a thread throws, the signal's reason, or what `lists` throws; the threads have ended by then
 */
export async function* judgedBy(
  orders: Orders,
  lists: AsyncIterable<readonly number[]>,
  signal: AbortSignal,
): AsyncGenerator<{ persons: readonly number[] } & Finding> {
  const crew = Array.from({ length: Math.min(MOST, availableParallelism()) }, () => hire(orders))
  const under: Task[] = []
  let turn = 0
  try {
    for await (const persons of lists) {
      const found = crew[turn++ % crew.length]!.judge(persons, signal)
      // Told by whoever awaits it, in its turn.
      found.catch(() => undefined)
      under.push({ persons, found })
      if (under.length > crew.length * AHEAD) yield await result(under.shift()!)
    }
    for (const task of under) yield await result(task)
  } finally {
    await Promise.all(crew.map(one => one.end()))
  }
}

const result = async ({ persons, found }: Task) => ({ persons, ...(await found) })

interface Hand {
  /** Answers come in the order of the questions. */
  judge(persons: readonly number[], signal: AbortSignal): Promise<Finding>
  end(): Promise<unknown>
}

function hire(orders: Orders): Hand {
  const thread = new Worker(new URL('./hand.ts', import.meta.url), { workerData: orders })
  const failed = once(thread, 'error').then(([error]) => Promise.reject(error))
  failed.catch(() => undefined)
  let last: Promise<unknown> = Promise.resolve()
  return {
    judge(persons, signal) {
      thread.postMessage(persons)
      const answer = last.then(async () => {
        const heard = once(thread, 'message', { signal }).catch(error => {
          signal.throwIfAborted()
          throw error
        })
        const [finding] = await Promise.race([heard, failed])
        return finding as Finding
      })
      last = answer
      return answer
    },
    end: () => thread.terminate(),
  }
}

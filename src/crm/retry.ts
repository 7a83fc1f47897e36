import { RateLimited, Unavailable } from './errors.ts'

/** How calls are tried again. Adapters repeat reads only: after a write, the caller first reads what was applied. */
export interface RetryPlan {
  tries: number
  sleep(ms: number, signal: AbortSignal): Promise<unknown>
  /** In [0, 1). */
  random(): number
}

export const RETRY: RetryPlan = {
  tries: 5,
  sleep,
  random: Math.random,
}

/** A longer wait than this belongs to the queue, not to a job that holds a worker. */
const PATIENCE = 30_000
const FIRST_WAIT = 500
const LONGEST_WAIT = 8_000

/** Runs `attempt` until it succeeds, refuses for good, or the tries are used up. */
export async function retrying<T>(
  attempt: () => Promise<T>,
  plan: RetryPlan,
  signal: AbortSignal,
): Promise<T> {
  for (let done = 1; ; done++) {
    try {
      return await attempt()
    } catch (error) {
      await anotherTry(error, done, plan, signal)
    }
  }
}

/** Waits before the next try after failure number `done`; throws the failure when there is to be none. */
export async function anotherTry(
  error: unknown,
  done: number,
  plan: RetryPlan,
  signal: AbortSignal,
): Promise<void> {
  const wait = waitAfter(error, done, plan.random())
  if (wait === null || done >= plan.tries) throw error
  await plan.sleep(wait, signal)
}

/** Milliseconds to wait after failure number `done`; null: do not try again. Full jitter spreads many workers. */
export function waitAfter(error: unknown, done: number, random: number): number | null {
  const backOff = random * Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** (done - 1))
  if (error instanceof Unavailable) return backOff
  if (error instanceof RateLimited && error.waitMs <= PATIENCE) return error.waitMs + backOff
  return null
}

/** Resolves after `ms`, or rejects with the signal's reason as soon as it is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    signal.addEventListener('abort', stop, { once: true })
  })
}

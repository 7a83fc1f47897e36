import { forgetRuns } from '../src/store/waiting.ts'
import type { Handler } from './handler.ts'

/** Some days of the log of runs at the default pace. */
const RUNS_KEPT = 20_000

/** Starts a round, and makes up for any wake-up that was lost. */
export const tick: Handler<'tick'> = async (_payload, { services, queue }) => {
  await queue.wake('almanac', {})
  for (const { vendor } of services.crms) {
    await queue.wake('pull', { vendor })
    await queue.wake('push', { vendor })
  }
  await queue.wake('link', {})
  await queue.wakeAll('judge')
  return { forgotten: await forgetRuns(services.db, RUNS_KEPT) }
}

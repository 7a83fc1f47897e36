import { isAlmanacTried } from '../src/pipeline/almanac.ts'
import { judge as judgePeople } from '../src/pipeline/judge.ts'
import { NotYet } from '../src/queue/outcome.ts'
import { contextOf, type Handler } from './handler.ts'

const PAUSE_MS = 500

/** Passes the verdicts that are due, and has what follows from them written. Any number may run at once. */
export const judge: Handler<'judge'> = async (_payload, work) => {
  // After a change of policy too: a verdict without a new holiday would be written and taken back.
  if (!(await isAlmanacTried(work.services.db))) throw new NotYet('the calendars are not read', PAUSE_MS)
  const context = contextOf(work)
  const judged = await judgePeople(context)
  if (judged > 0) {
    for (const { vendor } of work.services.crms) await work.queue.wake('push', { vendor })
  }
  return { judged, ...context.tally.rows }
}

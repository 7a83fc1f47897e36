import { judge as judgePeople } from '../src/pipeline/judge.ts'
import { contextOf, type Handler } from './handler.ts'

/** Passes the verdicts that are due, and has what follows from them written. Any number may run at once. */
export const judge: Handler<'judge'> = async (_payload, work) => {
  const context = contextOf(work)
  const judged = await judgePeople(context)
  if (judged > 0) {
    for (const { vendor } of work.services.crms) await work.queue.wake('push', { vendor })
  }
  return { judged, ...context.tally.rows }
}

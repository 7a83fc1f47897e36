import { fetchHinted } from '../src/pipeline/hints.ts'
import { NotYet } from '../src/queue/outcome.ts'
import { contextOf, crmOf, type Handler } from './handler.ts'

const PAUSE_MS = 500

/** Reads the records that a CRM told us of, and has what they say linked. */
export const fetch: Handler<'fetch'> = async ({ vendor }, work) => {
  const crm = await crmOf(work, vendor)
  if (!crm) return { held: true }
  // A page that was read before a hint and stored after it could bring back associations, which have no stamp.
  if (await work.queue.isRunning('pull')) throw new NotYet('a CRM is being read', PAUSE_MS)
  const context = contextOf(work, [crm])
  try {
    return { fetched: await fetchHinted(context, crm), ...context.tally.rows }
  } finally {
    await work.queue.wake('link', {})
  }
}

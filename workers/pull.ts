import { pullAllOf } from '../src/pipeline/pull.ts'
import { contextOf, crmOf, type Handler, noted } from './handler.ts'

/** Reads everything new of one CRM, object after object, and has it linked. */
export const pull: Handler<'pull'> = async ({ vendor }, work) => {
  const crm = crmOf(work, vendor)
  if (!crm) return { held: true }
  const context = contextOf(work)
  try {
    const counts = await noted(work, `pull ${vendor}`, async () => {
      await pullAllOf(context, crm)
      return { counts: context.tally.rows }
    })
    await work.queue.wake('reconcile', {})
    return counts
  } finally {
    // What was read before an error counts as well.
    await work.queue.wake('link', {})
  }
}

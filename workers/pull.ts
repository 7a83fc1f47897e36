import { worthAsking } from '../src/pipeline/poll.ts'
import { pullAllOf } from '../src/pipeline/pull.ts'
import { budgetRules } from '../src/services.ts'
import { contextOf, crmOf, type Handler, noted } from './handler.ts'

/** Polls for which deletions and settings that cost calls of their own are left alone. */
const RARE = 60

/** Reads everything new of one CRM, as far as it is worth asking now, object after object, and has it linked. */
export const pull: Handler<'pull'> = async ({ vendor }, work) => {
  const crm = await crmOf(work, vendor)
  if (!crm) return { held: true }
  const context = contextOf(work)
  const { config } = work.services
  const objects = await worthAsking(context, crm, budgetRules(config, vendor), config.pollMs)
  if (objects.length === 0) return { asked: 0 }
  try {
    const counts = await noted(work, `pull ${vendor}`, async () => {
      await pullAllOf(context, crm, { objects, rareMs: RARE * config.pollMs })
      return { counts: context.tally.rows }
    })
    await work.queue.wake('reconcile', {})
    return counts
  } finally {
    // What was read before an error counts as well.
    await work.queue.wake('link', {})
  }
}

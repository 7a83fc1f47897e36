import { dueObjects, reconcileAll } from '../src/pipeline/certify.ts'
import { contextOf, crmOf, type Handler, noted } from './handler.ts'

/** Compares what is due of each CRM with its mirror, and has what was found linked. */
export const reconcile: Handler<'reconcile'> = async (_payload, work) => {
  const context = contextOf(work)
  try {
    for (const { vendor } of work.services.crms) {
      const crm = await crmOf(work, vendor)
      const due = crm ? await dueObjects(context, crm) : []
      if (crm === null || due.length === 0) continue
      await noted(work, `reconcile ${vendor}`, async () => {
        const certificates = await reconcileAll(context, crm, due)
        return { counts: { objects: certificates.length } }
      })
    }
  } finally {
    if (context.tally.rowsChanged > 0) await work.queue.wake('link', {})
  }
  return { ...context.tally.rows }
}

import { push as pushTargets } from '../src/pipeline/push.ts'
import { contextOf, crmOf, type Handler, noted } from './handler.ts'

/** Writes to one CRM whatever its records should show and do not. */
export const push: Handler<'push'> = async ({ vendor }, work) => {
  const crm = await crmOf(work, vendor)
  if (!crm) return { held: true }
  const context = contextOf(work, [crm])
  return await noted(work, `push ${vendor}`, async () => {
    await pushTargets(context)
    return { counts: context.tally.rows }
  })
}

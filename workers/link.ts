import { isAlmanacTried } from '../src/pipeline/almanac.ts'
import { link as linkRecords } from '../src/pipeline/link.ts'
import { NotYet } from '../src/queue/outcome.ts'
import { everRead, lastError } from '../src/store/waiting.ts'
import { contextOf, type Handler, noted, type Work } from './handler.ts'

const PAUSE_MS = 500

/** Ends the reading part of a round: decides who is who, and has everybody judged about whom something changed. */
export const link: Handler<'link'> = async (_payload, work) => {
  await allRead(work)
  const context = contextOf(work)
  const counts = await noted(work, 'round', async () => {
    await linkRecords(context)
    return { counts: context.tally.rows, error: await trouble(work) }
  })
  await work.queue.wakeAll('judge')
  return counts
}

/** A verdict on half of what the CRMs know would be written and taken back: wait until nobody reads, and all was read once. */
async function allRead({ services, queue }: Work): Promise<void> {
  for (const { vendor, objects } of services.crms) {
    if (!(await everRead(services.db, vendor, objects)))
      throw new NotYet('the first reading is not done', PAUSE_MS)
  }
  if (!(await isAlmanacTried(services.db))) throw new NotYet('the calendars are not read', PAUSE_MS)
  if (await queue.isRunning('pull')) throw new NotYet('a CRM is being read', PAUSE_MS)
}

/** A round during which a CRM could not be read or written is not a good one. */
async function trouble({ services }: Work): Promise<string | null> {
  for (const { vendor } of services.crms) {
    const error =
      (await lastError(services.db, `pull ${vendor}`)) ?? (await lastError(services.db, `push ${vendor}`))
    if (error) return error
  }
  return null
}

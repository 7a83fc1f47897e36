import { readHinting } from '../src/store/hints.ts'
import { readWaiting } from '../src/store/waiting.ts'
import type { Handler } from './handler.ts'

/** Each second: whoever falls due by time alone is judged, and marks and hints that a lost job left behind are picked up. */
export const wake: Handler<'wake'> = async (_payload, { services, queue }) => {
  const waiting = await readWaiting(services.db, services.now())
  if (waiting.records) await queue.wake('link', {})
  if (waiting.persons) await queue.wakeAll('judge')
  const vendors = services.crms.map(crm => crm.vendor)
  for (const vendor of await readHinting(services.db, vendors)) await queue.wake('fetch', { vendor })
  return { ...waiting }
}

import type { ChangeEvents, Crm } from '../src/crm/crm.ts'
import { keepListening } from '../src/pipeline/listen.ts'
import type { JobQueue } from '../src/queue/queue.ts'
import type { Services } from '../src/services.ts'
import { forgetStreams } from '../src/store/streams.ts'
import { contextOf } from './handler.ts'

/** Listens to every CRM whose change events are turned on, beside the queue's jobs. Resolves at once. */
export async function startListening(
  services: Services,
  queue: JobQueue,
): Promise<{ close(): Promise<void> }> {
  const { crms, db } = services
  const told = crms.filter((crm): crm is Crm & { events: ChangeEvents } => crm.events !== undefined)
  const vendors = told.map(({ vendor }) => vendor)
  await forgetStreams(db, vendors)
  const stop = new AbortController()
  const listening = told.map(crm => {
    const { vendor } = crm
    const context = contextOf({ services, queue, signal: stop.signal }, [crm])
    return keepListening(context, crm, {
      fetch: () => void queue.wake('fetch', { vendor }),
      pull: () => void queue.wake('pull', { vendor }),
    })
  })
  return {
    close: async () => {
      stop.abort()
      await Promise.all(listening)
    },
  }
}

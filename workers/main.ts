import type { Vendor } from '../src/domain/facts.ts'
import type { AnyPayload, JobName } from '../src/queue/jobs.ts'
import { startWorkers, type Workers } from '../src/queue/workers.ts'
import type { Services } from '../src/services.ts'
import { noteRefusing } from '../src/store/connections.ts'
import { almanac } from './almanac.ts'
import { fetch } from './fetch.ts'
import type { Handler, Work } from './handler.ts'
import { judge } from './judge.ts'
import { link } from './link.ts'
import { startListening } from './listen.ts'
import { pull } from './pull.ts'
import { push } from './push.ts'
import { reconcile } from './reconcile.ts'
import { tick } from './tick.ts'
import { wake } from './wake.ts'

const HANDLERS: { [N in JobName]: Handler<N> } = {
  ...{ tick, wake, almanac, pull, fetch, link, judge, push },
  reconcile,
}

/** Starts working on the queue's jobs, and listening to what CRMs tell. Stop it before the services are closed. */
export async function work(services: Services): Promise<Workers> {
  const [store, queue] = await Promise.all([services.store(), services.queue()])
  const workers = await startWorkers(store, {
    log: services.log,
    onHold: (vendor, reason) => hold(services, vendor, reason),
    handle: (name, payload, signal) => handler(name)(payload, { services, queue, signal }),
  })
  const listening = await startListening(services, queue).catch(async (error: unknown) => {
    await workers.close()
    throw error
  })
  return {
    close: async () => {
      await Promise.all([listening.close(), workers.close()])
    },
  }
}

/** The CRM is left alone by this process, and every page says that somebody has to act. */
async function hold({ db, holds, now }: Services, vendor: Vendor, reason: string): Promise<void> {
  await noteRefusing(db, { vendor, since: now(), reason })
  holds.hold(vendor)
}

/** The payload was read with the schema of the same name, so the two fit. */
const handler = (name: JobName) => HANDLERS[name] as (payload: AnyPayload, work: Work) => Promise<object>

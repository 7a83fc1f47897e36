import type { Crm } from '../src/crm/crm.ts'
import type { Vendor } from '../src/domain/facts.ts'
import { type Context, Tally } from '../src/pipeline/context.ts'
import { told } from '../src/pipeline/told.ts'
import type { JobName, Payload } from '../src/queue/jobs.ts'
import type { JobQueue } from '../src/queue/queue.ts'
import type { Services } from '../src/services.ts'
import { readRefusing } from '../src/store/connections.ts'
import { beginRun, endRun } from '../src/store/runs.ts'

/** What a handler gets besides its payload. */
export interface Work {
  services: Services
  queue: JobQueue
  /** Aborted when the process is asked to stop: end at the next safe point by throwing its reason. */
  signal: AbortSignal
}

/** Payload → pipeline → result, which is kept with the job: counts only. */
export type Handler<N extends JobName> = (payload: Payload<N>, work: Work) => Promise<object>

/** The CRM of a job, unless it is not connected here or waits for a person; once somebody has acted, it is let go. */
export async function crmOf({ services }: Work, vendor: Vendor): Promise<Crm | null> {
  const { db, holds } = services
  if (holds.isHeld(vendor)) {
    const refusing = await readRefusing(db)
    if (refusing.some(one => one.vendor === vendor)) return null
    holds.release(vendor)
  }
  return services.crms.find(crm => crm.vendor === vendor) ?? null
}

/** What the pipeline works with; of all CRMs, or of those given. */
export function contextOf({ services, signal }: Work, crms: readonly Crm[] = services.crms): Context {
  const { db, ics, now, log } = services
  return { db, crms, ics, now, log, signal, tally: new Tally() }
}

/** Notes in the log of runs how `work` went, so that pages and health can tell; `error` may add what is wrong elsewhere. */
export async function noted(
  { services }: Work,
  kind: string,
  work: () => Promise<{ counts: object; error?: string | null }>,
): Promise<object> {
  const run = await beginRun(services.db, kind, services.now())
  try {
    const { counts, error = null } = await work()
    await endRun(services.db, run, services.now(), counts, error)
    return counts
  } catch (error) {
    await endRun(services.db, run, services.now(), {}, told(error)).catch(() => undefined)
    throw error
  }
}

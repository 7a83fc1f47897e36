import { AuthExpired, CrmError, RateLimited, Refused } from '../crm/errors.ts'
import type { Vendor } from '../domain/facts.ts'
import { UnknownJob } from './jobs.ts'

/** Thrown by a handler that has to wait for something of ours; costs no attempt. */
export class NotYet extends Error {
  override name = 'NotYet'
  readonly waitMs: number
  constructor(why: string, waitMs: number) {
    super(why)
    this.waitMs = waitMs
  }
}

/** What the queue does with a job that threw. */
export type Outcome =
  /** Come back after `ms`; costs no attempt. */
  | { act: 'delay'; ms: number }
  /** A person must renew the credentials of this CRM: no further call until then. */
  | { act: 'hold'; vendor: Vendor }
  /** Repeating cannot help: keep it among the failed, where it is seen. */
  | { act: 'fail' }
  /** Try again with growing pauses, until the attempts are used up. */
  | { act: 'retry' }
  /** We were asked to stop: leave it to the next process. */
  | { act: 'hand back' }

/** The one place where errors become behaviour of the queue. */
export function outcome(error: unknown, stopping: boolean): Outcome {
  if (error instanceof NotYet) return { act: 'delay', ms: error.waitMs }
  if (error instanceof RateLimited) return { act: 'delay', ms: Math.max(0, Math.ceil(error.waitMs)) }
  if (error instanceof AuthExpired) return { act: 'hold', vendor: error.vendor }
  if (error instanceof Refused || error instanceof UnknownJob) return { act: 'fail' }
  if (stopping) return { act: 'hand back' }
  return { act: 'retry' }
}

/** What of an error may be stored with a job: the messages of CRM errors carry nothing private, of others only the name is kept. */
export function storable(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error'
  const spoken = error instanceof UnknownJob || error instanceof CrmError
  return spoken ? error.message : error.name
}

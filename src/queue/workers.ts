import { DelayedError, type Job, UnrecoverableError, type Worker } from 'bullmq'
import type { Vendor } from '../domain/facts.ts'
import type { Backend } from './backend.ts'
import { type AnyPayload, JOB_NAMES, JOBS, type JobName, readJob } from './jobs.ts'
import { NotYet, outcome, storable } from './outcome.ts'
import type { QueueLog } from './queue.ts'

/** Does the work of one job. `signal` aborts when the process is asked to stop: end at the next safe point. */
export type Handle = (name: JobName, payload: AnyPayload, signal: AbortSignal) => Promise<unknown>

export interface WorkersOptions {
  handle: Handle
  /** A CRM refused our credentials. */
  onHold: (vendor: Vendor, reason: string) => Promise<void>
  log: QueueLog
}

export interface Workers {
  /** Lets running jobs reach a safe point, hands the rest back, and closes. Idempotent. */
  close(): Promise<void>
}

/** Room for every job that may run at once, so that a long one never delays another kind. */
const CONCURRENCY = JOB_NAMES.reduce((sum, name) => sum + JOBS[name].concurrency * 2, 0)

/** Starts one consumer of the queue. Resolves once it takes jobs. */
export async function startWorkers(store: Backend, options: WorkersOptions): Promise<Workers> {
  const stop = new AbortController()
  const worker = store.consumer((job, token) => work(job, token, stop.signal, options), CONCURRENCY)
  worker.on('error', error => options.log.warn({ err: error }, 'a worker lost its connection for a moment'))
  worker.on('failed', (job, error) => {
    options.log.error({ job: job?.name, attempt: job?.attemptsMade, reason: error.message }, 'a job failed')
  })
  await worker.waitUntilReady()
  let closing: Promise<void> | undefined
  return {
    close: () => {
      closing ??= close(worker, stop)
      return closing
    },
  }
}

async function close(worker: Worker, stop: AbortController): Promise<void> {
  stop.abort()
  await worker.close()
}

async function work(
  job: Job,
  token: string | undefined,
  stop: AbortSignal,
  { handle, onHold, log }: WorkersOptions,
): Promise<unknown> {
  try {
    const { name, payload } = readJob(job.name, job.data)
    return await handle(name, payload, stop)
  } catch (error) {
    const what = outcome(error, stop.aborted)
    // A job that the end of this process interrupts goes on elsewhere: nothing to tell.
    if (!(error instanceof NotYet) && what.act !== 'hand back')
      log.warn({ err: error, job: job.name, outcome: what.act }, 'a job did not end well')
    if (what.act === 'hold') {
      await onHold(what.vendor, (error as Error).message).catch(err =>
        log.warn({ err }, 'a hold was not noted'),
      )
    }
    if (what.act === 'delay' || what.act === 'hand back') {
      await job.moveToDelayed(Date.now() + (what.act === 'delay' ? what.ms : 0), token)
      throw new DelayedError()
    }
    if (what.act === 'retry') throw new Error(storable(error))
    throw new UnrecoverableError(storable(error))
  }
}

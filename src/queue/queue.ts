import type { JobsOptions, Queue } from 'bullmq'
import type { Backend } from './backend.ts'
import { type AnyPayload, dedupeKey, JOB_NAMES, JOBS, type JobName, lanes, type Payload } from './jobs.ts'

/** How often the schedules are put back in case the store forgot them. */
const REREGISTER_MS = 30_000

/** What the queue tells the log; nothing in it is private. */
export interface QueueLog {
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

export interface QueueState {
  kind: 'redis' | 'postgres'
  reachable: boolean
  waiting: number
  active: number
  delayed: number
  failed: number
}

/** The producing side: wakes workers. */
export interface JobQueue {
  readonly kind: 'redis' | 'postgres'
  /**
   * Says that there may be work. At most one job of a kind and payload waits; while one runs, one more is kept for after it.
   * Never throws: false means the store is away, and that the next tick does what was asked here.
   */
  wake<N extends JobName>(name: N, payload: Payload<N>): Promise<boolean>
  /** Wakes every lane of a kind that runs several at once. */
  wakeAll(name: 'judge'): Promise<boolean>
  /** Registers the recurring jobs and keeps registering them, so that an emptied store recovers. Idempotent. */
  schedule(pollMs: number): Promise<void>
  /** Whether a job of this kind is being worked on, by any process. */
  isRunning(name: JobName): Promise<boolean>
  state(): Promise<QueueState>
  close(): Promise<void>
}

/** Opens the queue; throws QueueError when its store does not answer or is unsafe. */
export async function openQueue(
  store: Backend,
  log: QueueLog,
  reregisterMs = REREGISTER_MS,
): Promise<JobQueue> {
  await store.check()
  const queue = store.producer()
  queue.on('error', error => log.warn({ err: error }, 'the queue lost its connection for a moment'))
  try {
    await queue.waitUntilReady()
  } catch (error) {
    await queue.close().catch(() => undefined)
    throw error
  }
  return new BullQueue(queue, store, log, reregisterMs)
}

class BullQueue implements JobQueue {
  readonly kind
  readonly #queue: Queue
  readonly #log: QueueLog
  readonly #reregisterMs: number
  #timer: NodeJS.Timeout | undefined
  #closing: Promise<void> | undefined

  constructor(queue: Queue, store: Backend, log: QueueLog, reregisterMs: number) {
    this.#reregisterMs = reregisterMs
    this.kind = store.kind
    this.#queue = queue
    this.#log = log
  }

  wake<N extends JobName>(name: N, payload: Payload<N>): Promise<boolean> {
    return this.#add(name, [payload])
  }

  wakeAll(name: 'judge'): Promise<boolean> {
    return this.#add(name, lanes(name))
  }

  async #add(name: JobName, payloads: AnyPayload[]): Promise<boolean> {
    try {
      for (const payload of payloads) await this.#queue.add(name, payload, options(name, payload))
      return true
    } catch (error) {
      this.#log.warn({ err: error, job: name }, 'the queue is away; the next tick makes up for it')
      return false
    }
  }

  async schedule(pollMs: number): Promise<void> {
    await this.#register(pollMs)
    this.#timer ??= setInterval(() => {
      this.#register(pollMs).catch(error => this.#log.warn({ err: error }, 'schedules not registered'))
    }, this.#reregisterMs)
    this.#timer.unref()
  }

  /** The ids are fixed: any number of processes registers the same two schedules. */
  async #register(pollMs: number): Promise<void> {
    for (const name of JOB_NAMES) {
      const { schedule } = JOBS[name]
      if (schedule === null) continue
      const every = schedule === 'poll' ? pollMs : schedule
      await this.#queue.upsertJobScheduler(name, { every }, { name, data: {}, opts: kept })
    }
  }

  async isRunning(name: JobName): Promise<boolean> {
    return (await this.#queue.getActive()).some(job => job?.name === name)
  }

  async state(): Promise<QueueState> {
    const none = { waiting: 0, active: 0, delayed: 0, failed: 0 }
    try {
      const counts = await this.#queue.getJobCounts('waiting', 'active', 'delayed', 'failed')
      return { kind: this.kind, reachable: true, ...none, ...counts }
    } catch {
      return { kind: this.kind, reachable: false, ...none }
    }
  }

  close(): Promise<void> {
    clearInterval(this.#timer)
    this.#closing ??= this.#queue.close()
    return this.#closing
  }
}

/** Finished jobs are kept for a look, bounded; stack traces are not stored. */
const kept: Pick<JobsOptions, 'removeOnComplete' | 'removeOnFail' | 'stackTraceLimit'> = {
  removeOnComplete: { count: 100 },
  removeOnFail: { count: 200, age: 7 * 24 * 3600 },
  stackTraceLimit: 0,
}

function options(name: JobName, payload: AnyPayload): JobsOptions {
  const { attempts, firstMs } = JOBS[name].retry
  return {
    ...kept,
    attempts,
    backoff: { type: 'exponential', delay: firstMs, jitter: 0.5 },
    deduplication: { id: dedupeKey(name, payload), keepLastIfActive: true },
  }
}

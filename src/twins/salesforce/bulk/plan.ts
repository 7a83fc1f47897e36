import { z } from 'zod'

/**
 * How bulk jobs go from now on, as PUT /_twin/bulk takes it. By default without waiting: tests and benchmarks want
 * the work, not the queue in front of it.
 */
export const bulkPlanSchema = z.strictObject({
  /** From the creation (of an ingest job: the close) until the job is taken up; a real job needs about 14 s in all. */
  queuedSeconds: z.number().min(0).default(0),
  /** From then on until it ends. */
  runningSeconds: z.number().min(0).default(0),
  /** Whose seconds: of the twin's clock, or real ones. */
  clock: z.enum(['virtual', 'real']).default('virtual'),
  /** How it ends; InProgress: never. */
  ends: z.enum(['JobComplete', 'Failed', 'Aborted', 'InProgress']).default('JobComplete'),
  /** Rows a page of results when the client does not ask for a number. */
  pageRecords: z.int().min(1).default(100_000),
  /** Query jobs that may be made in 24 hours. */
  dailyJobs: z.int().min(0).default(10_000),
})

export type BulkPlan = z.infer<typeof bulkPlanSchema>

/** The two clocks a job can go by, in milliseconds. */
export interface Clocks {
  now: () => number
  real: () => number
}

export type RunState = 'UploadComplete' | 'InProgress' | 'JobComplete' | 'Failed' | 'Aborted'

/** One job's way through the queue; nothing runs, it is worked out whenever somebody asks. */
export class Course {
  readonly #plan: BulkPlan
  readonly #clock: () => number
  readonly #began: number
  #stopped: number | null = null

  constructor(plan: BulkPlan, clocks: Clocks) {
    this.#plan = plan
    this.#clock = plan.clock === 'real' ? clocks.real : clocks.now
    this.#began = this.#clock()
  }

  get state(): RunState {
    if (this.#stopped !== null) return 'Aborted'
    const { queuedSeconds, runningSeconds, ends } = this.#plan
    const seconds = (this.#clock() - this.#began) / 1000
    if (seconds < queuedSeconds) return 'UploadComplete'
    return seconds < queuedSeconds + runningSeconds ? 'InProgress' : ends
  }

  /** The share of the work that is done, 0 to 1. */
  get done(): number {
    if (this.state === 'JobComplete') return 1
    const { queuedSeconds, runningSeconds } = this.#plan
    const seconds = ((this.#stopped ?? this.#clock()) - this.#began) / 1000 - queuedSeconds
    return runningSeconds === 0 ? 0 : Math.max(0, Math.min(0.99, seconds / runningSeconds))
  }

  /** Milliseconds of work so far. */
  get worked(): number {
    return Math.round(this.done * this.#plan.runningSeconds * 1000)
  }

  /** Whether it will not change any more. */
  get over(): boolean {
    const state = this.state
    return state === 'JobComplete' || state === 'Failed' || state === 'Aborted'
  }

  abort(): void {
    this.#stopped ??= this.#clock()
  }
}

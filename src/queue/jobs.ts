import { z } from 'zod'
import { SECOND } from '../domain/time.ts'

const nothing = z.strictObject({})
const vendor = z.strictObject({ vendor: z.enum(['salesforce', 'hubspot']) })
const lane = z.strictObject({ lane: z.number().int().min(0) })

interface Retry {
  /** Tries in all, the first included. A rate limit does not count as one. */
  attempts: number
  /** Milliseconds before the second try; doubled before each further one, with jitter. */
  firstMs: number
}

interface JobSpec<P extends z.ZodType = z.ZodType> {
  /** Ids only, never records. */
  payload: P
  retry: Retry
  /** How many of one payload may run at once, over all processes together. More than one: `lane` tells them apart. */
  concurrency: number
  /** How often it comes by itself; null: only when woken. `poll`: as configured. */
  schedule: number | 'poll' | null
}

const job = <P extends z.ZodType>(spec: JobSpec<P>): JobSpec<P> => spec

/** Half a minute of trying; after that the next tick starts it afresh. */
const patient: Retry = { attempts: 6, firstMs: 1000 }
const never: Retry = { attempts: 1, firstMs: 0 }

/**
 * Every kind of job. What has to be done stands in PostgreSQL; a job only says that it is worth looking,
 * so losing one costs time until the next tick and nothing else.
 */
export const JOBS = {
  /** Wakes everything below once: the first reading, and whatever a lost job left behind. */
  tick: job({ payload: nothing, retry: never, concurrency: 1, schedule: 'poll' }),
  /** Finds people whose verdict falls due by time alone. */
  wake: job({ payload: nothing, retry: never, concurrency: 1, schedule: SECOND }),
  /** Reads what calendars take from outside, if it is time. */
  almanac: job({ payload: nothing, retry: patient, concurrency: 1, schedule: null }),
  pull: job({ payload: vendor, retry: patient, concurrency: 1, schedule: null }),
  /** Reads by id what a CRM said has changed. */
  fetch: job({ payload: vendor, retry: patient, concurrency: 1, schedule: null }),
  link: job({ payload: nothing, retry: patient, concurrency: 1, schedule: null }),
  judge: job({ payload: lane, retry: patient, concurrency: 2, schedule: null }),
  /** Compares the mirror with the CRMs, object by object, where the last comparison is a day old. */
  reconcile: job({ payload: nothing, retry: patient, concurrency: 1, schedule: null }),
  push: job({ payload: vendor, retry: patient, concurrency: 1, schedule: null }),
} satisfies Record<string, JobSpec>

export type JobName = keyof typeof JOBS
export type Payload<N extends JobName> = z.output<(typeof JOBS)[N]['payload']>
export type AnyPayload = { vendor?: 'salesforce' | 'hubspot'; lane?: number }

export const JOB_NAMES = Object.keys(JOBS) as JobName[]

/** Two jobs with the same key never run at the same time, and at most one of them waits. */
export const dedupeKey = (name: JobName, payload: AnyPayload): string =>
  [name, payload.vendor, payload.lane].filter(part => part !== undefined).join('-')

/** One payload a lane, for kinds that run several at once. */
export const lanes = (name: JobName): { lane: number }[] =>
  Array.from({ length: JOBS[name].concurrency }, (_, lane) => ({ lane }))

/** The table's word on a job's name and payload; throws for what another version or another program put there. */
export function readJob(name: string, data: unknown): { name: JobName; payload: AnyPayload } {
  if (!Object.hasOwn(JOBS, name)) throw new UnknownJob(`no job is called '${name}'`)
  const known = name as JobName
  const parsed = JOBS[known].payload.safeParse(data)
  if (!parsed.success) throw new UnknownJob(`the payload of a '${name}' job is not understood`)
  return { name: known, payload: parsed.data }
}

/** Left by another version of this program; dropped, as the tick repeats whatever matters. */
export class UnknownJob extends Error {
  override name = 'UnknownJob'
}

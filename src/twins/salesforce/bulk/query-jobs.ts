import type { Database } from '../database.ts'
import type { Days } from '../days.ts'
import { notFound, SalesforceError } from '../errors.ts'
import { longId, recordId } from '../ids.ts'
import type { SObject } from '../schema/field.ts'
import { leadStatus, opportunityStage } from '../schema/sales.ts'
import { planOf } from '../soql/plan.ts'
import { printDatetime } from '../values.ts'
import type { Dialect } from './csv.ts'
import { type BulkPlan, bulkPlanSchema, type Clocks, Course } from './plan.ts'
import { ResultSet } from './result-set.ts'

const DAY = 24 * 3_600_000
/** How long a job and its results are kept. */
const KEPT = 7 * DAY
export const JOB_PREFIX = '750'
/** Setup tables of statuses, of which the Bulk API knows nothing. */
const UNSUPPORTED: ReadonlySet<string> = new Set([leadStatus.name, opportunityStage.name])

export interface QueryWish extends Dialect {
  operation: 'query' | 'queryAll'
  query: string
}

interface Job {
  id: string
  wish: QueryWish
  object: string
  version: string
  /** Virtual, milliseconds. */
  at: number
  course: Course
  results: ResultSet
}

/** A page of results: where the next one starts, null at the end. */
export interface ResultPage {
  count: number
  next: string | null
  csv: Generator<string>
}

export interface QueryJobsOptions {
  database: Database
  clocks: Clocks
  days: () => Days
  /** What of an object may be seen. */
  view: (object: SObject) => SObject
  /** Who makes the jobs. */
  userId: string
  /** Numbers of jobs, which query and ingest share. */
  nextJob: () => number
}

/** The query jobs of Bulk API 2.0. */
export class QueryJobs {
  plan: BulkPlan = bulkPlanSchema.parse({})
  readonly #options: QueryJobsOptions
  readonly #jobs = new Map<string, Job>()
  /** When each job of the last 24 hours was made. */
  #made: number[] = []

  constructor(options: QueryJobsOptions) {
    this.#options = options
  }

  /** Query jobs that may still be made today. */
  get remaining(): number {
    const { now } = this.#options.clocks
    this.#made = this.#made.filter(at => at > now() - DAY)
    return Math.max(0, this.plan.dailyJobs - this.#made.length)
  }

  /** @throws SalesforceError when the query is wrong, none for the Bulk API, or one too many */
  create(wish: QueryWish, version: string): object {
    const { database, clocks, days, view, nextJob } = this.#options
    this.#forget()
    const at = clocks.now()
    if (this.remaining === 0) {
      throw new SalesforceError(400, 'LIMIT_EXCEEDED', 'Max number of query jobs per 24 hrs is exceeded')
    }
    const plan = planOf(wish.query, {
      today: { now: at, days: days() },
      deleted: wish.operation === 'queryAll',
      children: () => ({ run: () => null }),
      view,
    })
    const object = plan.object.name
    if (UNSUPPORTED.has(object)) {
      throw new SalesforceError(400, 'INVALIDENTITY', `Entity '${object}' is not supported by the Bulk API.`)
    }
    const number = nextJob()
    const results = new ResultSet(database, plan, number)
    const course = new Course(this.plan, clocks)
    const job: Job = { id: recordId(JOB_PREFIX, number), wish, object, version, at, course, results }
    this.#jobs.set(job.id, job)
    this.#made.push(at)
    return { ...this.#head(job), state: 'UploadComplete' }
  }

  info(id: string): object {
    const job = this.#job(id)
    const { course, results } = job
    const failed = course.state === 'Failed'
    return {
      ...this.#head(job),
      state: course.state,
      jobType: 'V2Query',
      numberRecordsProcessed: Math.floor(course.done * results.total),
      retries: failed ? 15 : 0,
      totalProcessingTime: course.worked,
      isPkChunkingSupported: true,
      ...(failed && { errorMessage: 'Batch failed: retried more than 15 times' }),
    }
  }

  /** Newest last. */
  list(): object[] {
    this.#forget()
    return [...this.#jobs.keys()].map(id => this.info(id))
  }

  abort(id: string): object {
    const { course } = this.#job(id)
    if (course.over) throw wrongState(`Job is in state ${course.state} and cannot be aborted`)
    course.abort()
    return this.info(id)
  }

  remove(id: string): void {
    const job = this.#job(id)
    if (!job.course.over) throw wrongState(`Job is in state ${job.course.state} and cannot be deleted`)
    this.#drop(job)
  }

  /** @throws SalesforceError before the job is complete, with another version than it was made with, at a bad locator */
  page(id: string, version: string, locator: string | undefined, asked: number | undefined): ResultPage {
    const { course, results, wish, version: own } = this.#job(id)
    if (version !== own) {
      throw new SalesforceError(409, 'API_VERSION_MISMATCH', `This job was made with API version ${own}`)
    }
    if (course.state !== 'JobComplete') {
      throw new SalesforceError(412, 'JOB_NOT_COMPLETE', `Job is in state ${course.state}`)
    }
    const from = locator === undefined ? 0 : placeOf(locator, results.total)
    const most = asked ?? this.plan.pageRecords
    const to = Math.min(results.total, from + most)
    const next = to < results.total ? locatorOf(to) : null
    return { count: to - from, next, csv: results.csv(from, most, wish) }
  }

  #job(id: string): Job {
    this.#forget()
    const job = this.#jobs.get(longId(id) ?? '')
    if (!job) throw notFound()
    return job
  }

  #forget(): void {
    const oldest = this.#options.clocks.now() - KEPT
    for (const job of this.#jobs.values()) if (job.at < oldest) this.#drop(job)
  }

  #drop(job: Job): void {
    this.#jobs.delete(job.id)
    job.results.drop()
  }

  #head({ id, wish, object, version, at }: Job): object {
    const stamp = printDatetime(at)
    const { operation, columnDelimiter, lineEnding } = wish
    return {
      ...{ id, operation, object, createdById: this.#options.userId, createdDate: stamp },
      ...{ systemModstamp: stamp, concurrencyMode: 'Parallel', contentType: 'CSV' },
      ...{ apiVersion: Number(version.slice(1)), lineEnding, columnDelimiter },
    }
  }
}

/** Opaque to clients; the place in base64, as Salesforce's look. */
const locatorOf = (place: number): string => Buffer.from(String(place)).toString('base64url')

function placeOf(locator: string, total: number): number {
  const text = Buffer.from(locator, 'base64url').toString()
  if (/^\d{1,15}$/.test(text) && Number(text) < total && locatorOf(Number(text)) === locator)
    return Number(text)
  throw new SalesforceError(400, 'INVALID_LOCATOR', 'The locator is invalid')
}

const wrongState = (message: string) => new SalesforceError(400, 'INVALIDJOBSTATE', message)

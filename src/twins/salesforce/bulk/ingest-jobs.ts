import { CsvError } from 'csv-parse'
import { parse } from 'csv-parse/sync'
import type { Database } from '../database.ts'
import { quoted } from '../database.ts'
import { notFound, RecordError, SalesforceError } from '../errors.ts'
import { longId, recordId } from '../ids.ts'
import type { Sent } from '../input.ts'
import type { Records } from '../records.ts'
import type { SObject } from '../schema/field.ts'
import { fieldNamed } from '../schema.ts'
import { printDatetime } from '../values.ts'
import { csvLine, DELIMITERS, type Dialect } from './csv.ts'
import { type BulkPlan, type Clocks, Course } from './plan.ts'
import { JOB_PREFIX } from './query-jobs.ts'

export type Operation = 'insert' | 'update' | 'upsert' | 'delete' | 'hardDelete'

export interface IngestWish extends Dialect {
  object: SObject
  operation: Operation
  externalIdFieldName?: string | undefined
}

/** Which rows of a job are asked for. */
export type Outcome = 'successful' | 'failed' | 'unprocessed'

interface Job {
  id: string
  number: number
  wish: IngestWish
  version: string
  /** Virtual, milliseconds. */
  at: number
  columns: readonly string[] | null
  /** Set when the client closes it. */
  course: Course | null
  aborted: boolean
  worked: boolean
}

export interface IngestJobsOptions {
  database: Database
  records: Records
  clocks: Clocks
  plan: () => BulkPlan
  userId: string
  nextJob: () => number
  /** Counts records taken from clients. */
  taken: (records: number) => void
}

/** The ingest jobs of Bulk API 2.0. The rows of each are kept in a table of their own, with what became of them. */
export class IngestJobs {
  readonly #options: IngestJobsOptions
  readonly #jobs = new Map<string, Job>()

  constructor(options: IngestJobsOptions) {
    this.#options = options
  }

  create(wish: IngestWish, version: string): object {
    const number = this.#options.nextJob()
    const id = recordId(JOB_PREFIX, number)
    const fresh = { columns: null, course: null, aborted: false, worked: false }
    const job: Job = { id, number, wish, version, at: this.#options.clocks.now(), ...fresh }
    if (wish.operation === 'upsert' && wish.externalIdFieldName === undefined)
      throw new SalesforceError(400, 'INVALIDJOB', 'externalIdFieldName is needed to upsert')
    this.#jobs.set(id, job)
    return this.info(id)
  }

  /** Takes the rows, once. @throws SalesforceError */
  upload(id: string, text: string): void {
    const job = this.#job(id)
    if (job.columns) throw new SalesforceError(400, 'INVALIDJOBSTATE', 'Found multiple contents for job')
    if (stateOf(job) !== 'Open') throw wrongState(job)
    const { sql } = this.#options.database
    const [columns = [], ...rows] = read(text, DELIMITERS[job.wish.columnDelimiter])
    const table = tableOf(job)
    sql.exec(
      `CREATE TABLE ${table} (n INTEGER PRIMARY KEY, cells TEXT NOT NULL, id TEXT, created INTEGER, error TEXT)`,
    )
    const insert = sql.prepare(`INSERT INTO ${table} (cells) VALUES (?)`)
    this.#options.database.transaction(() => {
      for (const row of rows) insert.run(JSON.stringify(row))
    })
    job.columns = columns
  }

  /** Hands the job over to be worked on. */
  close(id: string): object {
    const job = this.#job(id)
    if (stateOf(job) !== 'Open') throw wrongState(job)
    job.course = new Course(this.#options.plan(), this.#options.clocks)
    return { ...this.info(id), state: 'UploadComplete' }
  }

  abort(id: string): object {
    const job = this.#job(id)
    if (job.course?.over || job.aborted) throw wrongState(job)
    job.aborted = true
    job.course?.abort()
    return this.info(id)
  }

  remove(id: string): void {
    const job = this.#job(id)
    if (!job.aborted && !job.course?.over) throw wrongState(job)
    this.#jobs.delete(job.id)
    this.#options.database.sql.exec(`DROP TABLE IF EXISTS ${tableOf(job)}`)
  }

  list(): object[] {
    return [...this.#jobs.keys()].map(id => this.info(id))
  }

  info(id: string): object {
    const job = this.#job(id)
    this.settle()
    const { wish, version, at } = job
    const stamp = printDatetime(at)
    const path = `services/data/${version}/jobs/ingest/${job.id}/batches`
    const { columnDelimiter, lineEnding, operation, externalIdFieldName } = wish
    return {
      ...{ id: job.id, operation, object: wish.object.name, createdById: this.#options.userId },
      ...{ createdDate: stamp, systemModstamp: stamp, state: stateOf(job), concurrencyMode: 'Parallel' },
      ...{ contentType: 'CSV', apiVersion: Number(version.slice(1)), jobType: 'V2Ingest', contentUrl: path },
      ...{ lineEnding, columnDelimiter, retries: 0, apexProcessingTime: 0 },
      ...{ totalProcessingTime: job.course?.worked ?? 0, apiActiveProcessingTime: job.course?.worked ?? 0 },
      ...(externalIdFieldName !== undefined && { externalIdFieldName }),
      ...this.#counts(job),
    }
  }

  /** The job's rows of one outcome, in CSV. */
  rows(id: string, outcome: Outcome): string {
    const job = this.#job(id)
    this.settle()
    if (stateOf(job) === 'Open') throw wrongState(job)
    const columns = job.columns ?? []
    const own = { successful: ['sf__Id', 'sf__Created'], failed: ['sf__Id', 'sf__Error'], unprocessed: [] }
    const lines = this.#rowsOf(job, outcome).map(({ cells, id: row, created, error }) => {
      const first = {
        successful: [`${row}`, String(created === 1)],
        failed: [`${row ?? ''}`, `${error}`],
        unprocessed: [],
      }
      return csvLine([...first[outcome], ...(JSON.parse(String(cells)) as string[])], job.wish)
    })
    return csvLine([...own[outcome], ...columns], job.wish) + lines.join('')
  }

  /** Does the work of every job whose time has come; nobody needs to ask for it. */
  settle(): void {
    for (const job of this.#jobs.values()) {
      if (job.worked || job.course?.state !== 'JobComplete') continue
      job.worked = true
      if (job.columns) this.#work(job, job.columns)
    }
  }

  #work(job: Job, columns: readonly string[]): void {
    const { database } = this.#options
    const save = database.sql.prepare(`UPDATE ${tableOf(job)} SET id = ?, created = ?, error = ? WHERE n = ?`)
    database.transaction(() => {
      for (const { n, cells } of this.#rowsOf(job, 'unprocessed')) {
        const values = JSON.parse(String(cells)) as string[]
        const sent = sentOf(columns, values)
        try {
          const { id, created } = this.#apply(job.wish, sent)
          this.#options.taken(1)
          save.run(id, created ? 1 : 0, null, Number(n))
        } catch (error) {
          if (!(error instanceof RecordError)) throw error
          const { statusCode, message, fields } = error
          save.run(
            longId(String(sent.Id ?? '')),
            0,
            `${statusCode}:${message}:${fields.join(',')} --`,
            Number(n),
          )
        }
      }
    })
  }

  #apply(
    { object, operation, externalIdFieldName = 'Id' }: IngestWish,
    sent: Sent,
  ): { id: string; created: boolean } {
    const { records, database, clocks } = this.#options
    const now = clocks.now()
    if (operation === 'insert') return { id: records.create(object, sent, now), created: true }
    const id = operation === 'upsert' ? this.#match(object, externalIdFieldName, sent) : String(sent.Id ?? '')
    if (id === null) return { id: records.create(object, sent, now), created: true }
    const long = longId(id)
    if (!long) throw new RecordError('MALFORMED_ID', `malformed id ${id}`, ['Id'])
    if (operation === 'update' || operation === 'upsert') records.update(object, long, sent, now)
    else records.remove(object, long, now)
    if (operation === 'hardDelete') database.remove(object, long)
    return { id: long, created: false }
  }

  /** The record that an upsert is for; null: none yet. */
  #match(object: SObject, name: string, sent: Sent): string | null {
    const field = fieldNamed(object, name)
    const value = sent[name]
    if (!field || typeof value !== 'string')
      throw new RecordError('MISSING_ARGUMENT', `${name} not specified`, [name])
    if (field.type === 'id') return value
    const found = this.#options.database.where(object, field.name, value).filter(row => row.IsDeleted !== 1)
    if (found.length > 1)
      throw new RecordError('DUPLICATE_EXTERNAL_ID', `${name}: more than one record found`, [name])
    return found[0] ? String(found[0].Id) : null
  }

  #rowsOf(job: Job, outcome: Outcome) {
    if (!job.columns) return []
    const which = {
      successful: 'id IS NOT NULL AND error IS NULL',
      failed: 'error IS NOT NULL',
      unprocessed: 'id IS NULL AND error IS NULL',
    }
    return this.#options.database.sql
      .prepare(`SELECT * FROM ${tableOf(job)} WHERE ${which[outcome]} ORDER BY n`)
      .all()
  }

  #counts(job: Job): object {
    const failed = this.#rowsOf(job, 'failed').length
    return {
      numberRecordsProcessed: this.#rowsOf(job, 'successful').length + failed,
      numberRecordsFailed: failed,
    }
  }

  #job(id: string): Job {
    const job = this.#jobs.get(longId(id) ?? '')
    if (!job) throw notFound()
    return job
  }
}

const tableOf = ({ number }: Job): string => `temp.${quoted(`ingest_${number}`)}`

function stateOf({ course, aborted }: Job): string {
  if (aborted) return 'Aborted'
  return course?.state ?? 'Open'
}

const wrongState = (job: Job) =>
  new SalesforceError(400, 'INVALIDJOBSTATE', `Job is in state ${stateOf(job)}`)

function read(text: string, delimiter: string): string[][] {
  try {
    return parse(text, { bom: true, delimiter })
  } catch (error) {
    if (error instanceof CsvError) throw new SalesforceError(400, 'INVALIDCONTENT', error.message)
    throw error
  }
}

/** A row as a client of the REST API would send it: `#N/A` clears, an empty cell leaves a field as it is. */
function sentOf(columns: readonly string[], values: readonly string[]): Sent {
  const cells = columns.map((name, i) => [name, values[i] === '#N/A' ? null : values[i]] as const)
  return Object.fromEntries(cells.filter(([, value]) => value !== ''))
}

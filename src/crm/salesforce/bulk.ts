import { z } from 'zod'
import { type Instant, MINUTE } from '../../domain/time.ts'
import { Unavailable } from '../errors.ts'
import { anotherTry } from '../retry.ts'
import { BadPage, csvRows, type Types } from './bulk-rows.ts'
import { type SalesforceClient, SalesforceRefused } from './client.ts'
import { instant, type Row } from './values.ts'

export interface BulkSizes {
  /** Records from which on a first reading goes through a job. */
  from: number
  /** Records a page of results: a call for each, and what a kill makes us read again. */
  page: number
}

/**
 * A bulk query needs about 14 s before its first row, whatever there is to read, and six calls or so; the pages of a
 * REST query bring 2,000 records a call, two or three in a second. From 50,000 on the job wins in time and in calls.
 */
export const BULK_SIZES: BulkSizes = { from: 50_000, page: 50_000 }
/** Rows handed on at once. */
const ROWS = 1_000
const FIRST_POLL = 2_000
const LONGEST_POLL = 30_000
/** A job that takes longer hangs; ten million records take a quarter of an hour. */
const PATIENCE = 45 * MINUTE

const made = z.object({ id: z.string().regex(/^750\w{12,15}$/) })
const info = z.object({
  state: z.enum(['UploadComplete', 'InProgress', 'JobComplete', 'Failed', 'Aborted']),
  createdDate: z.string().optional(),
  numberRecordsProcessed: z.number().int().min(0).optional(),
})

/** A page of results: whose, where it begins, and how its values are read. */
export interface Results {
  job: string
  locator: string | null
  /** Records at most. */
  page: number
  types: Types
  tracked: Types | null
}

/** Some of a page's rows; `end`, without rows, once it has come whole: how many they were and what follows. */
export interface Piece {
  rows: Row[]
  end?: { count: number; next: string | null }
}

/**
 * Query jobs of Bulk API 2.0. Not by jsforce's client: it writes later pages to a stream that has ended, asks for ever
 * when the last locator is missing, and holds every page in memory twice.
 */
export class BulkQuery {
  readonly #client: SalesforceClient
  readonly #operation: string

  /** @param operation as errors name it */
  constructor(client: SalesforceClient, operation: string) {
    this.#client = client
    this.#operation = operation
  }

  /** Makes a job that reads deleted records too; its id. @throws SalesforceRefused when bulk is not for this query */
  async create(query: string, signal: AbortSignal): Promise<string> {
    const wish = {
      operation: 'queryAll',
      query,
      contentType: 'CSV',
      columnDelimiter: 'COMMA',
      lineEnding: 'LF',
    }
    const { body } = await this.#client.send(this.#operation, 'POST', '/jobs/query', wish, made, signal)
    return body.id
  }

  /**
   * Waits until the job is complete, asking less and less often; the number of its records, or why it comes to nothing:
   * it failed, was aborted, or hangs; then it is aborted. A job's age counts from its creation, so also over restarts.
   */
  async wait(job: string, signal: AbortSignal): Promise<number | string> {
    const { retry } = this.#client
    let waited = 0
    for (let pause = FIRST_POLL; ; pause = Math.min(LONGEST_POLL, pause * 1.5)) {
      const { body, date } = await this.#client.get(this.#operation, `/jobs/query/${job}`, info, signal)
      if (body.state === 'JobComplete')
        return body.numberRecordsProcessed ?? 'it does not say how many records'
      if (body.state === 'Failed' || body.state === 'Aborted') return `it is ${body.state}`
      if (Math.max(waited, ageOf(body.createdDate, date)) >= PATIENCE) {
        await this.#abort(job, signal)
        return `it was not done in ${PATIENCE / MINUTE} minutes`
      }
      await retry.sleep(pause, signal)
      waited += pause
    }
  }

  /**
   * The rows of one page, some at a time. A page that breaks off or has other than the announced number of rows is
   * read again from its beginning, so rows can come twice.
   * @throws BadPage when it stays so; Unavailable, SalesforceRefused
   */
  async *page(results: Results, signal: AbortSignal): AsyncGenerator<Piece> {
    const { retry } = this.#client
    for (let failed = 1; ; failed++) {
      try {
        yield* this.#pageOnce(results, signal)
        return
      } catch (error) {
        const last = error instanceof BadPage && failed >= retry.tries
        if (last || !(error instanceof BadPage || error instanceof Unavailable)) throw error
        await anotherTry(this.#unavailable(error), failed, retry, signal)
      }
    }
  }

  async *#pageOnce(
    { job, locator, page, types, tracked }: Results,
    signal: AbortSignal,
  ): AsyncGenerator<Piece> {
    const query = `maxRecords=${page}${locator === null ? '' : `&locator=${encodeURIComponent(locator)}`}`
    const { headers, body } = await this.#client.open(
      this.#operation,
      `/jobs/query/${job}/results?${query}`,
      signal,
    )
    const { 'sforce-locator': next, 'sforce-numberofrecords': announced } = headers
    if (!headers['content-type']?.startsWith('text/csv') || next === undefined)
      throw new BadPage('it is no page')
    if (next === locator) throw new BadPage('the same page came twice')
    let count = 0
    for await (const rows of some(csvRows(this.#whole(body, signal), types, tracked))) {
      count += rows.length
      this.#client.traffic.reads.records += rows.length
      yield { rows }
    }
    if (announced !== undefined && count !== Number(announced))
      throw new BadPage(`${count} rows of ${announced}`)
    yield { rows: [], end: { count, next: next === 'null' ? null : next } }
  }

  /** The body; where it breaks off, trying again can help. */
  async *#whole(body: AsyncIterable<Uint8Array>, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    try {
      yield* body
    } catch (error) {
      signal.throwIfAborted()
      throw this.#unavailable(error)
    }
  }

  #unavailable(error: unknown): Unavailable {
    if (error instanceof Unavailable) return error
    return new Unavailable(
      'salesforce',
      this.#operation,
      error instanceof Error ? error.message : 'no answer',
    )
  }

  async #abort(job: string, signal: AbortSignal): Promise<void> {
    try {
      const wish = { state: 'Aborted' }
      await this.#client.send(this.#operation, 'PATCH', `/jobs/query/${job}`, wish, z.unknown(), signal)
    } catch (error) {
      if (!(error instanceof SalesforceRefused)) throw error
    }
  }
}

const ageOf = (created: string | undefined, date: Instant | null): number =>
  date === null ? 0 : date - (instant(created) ?? date)

async function* some(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let gathered: Row[] = []
  for await (const row of rows) {
    gathered.push(row)
    if (gathered.length < ROWS) continue
    yield gathered
    gathered = []
  }
  if (gathered.length > 0) yield gathered
}

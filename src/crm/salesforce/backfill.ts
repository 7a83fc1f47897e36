import type { Cursor, Page, PulledRecord } from '../crm.ts'
import { BulkQuery } from './bulk.ts'
import { BadPage, type Types } from './bulk-rows.ts'
import { type SalesforceClient, SalesforceRefused } from './client.ts'
import { type BulkPlace, finished, jobOf, throughJob } from './scan.ts'
import type { Row } from './values.ts'

/** How the rows of one object are read and what becomes of them. */
export interface Reading {
  client: SalesforceClient
  /** As errors name it. */
  operation: string
  /** Records a page of results. */
  page: number
  types: Types
  tracked: Types | null
  translate(rows: Row[]): Promise<PulledRecord[]>
}

/** Makes the job of a first reading; why not, when the Bulk API will not have this query. */
export async function begin(
  client: SalesforceClient,
  operation: string,
  query: string,
  total: number,
  signal: AbortSignal,
): Promise<BulkPlace | string> {
  try {
    const job = await new BulkQuery(client, operation).create(query, signal)
    return { job, locator: null, read: 0, total }
  } catch (error) {
    if (error instanceof SalesforceRefused) return error.detail
    throw error
  }
}

/**
 * Reads what a job found, from the page on at which `from` stands; each cursor names the page that its records are of,
 * so that a process that was killed goes on there. The scan after it begins before the job was made: what changed
 * since comes once more, and newer.
 * @returns why the job is of no use: failed, aborted, hanging, gone after seven days, or short of records; null: it was
 */
export async function* backfill(
  reading: Reading,
  from: Cursor,
  signal: AbortSignal,
): AsyncGenerator<Page, string | null> {
  const known = jobOf(from)
  if (!known) return 'there is none'
  const { scan } = known
  let { place } = known
  const bulk = new BulkQuery(reading.client, reading.operation)
  try {
    const total = await bulk.wait(place.job, signal)
    if (typeof total === 'string') return total
    place = { ...place, total }
    for (;;) {
      let done = place.read
      for await (const { rows, end } of bulk.page({ ...reading, ...place }, signal)) {
        done += rows.length
        if (end) place = { ...place, locator: end.next, read: place.read + end.count }
        if (end?.next === null && place.read !== total) return `it gave ${place.read} records of ${total}`
        const cursor = end?.next === null ? finished(Number(scan.since), null) : throughJob(scan, place)
        yield { records: await reading.translate(rows), cursor, progress: { done, total } }
        if (end?.next === null) return null
      }
    }
  } catch (error) {
    if (error instanceof SalesforceRefused) return error.detail
    if (error instanceof BadPage) return `a page of its results: ${error.message}`
    throw error
  }
}

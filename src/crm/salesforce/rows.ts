import { z } from 'zod'
import type { Instant } from '../../domain/time.ts'
import { Unavailable } from '../errors.ts'
import type { Source } from './objects.ts'
import { BadRow, type Row } from './values.ts'

const row = z.looseObject({ Id: z.string().min(15) })

/** What a query answers. */
export const result = z
  .object({
    done: z.boolean(),
    totalSize: z.number().int().min(0),
    records: z.array(row),
    nextRecordsUrl: z
      .string()
      .regex(/^\/services\/data\//)
      .optional(),
  })
  .refine(page => page.done || page.nextRecordsUrl, 'more is announced, but not where')

export type Result = z.infer<typeof result>

/** A page of rows, where the next one is, and the server's time. */
export interface Rows {
  rows: Row[]
  next: string | null
  /** Of the query's whole result. */
  total: number
  date: Instant | null
}

/** The locator is no more: older than two days, or pushed out by others. */
export const LOST = new Set(['INVALID_QUERY_LOCATOR', 'NOT_FOUND', 'HTTP_404'])

/** Translates rows; one without what every row has is no answer. @throws Unavailable */
export function translating<T>(source: Source, translate: () => T): T {
  try {
    return translate()
  } catch (error) {
    if (!(error instanceof BadRow)) throw error
    throw new Unavailable('salesforce', `query ${source.sobject}`, error.message)
  }
}

export const stuck = (source: Source): Unavailable =>
  new Unavailable('salesforce', `query ${source.sobject}`, 'the same page came twice')

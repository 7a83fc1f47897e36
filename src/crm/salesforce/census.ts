import type { CensusPage, CensusRecord, Cursor } from '../crm.ts'
import { id18 } from '../id18.ts'
import { type SalesforceObject, SOURCES, type Source } from './objects.ts'
import type { SalesforceReader } from './read.ts'
import { stuck, translating } from './rows.ts'
import { censusQuery } from './soql.ts'
import { flag, mustInstant, type Row } from './values.ts'

/**
 * Ids and stamps of all rows, those in the recycle bin included, 2,000 a page. One query, followed page by page; each
 * page's cursor is its last id, so a census that was interrupted (or whose locator expired) goes on after it.
 */
export async function* census(
  reader: SalesforceReader,
  object: SalesforceObject,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<CensusPage> {
  const source: Source = SOURCES[object]
  let last = typeof cursor?.last === 'string' ? cursor.last : null
  let next: string | null = null
  do {
    const query = () => reader.ask(object, () => censusQuery(source, last), signal)
    const page = await reader.follow(object, next, query, signal)
    if (page.next !== null && page.next === next) throw stuck(source)
    const records = translating(source, () => page.rows.map(row => counted(source, row)))
    last = records.at(-1)?.id ?? last
    next = page.next
    yield { records, cursor: next === null ? null : { last }, date: page.date }
  } while (next)
}

const counted = (source: Source, row: Row): CensusRecord => ({
  id: id18(String(row.Id)),
  stamp: mustInstant(row, source.stamp),
  deleted: flag(row.IsDeleted),
})

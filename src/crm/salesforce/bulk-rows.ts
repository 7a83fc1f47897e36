import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { isId } from '../id18.ts'
import type { Row } from './values.ts'

/** Field types by API name, as describe tells them. */
export type Types = ReadonlyMap<string, { type: string }>

/** A page of bulk results that is no CSV, breaks off, or lacks what every row has; it can be read again. */
export class BadPage extends Error {}

/** The longest row: several long texts at their limit of 131,072 characters. */
const LONGEST = 8 * 1024 * 1024

/**
 * The rows of a page of bulk results as they come, as REST would have given them: RFC 4180, with line breaks, quotes
 * and commas inside values; nothing is held but the row at hand.
 * @param tracked types of the fields whose history the rows tell, for values that can be of any type
 * @throws BadPage; what the body throws
 */
export async function* csvRows(
  body: AsyncIterable<Uint8Array>,
  types: Types,
  tracked: Types | null,
): AsyncGenerator<Row> {
  const parser = parse({ bom: true, record_delimiter: ['\n', '\r\n'], max_record_size: LONGEST })
  // A failed body ends the parser with its error, an abandoned parser ends the body.
  pipeline(Readable.from(body), parser, () => undefined)
  let read: ((cells: readonly string[]) => Row) | null = null
  try {
    for await (const cells of parser as AsyncIterable<string[]>) {
      if (read) yield read(cells)
      else read = rowReader(cells, types, tracked)
    }
  } catch (error) {
    throw error instanceof CsvError ? new BadPage(error.code) : error
  }
  if (!read) throw new BadPage('it is empty')
}

/** Cells → a row. `Campaign.Name` becomes a related row. */
function rowReader(
  header: readonly string[],
  types: Types,
  tracked: Types | null,
): (cells: readonly string[]) => Row {
  if (!header.includes('Id')) throw new BadPage('it has no column Id')
  const columns = header.map(name => ({ path: name.split('.'), type: types.get(name)?.type ?? 'string' }))
  return cells => {
    const row: Record<string, unknown> = {}
    for (const [i, { path, type }] of columns.entries()) put(row, path, parsed(type, cells[i] ?? ''))
    if (!isId(row.Id)) throw new BadPage('a row has no id')
    if (tracked) for (const name of ['OldValue', 'NewValue']) row[name] = trackedValue(row, name, tracked)
    return row
  }
}

function put(row: Record<string, unknown>, [name = '', inner]: string[], value: unknown): void {
  if (inner === undefined) row[name] = value
  else row[name] = { ...(row[name] as object | undefined), [inner]: value }
}

const NUMBERS = new Set(['int', 'double', 'currency', 'percent', 'long'])

/** Empty is null in bulk results: the two cannot be told apart. `#N/A` and `NA` are texts like any other. */
function parsed(type: string, text: string): unknown {
  if (type === 'boolean') return text === 'true'
  if (text === '') return null
  if (NUMBERS.has(type)) return Number(text)
  return type === 'datetime' ? text.replace(/Z$/, '+0000') : text
}

/** The old or new value of a tracked number; it comes as `5.0`. */
function trackedValue(row: Row, name: string, tracked: Types): unknown {
  const { type = '' } = tracked.get(String(row.Field)) ?? {}
  const value = row[name]
  return typeof value === 'string' && NUMBERS.has(type) ? Number(value) : value
}

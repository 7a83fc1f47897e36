import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { type CsvError, parse } from 'csv-parse'
import { ScenarioError } from './error.ts'
import { lineBreaks, Row } from './row.ts'
import { strictUtf8 } from './utf8.ts'

export interface Table {
  file: string
  /** Columns that must be there. */
  columns: readonly string[]
  /** Columns that may be there. */
  optional?: readonly string[]
  warn(message: string): void
}

/** Hands every row of a CSV file to `take`, one at a time, in the file's order. The row is reused. */
export async function eachRow(table: Table, take: (row: Row) => void): Promise<void> {
  const { file } = table
  let row: Row | undefined
  const count = new LineCount()
  const parser = parse({
    bom: true,
    skip_empty_lines: true,
    on_record(cells: string[], { lines }) {
      const line = count.endOf(cells, lines)
      if (row === undefined) {
        row = new Row(file, header(table, cells, line))
        return null
      }
      row.cells = cells
      row.endLine = line
      take(row)
      return null
    },
  })
  parser.resume()
  try {
    await pipeline(createReadStream(file), strictUtf8(file), parser)
  } catch (error) {
    throw readable(error, file, count)
  }
  if (row === undefined) throw empty(table)
}

/** Lines as an editor counts them; csv-parse counts a CRLF inside a cell as two. */
class LineCount {
  #parsed = 0
  #surplus = 0

  /** Last line of a record that ends at the parser's line. */
  endOf(cells: readonly string[], parsed: number): number {
    if (parsed !== this.#parsed + 1) this.#surplus += breaks(cells, '\r\n')
    this.#parsed = parsed
    return this.last
  }

  /** Last line of the last record. */
  get last(): number {
    return this.#parsed - this.#surplus
  }
}

const breaks = (cells: readonly string[], mark: string): number =>
  cells.reduce((sum, cell) => sum + cell.split(mark).length - 1, 0)

function header(
  { file, columns, optional = [], warn }: Table,
  cells: string[],
  line: number,
): Map<string, number> {
  const index = new Map<string, number>()
  const known = [...columns, ...optional]
  for (const [at, cell] of cells.entries()) {
    const name = cell.trim()
    if (index.has(name)) {
      throw new ScenarioError({ file, line, column: name }, 'appears twice in the header', 'keep one of them')
    }
    if (!known.includes(name))
      warn(`${file}, line ${line}: unknown column ${JSON.stringify(name)} is ignored`)
    index.set(name, at)
  }
  const missing = columns.find(column => !index.has(column))
  if (missing !== undefined) {
    const remedy = `the header must name ${columns.join(', ')}`
    throw new ScenarioError({ file, line, column: missing }, 'is missing from the header', remedy)
  }
  return index
}

function empty({ file, columns }: Table): ScenarioError {
  return new ScenarioError(
    { file, line: 1 },
    'the file is empty',
    `begin it with the header ${columns.join(',')}`,
  )
}

/** What csv-parse and the file system say, in our words. */
function readable(error: unknown, file: string, count: LineCount): unknown {
  const { code, record = [], lines = 0 } = error as CsvError & { record?: string[]; lines?: number }
  switch (code as string) {
    case 'ENOENT':
      return new ScenarioError({ file }, 'the file does not exist', 'a scenario folder needs it')
    case 'CSV_RECORD_INCONSISTENT_FIELDS_LENGTH':
      return new ScenarioError(
        { file, line: count.endOf(record, lines) - lineBreaks(record), value: record.at(-1) ?? '' },
        `ends a row of ${record.length} cells, which is not the header's number`,
        'put cells that hold a comma in quotes, and keep the commas of empty cells',
      )
    case 'CSV_QUOTE_NOT_CLOSED':
      return new ScenarioError(
        { file, line: count.last + 1 },
        'a quote opened in this row is never closed',
        'close it, and write a quote inside a cell twice ("")',
      )
    case 'CSV_INVALID_CLOSING_QUOTE':
    case 'INVALID_OPENING_QUOTE':
      return new ScenarioError(
        { file, line: count.endOf([], lines) },
        'a quote stands in the middle of a cell',
        'put the whole cell in quotes and write a quote inside it twice ("")',
      )
    default:
      return error
  }
}

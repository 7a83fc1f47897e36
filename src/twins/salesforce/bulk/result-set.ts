import type { Database } from '../database.ts'
import { quoted } from '../database.ts'
import { SalesforceError } from '../errors.ts'
import type { Field } from '../schema/field.ts'
import { type Plan, selectSql, valuesOf } from '../soql/plan.ts'
import type { Shape } from '../soql/select.ts'
import type { Value } from '../values.ts'
import { csvLine, csvValue, type Dialect } from './csv.ts'

/** Rows read from the file at once. */
const CHUNK = 500
/** The order the planner gives a query that asked for none. */
const UNASKED = 'ORDER BY t."Id"'

interface Column {
  name: string
  column: number
  field: Field
}

/** What a query job found, kept as it was when the job was made: a table of its own in the temporary file. */
export class ResultSet {
  readonly total: number
  readonly #database: Database
  readonly #table: string
  readonly #columns: readonly Column[]

  /** @throws SalesforceError when the query is none for the Bulk API */
  constructor(database: Database, plan: Plan, number: number) {
    this.#database = database
    this.#columns = columnsOf(plan)
    this.#table = `temp.${quoted(`bulk_${number}`)}`
    const names = plan.columns.map((_, i) => `c${i}`).join(', ')
    database.sql.exec(`CREATE TABLE ${this.#table} (n INTEGER PRIMARY KEY, ${names})`)
    // Results come chunk by chunk of keys, in no order; the other way round is no order a client may count on.
    const order = plan.order === UNASKED ? `${UNASKED} DESC` : plan.order
    const rows = database.sql
      .prepare(`INSERT INTO ${this.#table} (${names}) ${selectSql({ ...plan, order })}`)
      .run(...valuesOf(plan))
    this.total = Number(rows.changes)
  }

  /** The rows from `from` on, `count` of them at most, with the header, in pieces. */
  *csv(from: number, count: number, dialect: Dialect): Generator<string> {
    const names = this.#columns.map(({ name }) => name)
    yield csvLine(names, dialect)
    const statement = this.#database.sql.prepare(`SELECT * FROM ${this.#table} WHERE n > ? AND n <= ?`)
    statement.setReturnArrays(true)
    const end = Math.min(from + count, this.total)
    for (let at = from; at < end; at += CHUNK) {
      const rows = statement.all(at, Math.min(at + CHUNK, end)) as unknown as Value[][]
      yield rows.map(row => this.#line(row, dialect)).join('')
    }
  }

  drop(): void {
    this.#database.sql.exec(`DROP TABLE ${this.#table}`)
  }

  #line([, ...row]: Value[], dialect: Dialect): string {
    return csvLine(
      this.#columns.map(({ field, column }) => csvValue(field, row[column])),
      dialect,
    )
  }
}

function columnsOf({ result, offset }: Plan): Column[] {
  if (result.kind !== 'records') throw unsupported('Aggregate Relationships not supported in Bulk Query')
  if (offset > 0) throw unsupported('OFFSET clause is not supported in Bulk Query')
  return flat(result.shape, '')
}

/** Parents' fields are columns of their own: `Campaign.Name`. */
function flat(shape: Shape, path: string): Column[] {
  return [...shape.entries].flatMap(([name, entry]) => {
    if ('field' in entry) return [{ name: path + entry.field.name, column: entry.column, field: entry.field }]
    if ('run' in entry) throw unsupported('Nested query is not supported in Bulk Query')
    return flat(entry, `${path}${name}.`)
  })
}

const unsupported = (what: string) =>
  new SalesforceError(400, 'API_ERROR', `Implementation restriction: ${what}`)

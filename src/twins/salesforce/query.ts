import type { Database } from './database.ts'
import { quoted } from './database.ts'
import type { Days } from './days.ts'
import { SalesforceError } from './errors.ts'
import type { SObject } from './schema/field.ts'
import { printGroup } from './soql/aggregate.ts'
import { type Plan, planOf, selectSql, valuesOf } from './soql/plan.ts'
import { type Children, type Printed, printRecord, type Shape } from './soql/select.ts'
import type { Value } from './values.ts'

/** A page of results as GET /query answers it. */
export interface QueryResult {
  totalSize: number
  done: boolean
  nextRecordsUrl?: string
  records: Printed[]
}

export interface QueryOptions {
  /** True: queryAll. */
  deleted: boolean
  /** Rows a page, 200 to 2,000. */
  batchSize: number
  /** `/services/data/v66.0`, for the records' urls. */
  base: string
  now: number
  /** True: of the Tooling API. */
  tooling?: boolean
}

/** A result set fixed when it was asked for: the ids in order, in a temporary table. */
interface Cursor {
  plan: Plan
  table: string
  total: number
  /** Its last page has been given out; it stays a while because an answer can be lost on the way. */
  finished: boolean
}

const OPEN_CURSORS = 50
const FINISHED_CURSORS = 2

/** Answers SOQL with pages; results longer than a page are continued by a locator. */
export class Queries {
  readonly #database: Database
  readonly #days: () => Days
  readonly #view: (object: SObject) => SObject
  readonly #cursors = new Map<string, Cursor>()
  #opened = 0

  /** @param days the organisation's calendar days, for TODAY and its kin @param view what of an object may be seen */
  constructor(database: Database, days: () => Days, view: (object: SObject) => SObject = object => object) {
    this.#database = database
    this.#days = days
    this.#view = view
  }

  /** Runs a statement and gives its first page. @throws SalesforceError */
  run(text: string, options: QueryOptions): QueryResult {
    const plan = planOf(text, {
      today: { now: options.now, days: this.#days() },
      deleted: options.deleted,
      children: child => this.#children(child),
      view: this.#view,
      tooling: options.tooling,
    })
    if (plan.result.kind === 'count') return this.#count(plan)
    if (plan.result.kind === 'groups') {
      const { aggregate } = plan.result
      const records = this.#rows(selectSql(plan), valuesOf(plan)).map(row => printGroup(aggregate, row))
      return { totalSize: records.length, done: true, records }
    }
    return this.#firstPage(plan, plan.result.shape, options)
  }

  /** The page a locator stands for. @throws SalesforceError INVALID_QUERY_LOCATOR when it is unknown or too old */
  more(locator: string, options: Pick<QueryOptions, 'batchSize' | 'base'>): QueryResult {
    const [key = '', from = ''] = locator.split('-')
    const cursor = this.#cursors.get(key)
    if (!cursor || !/^\d+$/.test(from)) {
      throw new SalesforceError(400, 'INVALID_QUERY_LOCATOR', 'invalid query locator')
    }
    return this.#page(key, cursor, Number(from), options)
  }

  #count(plan: Plan): QueryResult {
    const inner = selectSql({ ...plan, order: '' }, ['1'])
    const [row] = this.#rows(`SELECT count(*) FROM (${inner})`, valuesOf(plan))
    return { totalSize: Number(row?.[0] ?? 0), done: true, records: [] }
  }

  #firstPage(plan: Plan, shape: Shape, options: QueryOptions): QueryResult {
    const { batchSize, base } = options
    const most = Math.min(plan.limit ?? Number.POSITIVE_INFINITY, batchSize + 1)
    const rows = this.#rows(selectSql({ ...plan, limit: most }), valuesOf(plan))
    if (rows.length > batchSize) {
      const [key, cursor] = this.#open(plan)
      return this.#page(key, cursor, 0, options)
    }
    const records = rows.map(row => printRecord(shape, row, base)!)
    return { totalSize: records.length, done: true, records }
  }

  #open(plan: Plan): [string, Cursor] {
    const number = ++this.#opened
    const table = `temp.${quoted(`cursor_${number}`)}`
    const sql = this.#database.sql
    sql.exec(`CREATE TABLE ${table} (n INTEGER PRIMARY KEY, id TEXT NOT NULL)`)
    const inserted = sql
      .prepare(`INSERT INTO ${table} (id) ${selectSql(plan, ['t."Id"'])}`)
      .run(...valuesOf(plan))
    const key = `0r8${number.toString(36).toUpperCase().padStart(15, '0')}`
    const cursor = { plan, table, total: Number(inserted.changes), finished: false }
    this.#cursors.set(key, cursor)
    this.#closeOldest()
    return [key, cursor]
  }

  #closeOldest(): void {
    const all = [...this.#cursors]
    const finished = all.filter(([, cursor]) => cursor.finished).slice(0, -FINISHED_CURSORS)
    const oldest = all.slice(0, -OPEN_CURSORS)
    for (const [key, { table }] of new Set([...finished, ...oldest])) {
      this.#cursors.delete(key)
      this.#database.sql.exec(`DROP TABLE ${table}`)
    }
  }

  /** Rows in the set's order with their values of now; which rows they are was settled at the start. */
  #page(
    key: string,
    cursor: Cursor,
    from: number,
    options: Pick<QueryOptions, 'batchSize' | 'base'>,
  ): QueryResult {
    const { plan, table, total } = cursor
    if (plan.result.kind !== 'records') throw new Error(`a cursor over ${plan.result.kind} cannot be`)
    const { shape } = plan.result
    const to = from + options.batchSize
    const rows = this.#rows(
      `SELECT ${plan.columns.join(', ')} FROM ${table} AS c
       CROSS JOIN ${quoted(plan.object.name)} AS t ON t."Id" = c.id ${plan.joins}
       WHERE c.n > ? AND c.n <= ? ORDER BY c.n`,
      [from, to],
    )
    const records = rows.map(row => printRecord(shape, row, options.base)!)
    cursor.finished ||= to >= total
    if (to >= total) return { totalSize: total, done: true, records }
    return { totalSize: total, done: false, nextRecordsUrl: `${options.base}/query/${key}-${to}`, records }
  }

  #children(plan: Plan): Children {
    const { result } = plan
    if (result.kind !== 'records') {
      throw new SalesforceError(400, 'MALFORMED_QUERY', 'Aggregate functions are not supported in a subquery')
    }
    const statement = this.#database.sql.prepare(selectSql(plan))
    statement.setReturnArrays(true)
    return {
      run: (parentId, base) => {
        const rows = statement.all(...valuesOf(plan, parentId)) as unknown as Value[][]
        if (rows.length === 0) return null
        return {
          totalSize: rows.length,
          done: true,
          records: rows.map(row => printRecord(result.shape, row, base)!),
        }
      },
    }
  }

  #rows(text: string, values: readonly Value[]): Value[][] {
    const statement = this.#database.sql.prepare(text)
    statement.setReturnArrays(true)
    return statement.all(...values) as unknown as Value[][]
  }
}

import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { inTransaction, preparer } from '../sqlite.ts'
import { recordId } from './ids.ts'
import type { Field, SObject } from './schema/field.ts'
import { sobjects } from './schema.ts'
import type { Row, Value } from './values.ts'

const PRAGMAS = `
  PRAGMA journal_mode = MEMORY;
  PRAGMA synchronous = OFF;
  PRAGMA temp_store = FILE;
  PRAGMA cache_size = -65536;
`

const PEOPLE = `
  CREATE TABLE person (
    person TEXT PRIMARY KEY, profile TEXT NOT NULL, owner TEXT, merged_into TEXT
  ) WITHOUT ROWID;
  CREATE TABLE person_record (
    person TEXT NOT NULL, object TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (person, object, id)
  ) WITHOUT ROWID;
  CREATE TABLE scenario_key (
    kind TEXT NOT NULL, key TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (kind, key)
  ) WITHOUT ROWID;
`

/** An identifier as SQL writes it; only names from the schema come here. */
export const quoted = (name: string): string => `"${name}"`

interface Statements {
  put: StatementSync
  get: StatementSync
  columns: readonly Field[]
}

/** Told of a record that is about to be changed; it can still be read as it is. */
export type Watcher = (object: SObject, id: string) => void

/**
 * The organisation's records: one table per object with the API's field names, in a file of its own or in
 * memory. It lives as long as the twin, so nothing is flushed to disk for safety.
 */
export class Database {
  readonly sql: DatabaseSync
  /** A statement, compiled once; for text from the program, not from requests. */
  readonly prepare: (text: string) => StatementSync
  readonly #statements = new Map<string, Statements>()
  readonly #last = new Map<string, number>()
  /** Columns that tables got later. */
  readonly #added = new Map<string, Field[]>()
  #watcher: Watcher | null = null

  /** @param file a path that does not exist yet, or `:memory:` */
  constructor(file: string) {
    this.sql = new DatabaseSync(file)
    this.prepare = preparer(this.sql)
    this.sql.exec(PRAGMAS)
    this.sql.exec(PEOPLE)
    for (const object of sobjects) this.sql.exec(createTable(object))
  }

  /** The next id of an object; ids of one object ascend. */
  nextId(object: SObject): string {
    const number = (this.#last.get(object.prefix) ?? 0) + 1
    this.#last.set(object.prefix, number)
    return recordId(object.prefix, number)
  }

  get isOpen(): boolean {
    return this.sql.isOpen
  }

  /** Who is told of changes; null: nobody. */
  watch(watcher: Watcher | null): void {
    this.#watcher = watcher
  }

  /** Inserts a record, or replaces the one with its Id; columns the row does not name become null. */
  put(object: SObject, row: Row): void {
    this.#watcher?.(object, String(row.Id))
    const { put, columns } = this.#of(object)
    const values: Value[] = new Array(columns.length)
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!
      values[i] = row[column.name] ?? (column.type === 'boolean' ? 0 : null)
    }
    put.run(...values)
  }

  /** The record with this 18-character id, deleted or not. */
  get(object: SObject, id: string): Row | undefined {
    return this.#of(object).get.get(id) as Row | undefined
  }

  /** Gives a table one more column, empty; one that it has already is emptied. */
  addColumn(object: SObject, field: Field): void {
    const [table, column] = [quoted(object.name), quoted(field.name)]
    const added = this.#added.get(object.name) ?? []
    if (object.byName.has(field.name.toLowerCase()) || added.some(({ name }) => name === field.name))
      this.sql.exec(`UPDATE ${table} SET ${column} = ${field.type === 'boolean' ? 0 : 'NULL'}`)
    else {
      this.sql.exec(`ALTER TABLE ${table} ADD COLUMN ${column} ${columnType(field)}`)
      this.#added.set(object.name, [...added, field])
    }
    this.#statements.delete(object.name)
  }

  /** Takes a record away for good. */
  remove(object: SObject, id: string): void {
    this.#watcher?.(object, id)
    this.prepare(`DELETE FROM ${quoted(object.name)} WHERE Id = ?`).run(id)
  }

  /** All records whose column has the value, in order of Id. */
  where(object: SObject, column: string, value: Value): Row[] {
    const text = `SELECT * FROM ${quoted(object.name)} WHERE ${quoted(column)} = ? ORDER BY Id`
    return this.prepare(text).all(value) as Row[]
  }

  /** Runs the work in one transaction, undone whole when it throws. */
  transaction<T>(work: () => T): T {
    return inTransaction(this.sql, work)
  }

  /** Builds the indexes and the planner's statistics; after a bulk load, because loading without them is faster. */
  buildIndexes(): void {
    for (const object of sobjects) {
      for (const column of object.indexes) this.sql.exec(createIndex(object, column))
    }
    this.sql.exec('ANALYZE')
  }

  /** Records by object, deleted ones included. */
  counts(): Record<string, number> {
    const count = ({ name }: SObject) =>
      this.prepare(`SELECT count(*) AS n FROM ${quoted(name)}`).get() as { n: number }
    return Object.fromEntries(sobjects.map(object => [object.name, count(object).n]))
  }

  close(): void {
    if (this.isOpen) this.sql.close()
  }

  #of(object: SObject): Statements {
    const known = this.#statements.get(object.name)
    if (known) return known
    const columns = [...object.fields, ...(this.#added.get(object.name) ?? [])]
    const names = columns.map(field => quoted(field.name)).join(', ')
    const marks = columns.map(() => '?').join(', ')
    const table = quoted(object.name)
    const statements = {
      put: this.sql.prepare(`INSERT OR REPLACE INTO ${table} (${names}) VALUES (${marks})`),
      get: this.sql.prepare(`SELECT * FROM ${table} WHERE Id = ?`),
      columns,
    }
    this.#statements.set(object.name, statements)
    return statements
  }
}

function createTable(object: SObject): string {
  const columns = object.fields.map(field => `${quoted(field.name)} ${columnType(field)}`)
  return `CREATE TABLE ${quoted(object.name)} (${columns.join(', ')}) WITHOUT ROWID`
}

/** Text compares without regard to case, as in SOQL; ids do not. What can be anything is kept as it comes. */
function columnType(field: Field): string {
  switch (field.type) {
    case 'id':
      return 'TEXT PRIMARY KEY'
    case 'reference':
    case 'date':
    case 'time':
      return 'TEXT'
    case 'boolean':
      return 'INTEGER NOT NULL DEFAULT 0'
    case 'datetime':
    case 'int':
      return 'INTEGER'
    case 'double':
    case 'currency':
    case 'percent':
      return 'REAL'
    case 'anyType':
      return ''
    default:
      return 'TEXT COLLATE NOCASE'
  }
}

/** An index carries the Id as its last column by itself, the tables being without rowid. */
function createIndex(object: SObject, column: string): string {
  const name = quoted(`${object.name}_${column}`)
  const only =
    object.byName.get(column.toLowerCase())?.type === 'boolean' ? ` WHERE ${quoted(column)} = 1` : ''
  return `CREATE INDEX IF NOT EXISTS ${name} ON ${quoted(object.name)} (${quoted(column)})${only}`
}

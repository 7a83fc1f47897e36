import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { inTransaction, preparer } from '../sqlite.ts'
import { type End, Feed } from './feed.ts'
import { OBJECTS, type ObjectType } from './objects.ts'
import type { Rec } from './record.ts'
import { createIndexes, createTables } from './schema.ts'
import { wordsOf } from './words.ts'

interface Row {
  id: number
  created: number
  modified: number
  archived_at: number | null
  key: string | null
  properties: string
  history: string
}

const COLUMNS = 'id, created, modified, archived_at, key, properties, history'
const FIRST_ID = 51
const DISSOCIATE = 'DELETE FROM association WHERE from_type = ? AND to_type = ? AND from_id = ? AND to_id = ?'

/** The records of the portal in one SQLite file. */
export class RecordStore {
  readonly db: DatabaseSync
  /** A statement by its text, prepared once. */
  readonly sql: (text: string) => StatementSync
  /** Hears of every record that is saved, associated, merged or purged. */
  readonly feed = new Feed()
  readonly #lastId = new Map<ObjectType, number>(OBJECTS.map(({ type }) => [type, FIRST_ID - 1]))

  /** @param file path of a new SQLite file, or `:memory:` @throws Error when it already holds records */
  constructor(file: string) {
    this.db = new DatabaseSync(file)
    this.db.function('words', { deterministic: true }, wordsOf)
    createTables(this.db, file)
    this.sql = preparer(this.db)
  }

  index(): void {
    createIndexes(this.db)
  }

  /** Runs inside the open transaction, or in one of its own. */
  transaction<T>(work: () => T): T {
    return inTransaction(this.db, work)
  }

  nextId(type: ObjectType): number {
    const id = this.#lastId.get(type)! + 1
    this.#lastId.set(type, id)
    return id
  }

  save(rec: Rec): void {
    if (!rec.unsaved) return
    const before = this.feed.watched && rec.unsaved !== 'new' ? this.get(rec.type, rec.id) : undefined
    const { id, created, modified, archivedAt, key } = rec
    const [properties, history] = [JSON.stringify(rec.properties), JSON.stringify(rec.history)]
    if (rec.unsaved === 'new') {
      this.sql(`INSERT INTO ${rec.type} (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)`) //
        .run(id, created, modified, archivedAt, key, properties, history)
    } else {
      this.sql(
        `UPDATE ${rec.type} SET modified = ?, archived_at = ?, properties = ?, history = ? WHERE id = ?`,
      ) //
        .run(modified, archivedAt, properties, history, id)
    }
    rec.unsaved = null
    if (this.feed.watched) this.feed.tell({ what: 'saved', before, after: structuredClone(rec) })
  }

  get(type: ObjectType, id: number): Rec | undefined {
    const row = this.sql(`SELECT ${COLUMNS} FROM ${type} WHERE id = ?`).get(id)
    return row && record(type, row as unknown as Row)
  }

  getAll(type: ObjectType, ids: readonly number[]): Rec[] {
    return this.select(type, 'id IN (SELECT value FROM json_each(?)) ORDER BY id', [JSON.stringify(ids)])
  }

  /** Records of a type under a condition with its order and limit. */
  select(type: ObjectType, condition: string, values: readonly (string | number)[]): Rec[] {
    const rows = this.sql(`SELECT ${COLUMNS} FROM ${type} WHERE ${condition}`).all(...values)
    return rows.map(row => record(type, row as unknown as Row))
  }

  /** In order of id from `from` on; `archived` gives the archived ones only. */
  page(type: ObjectType, from: number, limit: number, archived: boolean): Rec[] {
    const state = archived ? 'IS NOT NULL' : 'IS NULL'
    return this.select(type, `id >= ? AND archived_at ${state} ORDER BY id LIMIT ?`, [from, limit])
  }

  count(type: ObjectType): number {
    return this.sql(`SELECT count(*) AS n FROM ${type} WHERE archived_at IS NULL`).get()!.n as number
  }

  /** Both directions at once; no stamp moves. */
  associate(a: End, b: End): void {
    const insert = this.sql('INSERT OR IGNORE INTO association VALUES (?, ?, ?, ?)')
    const { changes } = insert.run(a.type, a.id, b.type, b.id)
    insert.run(b.type, b.id, a.type, a.id)
    if (changes) this.feed.tell({ what: 'associated', from: a, to: b })
  }

  dissociate(a: End, b: End): void {
    const remove = this.sql(DISSOCIATE)
    const { changes } = remove.run(a.type, b.type, a.id, b.id)
    remove.run(b.type, a.type, b.id, a.id)
    if (changes) this.feed.tell({ what: 'dissociated', from: a, to: b })
  }

  /** For good, with its associations, as a request for erasure wants it. */
  purge({ type, id }: End): void {
    this.sql('DELETE FROM association WHERE from_type = ? AND from_id = ?').run(type, id)
    this.sql('DELETE FROM association WHERE to_type = ? AND to_id = ?').run(type, id)
    this.sql(`DELETE FROM ${type} WHERE id = ?`).run(id)
    this.feed.tell({ what: 'purged', type, id })
  }

  /** Ids associated with a record, ascending, from `after` exclusive. */
  associated(from: ObjectType, id: number, to: ObjectType, after = 0, limit = -1): number[] {
    const text =
      'SELECT to_id FROM association WHERE from_type = ? AND to_type = ? AND from_id = ? AND to_id > ? ORDER BY to_id LIMIT ?'
    return this.sql(text)
      .all(from, to, id, after, limit)
      .map(row => row.to_id as number)
  }

  /** A merged record's associations and aliases move to the survivor. */
  replace(old: Rec, survivor: Rec): void {
    const { type } = old
    for (const other of OBJECTS) {
      for (const id of this.associated(type, old.id, other.type)) {
        this.dissociate(old, { type: other.type, id })
        const end = this.get(other.type, id)
        if (end) this.associate(survivor, end)
      }
    }
    this.sql('UPDATE alias SET id = ? WHERE type = ? AND id = ?').run(survivor.id, type, old.id)
    this.sql('INSERT INTO alias VALUES (?, ?, ?)').run(type, old.id, survivor.id)
    this.sql(`DELETE FROM ${type} WHERE id = ?`).run(old.id)
  }

  /** The id a merged record lives on under; the id itself for any other. */
  resolve(type: ObjectType, id: number): number {
    const row = this.sql('SELECT id FROM alias WHERE type = ? AND old = ?').get(type, id)
    return row ? (row.id as number) : id
  }

  close(): void {
    if (this.db.isOpen) this.db.close()
  }
}

function record(type: ObjectType, row: Row): Rec {
  return {
    type,
    id: row.id,
    created: row.created,
    modified: row.modified,
    archivedAt: row.archived_at,
    key: row.key,
    properties: JSON.parse(row.properties) as Rec['properties'],
    history: JSON.parse(row.history) as Rec['history'],
    unsaved: null,
  }
}

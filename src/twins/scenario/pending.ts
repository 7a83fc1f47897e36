import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { ScenarioEvent } from './types.ts'

const AT_ONCE = 500

/**
 * Events that wait for their instant, in a file, taken out in order of (at, seq). All in one transaction that
 * is never committed: the file is scratch space, not storage.
 */
export class PendingEvents {
  readonly #db: DatabaseSync
  readonly #insert: StatementSync
  #next = Number.POSITIVE_INFINITY
  #count = 0

  /** @param file path of a new SQLite file, or `:memory:` */
  constructor(file: string) {
    this.#db = new DatabaseSync(file)
    this.#db.exec(`
      PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
      CREATE TABLE pending (at INT, seq INT, event TEXT, PRIMARY KEY (at, seq)) WITHOUT ROWID;
      BEGIN`)
    this.#insert = this.#db.prepare('INSERT INTO pending VALUES (?, ?, ?)')
  }

  get count(): number {
    return this.#count
  }

  /** The instant of the earliest event, Infinity when none waits. */
  get next(): number {
    return this.#next
  }

  add(event: ScenarioEvent): void {
    this.#insert.run(event.at, event.seq, JSON.stringify(event))
    this.#next = Math.min(this.#next, event.at)
    this.#count++
  }

  /** Takes out the first few events at or before the instant; none when nothing is due. */
  take(now: number): ScenarioEvent[] {
    if (now < this.#next) return []
    const where = 'FROM pending WHERE at <= ? ORDER BY at, seq LIMIT ?'
    const rows = this.#db.prepare(`SELECT event ${where}`).all(now, AT_ONCE)
    this.#db.prepare(`DELETE FROM pending WHERE (at, seq) IN (SELECT at, seq ${where})`).run(now, AT_ONCE)
    this.#count -= rows.length
    const { at } = this.#db.prepare('SELECT min(at) AS at FROM pending').get() as { at: number | null }
    this.#next = at ?? Number.POSITIVE_INFINITY
    return rows.map(row => JSON.parse(row.event as string) as ScenarioEvent)
  }

  close(): void {
    if (this.#db.isOpen) this.#db.close()
  }
}

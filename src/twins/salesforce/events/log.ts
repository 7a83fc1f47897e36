import type { Database } from '../database.ts'

/** An event as subscribers get it, by its replay id. */
export interface LoggedEvent {
  replayId: number
  entity: string
  /** The message's `payload`. */
  payload: Record<string, unknown>
}

/** How long an event can be asked for again, on the organisation's clock. */
export const RETENTION_MS = 72 * 3_600_000

const TABLE = `
  CREATE TABLE change_event (
    replay INTEGER PRIMARY KEY, entity TEXT NOT NULL, at INTEGER NOT NULL, payload TEXT NOT NULL
  );
  CREATE INDEX change_event_entity ON change_event (entity, replay);
`

/** The events of the last three days in the order of their commits, in the organisation's file. */
export class EventLog {
  readonly #database: Database
  readonly #now: () => number
  /** Ids ascend and are not contiguous, as the vendor's. */
  #last = 100

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
    database.sql.exec(TABLE)
  }

  /** The newest id that was ever given, also of an event that is forgotten. */
  get newest(): number {
    return this.#last
  }

  append(entity: string, payload: Record<string, unknown>): void {
    this.#last += 1 + (this.#last % 3)
    this.#database
      .prepare('INSERT INTO change_event VALUES (?, ?, ?, ?)')
      .run(this.#last, entity, this.#now(), JSON.stringify(payload))
  }

  /** Events after an id, of one entity or of all, oldest first. */
  after(replayId: number, entity: string | null, limit: number): LoggedEvent[] {
    const rows = this.#database
      .prepare(
        `SELECT replay, entity, payload FROM change_event
         WHERE replay > ?1 AND (?2 IS NULL OR entity = ?2) ORDER BY replay LIMIT ?3`,
      )
      .all(replayId, entity, limit) as { replay: number; entity: string; payload: string }[]
    return rows.map(row => ({
      ...{ replayId: row.replay, entity: row.entity },
      payload: JSON.parse(row.payload) as Record<string, unknown>,
    }))
  }

  /** Whether one can still go on from this id. */
  holds(replayId: number): boolean {
    this.expire()
    return this.#database.prepare('SELECT 1 FROM change_event WHERE replay = ?').get(replayId) !== undefined
  }

  count(): number {
    this.expire()
    return this.#database.prepare('SELECT count(*) AS n FROM change_event').get()!.n as number
  }

  /** Forgets what is older than the retention. */
  expire(): void {
    this.#database.prepare('DELETE FROM change_event WHERE at < ?').run(this.#now() - RETENTION_MS)
  }

  /** Forgets everything. */
  clear(): void {
    this.#database.prepare('DELETE FROM change_event').run()
  }
}

import type { RecordStore } from './store.ts'

/** A change on its way from Salesforce that HubSpot shows at a later instant. */
export interface PendingChange {
  at: number
  person: string
  name: string
  value: string
}

/** Changes that wait for the clock, in the store; the earliest instant is kept at hand. */
export class PendingChanges {
  readonly #store: RecordStore
  #next = Number.POSITIVE_INFINITY

  constructor(store: RecordStore) {
    this.#store = store
  }

  add({ at, person, name, value }: PendingChange): void {
    this.#store.sql('INSERT INTO pending VALUES (?, ?, ?, ?)').run(at, person, name, value)
    this.#next = Math.min(this.#next, at)
  }

  /** Takes out what is due, in order of instant and arrival. */
  take(now: number): PendingChange[] {
    if (now < this.#next) return []
    const due = this.#store
      .sql('SELECT at, person, name, value FROM pending WHERE at <= ? ORDER BY at, rowid')
      .all(now)
    this.#store.sql('DELETE FROM pending WHERE at <= ?').run(now)
    const next = this.#store.sql('SELECT min(at) AS at FROM pending').get()!.at as number | null
    this.#next = next ?? Number.POSITIVE_INFINITY
    return due as unknown as PendingChange[]
  }
}

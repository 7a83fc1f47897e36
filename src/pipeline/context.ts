import type { IcsReader } from '../calendars/reader.ts'
import type { Crm } from '../crm/crm.ts'
import type { RetryPlan } from '../crm/retry.ts'
import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Database } from '../store/db.ts'

/** The part of a logger that the pipeline uses; pino's fits. */
export interface StageLog {
  info(detail: object, message: string): void
  warn(detail: object, message: string): void
}

/** What every stage works with. */
export interface Context {
  db: Database
  /** One of each vendor at most. */
  crms: readonly Crm[]
  /** Left out where no policy can name iCalendar data. */
  ics?: IcsReader | undefined
  /** The instant at which verdicts are passed; the demo's clock runs fast. */
  now: () => Instant
  log: StageLog
  /** Aborted when the process is to stop: the stage ends after the transaction at hand, with the signal's reason. */
  signal: AbortSignal
  tally: Tally
  /** Told after each page of a reading whose end is known. */
  reading?: ((at: Reading) => void) | undefined
  /** How writes are tried again within one push; by default as reads are. */
  retry?: RetryPlan | undefined
}

/** How far the reading of one object is, in records. */
export interface Reading {
  vendor: Vendor
  object: ObjectName
  done: number
  total: number
}

/** Tables whose changed rows are counted; cursors, marks and runs are bookkeeping. */
export type Counted =
  | 'record'
  | 'fact'
  | 'identity'
  | 'membership'
  | 'person'
  | 'person_record'
  | 'rep'
  | 'handoff'
  | 'promise'
  | 'target'

/** Rows inserted, updated or deleted, by table; only what was committed. */
export class Tally {
  readonly rows: Partial<Record<Counted, number>> = {}

  add(counts: Partial<Record<Counted, number>>): void {
    for (const [table, count] of Object.entries(counts) as [Counted, number][]) {
      if (count > 0) this.rows[table] = (this.rows[table] ?? 0) + count
    }
  }

  get rowsChanged(): number {
    return Object.values(this.rows).reduce((sum, count) => sum + count, 0)
  }
}

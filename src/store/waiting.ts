import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** What there is to do, whoever was told of it. */
export interface Waiting {
  /** Records are marked to be linked. */
  records: boolean
  /** Persons are marked to be judged, or fall due by `now`. */
  persons: boolean
}

/** The earliest wake-up is compared, not searched for: told that many are due, PostgreSQL would look for one row by row. */
export async function readWaiting(db: Queryable, now: Instant): Promise<Waiting> {
  const { rows } = await db.query<Waiting>(sql`
    select exists (select 1 from stale_record) as records,
      exists (select 1 from stale_person)
        or coalesce((select min(wake_at) from person) <= ${new Date(now)}::timestamptz, false) as persons`)
  return rows[0] ?? { records: false, persons: false }
}

/** Whether every object of `vendor` has been read to its end at least once; before that its silence means nothing. */
export async function everRead(
  db: Queryable,
  vendor: Vendor,
  objects: readonly ObjectName[],
): Promise<boolean> {
  const { rows } = await db.query<{ read: number }>(sql`
    select count(*)::integer as read from cursor
    where vendor = ${vendor} and object = any(${[...objects]}::text[]) and scanned_at is not null`)
  return rows[0]?.read === objects.length
}

/** The error of the last finished run of a kind; null: it went well or there was none. */
export async function lastError(db: Queryable, kind: string): Promise<string | null> {
  const { rows } = await db.query<{ error: string | null }>(sql`
    select error from run where kind = ${kind} and finished_at is not null order by id desc limit 1`)
  return rows[0]?.error ?? null
}

/** Forgets all runs but the newest `keep`. */
export async function forgetRuns(db: Queryable, keep: number): Promise<number> {
  const { count } = await db.query(
    sql`delete from run where id <= (select max(id) from run) - ${keep}::bigint`,
  )
  return count
}

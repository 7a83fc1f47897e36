import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/**
 * Makes the transaction see one state of the database until it ends, and change nothing: PostgreSQL refuses every write.
 * Must come first in it.
 */
export async function readOnly(tx: Queryable): Promise<void> {
  await tx.query(sql`set transaction isolation level repeatable read read only`)
}

/** Names the state that this transaction sees, for {@link adoptSnapshot}; the name is good for as long as the transaction lasts. */
export async function exportSnapshot(tx: Queryable): Promise<string> {
  const { rows } = await tx.query<{ name: string }>(sql`select pg_export_snapshot() as name`)
  return rows[0]!.name
}

/** As {@link readOnly}, seeing the state that another transaction named. */
export async function adoptSnapshot(tx: Queryable, name: string): Promise<void> {
  await readOnly(tx)
  // The name is no parameter of this statement; PostgreSQL makes it of digits, letters and hyphens.
  if (!/^[\w-]+$/.test(name)) throw new Error('that is not the name of a snapshot')
  await tx.query({ text: `set transaction snapshot '${name}'`, values: [] })
}

/** Opens a list of everybody for {@link nextPersons}, in order of their numbers. Returns how many they are. */
export async function listPersons(tx: Queryable): Promise<number> {
  await tx.query(sql`declare crowd scroll cursor for select id as person from person order by id`)
  return await length(tx)
}

/**
 * As {@link listPersons}, of whoever has a handoff with T1 in [from, to) by the verdicts stored, or may have one that was
 * not judged yet: persons that are marked, or whose records are.
 */
export async function listHandedOver(tx: Queryable, from: Instant, to: Instant): Promise<number> {
  await tx.query(sql`
    declare crowd scroll cursor for
    select person from handoff where t1 >= ${new Date(from)} and t1 < ${new Date(to)}
    union select person from stale_person
    union select person from stale_record join person_record using (ref)
    union select person from stale_record join membership on membership.deal = stale_record.ref
      join person_record on person_record.ref = membership.member
    order by person`)
  return await length(tx)
}

async function length(tx: Queryable): Promise<number> {
  const { count } = await tx.query(sql`move forward all in crowd`)
  await tx.query(sql`move absolute 0 in crowd`)
  return count
}

/** The next persons on the list; none: that was all. */
export async function nextPersons(tx: Queryable): Promise<number[]> {
  const { rows } = await tx.query<{ person: number }>(sql`fetch 300 from crowd`)
  return rows.map(row => row.person)
}

/** When the first and the last handoff known became an MQL; null: none is known. */
export async function readSpan(db: Queryable): Promise<{ first: Instant; last: Instant } | null> {
  const { rows } = await db.query<{ first: number | null; last: number | null }>(
    sql`select min(t1) as first, max(t1) as last from handoff`,
  )
  const { first, last } = rows[0]!
  return first === null || last === null ? null : { first, last }
}

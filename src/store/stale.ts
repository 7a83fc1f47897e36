import type { Ref } from '../domain/facts.ts'
import { CopyRows } from './copy.ts'
import type { Queryable, Tx } from './db.ts'
import { sql } from './sql.ts'

/** Notes leads, contacts and deals about which something changed, for {@link takeStaleRecords}. */
export async function markRecords(tx: Tx, refs: Iterable<Ref>): Promise<void> {
  const copy = new CopyRows()
  for (const ref of refs) copy.row(1).text(ref)
  if (copy.rows > 0) await tx.copy('stale_record (ref)', copy)
}

/** Notes persons to judge again, for {@link takeStalePersons}. */
export async function markPersons(tx: Tx, persons: Iterable<number>): Promise<void> {
  const copy = new CopyRows()
  for (const person of persons) copy.row(1).bigint(person)
  if (copy.rows > 0) await tx.copy('stale_person (person)', copy)
}

/** Takes up to `limit` marks off the list, each ref once; marks that others have taken are left to them. */
export async function takeStaleRecords(tx: Queryable, limit: number): Promise<Ref[]> {
  const { rows } = await tx.query<{ ref: Ref }>(sql`
    delete from stale_record where ctid = any(array(
      select ctid from stale_record order by ref limit ${limit} for update skip locked))
    returning ref`)
  return [...new Set(rows.map(row => row.ref))].sort()
}

/** Takes up to `limit` marks off the list, each person once. */
export async function takeStalePersons(tx: Queryable, limit: number): Promise<number[]> {
  const { rows } = await tx.query<{ person: number }>(sql`
    delete from stale_person where ctid = any(array(
      select ctid from stale_person order by person limit ${limit} for update skip locked))
    returning person`)
  return [...new Set(rows.map(row => row.person))]
}

/** Marks every person to be judged again. @returns how many */
export async function markEverybody(tx: Queryable): Promise<number> {
  return (await tx.query(sql`insert into stale_person (person) select id from person order by id`)).count
}

/**
 * Notes under which shared mailboxes records are linked from now on. When these are not those of the last time, every
 * person-like record is marked to be linked again.
 */
export async function linkUnder(tx: Queryable, sharedMailboxes: readonly string[]): Promise<void> {
  await tx.query(sql`
    with before as (select shared_mailboxes as shared from linked_under),
      changed as (
        update linked_under set shared_mailboxes = ${sharedMailboxes}::text[]
        where shared_mailboxes is distinct from ${sharedMailboxes}::text[] returning 1)
    insert into stale_record (ref) select distinct ref from identity
    where exists (select from changed) and (select shared from before) is not null order by ref`)
}

/** Keeps the planner on indexes until the transaction ends: what is read must not grow with the tables. */
export async function readByIndex(tx: Queryable): Promise<void> {
  await tx.query(sql`
    select set_config('enable_seqscan', 'off', true), set_config('enable_hashjoin', 'off', true),
      set_config('enable_mergejoin', 'off', true), set_config('enable_bitmapscan', 'off', true)`)
}

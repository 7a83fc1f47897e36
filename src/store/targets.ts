import type { OwnedFields } from '../domain/desired.ts'
import { type ObjectName, parseRef, type Ref, type Vendor } from '../domain/facts.ts'
import { jsonText } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Our fields of one record; every field the vendor has is present. */
export interface Shown {
  ref: Ref
  fields: Partial<OwnedFields>
}

/** What a record shows that we never wrote to. */
const BLANK: OwnedFields = {
  overdue: false,
  status: null,
  due: null,
  reason: null,
  mqlAt: null,
  assignedAt: null,
  firstAttemptAt: null,
  sqlAt: null,
  attempts: null,
  followUpMinutes: null,
  followUpHours: null,
  mqlToSqlHours: null,
  handoff: null,
  outcome: null,
  feedbackReason: null,
  feedbackNote: null,
}

/** The fields in `names`, absent ones blank, so that two such objects are equal when the CRM shows the same. */
export function complete(
  fields: Partial<OwnedFields> | null,
  names: readonly (keyof OwnedFields)[],
): Partial<OwnedFields> {
  return Object.fromEntries(names.map(name => [name, fields?.[name] ?? BLANK[name]]))
}

export function isBlank(fields: Partial<OwnedFields>): boolean {
  return Object.entries(fields).every(([name, value]) => value === BLANK[name as keyof OwnedFields])
}

/**
 * Sets what records should show. A record that shows nothing of ours and should not needs no row.
 * A change of the desired values gives a parked record another chance.
 */
export async function storeDesired(tx: Queryable, vendor: Vendor, shown: readonly Shown[]): Promise<number> {
  if (shown.length === 0) return 0
  const blank = jsonText(complete(null, Object.keys(shown[0]!.fields) as (keyof OwnedFields)[]))
  const refs = shown.map(row => row.ref)
  const desired = shown.map(row => jsonText(row.fields))
  const objects = refs.map(ref => parseRef(ref).object)
  const { count } = await tx.query(sql`
    insert into target (ref, vendor, object, desired, acked, original, seq)
    select new.ref, ${vendor}, new.object, new.desired, ${blank}::jsonb, ${blank}::jsonb, nextval('target_seq')
    from unnest(${refs}::text[], ${objects}::text[], ${desired}::jsonb[]) as new (ref, object, desired)
    where new.desired <> ${blank}::jsonb or exists (select from target where target.ref = new.ref)
    order by new.ref
    on conflict (ref) do update set desired = excluded.desired, seq = excluded.seq, attempts = 0,
      next_at = '-infinity', error = null
    where target.desired is distinct from excluded.desired`)
  return count
}

/**
 * Lets go of records that can no longer be written: deleted, converted. What they show is remembered, should they come back.
 */
export async function withdrawDesired(tx: Queryable, refs: readonly Ref[]): Promise<number> {
  if (refs.length === 0) return 0
  const { count } = await tx.query(sql`
    with closed as materialized (
      select ref from target where ref = any(${refs}::text[]) and desired is not null order by ref for update)
    update target set desired = null, seq = nextval('target_seq') from closed where target.ref = closed.ref`)
  return count
}

/** Takes note of what records that we had never seen show: an earlier installation may have written there. */
export async function insertFound(tx: Queryable, vendor: Vendor, found: readonly Shown[]): Promise<number> {
  if (found.length === 0) return 0
  const refs = found.map(row => row.ref)
  const { count } = await tx.query(sql`
    insert into target (ref, vendor, object, acked, original, seq)
    select new.ref, ${vendor}, new.object, new.acked, new.acked, nextval('target_seq')
    from unnest(${refs}::text[], ${refs.map(ref => parseRef(ref).object)}::text[],
      ${found.map(row => jsonText(row.fields))}::jsonb[]) as new (ref, object, acked)
    order by new.ref
    on conflict (ref) do nothing`)
  return count
}

/**
 * Compares what a page shows with what we believe. An echo of our own write is equal and changes nothing. A difference
 * can be somebody's edit, or a page older than our last write: the record is marked to be read before it is written.
 */
export async function doubtDifferent(tx: Queryable, shown: readonly Shown[]): Promise<number> {
  if (shown.length === 0) return 0
  const { count } = await tx.query(sql`
    update target set doubt = true
    from unnest(${shown.map(row => row.ref)}::text[], ${shown.map(row => jsonText(row.fields))}::jsonb[])
      as seen (ref, fields)
    where target.ref = seen.ref and not target.doubt and target.acked <> seen.fields
      and (target.sending is null or target.acked || target.sending <> seen.fields)`)
  return count
}

/** The next targets by ref after `after`, with what they should show; for reading the CRMs back. */
export async function readTargets(
  db: Queryable,
  vendor: Vendor,
  object: ObjectName,
  after: Ref | '',
  limit: number,
): Promise<Shown[]> {
  const { rows } = await db.query<Shown>(sql`
    select ref, desired as fields from target
    where vendor = ${vendor} and object = ${object} and ref > ${after} and desired is not null
    order by ref limit ${limit}`)
  return rows
}

import type { IdentityKey, Membership, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { CopyRows } from './copy.ts'
import type { Queryable, Tx } from './db.ts'
import { sql } from './sql.ts'

/** An identity key with the record that carries it. */
export interface IdentityRow extends IdentityKey {
  ref: Ref
}

/** A membership with the record that says so. */
export interface MembershipRow extends Membership {
  via: Ref
}

/** Stores identity keys of records that had none. */
export async function insertIdentity(tx: Tx, rows: readonly IdentityRow[]): Promise<number> {
  if (rows.length === 0) return 0
  const copy = new CopyRows()
  for (const row of rows) copy.row(3).text(row.ref).text(row.key).text(row.reason)
  await tx.copy('identity (ref, key, reason)', copy)
  return rows.length
}

/** Makes `rows` the identity keys of `refs`. */
export async function replaceIdentity(
  tx: Queryable,
  refs: readonly Ref[],
  rows: readonly IdentityRow[],
): Promise<number> {
  const [ref, key] = [rows.map(row => row.ref), rows.map(row => row.key)]
  const removed = await tx.query(sql`
    delete from identity where ref = any(${refs}::text[])
      and (ref, key) not in (select * from unnest(${ref}::text[], ${key}::text[]))`)
  const stored = await tx.query(sql`
    insert into identity (ref, key, reason)
    select * from unnest(${ref}::text[], ${key}::text[], ${rows.map(row => row.reason)}::text[]) order by 1, 2
    on conflict (ref, key) do update set reason = excluded.reason where identity.reason <> excluded.reason`)
  return removed.count + stored.count
}

/** Stores memberships of records that stated none. */
export async function insertMemberships(
  tx: Tx,
  rows: readonly MembershipRow[],
  now: Instant,
): Promise<number> {
  if (rows.length === 0) return 0
  const copy = new CopyRows()
  for (const row of rows) copy.row(4).text(row.via).text(row.deal).text(row.member).instant(now)
  await tx.copy('membership (via, deal, member, known_at)', copy)
  return rows.length
}

/** Makes `rows` the memberships that the records `vias` state; those that are no more are kept as past. */
export async function replaceMemberships(
  tx: Queryable,
  vias: readonly Ref[],
  rows: readonly MembershipRow[],
  now: Instant,
): Promise<number> {
  const time = new Date(now)
  const { rows: counts } = await tx.query<{ changed: number }>(sql`
    with new as materialized (
      select * from unnest(
        ${rows.map(row => row.via)}::text[], ${rows.map(row => row.deal)}::text[],
        ${rows.map(row => row.member)}::text[]) as row (via, deal, member)
    ), gone as (
      delete from membership where via = any(${vias}::text[]) and (via, deal, member) not in (select * from new)
      returning *
    ), past as (
      insert into membership_past (via, deal, member, known_at, known_until)
      select via, deal, member, known_at, ${time}::timestamptz from gone where known_at < ${time}::timestamptz
    ), stored as (
      insert into membership (via, deal, member, known_at)
      select new.*, ${time}::timestamptz from new order by via, deal, member
      on conflict do nothing returning 1
    )
    select (select count(*) from gone) + (select count(*) from stored) as changed`)
  return counts[0]?.changed ?? 0
}

/** The deals and members that records now tie together. */
export async function readTied(tx: Queryable, vias: readonly Ref[]): Promise<Ref[]> {
  const { rows } = await tx.query<{ deal: Ref; member: Ref }>(
    sql`select deal, member from membership where via = any(${vias}::text[])`,
  )
  return rows.flatMap(row => [row.deal, row.member])
}

import type { IdentityKey, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'
import type { IdentityRow } from './ties.ts'

/** A person-like record and the person it belongs to. */
export interface Placement {
  ref: Ref
  person: number
  /** What tied it to the person's other records, and by which identity key. */
  reason: IdentityKey['reason']
  key: string
}

const LOCK = 72_400_003

/** Makes linkers take turns until the transaction ends: two could otherwise make one human two persons. */
export async function lockLinking(tx: Queryable): Promise<void> {
  await tx.query(sql`select pg_advisory_xact_lock(${LOCK})`)
}

/**
 * The identity keys of every record that can belong to a person together with one of `refs`: by shared keys, or because
 * they are one person now. Keys of shared mailboxes (local parts in `shared`) tie nobody and are left out.
 */
export async function readClosure(
  tx: Queryable,
  refs: readonly Ref[],
  shared: readonly string[],
): Promise<IdentityRow[]> {
  const { rows } = await tx.query<IdentityRow>(sql`
    with recursive near (ref) as (
      select ref collate "C" from unnest(${refs}::text[]) as mark (ref)
      union
      select next.ref from near cross join lateral (
        select other.ref from identity own join identity other on other.key = own.key
        where own.ref = near.ref and (own.reason <> 'email'
          or split_part(substr(own.key, 7), '@', 1) <> all(${shared}::text[]))
        union all
        select other.ref from person_record own join person_record other on other.person = own.person
        where own.ref = near.ref) next)
    select identity.ref, identity.key, identity.reason from near join identity on identity.ref = near.ref
    where identity.reason <> 'email' or split_part(substr(identity.key, 7), '@', 1) <> all(${shared}::text[])`)
  return rows
}

/** Where records are placed now. */
export async function readPlacements(tx: Queryable, refs: readonly Ref[]): Promise<Placement[]> {
  const { rows } = await tx.query<Placement>(
    sql`select ref, person, reason, key from person_record where ref = any(${refs}::text[])`,
  )
  return rows
}

/** New persons; their ids. */
export async function createPersons(tx: Queryable, count: number): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(
    sql`insert into person (wake_at) select null from generate_series(1, ${count}::integer) returning id`,
  )
  return rows.map(row => row.id).sort((a, b) => a - b)
}

/** Places records; those already there with the same reason are left alone. Where the others were is kept as past. */
export async function placeRecords(
  tx: Queryable,
  placements: readonly Placement[],
  now: Instant,
): Promise<number> {
  if (placements.length === 0) return 0
  const time = new Date(now)
  const { count } = await tx.query(sql`
    with new as materialized (
      select * from unnest(
        ${placements.map(row => row.ref)}::text[], ${placements.map(row => row.person)}::bigint[],
        ${placements.map(row => row.reason)}::text[], ${placements.map(row => row.key)}::text[]
      ) as row (ref, person, reason, key)
    ), past as (
      insert into person_record_past (ref, person, reason, key, known_at, known_until)
      select old.ref, old.person, old.reason, old.key, old.known_at, ${time}::timestamptz
      from new join person_record old using (ref)
      where (old.person, old.reason, old.key) is distinct from (new.person, new.reason, new.key)
        and old.known_at < ${time}::timestamptz)
    insert into person_record (ref, person, reason, key, known_at)
    select new.*, ${time}::timestamptz from new order by ref
    on conflict (ref) do update set person = excluded.person, reason = excluded.reason, key = excluded.key,
      known_at = excluded.known_at
    where (person_record.person, person_record.reason, person_record.key)
      is distinct from (excluded.person, excluded.reason, excluded.key)`)
  return count
}

/** The persons of these leads and contacts, and of everybody tied to these deals. */
export async function personsOf(tx: Queryable, refs: readonly Ref[]): Promise<number[]> {
  const { rows } = await tx.query<{ person: number }>(sql`
    select person from person_record where ref = any(${refs}::text[])
    union select person_record.person from membership join person_record on person_record.ref = membership.member
    where membership.deal = any(${refs}::text[])`)
  return rows.map(row => row.person)
}

/** A person-like record of a person, as judging needs it. */
export interface PersonRecord {
  person: number
  ref: Ref
  deleted: boolean
}

export async function readPersonRecords(tx: Queryable, persons: readonly number[]): Promise<PersonRecord[]> {
  const { rows } = await tx.query<PersonRecord>(sql`
    select person_record.person, person_record.ref, record.deleted_at is not null as deleted
    from person_record join record on record.ref = person_record.ref
    where person_record.person = any(${persons}::bigint[])
    order by person_record.ref`)
  return rows
}

/**
 * Makes judges of the same persons take turns until the transaction ends.
 * @returns the hash of the verdict last stored on each; null: never judged. Persons that are no more are missing.
 */
export async function lockPersons(
  tx: Queryable,
  persons: readonly number[],
): Promise<Map<number, string | null>> {
  const { rows } = await tx.query<{ id: number; verdict: string | null }>(
    sql`select id, verdict from person where id = any(${persons}::bigint[]) order by id for update`,
  )
  return new Map(rows.map(({ id, verdict }) => [id, verdict?.replaceAll('-', '') ?? null]))
}

/** Persons that fell due at or before `now`, the longest due first; those another judge holds are left to it. */
export async function takeDuePersons(tx: Queryable, now: Instant, limit: number): Promise<number[]> {
  const { rows } = await tx.query<{ id: number }>(sql`
    select id from person where wake_at <= ${new Date(now)} order by wake_at limit ${limit} for update skip locked`)
  return rows.map(row => row.id)
}

/** What judging leaves with a person. */
export interface Standing {
  person: number
  /** When to judge again; null: never. */
  wakeAt: Instant | null
  /** Hash of the verdict, 32 hexadecimal digits. */
  verdict: string
}

/** @returns how many changed */
export async function storeStandings(tx: Queryable, standings: readonly Standing[]): Promise<number> {
  const times = standings.map(({ wakeAt }) => (wakeAt === null ? null : new Date(wakeAt)))
  const { count } = await tx.query(sql`
    update person set wake_at = new.wake_at, verdict = new.verdict
    from unnest(${standings.map(row => row.person)}::bigint[], ${times}::timestamptz[],
      ${standings.map(row => row.verdict)}::uuid[]) as new (id, wake_at, verdict)
    where person.id = new.id and (person.wake_at, person.verdict) is distinct from (new.wake_at, new.verdict)`)
  return count
}

/** Forgets persons among `persons` that have no record left. */
export async function removeEmptyPersons(tx: Queryable, persons: readonly number[]): Promise<number> {
  const { count } = await tx.query(sql`
    delete from person where id = any(${persons}::bigint[])
      and not exists (select from person_record where person_record.person = person.id)`)
  return count
}

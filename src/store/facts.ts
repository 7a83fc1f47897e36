import type { Fact, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { CopyRows, jsonText } from './copy.ts'
import type { Queryable, Tx } from './db.ts'
import { justAfter } from './known.ts'
import { sql } from './sql.ts'

/** One fact, ready to be stored; `data` is the JSON text of what only its kind has. */
export interface FactRow {
  source: Ref
  key: string
  subject: Ref
  kind: Fact['kind']
  origin: Fact['origin']
  at: Instant
  data: string
}

export function factRow(source: Ref, fact: Fact): FactRow {
  const { source: _, key, subject, kind, origin, at, ...data } = fact
  return { source, key, subject, kind, origin, at, data: jsonText(data) }
}

type StoredFact = Omit<FactRow, 'data'> & { data: object }

export function toFact(row: StoredFact): Fact {
  const { source, key, subject, kind, origin, at } = row
  return { ...row.data, source, key, subject, kind, origin, at } as Fact
}

/** Stores facts of records that had none. */
export async function insertFacts(tx: Tx, rows: readonly FactRow[], now: Instant): Promise<number> {
  if (rows.length === 0) return 0
  const copy = new CopyRows()
  for (const row of rows) {
    copy.row(8).text(row.source).text(row.key).text(row.subject).text(row.kind).text(row.origin)
    copy.instant(row.at).jsonb(row.data).instant(now)
  }
  await tx.copy('fact (source, key, subject, kind, origin, at, data, known_at)', copy)
  return rows.length
}

/**
 * Makes `rows` the facts of `sources`, except for what was observed, which no record can say again.
 * A fact that says the same as before is left alone and keeps its known_at; what is overwritten or gone is kept as past.
 */
export async function replaceFacts(
  tx: Queryable,
  sources: readonly Ref[],
  rows: readonly FactRow[],
  now: Instant,
): Promise<number> {
  const time = new Date(now)
  const { rows: counts } = await tx.query<{ changed: number }>(sql`
    with new as materialized (
      select * from unnest(
        ${rows.map(row => row.source)}::text[], ${rows.map(row => row.key)}::text[],
        ${rows.map(row => row.subject)}::text[], ${rows.map(row => row.kind)}::text[],
        ${rows.map(row => row.origin)}::text[], ${rows.map(row => new Date(row.at))}::timestamptz[],
        ${rows.map(row => row.data)}::jsonb[]
      ) as row (source, key, subject, kind, origin, at, data)
    ), gone as (
      delete from fact where source = any(${sources}::text[]) and origin <> 'observed'
        and (source, key) not in (select source, key from new)
      returning *
    ), stored as (
      insert into fact (source, key, subject, kind, origin, at, data, known_at)
      select new.*, ${time}::timestamptz from new order by source, key
      on conflict (source, key) do update set subject = excluded.subject, kind = excluded.kind,
        origin = excluded.origin, at = excluded.at, data = excluded.data, known_at = excluded.known_at
      where (fact.subject, fact.kind, fact.origin, fact.at, fact.data)
        is distinct from (excluded.subject, excluded.kind, excluded.origin, excluded.at, excluded.data)
      returning 1
    ), past as (
      insert into fact_past (source, key, subject, kind, origin, at, data, known_at, known_until)
      select old.*, ${time}::timestamptz from (
        select * from gone
        union all select fact.* from new join fact using (source, key)
        where (fact.subject, fact.kind, fact.origin, fact.at, fact.data)
          is distinct from (new.subject, new.kind, new.origin, new.at, new.data)
      ) old where known_at < ${time}::timestamptz
    )
    select (select count(*) from gone) + (select count(*) from stored) as changed`)
  return counts[0]?.changed ?? 0
}

/** The facts that records now state, by record. */
export async function readFacts(tx: Queryable, sources: readonly Ref[]): Promise<Map<Ref, Fact[]>> {
  const { rows } = await tx.query<StoredFact>(sql`
    select source, key, subject, kind, origin, at, data from fact where source = any(${sources}::text[])`)
  return factsBy(rows, row => row.source)
}

/** Facts about any record of these persons and about their deals, by person; rows read do not grow with the table. */
export async function readPersonFacts(
  tx: Queryable,
  persons: readonly number[],
): Promise<Map<number, Fact[]>> {
  const { rows } = await tx.query<StoredFact & { person: number }>(sql`
    with own as materialized (select person, ref from person_record where person = any(${persons}::bigint[])),
    about as materialized (
      select person, ref from own
      union select own.person, membership.deal from own join membership on membership.member = own.ref)
    select about.person, source, key, subject, kind, origin, at, data
    from about join fact on fact.subject = about.ref`)
  return factsBy(rows, row => row.person)
}

/** The facts about one person as known at an instant: of the records and deals that were theirs by what was known then. */
export async function readKnownFacts(tx: Queryable, person: number, knownAt: Instant): Promise<Fact[]> {
  const after = justAfter(knownAt)
  const { rows } = await tx.query<StoredFact>(sql`
    with own as materialized (
      select ref from person_record_ever
      where person = ${person}::bigint and known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz
    ), about as materialized (
      select ref from own
      union select deal from own join membership_ever on member = ref
      where known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz)
    select source, key, subject, kind, origin, at, data from about join fact_ever on subject = ref
    where known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz`)
  return rows.map(toFact)
}

function factsBy<R extends StoredFact, K>(rows: readonly R[], key: (row: R) => K): Map<K, Fact[]> {
  const groups = Map.groupBy(rows, key)
  return new Map([...groups].map(([of, stored]) => [of, stored.map(toFact)]))
}

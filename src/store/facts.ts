import type { Fact, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { CopyRows, jsonText } from './copy.ts'
import type { Queryable, Tx } from './db.ts'
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
  await tx.copy('fact (source, key, subject, kind, origin, at, data, known_at)', copy.finish())
  return rows.length
}

/**
 * Makes `rows` the facts of `sources`, except for what was observed, which no record can say again.
 * A fact that says the same as before is left alone and keeps its known_at.
 */
export async function replaceFacts(
  tx: Queryable,
  sources: readonly Ref[],
  rows: readonly FactRow[],
  now: Instant,
): Promise<number> {
  const keys = [rows.map(row => row.source), rows.map(row => row.key)]
  const removed = await tx.query(sql`
    delete from fact where source = any(${sources}::text[]) and origin <> 'observed'
      and (source, key) not in (select * from unnest(${keys[0]}::text[], ${keys[1]}::text[]))`)
  const stored = await tx.query(sql`
    insert into fact (source, key, subject, kind, origin, at, data, known_at)
    select new.*, ${new Date(now)} from unnest(
      ${keys[0]}::text[], ${keys[1]}::text[], ${rows.map(row => row.subject)}::text[], ${rows.map(row => row.kind)}::text[],
      ${rows.map(row => row.origin)}::text[], ${rows.map(row => new Date(row.at))}::timestamptz[],
      ${rows.map(row => row.data)}::jsonb[]
    ) as new (source, key, subject, kind, origin, at, data)
    order by new.source, new.key
    on conflict (source, key) do update set subject = excluded.subject, kind = excluded.kind,
      origin = excluded.origin, at = excluded.at, data = excluded.data, known_at = excluded.known_at
    where (fact.subject, fact.kind, fact.origin, fact.at, fact.data)
      is distinct from (excluded.subject, excluded.kind, excluded.origin, excluded.at, excluded.data)`)
  return removed.count + stored.count
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

function factsBy<R extends StoredFact, K>(rows: readonly R[], key: (row: R) => K): Map<K, Fact[]> {
  const groups = Map.groupBy(rows, key)
  return new Map([...groups].map(([of, stored]) => [of, stored.map(toFact)]))
}

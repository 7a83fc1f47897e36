import type { IdentityKey, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Database, Queryable } from './db.ts'
import { justAfter, LATEST } from './known.ts'
import { FORMS, type Needle, readNeedle } from './needle.ts'
import { sql } from './sql.ts'
import { readByIndex } from './stale.ts'

/** Nobody is known under what was typed. */
export class NobodyFound extends Error {
  override name = 'NobodyFound'
}

/** One of several persons that something typed may mean. */
export interface Found {
  person: number
  name: string | null
  company: string | null
  refs: Ref[]
}

/** More than this many are not listed. */
const MOST = 20

/**
 * The persons somebody may mean, in order of their number: by e-mail address, record id, ref or number of the person.
 * A deal or activity finds the persons it is about. Every look-up is along an index.
 * @param knownAt whose records they were, by what was known then; names and addresses are today's
 * @throws NobodyFound naming what was typed and what forms are understood
 */
export async function findPersons(db: Database, typed: string, knownAt: Instant = LATEST): Promise<Found[]> {
  const needle = readNeedle(typed)
  if (!needle) throw new NobodyFound(`'${typed}' is nothing a person can be found by; give ${FORMS}`)
  const found = await db.tx(async tx => {
    await readByIndex(tx)
    return await readMeant(tx, needle, knownAt)
  })
  if (found.length === 0) throw new NobodyFound(`nobody is known as '${typed}'; give ${FORMS}`)
  return found
}

async function readMeant(tx: Queryable, { refs, email, person }: Needle, knownAt: Instant): Promise<Found[]> {
  const after = justAfter(knownAt)
  const { rows } = await tx.query<Found>(sql`
    with near as (
      select * from unnest(${refs.map(one => one.from)}::text[], ${refs.map(one => one.to)}::text[]) as range (low, high)
    ), hit as (
      select own.ref from near cross join lateral (
        select ref from person_record where ref >= low and ref < high order by ref limit ${MOST}) own
      union select said.subject from near cross join lateral (
        select subject from fact where source >= low and source < high order by source limit ${MOST}) said
      union select ref from identity where key = ${email === null ? null : `email:${email}`}
    ), theirs as (
      select ref from hit union select member from hit join membership on deal = ref
    ), meant as (
      select person from theirs join person_record_ever using (ref)
      where known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz
      union select person from person_record_ever where person = ${person}::bigint
        and known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz
    ), own as materialized (
      select person, ref from meant join person_record_ever using (person)
      where known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz
    )
    select meant.person, who.name, who.company, array(
      select ref from own where own.person = meant.person order by ref) as refs
    from meant left join lateral (
      select coalesce(data -> 'profile' ->> 'name', data -> 'profile' ->> 'email') as name,
        data -> 'profile' ->> 'company' as company
      from own join fact on fact.source = own.ref and fact.kind = 'created'
      where own.person = meant.person
      order by data -> 'profile' ->> 'name' is null, data -> 'profile' ->> 'company' is null, fact.source desc limit 1
    ) who on true
    order by meant.person limit ${MOST}`)
  return rows
}

/** A record of a person and why it belongs to them. */
export interface LinkedRecord {
  ref: Ref
  reason: IdentityKey['reason']
  /** The identity key that tied it. */
  key: string
}

/** The records of a person as known at an instant, in order of their names; none: there was no such person. */
export async function readLinkedRecords(
  db: Queryable,
  person: number,
  knownAt: Instant,
): Promise<LinkedRecord[]> {
  const after = justAfter(knownAt)
  const { rows } = await db.query<LinkedRecord>(sql`
    select ref, reason, key from person_record_ever
    where person = ${person}::bigint and known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz
    order by ref`)
  return rows
}

/** From when until when a person was known. */
export interface KnownSpan {
  from: Instant
  /** Null: still. */
  until: Instant | null
  /** The persons to whom its records belong now. */
  heirs: number[]
}

/** Null: there never was such a person. */
export async function readKnownSpan(db: Queryable, person: number): Promise<KnownSpan | null> {
  const { rows } = await db.query<{ from: Instant | null; until: Instant; heirs: number[] }>(sql`
    with own as materialized (
      select ref, known_at, known_until from person_record_ever where person = ${person}::bigint)
    select min(known_at) as from, max(known_until) as until, array(
      select person::float8 from own join person_record using (ref)
      group by person order by person) as heirs
    from own`)
  const [row] = rows
  if (!row || row.from === null) return null
  return { ...row, from: row.from, until: row.until === LATEST ? null : row.until }
}

/** What the CRMs call the accounts whose records are held here. */
export async function readAccounts(db: Queryable): Promise<Record<string, string>> {
  const { rows } = await db.query<{ vendor: string; account: string }>(
    sql`select vendor, account from connection where account is not null`,
  )
  return Object.fromEntries(rows.map(row => [row.vendor, row.account]))
}

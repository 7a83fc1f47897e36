import type { IdentityKey, Ref } from '../domain/facts.ts'
import type { Queryable } from './db.ts'
import { FORMS, readNeedle } from './needle.ts'
import { sql } from './sql.ts'

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
 * @throws NobodyFound naming what was typed and what forms are understood
 */
export async function findPersons(db: Queryable, typed: string): Promise<Found[]> {
  const needle = readNeedle(typed)
  if (!needle) throw new NobodyFound(`'${typed}' is nothing a person can be found by; give ${FORMS}`)
  const { refs, email, person } = needle
  const { rows } = await db.query<Found>(sql`
    with near as (
      select * from unnest(${refs.map(one => one.from)}::text[], ${refs.map(one => one.to)}::text[]) as range (low, high)
    ), hit as (
      select own.ref from near cross join lateral (
        select ref from person_record where ref >= low and ref < high order by ref limit ${MOST}) own
      union select said.subject from near cross join lateral (
        select subject from fact where source >= low and source < high order by source limit ${MOST}) said
      union select ref from identity where key = ${email === null ? null : `email:${email}`}
    ), meant as (
      select person from hit join person_record using (ref)
      union select person_record.person from hit join membership on membership.deal = hit.ref
        join person_record on person_record.ref = membership.member
      union select id from person where id = ${person}::bigint
    )
    select meant.person, who.name, who.company, array(
      select ref from person_record where person_record.person = meant.person order by ref) as refs
    from meant left join lateral (
      select coalesce(data -> 'profile' ->> 'name', data -> 'profile' ->> 'email') as name,
        data -> 'profile' ->> 'company' as company
      from person_record join fact on fact.source = person_record.ref and fact.kind = 'created'
      where person_record.person = meant.person
      order by data -> 'profile' ->> 'name' is null, data -> 'profile' ->> 'company' is null, fact.source desc limit 1
    ) who on true
    order by meant.person limit ${MOST}`)
  if (rows.length === 0) throw new NobodyFound(`nobody is known as '${typed}'; give ${FORMS}`)
  return rows
}

/** A record of a person and why it belongs to them. */
export interface LinkedRecord {
  ref: Ref
  reason: IdentityKey['reason']
  /** The identity key that tied it. */
  key: string
  deleted: boolean
}

/** The records of a person in order of their names; none: there is no such person. */
export async function readLinkedRecords(db: Queryable, person: number): Promise<LinkedRecord[]> {
  const { rows } = await db.query<LinkedRecord>(sql`
    select person_record.ref, person_record.reason, person_record.key, record.deleted_at is not null as deleted
    from person_record left join record using (ref) where person = ${person}::bigint order by ref`)
  return rows
}

/** What the CRMs call the accounts whose records are held here. */
export async function readAccounts(db: Queryable): Promise<Record<string, string>> {
  const { rows } = await db.query<{ vendor: string; account: string }>(
    sql`select vendor, account from connection where account is not null`,
  )
  return Object.fromEntries(rows.map(row => [row.vendor, row.account]))
}

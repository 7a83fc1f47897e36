import type { Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** The account of `vendor` whose records this database holds; `account` becomes it when there was none. */
export async function claimAccount(db: Queryable, vendor: Vendor, account: string): Promise<string> {
  const known = await db.query<{ account: string | null }>(
    sql`select account from connection where vendor = ${vendor}`,
  )
  if (known.rows[0]?.account) return known.rows[0].account
  const { rows } = await db.query<{ account: string }>(sql`
    insert into connection (vendor, account) values (${vendor}, ${account})
    on conflict (vendor) do update set account = coalesce(connection.account, excluded.account)
    returning account`)
  return rows[0]!.account
}

/** A CRM that refuses our credentials. */
export interface Refusing {
  vendor: Vendor
  since: Instant
  /** What a person has to do; no secret in it. */
  reason: string
}

/** Notes that a CRM refuses our credentials; since when, if it did so before, stays. */
export async function noteRefusing(db: Queryable, { vendor, since, reason }: Refusing): Promise<void> {
  await db.query(sql`
    insert into connection (vendor, refused_since, refusal) values (${vendor}, ${new Date(since)}, ${reason})
    on conflict (vendor) do update
      set refused_since = coalesce(connection.refused_since, excluded.refused_since), refusal = excluded.refusal`)
}

/** The credentials work. */
export async function noteAccepted(db: Queryable, vendor: Vendor): Promise<void> {
  await db.query(sql`
    update connection set refused_since = null, refusal = null
    where vendor = ${vendor} and refused_since is not null`)
}

/** The CRMs that refuse our credentials, as the last process to try found. */
export async function readRefusing(db: Queryable): Promise<Refusing[]> {
  const { rows } = await db.query<Refusing>(sql`
    select vendor, refused_since as since, refusal as reason from connection
    where refused_since is not null order by vendor`)
  return rows
}

/** What is known of each CRM: the account whose records we hold, and what keeps us out. */
export interface ConnectionRow {
  vendor: Vendor
  account: string | null
  refusal: string | null
}

export async function readConnections(db: Queryable): Promise<ConnectionRow[]> {
  const { rows } = await db.query<ConnectionRow>(sql`
    select vendor, account, case when refused_since is not null then refusal end as refusal
    from connection order by vendor`)
  return rows
}

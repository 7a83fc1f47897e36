import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** A record to which something happened, by its CRM's own word. */
export interface Hint {
  object: ObjectName
  id: string
}

export interface StoredHint extends Hint {
  seq: number
}

/** Forgotten with one delivery at most, so that none waits long for what others left behind. */
const FORGET = 100

/**
 * Keeps a delivery's signature until it is too old to be valid, and forgets some that are.
 * @returns false when it was taken before: a replay
 */
export async function takeDelivery(
  tx: Queryable,
  signature: Buffer,
  now: Instant,
  validMs: number,
): Promise<boolean> {
  await tx.query(sql`
    delete from delivery where ctid = any(array(
      select ctid from delivery where at < ${new Date(now - validMs)} limit ${FORGET} for update skip locked))`)
  const { count } = await tx.query(sql`
    insert into delivery (signature, at) values (${signature}, ${new Date(now)}) on conflict do nothing`)
  return count === 1
}

/** Notes records to read by id. One that waits already is told anew. In order of id, so that two deliveries cannot block each other. */
export async function storeHints(tx: Queryable, vendor: Vendor, hints: readonly Hint[]): Promise<void> {
  if (hints.length === 0) return
  await tx.query(sql`
    insert into hint (vendor, object, id)
    select distinct ${vendor}, told.object, told.id
    from unnest(${hints.map(hint => hint.object)}::text[], ${hints.map(hint => hint.id)}::text[]) as told (object, id)
    order by told.object, told.id
    on conflict (vendor, object, id) do update set seq = default`)
}

/** The records that wait longest, up to `limit`; they stay until {@link settleHints}. */
export async function readHints(db: Queryable, vendor: Vendor, limit: number): Promise<StoredHint[]> {
  const { rows } = await db.query<StoredHint>(sql`
    select object, id, seq from hint where vendor = ${vendor} order by seq limit ${limit}`)
  return rows
}

/** Forgets hints, except those that were told again since they were read. */
export async function settleHints(tx: Queryable, hints: readonly StoredHint[]): Promise<void> {
  await tx.query(sql`delete from hint where seq = any(${hints.map(hint => hint.seq)}::bigint[])`)
}

/** Which of these CRMs told us of records that still have to be read. */
export async function readHinting(db: Queryable, vendors: readonly Vendor[]): Promise<Vendor[]> {
  const { rows } = await db.query<{ vendor: Vendor }>(sql`
    select vendor from unnest(${vendors}::text[]) as of (vendor)
    where exists (select from hint where hint.vendor = of.vendor)`)
  return rows.map(row => row.vendor)
}

/** What a CRM tells by itself. */
export interface Heard {
  /** When its last delivery came, by the clock of the process that took it; null: none ever did. */
  lastAt: Instant | null
  /** Records it told of that still have to be read. */
  waiting: number
}

/** Deliveries are HubSpot's. @param atMost waiting records are counted up to here */
export async function readHeard(db: Queryable, vendor: Vendor, atMost: number): Promise<Heard> {
  const { rows } = await db.query<Heard>(sql`
    select (select max(at) from delivery where ${vendor} = 'hubspot') as "lastAt",
      (select count(*) from (select from hint where vendor = ${vendor} limit ${atMost}) as told) as waiting`)
  return rows[0]!
}

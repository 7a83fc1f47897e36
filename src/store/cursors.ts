import type { Cursor } from '../crm/crm.ts'
import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { LastReads } from '../domain/polling.ts'
import { DAY, type Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Another process has stored a later page of the same object; ours is repeated from its cursor, if at all. */
export class Overtaken extends Error {
  constructor(vendor: Vendor, object: ObjectName) {
    super(`${vendor}: another process is reading ${object}`)
    this.name = 'Overtaken'
  }
}

/** Where the scan of `object` stands; null: nothing has been read yet. */
export async function readCursor(db: Queryable, vendor: Vendor, object: ObjectName): Promise<Cursor | null> {
  const found = await db.query<{ value: Cursor | null }>(
    sql`select value from cursor where vendor = ${vendor} and object = ${object}`,
  )
  if (found.rows[0] !== undefined) return found.rows[0].value
  await db.query(
    sql`insert into cursor (vendor, object) values (${vendor}, ${object}) on conflict do nothing`,
  )
  return await readCursor(db, vendor, object)
}

/**
 * Makes writers of one object take turns until the transaction ends.
 * @throws Overtaken when the cursor is no longer the one the page was read from.
 */
export async function lockCursor(
  tx: Queryable,
  vendor: Vendor,
  object: ObjectName,
  expected: Cursor | null,
): Promise<void> {
  const { rows } = await tx.query<{ same: boolean }>(sql`
    select value is not distinct from ${expected && jsonText(expected)}::jsonb as same
    from cursor where vendor = ${vendor} and object = ${object} for update`)
  if (rows[0]?.same !== true) throw new Overtaken(vendor, object)
}

/** Makes writers of one object take turns until the transaction ends, wherever its scan stands. */
export async function lockObject(tx: Queryable, vendor: Vendor, object: ObjectName): Promise<void> {
  await tx.query(
    sql`insert into cursor (vendor, object) values (${vendor}, ${object}) on conflict do nothing`,
  )
  await tx.query(sql`select from cursor where vendor = ${vendor} and object = ${object} for update`)
}

/** What a page adds to what we know of an object. */
export interface Progress {
  /** Where the scan stands after it; null: these records were not of a scan. */
  cursor: Cursor | null
  /** The newest stamp among its records; null: it had none. */
  lastChange: Instant | null
  /** Records stored for the first time. */
  fresh: number
}

export async function storeCursor(
  tx: Queryable,
  vendor: Vendor,
  object: ObjectName,
  { cursor, lastChange, fresh }: Progress,
): Promise<void> {
  const change = lastChange === null ? null : new Date(lastChange)
  await tx.query(sql`
    update cursor set value = coalesce(${cursor && jsonText(cursor)}::jsonb, value), records = records + ${fresh},
      last_change = greatest(last_change, ${change}::timestamptz)
    where vendor = ${vendor} and object = ${object}`)
}

/** Salesforce empties its recycle bin after 15 days, and then a deletion leaves no trace; a day is left for the scan. */
const TRACELESS = 14 * DAY

/** Notes that a scan has caught up with the CRM, and when the one before it is so long ago that it may have missed deletions. */
export async function endScan(
  db: Queryable,
  vendor: Vendor,
  object: ObjectName,
  now: Instant,
): Promise<void> {
  await db.query(
    sql`update cursor set scanned_at = ${new Date(now)}, wanted = false,
      blind_since = coalesce(blind_since, case when scanned_at < ${new Date(now - TRACELESS)} then scanned_at end)
      where vendor = ${vendor} and object = ${object}`,
  )
}

/** Of each object of `vendor` that was begun. */
export async function readScans(db: Queryable, vendor: Vendor): Promise<LastReads> {
  const { rows } = await db.query<{ object: ObjectName; at: Instant | null; wanted: boolean }>(
    sql`select object, scanned_at as at, wanted from cursor where vendor = ${vendor}`,
  )
  return new Map(rows.map(({ object, at, wanted }) => [object, { at, wanted }]))
}

/** Notes that these objects are to be asked with the next poll, whenever that is: they go with one that has changed. */
export async function want(tx: Queryable, vendor: Vendor, objects: readonly ObjectName[]): Promise<void> {
  if (objects.length === 0) return
  await tx.query(sql`
    update cursor set wanted = true
    where vendor = ${vendor} and object = any(${[...objects]}::text[]) and not wanted`)
}

/** Where those scans of `vendor` that ended once go on from. */
export async function readCursors(
  db: Queryable,
  vendor: Vendor,
  objects: readonly ObjectName[],
): Promise<{ object: ObjectName; cursor: Cursor }[]> {
  const { rows } = await db.query<{ object: ObjectName; cursor: Cursor }>(sql`
    select object, value as cursor from cursor
    where vendor = ${vendor} and object = any(${[...objects]}::text[]) and scanned_at is not null`)
  return rows
}

/** Notes that objects are as fresh as they have to be, though nobody asked. */
export async function noteFresh(
  db: Queryable,
  vendor: Vendor,
  objects: readonly ObjectName[],
  now: Instant,
): Promise<void> {
  await db.query(sql`
    update cursor set fresh_at = ${new Date(now)}
    where vendor = ${vendor} and object = any(${[...objects]}::text[]) and scanned_at is not null`)
}

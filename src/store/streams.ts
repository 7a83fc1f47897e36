import type { Heard } from '../crm/crm.ts'
import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { want } from './cursors.ts'
import type { Database, Queryable } from './db.ts'
import { storeHints } from './hints.ts'
import { sql } from './sql.ts'

/** The advisory lock of whoever listens to a CRM's change events; its second number is the vendor's. */
const LISTENING = 72_403

/** How the change events of one object come. */
export interface EventStream {
  vendor: Vendor
  object: ObjectName
  /** Why they do not; null: they do. */
  refusal: string | null
  /** Changes were lost then, and no reading has ended since; null: none. */
  missedAt: Instant | null
  heardAt: Instant
}

/** Where each stream of a CRM goes on. */
export async function readPositions(
  db: Queryable,
  vendor: Vendor,
): Promise<ReadonlyMap<ObjectName, string | null>> {
  const { rows } = await db.query<{ object: ObjectName; position: string | null }>(
    sql`select object, position from event_stream where vendor = ${vendor}`,
  )
  return new Map(rows.map(({ object, position }) => [object, position]))
}

/** Keeps what was told: records to read, objects to ask at once, and where the streams go on after it. */
export async function storeHeard(
  tx: Queryable,
  vendor: Vendor,
  { records, ask, missed, streams }: Heard,
  now: Instant,
): Promise<void> {
  await storeHints(tx, vendor, records)
  await want(tx, vendor, ask)
  await tx.query(
    sql`update event_stream set heard_at = ${new Date(now)} where vendor = ${vendor} and refusal is null`,
  )
  await tx.query(sql`
    insert into event_stream (vendor, object, position, refusal, heard_at)
    select ${vendor}, object, position, refusal, ${new Date(now)}
    from unnest(${streams.map(one => one.object)}::text[], ${streams.map(one => one.position)}::text[],
      ${streams.map(one => one.refusal)}::text[]) as at (object, position, refusal)
    on conflict (vendor, object) do update
      set position = excluded.position, refusal = excluded.refusal, heard_at = excluded.heard_at`)
  await tx.query(sql`
    update event_stream set missed_at = ${new Date(now)} where vendor = ${vendor} and object = any(${missed}::text[])`)
}

/** Notes why no change is told; the positions stay. */
export async function noteUnheard(
  db: Queryable,
  vendor: Vendor,
  objects: readonly ObjectName[],
  { reason, now }: { reason: string; now: Instant },
): Promise<void> {
  await db.query(sql`
    insert into event_stream (vendor, object, refusal, heard_at)
    select ${vendor}, object, ${reason}, ${new Date(now)} from unnest(${[...objects]}::text[]) as of (object)
    on conflict (vendor, object) do update set refusal = excluded.refusal`)
}

/** Forgets where CRMs were left that nobody listens to any more. */
export async function forgetStreams(db: Queryable, listened: readonly Vendor[]): Promise<void> {
  await db.query(sql`delete from event_stream where not vendor = any(${[...listened]}::text[])`)
}

/** Of every CRM that is listened to. */
export async function readStreams(db: Queryable): Promise<EventStream[]> {
  const { rows } = await db.query<EventStream>(sql`
    select s.vendor, s.object, s.refusal, s.heard_at as "heardAt",
      case when c.scanned_at > s.missed_at or c.scanned_at = s.missed_at and not c.wanted then null
        else s.missed_at end as "missedAt"
    from event_stream as s left join cursor as c using (vendor, object) order by s.vendor, s.object`)
  return rows
}

/**
 * Runs `work` unless another process does so for this CRM: an advisory lock of a connection of its own, which ends with
 * the process, however that ends. @param work its signal is aborted when the lock is lost
 * @returns false when another one does
 */
export async function listeningAlone(
  db: Database,
  vendor: Vendor,
  work: (lost: AbortSignal) => Promise<void>,
): Promise<boolean> {
  const session = await db.session()
  try {
    const { rows } = await session.query<{ got: boolean }>(
      sql`select pg_try_advisory_lock(${LISTENING}, hashtext(${vendor})) as got`,
    )
    if (rows[0]?.got !== true) return false
    await work(session.lost)
    return true
  } finally {
    await session.close().catch(() => undefined)
  }
}

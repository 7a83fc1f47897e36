import type { CensusRecord, Cursor } from '../crm/crm.ts'
import type { Compared, Healed, Pair, Vanishing } from '../domain/certificate.ts'
import { type ObjectName, type Ref, ref as refOf, type Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { CopyRows, jsonText } from './copy.ts'
import { Overtaken } from './cursors.ts'
import type { Queryable, Tx } from './db.ts'
import { sql } from './sql.ts'

/** How far a pass over one object has come. */
export interface Pass {
  vendor: Vendor
  object: ObjectName
  step: number
  /** By the server's clock. */
  until: Instant
  /** By ours. */
  startedAt: Instant
  state: PassState
}

export interface PassState {
  /** Where the census goes on; null: it has ended. */
  census: Cursor | null
  /** The last record compared; null: none yet. */
  compared: Ref | null
  sum: Compared
  healed: Healed
  /** Requests sent so far. */
  calls: number
}

/** The pass over an object that is under way; null: none. */
export async function readPass(db: Queryable, vendor: Vendor, object: ObjectName): Promise<Pass | null> {
  const { rows } = await db.query<Pass>(sql`
    select vendor, object, step, until, started_at as "startedAt", state from reconcile
    where vendor = ${vendor} and object = ${object}`)
  return rows[0] ?? null
}

/**
 * Begins a pass, in place of `left` where one was interrupted too long ago.
 * @throws Overtaken when another process has begun one
 */
export async function beginPass(tx: Queryable, pass: Pass, left: Pass | null): Promise<void> {
  const { vendor, object, step, until, startedAt, state } = pass
  if (left !== null) await savePass(tx, left, left.state)
  await (left === null ? forgetCounted(tx, vendor, object) : endPass(tx, vendor, object))
  const { count } = await tx.query(sql`
    insert into reconcile (vendor, object, step, until, started_at, state)
    values (${vendor}, ${object}, ${step}, ${new Date(until)}, ${new Date(startedAt)}, ${jsonText(state)}::jsonb)
    on conflict do nothing`)
  if (count === 0) throw new Overtaken(vendor, object)
}

/**
 * Stores how far a pass has come; the row is locked until the transaction ends.
 * @returns the pass, a step further
 * @throws Overtaken when another process works at it
 */
export async function savePass(tx: Queryable, pass: Pass, state: PassState): Promise<Pass> {
  const { count } = await tx.query(sql`
    update reconcile set state = ${jsonText(state)}::jsonb, step = step + 1
    where vendor = ${pass.vendor} and object = ${pass.object} and step = ${pass.step}
      and started_at = ${new Date(pass.startedAt)}`)
  if (count === 0) throw new Overtaken(pass.vendor, pass.object)
  return { ...pass, step: pass.step + 1, state }
}

/** Forgets a pass and what it counted. */
export async function endPass(tx: Queryable, vendor: Vendor, object: ObjectName): Promise<void> {
  await tx.query(sql`delete from reconcile where vendor = ${vendor} and object = ${object}`)
  await forgetCounted(tx, vendor, object)
}

async function forgetCounted(tx: Queryable, vendor: Vendor, object: ObjectName): Promise<void> {
  const { first, end } = range(vendor, object)
  await tx.query(sql`delete from census where ref > ${first} and ref < ${end}`)
}

/** Notes records as the CRM lists them. */
export async function storeCounted(
  tx: Tx,
  vendor: Vendor,
  object: ObjectName,
  records: readonly CensusRecord[],
): Promise<void> {
  if (records.length === 0) return
  const copy = new CopyRows()
  for (const { id, stamp, deleted, unstamped } of records) {
    copy
      .row(4)
      .text(refOf(vendor, object, id))
      .instant(stamp)
      .boolean(deleted)
    copy.jsonb(unstamped === undefined ? null : jsonText(unstamped))
  }
  await tx.copy('census (ref, stamp, deleted, unstamped)', copy)
}

/** Takes back that the CRM lists these records, for a look at them said otherwise. */
export async function dropCounted(tx: Queryable, refs: readonly Ref[]): Promise<void> {
  await tx.query(sql`delete from census where ref = any(${refs}::text[])`)
}

/** How much the mirror holds and the census lacks, of what had settled by `until`. */
export async function readVanishing(
  db: Queryable,
  { vendor, object, until }: Pick<Pass, 'vendor' | 'object' | 'until'>,
): Promise<Vanishing> {
  const { first, end } = range(vendor, object)
  const { rows } = await db.query<Vanishing>(sql`
    with counted as (
      select distinct on (ref) ref, deleted from census where ref > ${first} and ref < ${end}
      order by ref, stamp desc
    ), mirror as (
      select ref from record where ref > ${first} and ref < ${end} and deleted_at is null
        and modified_at <= ${new Date(until)}::timestamptz)
    select (select count(*) from counted where not deleted) as counted, count(*) as alive,
      count(*) filter (where counted.ref is null) as vanished
    from mirror left join counted on counted.ref = mirror.ref`)
  return rows[0]!
}

/** The record up to which the next pairs go, about `limit` of them; null: up to the last. */
export async function readBound(
  db: Queryable,
  { vendor, object }: Pick<Pass, 'vendor' | 'object'>,
  after: Ref | null,
  limit: number,
): Promise<Ref | null> {
  const { first, end } = range(vendor, object)
  const from = after ?? first
  const { rows } = await db.query<{ bound: Ref | null }>(sql`
    select least(
      (select ref from census where ref > ${from} and ref < ${end} order by ref offset ${limit - 1} limit 1),
      (select ref from record where ref > ${from} and ref < ${end} order by ref offset ${limit - 1} limit 1)
    ) as bound`)
  return rows[0]?.bound ?? null
}

type PairRow = { ref: Ref; alike: boolean } & Record<'crmStamp' | 'mirrorStamp', Instant | null> &
  Record<'crmDeleted' | 'mirrorDeleted', boolean | null>

/** Every record after `after` up to `bound` that the CRM or the mirror has, by name. */
export async function readPairs(
  db: Queryable,
  { vendor, object }: Pick<Pass, 'vendor' | 'object'>,
  after: Ref | null,
  bound: Ref | null,
): Promise<Pair[]> {
  const { first, end } = range(vendor, object)
  const from = after ?? first
  const { rows } = await db.query<PairRow>(sql`
    with crm as (
      select distinct on (ref) ref, stamp, deleted, unstamped from census
      where ref > ${from} and ref <= ${bound ?? end} order by ref, stamp desc
    ), mirror as (
      select record.ref, coalesce(verified.stamp, record.modified_at) as stamp, deleted_at is not null as deleted, fields
      from record left join verified
        on verified.ref = record.ref and verified.modified_at = record.modified_at
      where record.ref > ${from} and record.ref <= ${bound ?? end})
    select coalesce(crm.ref, mirror.ref) as ref, crm.stamp as "crmStamp", crm.deleted as "crmDeleted",
      mirror.stamp as "mirrorStamp", mirror.deleted as "mirrorDeleted",
      coalesce(fields || unstamped = fields, true) as alike
    from crm full join mirror on mirror.ref = crm.ref order by 1`)
  return rows.map(({ ref, crmStamp, crmDeleted, mirrorStamp, mirrorDeleted, alike }) => ({
    ref,
    crm: crmStamp === null ? null : { stamp: crmStamp, deleted: crmDeleted === true },
    mirror: mirrorStamp === null ? null : { stamp: mirrorStamp, deleted: mirrorDeleted === true },
    alike,
  }))
}

/** Notes that records which a look found unchanged carry these stamps now. */
export async function noteVerified(
  tx: Queryable,
  seen: readonly { ref: Ref; stamp: Instant }[],
): Promise<void> {
  await tx.query(sql`
    insert into verified (ref, modified_at, stamp)
    select record.ref, record.modified_at, seen.stamp
    from unnest(
      ${seen.map(({ ref }) => ref)}::text[], ${seen.map(({ stamp }) => new Date(stamp))}::timestamptz[]
    ) as seen (ref, stamp)
      join record on record.ref = seen.ref and record.modified_at <> seen.stamp
    order by record.ref
    on conflict (ref) do update set modified_at = excluded.modified_at, stamp = excluded.stamp`)
}

/** The names of an object's records lie strictly between these. */
const range = (vendor: Vendor, object: ObjectName) => ({
  first: `${vendor}:${object}:`,
  // The character after the colon.
  end: `${vendor}:${object};`,
})

import type { ObjectName, Ref, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Database, Queryable, Session } from './db.ts'
import { sql } from './sql.ts'
import { readByIndex } from './stale.ts'
import type { Shown } from './targets.ts'

/** The right to write targets; it ends with the connection that holds it, and so with the process. */
export interface Claim {
  number: number
  session: Session
}

const LOCKS = 72_400
const CLAIMING = 72_401

/** Takes a claim number that no living process has. */
export async function openClaim(db: Database): Promise<Claim> {
  const session = await db.session()
  try {
    const { rows } = await session.query<{ number: number }>(
      sql`select nextval('claim_number')::integer as number`,
    )
    const { number } = rows[0]!
    await session.query(sql`select pg_advisory_lock(${LOCKS}, ${number}::integer)`)
    return { number, session }
  } catch (error) {
    await session.close().catch(() => {})
    throw error
  }
}

export async function closeClaim(claim: Claim): Promise<void> {
  await claim.session.close().catch(() => {})
}

/**
 * Puts in doubt what processes that no longer live were writing: it may have arrived or not.
 * @returns targets put in doubt.
 */
export async function releaseDeadClaims(db: Database): Promise<number> {
  const { rows } = await db.tx(async tx => {
    await readByIndex(tx)
    return await tx.query<{ number: number }>(
      sql`select distinct claimed_by as number from target where claimed_by is not null`,
    )
  })
  let released = 0
  for (const { number } of rows) released += await db.tx(tx => releaseIfDead(tx, number))
  return released
}

async function releaseIfDead(tx: Queryable, number: number): Promise<number> {
  const { rows } = await tx.query<{ free: boolean }>(
    sql`select pg_try_advisory_xact_lock(${LOCKS}, ${number}::integer) as free`,
  )
  if (rows[0]?.free !== true) return 0
  await readByIndex(tx)
  const { count } = await tx.query(sql`
    with theirs as materialized (
      select ref from target where claimed_by = ${number}::integer order by ref for update)
    update target set claimed_by = null, sending = null, doubt = true, attempts = greatest(attempts - 1, 0)
    from theirs where target.ref = theirs.ref`)
  return count
}

/** Claims up to `limit` targets that are to be written and returns the fields that differ. Claimers take turns: batches are full. */
export async function claimDirty(
  tx: Queryable,
  claim: Claim,
  vendor: Vendor,
  object: ObjectName,
  now: Instant,
  limit: number,
): Promise<Shown[]> {
  await tx.query(sql`select pg_advisory_xact_lock(${CLAIMING}, hashtext(${`${vendor}:${object}`}))`)
  await readByIndex(tx)
  const { rows } = await tx.query<Shown>(sql`
    with next as materialized (
      select ref from target
      where vendor = ${vendor} and object = ${object} and next_at <= ${new Date(now)}
        and desired <> acked and claimed_by is null and not doubt
      order by next_at, ref limit ${limit} for update skip locked)
    update target set claimed_by = ${claim.number}::integer, attempts = attempts + 1, sending = (
      select jsonb_object_agg(want.key, want.value) from jsonb_each(target.desired) want
      where target.acked -> want.key is distinct from want.value)
    from next where target.ref = next.ref
    returning target.ref, target.sending as fields`)
  return rows
}

/** Claims up to `limit` targets that must be read before they are written. */
export async function claimDoubtful(
  tx: Queryable,
  claim: Claim,
  vendor: Vendor,
  object: ObjectName,
  limit: number,
): Promise<Ref[]> {
  await readByIndex(tx)
  const { rows } = await tx.query<{ ref: Ref }>(sql`
    with next as materialized (
      select ref from target
      where vendor = ${vendor} and object = ${object} and doubt and claimed_by is null
      order by ref limit ${limit} for update skip locked)
    update target set claimed_by = ${claim.number}::integer from next where target.ref = next.ref
    returning target.ref`)
  return rows.map(row => row.ref)
}

/** The CRM took the values: they are what it shows now. */
export async function acknowledge(
  tx: Queryable,
  claim: Claim,
  refs: readonly Ref[],
  now: Instant,
): Promise<number> {
  const { count } = await tx.query(sql`
    with mine as materialized (
      select ref from target where ref = any(${refs}::text[]) and claimed_by = ${claim.number}::integer
      order by ref for update)
    update target set acked = acked || sending, sending = null, claimed_by = null, error = null,
      seq = nextval('target_seq'), written_at = ${new Date(now)}
    from mine where target.ref = mine.ref`)
  return count
}

/** A write that the CRM turned down, and when to try it again (infinity: when the desired values change). */
export interface Refusal {
  ref: Ref
  reason: string
  next: Instant
}

export async function refuse(tx: Queryable, claim: Claim, refusals: readonly Refusal[]): Promise<number> {
  if (refusals.length === 0) return 0
  const refs = refusals.map(row => row.ref)
  const times = refusals.map(({ next }) =>
    Number.isFinite(next) ? new Date(next).toISOString() : 'infinity',
  )
  const { count } = await tx.query(sql`
    with mine as materialized (
      select ref from target where ref = any(${refs}::text[]) and claimed_by = ${claim.number}::integer
      order by ref for update)
    update target set sending = null, claimed_by = null, error = new.reason, next_at = new.next_at
    from mine join unnest(${refs}::text[], ${refusals.map(row => row.reason)}::text[], ${times}::timestamptz[])
      as new (ref, reason, next_at) on new.ref = mine.ref
    where target.ref = mine.ref`)
  return count
}

/** How often each of these has been tried since its desired values last changed. */
export async function readAttempts(tx: Queryable, refs: readonly Ref[]): Promise<Map<Ref, number>> {
  const { rows } = await tx.query<{ ref: Ref; attempts: number }>(
    sql`select ref, attempts from target where ref = any(${refs}::text[]) order by ref for update`,
  )
  return new Map(rows.map(row => [row.ref, row.attempts]))
}

/** Gives targets back as if never tried; `doubt` when the CRM may have taken the values all the same. */
export async function release(
  tx: Queryable,
  claim: Claim,
  refs: readonly Ref[],
  doubt: boolean,
): Promise<number> {
  const { count } = await tx.query(sql`
    with mine as materialized (
      select ref from target where ref = any(${refs}::text[]) and claimed_by = ${claim.number}::integer
      order by ref for update)
    update target set sending = null, claimed_by = null, doubt = doubt or ${doubt}::boolean,
      attempts = greatest(attempts - 1, 0)
    from mine where target.ref = mine.ref`)
  return count
}

/** The record is gone: nothing can be shown there. */
export async function drop(tx: Queryable, claim: Claim, refs: readonly Ref[]): Promise<number> {
  if (refs.length === 0) return 0
  const { count } = await tx.query(sql`
    with mine as materialized (
      select ref from target where ref = any(${refs}::text[]) and claimed_by = ${claim.number}::integer
      order by ref for update)
    delete from target using mine where target.ref = mine.ref`)
  return count
}

/** Values that a CRM has taken so often and shows otherwise are not written again: a rule or a person there disagrees. */
const FIGHT = 5

/** What these records show has been read: that is what they show. */
export async function settle(tx: Queryable, claim: Claim, read: readonly Shown[]): Promise<number> {
  if (read.length === 0) return 0
  const refs = read.map(row => row.ref)
  const { count } = await tx.query(sql`
    with mine as materialized (
      select ref from target where ref = any(${refs}::text[]) and claimed_by = ${claim.number}::integer
      order by ref for update)
    update target set acked = seen.fields, doubt = false, sending = null, claimed_by = null, seq = nextval('target_seq'),
      next_at = case when desired <> seen.fields and attempts >= ${FIGHT} then 'infinity' else next_at end,
      error = case when desired <> seen.fields and attempts >= ${FIGHT}
        then 'the CRM keeps showing other values than the ones written' else error end
    from mine join unnest(${refs}::text[], ${read.map(row => jsonText(row.fields))}::jsonb[])
      as seen (ref, fields) on seen.ref = mine.ref
    where target.ref = mine.ref`)
  return count
}

import type { PulledRecord } from '../crm/crm.ts'
import type { Fact, IdentityKey, Membership, Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { CopyRows } from './copy.ts'
import type { Queryable, Tx } from './db.ts'
import { readFacts } from './facts.ts'
import { sql } from './sql.ts'

/** One row of the mirror, ready to be stored. */
export interface RecordRow {
  ref: Ref
  /** JSON text of the fields. */
  fields: string
  /** 32 hexadecimal digits. */
  hash: string
  modifiedAt: Instant
  deleted: boolean
}

/** What the mirror says of a record now. */
export interface Mirrored {
  hash: string
  modifiedAt: Instant
}

/** The records among `refs` that are in the mirror. */
export async function readMirror(tx: Queryable, refs: readonly Ref[]): Promise<Map<Ref, Mirrored>> {
  const { rows } = await tx.query<{ ref: Ref; hash: string; modified_at: Instant }>(
    sql`select ref, hash, modified_at from record where ref = any(${refs}::text[])`,
  )
  return new Map(
    rows.map(row => [row.ref, { hash: row.hash.replaceAll('-', ''), modifiedAt: row.modified_at }] as const),
  )
}

/** A record of the mirror with everything that was derived from it. */
export interface Mirror {
  ref: Ref
  fields: PulledRecord['fields']
  modifiedAt: Instant
  facts: Fact[]
  identity: IdentityKey[]
  memberships: Membership[]
}

/** These records as the mirror has them. */
export async function readRecords(tx: Queryable, refs: readonly Ref[]): Promise<Mirror[]> {
  const { rows } = await tx.query<Omit<Mirror, 'facts'>>(sql`
    select ref, fields, modified_at as "modifiedAt",
      (select coalesce(jsonb_agg(jsonb_build_object('key', key, 'reason', reason) order by key), '[]')
        from identity where identity.ref = record.ref) as identity,
      (select coalesce(jsonb_agg(jsonb_build_object('deal', deal, 'member', member) order by deal, member), '[]')
        from membership where via = record.ref) as memberships
    from record where ref = any(${refs}::text[])`)
  const facts = await readFacts(tx, refs)
  return rows.map(row => ({ ...row, facts: facts.get(row.ref) ?? [] }))
}

/** Stores records that are not in the mirror. */
export async function insertRecords(tx: Tx, rows: readonly RecordRow[], now: Instant): Promise<number> {
  if (rows.length === 0) return 0
  const copy = new CopyRows()
  for (const row of rows) {
    copy.row(7).text(row.ref).jsonb(row.fields).uuid(row.hash).instant(row.modifiedAt)
    copy
      .instant(row.deleted ? row.modifiedAt : null)
      .instant(now)
      .instant(now)
  }
  await tx.copy('record (ref, fields, hash, modified_at, deleted_at, first_seen, changed_at)', copy)
  return rows.length
}

/** Replaces records that are in the mirror and differ. */
export async function updateRecords(
  tx: Queryable,
  rows: readonly RecordRow[],
  now: Instant,
): Promise<number> {
  if (rows.length === 0) return 0
  const { count } = await tx.query(sql`
    update record set fields = new.fields, hash = new.hash, modified_at = new.modified_at,
      deleted_at = case when new.deleted then coalesce(record.deleted_at, new.modified_at) end,
      changed_at = ${new Date(now)}
    from unnest(
      ${rows.map(row => row.ref)}::text[], ${rows.map(row => row.fields)}::jsonb[], ${rows.map(row => row.hash)}::uuid[],
      ${rows.map(row => new Date(row.modifiedAt))}::timestamptz[], ${rows.map(row => row.deleted)}::boolean[]
    ) as new (ref, fields, hash, modified_at, deleted)
    where record.ref = new.ref and record.hash <> new.hash`)
  return count
}

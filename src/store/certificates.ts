import type { Certificate } from '../domain/certificate.ts'
import { agrees } from '../domain/certificate.ts'
import type { ObjectName, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Keeps a certificate. One that compared to the end also ends the doubt about deletions that left no trace. */
export async function storeCertificate(tx: Queryable, certificate: Certificate): Promise<void> {
  const { vendor, object, from, until, endedAt, ...result } = certificate
  await tx.query(sql`
    insert into certificate (vendor, object, covers_from, covers_until, ended_at, agrees, result)
    values (${vendor}, ${object}, ${from === null ? null : new Date(from)}, ${new Date(until)}, ${new Date(endedAt)},
      ${agrees(certificate)}, ${jsonText(result)}::jsonb)`)
  if (certificate.stopped !== null) return
  await tx.query(sql`update cursor set blind_since = null where vendor = ${vendor} and object = ${object}`)
}

type CertificateRow = Pick<Certificate, 'vendor' | 'object' | 'from' | 'until' | 'endedAt'> & {
  result: Omit<Certificate, 'vendor' | 'object' | 'from' | 'until' | 'endedAt'>
}

/** The newest certificate of every object that has one. */
export async function readCertificates(db: Queryable): Promise<Certificate[]> {
  const { rows } = await db.query<CertificateRow>(sql`
    select newest.vendor, newest.object, covers_from as "from", covers_until as until, ended_at as "endedAt", result
    from cursor cross join lateral (
      select * from certificate where certificate.vendor = cursor.vendor and certificate.object = cursor.object
      order by id desc limit 1) newest
    order by newest.vendor, newest.object`)
  return rows.map(({ result, ...rest }) => ({ ...rest, ...result }))
}

/** Up to when an object's changes are covered by certificates that agree; null: none does. */
export async function coveredUntil(
  db: Queryable,
  vendor: Vendor,
  object: ObjectName,
): Promise<Instant | null> {
  const { rows } = await db.query<{ until: Instant | null }>(sql`
    select max(covers_until) as until from certificate
    where vendor = ${vendor} and object = ${object} and agrees`)
  return rows[0]?.until ?? null
}

/**
 * The objects to compare now, in the order given: of those read to their end since `read` the ones whose newest
 * certificate ended before `before` or is missing, and those looked at after too long a silence.
 */
export async function readDue(
  db: Queryable,
  vendor: Vendor,
  objects: readonly ObjectName[],
  { before, read }: { before: Instant; read: Instant },
): Promise<ObjectName[]> {
  const { rows } = await db.query<{ object: ObjectName }>(sql`
    select object from cursor
    where vendor = ${vendor} and object = any(${[...objects]}::text[]) and scanned_at > ${new Date(read)}
      and (blind_since is not null or not exists (
        select from certificate where certificate.vendor = cursor.vendor and certificate.object = cursor.object
          and ended_at > ${new Date(before)}))
    order by array_position(${[...objects]}::text[], object)`)
  return rows.map(({ object }) => object)
}

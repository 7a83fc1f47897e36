import type { Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Notes that a run has begun; its id. */
export async function beginRun(db: Queryable, kind: string, now: Instant): Promise<number> {
  const { rows } = await db.query<{ id: number }>(
    sql`insert into run (kind, started_at) values (${kind}, ${new Date(now)}) returning id`,
  )
  return rows[0]!.id
}

/** Notes how a run ended; `error` is its message, null when it went well. */
export async function endRun(
  db: Queryable,
  id: number,
  now: Instant,
  counts: object,
  error: string | null,
): Promise<void> {
  await db.query(sql`
    update run set finished_at = ${new Date(now)}, counts = ${jsonText(counts)}::jsonb, error = ${error}
    where id = ${id}`)
}

import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** The names of the migrations this database has seen, in order; changes nothing. */
export async function readMigrated(db: Queryable): Promise<string[]> {
  const { rows: made } = await db.query<{ exists: boolean }>(
    sql`select to_regclass('migration') is not null as exists`,
  )
  if (!made[0]?.exists) return []
  const { rows } = await db.query<{ name: string }>(sql`select name from migration order by number`)
  return rows.map(row => row.name)
}

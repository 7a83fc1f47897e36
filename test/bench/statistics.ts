import { CONNECTIONS, type Database } from '../../src/store/db.ts'

/** What was done to one table. */
export interface TableWork {
  name: string
  /** Bytes. */
  size: number
  /** Rows fetched by index and by scan. */
  read: number
  scans: number
  inserted: number
  updated: number
  deleted: number
}

/** What `work` made PostgreSQL do, table by table, by the server's own statistics. Nothing else may use the database. */
export async function measured<T>(
  db: Database,
  work: () => Promise<T>,
): Promise<{ result: T; tables: TableWork[] }> {
  await flush(db)
  await db.query({ text: 'select pg_stat_reset()', values: [] })
  const result = await work()
  await flush(db)
  const { rows } = await db.query<TableWork>({
    text: `select relname as name, pg_relation_size(relid) as size, seq_scan as scans,
      seq_tup_read + coalesce(idx_tup_fetch, 0) as read,
      n_tup_ins as inserted, n_tup_upd as updated, n_tup_del as deleted
      from pg_stat_user_tables where schemaname = 'public'`,
    values: [],
  })
  return { result, tables: rows }
}

/** Has every connection write the statistics it still holds; so many statements at once take one each. */
async function flush(db: Database): Promise<void> {
  const one = () => db.query({ text: 'select pg_stat_force_next_flush(), pg_sleep(0.1)', values: [] })
  await Promise.all(Array.from({ length: CONNECTIONS }, one))
}

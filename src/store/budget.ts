import type { Vendor } from '../domain/facts.ts'
import { emptyLedger, type Ledger } from '../domain/ledger.ts'
import type { Instant } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Database, Queryable } from './db.ts'
import { sql } from './sql.ts'

/** The calls of a connection as they stand; an empty ledger when there were none. */
export async function readLedger(db: Queryable, vendor: Vendor): Promise<Ledger> {
  const { rows } = await db.query<{ ledger: Ledger }>(sql`select ledger from budget where vendor = ${vendor}`)
  return rows[0]?.ledger ?? emptyLedger()
}

/**
 * Changes the ledger while nobody else does; returns what `change` returns. It is given the database's time, which is
 * the same for all processes, unless `now` says another.
 */
export async function changeLedger<T>(
  db: Database,
  vendor: Vendor,
  now: Instant | null,
  change: (ledger: Ledger, now: Instant) => T,
): Promise<T> {
  return await db.tx(async tx => {
    // Two statements: the time is of when we are alone with the row.
    await tx.query(sql`
      insert into budget (vendor, ledger) values (${vendor}, ${jsonText(emptyLedger())}::jsonb)
      on conflict (vendor) do nothing`)
    await tx.query(sql`select 1 from budget where vendor = ${vendor} for update`)
    const { rows } = await tx.query<{ ledger: Ledger; now: Instant }>(
      sql`select ledger, clock_timestamp() as now from budget where vendor = ${vendor}`,
    )
    const { ledger, now: there } = rows[0]!
    const result = change(ledger, now ?? there)
    await tx.query(sql`update budget set ledger = ${jsonText(ledger)}::jsonb where vendor = ${vendor}`)
    return result
  })
}

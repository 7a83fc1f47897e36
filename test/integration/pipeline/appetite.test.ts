import { expect, test } from 'vitest'
import { ref } from '../../../src/domain/facts.ts'
import { HOUR } from '../../../src/domain/time.ts'
import type { Queryable } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, fill, REP } from './company.ts'
import { call } from './fake-crm.ts'

/** Tables that grow with the company. */
const LARGE = [
  'record',
  'fact',
  'identity',
  'membership',
  'person',
  'person_record',
  'handoff',
  'promise',
  'target',
]

interface Reads {
  rows: number
  /** Names of tables scanned whole, once for every scan. */
  scans: Record<string, number>
}

/** Rows read so far from the large tables, and scans of a whole one. */
async function reads(db: Queryable): Promise<Reads> {
  await db.query(sql`select pg_stat_force_next_flush()`)
  const { rows } = await db.query<Reads>(sql`
    select sum(coalesce(idx_tup_fetch, 0) + seq_tup_read) as rows, jsonb_object_agg(relname, seq_scan) as scans
    from pg_stat_user_tables where relname = any(${LARGE}::text[])`)
  return rows[0]!
}

/** Rows that a round reads for ten leads that were called; it must not read a large table whole. */
async function readsOfTenCalls(firm: Company): Promise<number> {
  await firm.round()
  await firm.db.query(sql`analyze`)
  await firm.round()
  for (let i = 0; i < 10; i++) {
    const id = String(i * 2 + 1).padStart(4, '0')
    firm.salesforce.put(call(`new${id}`, ref('salesforce', 'lead', id), at('20T11:00'), REP))
  }
  // Every other connection has reported what it read once it is gone.
  await settled(firm.db)
  const before = await reads(firm.db)
  const { judged } = await firm.round()
  expect(judged).toBe(10)
  await settled(firm.db)
  const after = await reads(firm.db)
  expect(after.scans).toEqual(before.scans)
  return after.rows - before.rows
}

/** Connections report their counters when idle for a while, or at once when told to; tell each of the pool's. */
async function settled(db: Company['db']): Promise<void> {
  const all = Array.from({ length: 10 }, () => Promise.withResolvers<void>())
  let waiting = 0
  await Promise.all(
    all.map(() =>
      db.tx(async tx => {
        await tx.query(sql`select pg_stat_force_next_flush()`)
        if (++waiting === all.length) for (const one of all) one.resolve()
        await Promise.all(all.map(one => one.promise))
      }),
    ),
  )
}

test('the rows read for a change do not grow with the company, and no large table is read whole', async () => {
  const [small, large] = [await company(), await company()]
  fill(small, 100)
  fill(large, 2_000)
  const few = await readsOfTenCalls(small)
  const many = await readsOfTenCalls(large)
  expect(many / few).toBeLessThan(1.2)
})

test('a verdict changes by the clock alone, for those who fall due only', async () => {
  const firm = await company()
  fill(firm, 20)
  await firm.round()
  expect((await firm.round()).judged).toBe(0)
  firm.clock.now += 1_000 * HOUR
  const { judged, rows } = await firm.round()
  expect(judged).toBeGreaterThanOrEqual(10)
  expect(rows.promise).toBeGreaterThanOrEqual(10)
  expect((await firm.round()).rowsChanged).toBe(0)
})

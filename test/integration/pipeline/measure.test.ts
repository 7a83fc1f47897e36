import { expect, test } from 'vitest'
import { durations } from '../../../src/domain/statistics.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { measure } from '../../../src/pipeline/measure.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'

interface One {
  t1: number
  t2: number
  t3: number | null
  t6: number | null
  won: number | null
  source: string | null
  owner: string | null
  outcome: string | null
}

/** Handoffs of every sort, negative durations and void ones among them. */
const handoffs: One[] = Array.from({ length: 97 }, (_, i) => {
  const t1 = Date.parse('2026-01-30T00:00:00Z') + i * 7 * HOUR
  return {
    t1,
    t2: t1 + 10 * HOUR,
    t3: i % 3 === 0 ? null : t1 + ((i * i) % 90) * HOUR,
    t6: i % 4 === 0 ? t1 + ((i % 11) - 1) * HOUR : null,
    won: i % 8 === 0 ? t1 + ((i % 13) - 2) * DAY : null,
    source: i % 5 === 0 ? null : `source ${i % 3}`,
    owner: i % 7 === 0 ? null : 'salesforce:user:u1',
    outcome: i % 19 === 0 ? 'void' : null,
  }
})

const between = (from: number | null, to: number | null, unit: number) =>
  from === null || to === null ? [] : [(to - from) / unit]

test('nothing at all has numbers too', async () => {
  const measures = await measure(await testDatabase())
  expect(measures).toMatchObject({ people: 0, handoffs: 0, overdue: 0, bySource: {}, byMonth: {}, byRep: {} })
  expect(measures.mqlToWonDays).toEqual({ n: 0, negative: 0, mean: null, median: null, p90: null })
})

test('the numbers equal those computed one by one', async () => {
  const db = await testDatabase()
  const iso = (at: number | null) => at && new Date(at).toISOString()
  const rows = handoffs.map(({ t1, t2, t3, t6, won, ...row }, i) => ({
    ...{ ...row, opened_by: `fact ${i}`, person: i, number: 1, attempts: 0, day_precise: [] },
    ...{ t1: iso(t1), t2: iso(t2), t3: iso(t3), t6: iso(t6), won_at: iso(won) },
  }))
  await db.query(
    sql`insert into handoff select * from json_populate_recordset(null::handoff, ${JSON.stringify(rows)}::json)`,
  )
  const valid = handoffs.filter(one => one.outcome !== 'void')
  const {
    reached,
    mqlToWonDays,
    mqlToSqlHours,
    followUpHours,
    byMonth,
    bySource,
    byRep,
    handoffs: all,
  } = await measure(db)
  const expected = {
    won: durations(valid.flatMap(one => between(one.t1, one.won, DAY))),
    sql: durations(valid.flatMap(one => between(one.t1, one.t6, HOUR))),
    follow: durations(valid.flatMap(one => between(one.t2, one.t3, HOUR))),
  }
  expect(all).toBe(97)
  expect(reached).toMatchObject({ mql: valid.length, sql: valid.filter(one => one.t6 !== null).length })
  for (const [got, want] of [
    [mqlToWonDays, expected.won],
    [mqlToSqlHours, expected.sql],
    [followUpHours, expected.follow],
  ] as const) {
    expect({ n: got.n, negative: got.negative }).toEqual({ n: want.n, negative: want.negative })
    for (const name of ['mean', 'median', 'p90'] as const) expect(got[name]).toBeCloseTo(want[name]!, 9)
  }
  expect(expected.won.negative).toBeGreaterThan(0)
  expect(byMonth['2026-01']?.mql).toBe(
    valid.filter(one => one.t1 < Date.parse('2026-02-01T00:00:00Z')).length,
  )
  expect(bySource['(empty)']?.mql).toBe(valid.filter(one => one.source === null).length)
  expect(Object.keys(byRep).sort()).toEqual(['(none)', 'salesforce:user:u1'])
})

import { describe, expect, onTestFinished, test } from 'vitest'
import { sql } from '../../../src/store/sql.ts'
import { createTestDatabase } from '../database.ts'
import { expected } from './expected.ts'
import type { HistoriesOptions } from './histories.ts'
import { inOrder, plain, Rehearsal } from './rehearsal.ts'

const END = Date.parse('2026-12-31T00:00:00Z')

async function rehearsal(seed: number, options: HistoriesOptions): Promise<Rehearsal> {
  const started = await Rehearsal.start(await createTestDatabase(), seed, options)
  onTestFinished(() => started.close())
  return started
}

/** Both CRMs show what they should, and another sync finds nothing to do. */
async function settled(at: Rehearsal): Promise<void> {
  for (const proof of Object.values(await at.prove())) {
    expect(proof.checked).toBeGreaterThan(0)
    expect(proof.equal).toBe(proof.checked)
  }
  const again = await at.sync()
  expect(again.rows).toEqual({})
  expect(Object.values(again.traffic).map(({ writes }) => writes.records)).toEqual([0, 0])
}

describe('histories in which anything may happen', () => {
  test.each([1, 2, 3, 5, 8, 13, 21, 34])('seed %i: every verdict is the one its rows demand', async seed => {
    const at = await rehearsal(seed, { people: 150 })
    await at.sync()
    const rows = await at.verdicts()
    expect(rows.length).toBeGreaterThan(75)
    expect(rows.map(plain)).toEqual(inOrder(expected(at.told, at.now)).map(plain))
    await settled(at)
  })

  test.each([1, 5])(
    'seed %i: synced while it goes on, the verdicts are those of one sync at the end',
    async seed => {
      const [followed, caughtUp] = [await rehearsal(seed, BEGUN), await rehearsal(seed, BEGUN)]
      const begin = followed.now
      await followed.sync()
      for (let step = 1; step <= STEPS; step++) {
        await followed.to(begin + Math.floor(((END - begin) * (step / STEPS) ** 3) / 1_000) * 1_000)
        await followed.sync()
      }
      await caughtUp.to(END)
      await caughtUp.sync()
      expect((await followed.verdicts()).map(withoutRunning)).toEqual(
        (await caughtUp.verdicts()).map(withoutRunning),
      )
      await settled(followed)
      await settled(caughtUp)
    },
  )

  test('merged people become one, whatever has happened to them', async () => {
    const at = await rehearsal(7, { people: 80, merges: 0.3 })
    await at.sync()
    await settled(at)
    const { rows } = await at.db.query<{ loser: string; persons: number }>(sql`
      select own.ref as loser, count(distinct person_record.person)::integer as persons
      from identity own join person_record on person_record.ref in (own.ref, own.key)
      where own.reason = 'merge' group by own.ref`)
    expect(rows.length).toBeGreaterThan(5)
    expect(rows.filter(({ persons }) => persons !== 1)).toEqual([])
    const shown = await at.db.query(sql`
      select record.ref from target join record on record.ref = target.ref
      where record.deleted_at is not null and target.desired is not null`)
    expect(shown.rows).toEqual([])
  })
})

const STEPS = 5
const BEGUN = { people: 80, now: 0.3 }

/** A clock that still runs was read when the state last changed; the state and its limits are what is compared. */
function withoutRunning(row: Parameters<typeof plain>[0]): object {
  const live = new Set(['running', 'due_soon', 'overdue'])
  const promises = Object.entries(row.promises).map(([name, promise]) => [
    name,
    live.has(promise.state) ? { ...promise, minutes: null } : promise,
  ])
  return plain({ ...row, promises: Object.fromEntries(promises) as typeof row.promises })
}

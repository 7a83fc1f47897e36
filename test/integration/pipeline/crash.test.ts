import { expect, test } from 'vitest'
import { round } from '../../../src/pipeline/round.ts'
import type { Database, Queryable } from '../../../src/store/db.ts'
import { DatabaseUnavailable } from '../../../src/store/errors.ts'
import { company, fill, state } from './company.ts'

/** A database that is lost at the `n`-th statement sent to it, before or after the server has carried it out. */
function lostAt(db: Database, n: number, after: boolean): { db: Database; sent: () => number } {
  let sent = 0
  const guard = async <T>(send: () => Promise<T>): Promise<T> => {
    const turn = ++sent
    if (turn > n || (turn === n && !after)) throw new DatabaseUnavailable('gone')
    const result = await send()
    if (turn === n) throw new DatabaseUnavailable('gone')
    return result
  }
  const wrap = <Q extends Queryable>(queryable: Q): Q => ({
    ...queryable,
    query: statement => guard(() => queryable.query(statement)),
  })
  const lost: Database = {
    ...wrap(db),
    tx: fn =>
      guard(() =>
        db.tx(tx => fn({ ...wrap(tx), copy: (target, rows) => guard(() => tx.copy(target, rows)) })),
      ),
    session: async () => wrap(await db.session()),
  }
  return { db: lost, sent: () => sent }
}

async function undisturbed(): Promise<{ expected: unknown; statements: number }> {
  const firm = await company()
  fill(firm, 12)
  const counting = lostAt(firm.db, Number.POSITIVE_INFINITY, false)
  await round({ ...firm.context(), db: counting.db })
  const expected = await state(firm.db)
  await firm.db.close()
  return { expected, statements: counting.sent() }
}

test('a round lost at any statement is finished by the next, and nothing is written twice', async () => {
  const { expected, statements } = await undisturbed()
  expect(statements).toBeGreaterThan(80)
  for (let n = 1; n <= statements; n += 5) {
    const firm = await company()
    fill(firm, 12)
    const { db } = lostAt(firm.db, n, n % 2 === 0)
    await round({ ...firm.context(), db }).catch((error: unknown) => {
      expect(error).toBeInstanceOf(DatabaseUnavailable)
    })
    await firm.round()
    expect(await state(firm.db), `lost at statement ${n}`).toEqual(expected)
    const effects = [...firm.salesforce.effects, ...firm.hubspot.effects]
    expect(
      effects.filter(({ from, to }) => from === to),
      `lost at statement ${n}`,
    ).toEqual([])
    expect((await firm.round()).rowsChanged).toBe(0)
    await firm.db.close()
  }
}, 240_000)

import { expect, test } from 'vitest'
import { lockCursor, Overtaken, readCursor, storeCursor } from '../../../src/store/cursors.ts'
import { testDatabase } from '../database.ts'

test('a page read from an older cursor than the stored one is refused', async () => {
  const db = await testDatabase()
  expect(await readCursor(db, 'hubspot', 'contact')).toBeNull()
  await db.tx(async tx => {
    await lockCursor(tx, 'hubspot', 'contact', null)
    await storeCursor(tx, 'hubspot', 'contact', { cursor: { b: 1, a: [2] }, lastChange: 5, fresh: 3 })
  })
  expect(await readCursor(db, 'hubspot', 'contact')).toEqual({ a: [2], b: 1 })
  await expect(db.tx(tx => lockCursor(tx, 'hubspot', 'contact', null))).rejects.toBeInstanceOf(Overtaken)
  await db.tx(tx => lockCursor(tx, 'hubspot', 'contact', { a: [2], b: 1 }))
})

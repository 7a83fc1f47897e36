import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CopyRows, jsonText, storable } from '../../../src/store/copy.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'

const row = fc.record({
  text: fc.option(fc.string({ unit: 'binary', maxLength: 40 })),
  json: fc.option(fc.jsonValue({ maxDepth: 3 })),
  at: fc.option(fc.integer({ min: -3_000_000_000_000, max: 8_000_000_000_000 })),
  big: fc.maxSafeInteger(),
  id: fc.stringMatching(/^[0-9a-f]{32}$/),
})

test('every row comes back as it was sent', async () => {
  const db = await testDatabase()
  await db.query(sql`create table sent (n bigint, text text, json jsonb, at timestamptz, id uuid)`)
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 50 }), async rows => {
      const copy = new CopyRows()
      for (const { text, json, at, big, id } of rows) {
        copy
          .row(5)
          .bigint(big)
          .text(text)
          .jsonb(json === null ? null : jsonText(json))
          .instant(at)
          .uuid(id)
      }
      const back = await db.tx(async tx => {
        await tx.query(sql`truncate sent`)
        await tx.copy('sent (n, text, json, at, id)', copy)
        return (await tx.query(sql`select n, text, json, at, replace(id::text, '-', '') as id from sent`))
          .rows
      })
      expect(back).toEqual(
        rows.map(({ text, json, at, big, id }) => ({
          n: big,
          text: text === null ? null : storable(text),
          json: json === null ? null : JSON.parse(jsonText(json)),
          at,
          id,
        })),
      )
    }),
    { numRuns: 30 },
  )
})

test('characters that PostgreSQL cannot store do not make a row unstorable', () => {
  expect(jsonText({ a: 'x\0y\ud800z', 'k\0': 1 })).toBe('{"a":"xy\ufffdz","k":1}')
  expect(storable('a\0b')).toBe('ab')
})

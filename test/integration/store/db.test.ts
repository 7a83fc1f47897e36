import { setImmediate } from 'node:timers/promises'
import { expect, onTestFinished, test } from 'vitest'
import { checkServer, openDatabase, type Queryable } from '../../../src/store/db.ts'
import { DatabaseRefused, DatabaseUnavailable } from '../../../src/store/errors.ts'
import { sql } from '../../../src/store/sql.ts'
import { createTestDatabase, testDatabase } from '../database.ts'

test('instants come back as milliseconds, bigint as number', async () => {
  const db = await testDatabase()
  const at = Date.parse('2026-03-29T00:30:00.123Z')
  const { rows } = await db.query(sql`
    select ${new Date(at)}::timestamptz as at, 'infinity'::timestamptz as never, 9007199254740991 as big`)
  expect(rows).toEqual([{ at, never: Number.POSITIVE_INFINITY, big: 9_007_199_254_740_991 }])
})

test('a value never becomes part of a statement', async () => {
  const db = await testDatabase()
  const evil = "'; drop table record; --"
  const { rows } = await db.query(sql`select ${evil}::text as text`)
  expect(rows).toEqual([{ text: evil }])
})

test('a transaction that throws changes nothing, and its connection serves on', async () => {
  const db = await testDatabase()
  const failing = db.tx(async tx => {
    await tx.query(sql`insert into run (kind, started_at) values ('x', now())`)
    throw new Error('stop')
  })
  await expect(failing).rejects.toThrow('stop')
  expect((await db.query(sql`select 1 from run`)).count).toBe(0)
})

test('a deadlock is resolved by repeating one of the transactions', async () => {
  const db = await testDatabase()
  await db.query(sql`insert into connection (vendor) values ('a'), ('b')`)
  let both = 0
  const meet = Promise.withResolvers<void>()
  const lock = async (first: string, second: string) =>
    await db.tx(async tx => {
      await tx.query(sql`update connection set account = ${first} where vendor = ${first}`)
      both++
      if (both === 2) meet.resolve()
      await meet.promise
      await tx.query(sql`update connection set account = ${first} where vendor = ${second}`)
      return first
    })
  expect(await Promise.all([lock('a', 'b'), lock('b', 'a')])).toEqual(['a', 'b'])
  expect(both).toBe(3)
})

test('a connection killed by the server is DatabaseUnavailable, and the next statement works', async () => {
  const db = await testDatabase()
  const killed = db.tx(async tx => {
    const { rows } = await tx.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
    await db.query(sql`select pg_terminate_backend(${rows[0]!.pid})`)
    await tx.query(sql`select 1`)
  })
  await expect(killed).rejects.toBeInstanceOf(DatabaseUnavailable)
  expect((await db.query(sql`select 1`)).count).toBe(1)
})

test('an idle connection that breaks is logged, not thrown', async () => {
  const said: string[] = []
  const url = await createTestDatabase()
  const db = await openDatabase(url, { log: message => said.push(message), connections: 1 })
  const other = await openDatabase(url)
  onTestFinished(async () => void (await Promise.all([db.close(), other.close()])))
  const { rows } = await db.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  await other.query(sql`select pg_terminate_backend(${rows[0]!.pid})`)
  while (said.length === 0) await setImmediate()
  expect(said[0]).toContain('connection broke')
  expect((await db.query(sql`select 1`)).count).toBe(1)
})

test('a session tells when its connection is lost', async () => {
  const db = await testDatabase()
  const session = await db.session()
  const { rows } = await session.query<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  const lost = new Promise(resolve => session.lost.addEventListener('abort', resolve))
  await db.query(sql`select pg_terminate_backend(${rows[0]!.pid})`)
  await lost
  await session.close().catch(() => {})
  expect(session.lost.aborted).toBe(true)
})

test.each([
  ['not an address', DatabaseRefused, 'write postgres://'],
  ['postgres://127.0.0.1:1/none', DatabaseUnavailable, 'ECONNREFUSED'],
])('%s is refused with its remedy', async (url, type, words) => {
  const opening = openDatabase(url)
  await expect(opening).rejects.toBeInstanceOf(type)
  await expect(opening).rejects.toThrow(words)
})

test('a database that does not exist and a wrong password are named', async () => {
  const url = new URL(await createTestDatabase())
  await expect(openDatabase(`${url.href}_other`)).rejects.toThrow('does not exist')
  url.password = 'wrong'
  await expect(openDatabase(url.href)).rejects.toThrow('user or password refused')
})

test.each([
  [{ version: '150018', fsync: 'on' }, 'PostgreSQL 15 is too old; use 16 or newer'],
  [{ version: '180004', fsync: 'off' }, 'fsync off'],
])('a server that says %o is refused', async (settings, words) => {
  const server: Queryable = { query: async () => ({ rows: [settings as never], count: 1 }) }
  await expect(checkServer(server)).rejects.toThrow(words)
})

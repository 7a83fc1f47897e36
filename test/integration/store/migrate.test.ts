import { appendFile, cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/db.ts'
import { migrate } from '../../../src/store/migrate.ts'
import { sql } from '../../../src/store/sql.ts'
import { createTestDatabase, testDatabase } from '../database.ts'

async function copyOfMigrations(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'leadtime-migrations-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await cp('migrations', folder, { recursive: true })
  return folder
}

test('processes that migrate at once apply every file once', async () => {
  const url = await createTestDatabase({ empty: true })
  const dbs = await Promise.all([1, 2, 3].map(() => openDatabase(url)))
  onTestFinished(async () => void (await Promise.all(dbs.map(db => db.close()))))
  const applied = (await Promise.all(dbs.map(db => migrate(db)))).flat().sort()
  const { rows } = await dbs[0]!.query<{ name: string }>(sql`select name from migration order by number`)
  expect(applied).toEqual(rows.map(row => row.name))
  expect(applied[0]).toBe('0001_records.sql')
  expect(await migrate(dbs[0]!)).toEqual([])
})

test('a file changed after it was applied is refused', async () => {
  const db = await testDatabase()
  const folder = await copyOfMigrations()
  await appendFile(join(folder, '0002_people.sql'), '\n-- changed\n')
  await expect(migrate(db, folder)).rejects.toThrow('0002_people.sql was changed after it was applied')
})

test('a database of a newer release is refused', async () => {
  const db = await testDatabase()
  await db.query(
    sql`insert into migration (number, name, checksum) select max(number) + 1, 'new.sql', '' from migration`,
  )
  await expect(migrate(db)).rejects.toThrow('new.sql is unknown to this release')
})

test('a number that was never applied is refused', async () => {
  const db = await testDatabase()
  await db.query(sql`delete from migration where number = 2`)
  await expect(migrate(db)).rejects.toThrow('migration 2 was never applied')
})

test('a gap or a number used twice in the folder is refused', async () => {
  const db = await testDatabase()
  const folder = await copyOfMigrations()
  await writeFile(join(folder, '0002_again.sql'), 'select 1')
  await expect(migrate(db, folder)).rejects.toThrow('expected a file 0003_name.sql')
})

test('a file that fails leaves nothing of itself', async () => {
  const db = await testDatabase()
  const folder = await copyOfMigrations()
  const next = `${String((await migrationCount(db)) + 1).padStart(4, '0')}_broken.sql`
  await writeFile(join(folder, next), 'create table half (id integer); select broken')
  await expect(migrate(db, folder)).rejects.toThrow('broken')
  expect((await db.query(sql`select to_regclass('half') as found`)).rows).toEqual([{ found: null }])
  await writeFile(join(folder, next), 'create table half (id integer)')
  expect(await migrate(db, folder)).toEqual([next])
})

async function migrationCount(db: Awaited<ReturnType<typeof testDatabase>>): Promise<number> {
  const { rows } = await db.query<{ n: number }>(sql`select count(*) as n from migration`)
  return rows[0]!.n
}

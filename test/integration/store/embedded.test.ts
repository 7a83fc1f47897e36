import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/store/db.ts'
import { startEmbedded } from '../../../src/store/embedded.ts'
import { DatabaseUnavailable } from '../../../src/store/errors.ts'
import { sql } from '../../../src/store/sql.ts'

/** One folder for all: making the data takes longer than the tests. Every test leaves it without a server. */
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadtime-embedded-'))
  // As root, the server runs under another account, which must get at its files.
  await chmod(folder, 0o755)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Starts a server in another process and kills that process. */
async function startAndDie(): Promise<void> {
  const script = `const { startEmbedded } = await import('./src/store/embedded.ts')
    await startEmbedded(${JSON.stringify(folder)}, () => {}); process.kill(process.pid, 'SIGKILL')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  const [, signal] = await once(child, 'exit')
  expect(signal).toBe('SIGKILL')
}

test('starts, keeps data over a restart, and leaves nothing running', async () => {
  const first = await startEmbedded(folder, () => {})
  const db = await openDatabase(first.url)
  await db.query(sql`create table kept (n integer)`)
  await db.close()
  await Promise.all([first.stop(), first.stop()])
  await expect(openDatabase(first.url)).rejects.toBeInstanceOf(DatabaseUnavailable)
  const second = await startEmbedded(folder, () => {})
  const again = await openDatabase(second.url)
  expect((await again.query(sql`select to_regclass('kept') is not null as there`)).rows).toEqual([
    { there: true },
  ])
  await again.close()
  await second.stop()
  expect(await readdir(folder)).toEqual(['postgres'])
})

test('takes over the server that a killed process left running', async () => {
  await startAndDie()
  const left = (await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]
  const said: string[] = []
  const server = await startEmbedded(folder, message => said.push(message))
  expect(said.join()).toContain('taking over')
  expect((await readFile(join(folder, 'postgres', 'postmaster.pid'), 'utf8')).split('\n')[0]).toBe(left)
  await server.stop()
  await expect(openDatabase(server.url)).rejects.toBeInstanceOf(DatabaseUnavailable)
})

test('a folder in use by a living process is refused, and that process is not disturbed', async () => {
  const server = await startEmbedded(folder, () => {})
  onTestFinished(() => server.stop())
  await expect(startEmbedded(folder, () => {})).rejects.toThrow('another leadtime process uses')
  const db = await openDatabase(server.url)
  expect((await db.query(sql`select 1`)).count).toBe(1)
  await db.close()
})

test('a folder that cannot be written is refused with the remedy', async () => {
  await writeFile(join(folder, 'file'), '')
  onTestFinished(() => rm(join(folder, 'file')))
  const starting = startEmbedded(join(folder, 'file'), () => {})
  await expect(starting).rejects.toThrow(/cannot use .*not a folder; .*LEADTIME_DATA/)
})

test('data of another major version are refused', async () => {
  const file = join(folder, 'postgres', 'PG_VERSION')
  await writeFile(file, '17\n')
  onTestFinished(() => writeFile(file, '18\n'))
  await expect(startEmbedded(folder, () => {})).rejects.toThrow('was made by PostgreSQL 17, this is 18')
})

test('a stale lock file whose process number belongs to another program does not prevent the start', async () => {
  await writeFile(
    join(folder, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${folder}\n0\n5432\n\n127.0.0.1\n`,
  )
  const server = await startEmbedded(folder, () => {})
  await server.stop()
})

import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, expect, onTestFinished, test } from 'vitest'
import { reachableData, reachablePrograms } from '../../../src/store/reach.ts'

/** Only root can ask as somebody else; everybody else asks as themselves and closes folders to themselves. */
const root = process.getuid?.() === 0
const account = root
  ? { uid: 65_534, gid: 65_534 }
  : { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 }

let folder: string
let closed: string
let shared: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'leadtime-reach-'))
  await chmod(folder, 0o755)
  closed = join(folder, 'closed')
  shared = join(folder, 'shared')
  await mkdir(join(closed, 'native', 'bin'), { recursive: true })
  await writeFile(join(closed, 'native', 'bin', 'postgres'), '', { mode: 0o755 })
  onTestFinished(async () => {
    await chmod(closed, 0o755)
    await rm(folder, { recursive: true })
  })
})

/** Root still reads it; the account does not enter it. */
const close = () => chmod(closed, root ? 0o700 : 0o600)

test('what the account can reach stays where it is', async () => {
  const data = join(closed, 'a', 'b')
  expect(await reachableData(data, account, () => {}, shared)).toBe(data)
  const native = join(closed, 'native')
  expect(await reachablePrograms(native, '1', account, shared)).toBe(native)
  expect(await readdir(folder)).toEqual(['closed'])
})

test('data below a closed folder move to one place, always the same, and the log says where', async () => {
  await close()
  const said: string[] = []
  const moved = await reachableData(closed, account, line => said.push(line), shared)
  expect(moved.startsWith(`${shared}/data-`)).toBe(true)
  expect(said).toEqual([expect.stringContaining(moved)])
  expect(await reachableData(closed, account, () => {}, shared)).toBe(moved)
})

test('a path below a file stays, so that it is refused by name', async () => {
  const below = join(closed, 'native', 'bin', 'postgres', 'data')
  expect(await reachableData(below, account, () => {}, shared)).toBe(below)
})

test('programs below a closed folder are copied once, never half; what nobody can read is refused', async () => {
  await close()
  const ask = () => reachablePrograms(join(closed, 'native'), '1', account, shared)
  const copy = `${shared}/postgresql-1`
  const expected = root ? { status: 'fulfilled', value: copy } : { status: 'rejected' }
  expect(await Promise.allSettled([ask(), ask()])).toMatchObject([expected, expected])
  expect(await readdir(shared)).toEqual(root ? ['postgresql-1'] : [])
})

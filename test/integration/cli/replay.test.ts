import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testDatabase } from '../database.ts'
import { company, fill } from '../pipeline/company.ts'
import { complaint, leadtime } from './leadtime.ts'

let folder: string
let file: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadtime-replay-'))
  file = join(folder, 'new.yml')
  writeFileSync(file, 'promises: { first_attempt: { from: T2, until: T3, kind: elapsed, due: 30m } }\n')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Thirty people handed over in November, every second called after an hour, and the policy in force. */
async function judged(): Promise<string> {
  const c = await company()
  fill(c, 30)
  await c.round()
  return c.db.url
}

const period = ['--from', '2026-11-01', '--to', '2026-11-20', '--as-of', '2026-11-20T12:00:00Z']

describe('leadtime replay', () => {
  test('says side by side what changes, by how much, for whom and why', async () => {
    const { code, stdout, stderr } = await leadtime(['replay', '--policy', file, ...period], {
      DATABASE_URL: await judged(),
    })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(/Handoffs from 2026-11-01 to 2026-11-20 \(UTC\), as of Fri 20 Nov 2026 12:00:/)
    expect(stdout).toMatch(/handoffs +30\n +with another verdict +30\n +overdue now +15/)
    expect(stdout).toMatch(/first_attempt +50 % → 0 % \(−50\) +15 +0 → 15 \(\+15\) +59 min\n/)
    expect(stdout).toMatch(/assignment +100 % → not promised +0 +0/)
    expect(stdout).toMatch(/15 +first_attempt +due 30 min instead of 48 h\n/)
    expect(stdout).toMatch(/User u1 +first_attempt +50 % → 0 %/)
    expect(stdout).toMatch(
      /person \d+ +handoff 1 +first_attempt +kept in time → kept late +due 30 min instead of 48 h/,
    )
    for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110)
  })

  test('says the same as JSON, and writes every change where it is told to', async () => {
    const lines = join(folder, 'changes.jsonl')
    const ended = await leadtime(['replay', '--policy', file, ...period, '--json', '--changes', lines], {
      DATABASE_URL: await judged(),
    })
    const told = JSON.parse(ended.stdout)
    expect(told).toMatchObject({
      from: '2026-11-01T00:00:00.000Z',
      to: '2026-11-20T00:00:00.000Z',
      asOf: '2026-11-20T12:00:00.000Z',
      people: 30,
      handoffs: { before: 30, after: 30 },
      changed: 30,
    })
    expect(told.promises.first_attempt).toMatchObject({
      before: { states: { met: 15, overdue: 15 }, due: 30, compliance: 0.5 },
      after: { states: { met_late: 15, overdue: 15 }, due: 30, compliance: 0 },
    })
    expect(told.reps).toMatchObject([{ rep: 'salesforce:user:u1', name: 'User u1' }])
    const all = readFileSync(lines, 'utf8').trimEnd().split('\n')
    expect(all).toHaveLength(told.changes)
    expect(all.map(line => JSON.parse(line))).toEqual(told.first)
  })

  test('under the same policy nothing changes', async () => {
    const same = join(folder, 'same.yml')
    writeFileSync(same, '{}')
    const { stdout } = await leadtime(['replay', '--policy', same, ...period], {
      DATABASE_URL: await judged(),
    })
    expect(stdout).toContain('Nothing changes.')
    expect(stdout).not.toContain('→ 0')
  })
})

describe('refuses with one line', () => {
  const refused = async (args: string[], env: Record<string, string> = {}) => {
    const ended = await leadtime(['replay', ...args], env)
    expect(ended.stdout).toBe('')
    expect(ended.stderr).toMatch(/^leadtime: [^\n]+\n$/)
    return `${ended.code} ${complaint(ended)}`
  }

  test.each([
    [[], '--policy is missing; name the policy to try'],
    [['--policy', 'nowhere.yml'], '--policy nowhere.yml: no such file'],
    [['--policy', tmpdir()], 'is a folder; name a file in it'],
    [['--policy', 'x.yml', '--from', 'July'], "'July' is no instant"],
    [['--policy', 'x.yml', '--from', '2026-02-30'], "'2026-02-30' is no instant"],
  ])('%j', async (args, expected) => {
    const line = await refused(args)
    expect(line).toContain(expected)
    expect(line).toMatch(/^2 /)
  })

  test('a wrong policy in the words of the policy file', async () => {
    const wrong = join(folder, 'wrong.yml')
    writeFileSync(wrong, 'version: 1\nnaem: ours\n')
    expect(await refused(['--policy', wrong])).toMatch(
      /^1 .*wrong\.yml:2: naem: unknown key naem.*did you mean name\?/,
    )
  })

  test('changes that cannot be written', async () => {
    const into = join(folder, 'no', 'changes.jsonl')
    expect(await refused(['--policy', file, '--changes', into])).toMatch(
      /^2 .*--changes .*there is no folder/,
    )
  })

  test('periods that cannot be', async () => {
    const env = { DATABASE_URL: await judged() }
    const ask = (...args: string[]) => refused(['--policy', file, ...args], env)
    expect(await ask('--from', '2026-11-20', '--to', '2026-11-01')).toMatch(
      /^2 .*the period ends before it begins: 2026-11-20 to 2026-11-01/,
    )
    expect(await ask('--to', '2026-11-01')).toMatch(/^2 .*--to needs --from/)
    expect(await ask('--as-of', '2999-01-01')).toMatch(
      /^2 .*--as-of 2999-01-01T00:00:00.000Z has not come yet/,
    )
    expect(await ask('--from', '2020-01-01', '--to', '2020-04-01')).toMatch(
      /^1 .*no handoff began from 2020-01-01.*those known became MQLs from 2026-11-18/,
    )
  })

  test('a database in which nobody was judged', async () => {
    const { url } = await testDatabase()
    expect(await refused(['--policy', file], { DATABASE_URL: url })).toMatch(
      /^1 .*nobody was judged yet.*leadtime sync/,
    )
  })
})

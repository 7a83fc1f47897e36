import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readDraft } from '../../../src/policy/versions.ts'
import { createTestDatabase } from '../database.ts'
import { company, fill } from '../pipeline/company.ts'
import { crmStub } from './crm_stub.ts'
import { complaint, type Ended, leadtime, start } from './leadtime.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadtime-policy-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const policy = (args: string[], env: Record<string, string> = {}): Promise<Ended> =>
  leadtime(['policy', ...args], env)

const DAILY = 'name: daily\npromises: { first_attempt: { from: T2, until: T3, due: 24h } }\n'

describe('leadtime policy check', () => {
  test('says what is in a file that is fine; likely mistakes go to stderr and are no error', async () => {
    const path = file('fine.yml', `${DAILY}holidays: { us: [07-04] }\n`)
    expect(await policy(['check', path])).toEqual({
      code: 0,
      signal: null,
      stdout: `${path} is fine: "daily", effective from 2000-01-01: 1 promise, 1 calendar\n`,
      stderr: 'warning: holidays.us: no calendar takes them; name the region in holidays of one\n',
    })
  })

  test('refuses a wrong one in one line with exit code 1, and needs no database for it', async () => {
    const path = file('wrong.yml', 'name: x\nstages:\n  sqll: off\n')
    const ended = await policy(['check', path], { DATABASE_URL: 'postgres://u@127.0.0.1:9/x' })
    expect([ended.code, ended.stdout]).toEqual([1, ''])
    expect(ended.stderr).toBe(
      `leadtime: ${path}:3: stages.sqll: unknown key sqll, expected one of mql, sal, sql, rejected, recycled; did you mean sql?\n`,
    )
  })
})

test('leadtime policy schema prints the committed JSON Schema', async () => {
  const { code, stdout } = await policy(['schema'])
  expect([code, stdout]).toEqual([0, readFileSync('docs/policy.schema.json', 'utf8')])
})

test('from the first version to the next: publish, show, diff, publish, and a service that goes on with what is published', async () => {
  const env = {
    DATABASE_URL: await createTestDatabase({ empty: true }),
    LEADTIME_POLICY: file('p.yml', DAILY),
  }
  const first = await policy(['publish'], env)
  expect(first).toMatchObject({
    code: 0,
    stdout: 'version 1 "daily" is published: for MQLs from 2000-01-01 on\n',
  })

  const shown = await policy(['show'], env)
  expect(shown.stdout).toMatch(
    /^# version 1 "daily", with every default filled in\. Published so far:\n# {3}version 1 "daily" from 2000-01-01, published .+, in force now\n/,
  )
  expect(shown.stdout).toContain(
    '\n# With fewer cases than this a figure shows counts only.\nminimum_n: 20\n',
  )
  expect(readDraft(shown.stdout, 'x').policy).toEqual(readDraft(DAILY, 'x').policy)
  expect(await policy(['diff'], env)).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/p\.yml says what version 1 "daily" says\n$/),
  })

  file('p.yml', DAILY.replace('24h', '12h'))
  const diff = await policy(['diff'], env)
  expect(diff.code).toBe(1)
  expect(diff.stdout).toBe('promises.first_attempt.due: 24h → 12h\n')
  expect(diff.stderr).toMatch(/^version 1, which is in force → .*p\.yml\n$/)

  const crm = await crmStub()
  const sync = await leadtime(['sync'], { ...env, ...crm.env })
  expect(sync.stderr).toMatch(
    /p\.yml differs from version 1, which is in force: `leadtime policy diff` shows how, `leadtime policy publish` puts it in force/,
  )

  const next = await policy(['publish', '--effective', '2099-01-01'], env)
  expect(next.stdout).toBe('version 2 "daily" is published: for MQLs from 2099-01-01 on\n')
  const again = await policy(['publish'], env)
  expect(again.stdout).toMatch(
    /p\.yml says what version 2 "daily" says, effective from 2099-01-01: nothing to publish\n$/,
  )

  const { stdout } = await policy(['show', '--version', '2', '--json'], env)
  expect(JSON.parse(stdout)).toMatchObject({
    number: 2,
    inForce: false,
    effective: '2099-01-01T00:00:00.000Z',
    policy: { effective: '2099-01-01', promises: { first_attempt: { due: '12h' } } },
    versions: [{ number: 1, inForce: true }, { number: 2 }],
  })
  expect((await policy(['show', '--version', '1', '--written'], env)).stdout).toBe(DAILY)
  expect(complaint(await policy(['show', '--version', '7'], env))).toBe(
    'leadtime: no policy version 7 was published; there are 1 to 2',
  )
})

test('a policy that would rewrite history needs the word for it', async () => {
  const it = await company()
  fill(it, 2)
  await it.round()
  const env = { DATABASE_URL: it.db.url, LEADTIME_POLICY: file('late.yml', DAILY) }
  const refused = await policy(['publish'], env)
  expect([refused.code, refused.stdout]).toEqual([1, ''])
  expect(refused.stderr).toMatch(
    /^leadtime: .*late\.yml: effective: 2000-01-01 would govern 2 handoffs that exist already, the first from 2026-11-18; let it begin later \(--effective \d{4}-\d\d-\d\d\), or judge them again by it with --rewrite-history\n$/,
  )
  const rewritten = await policy(['publish', '--rewrite-history'], env)
  expect(rewritten.stdout).toBe(
    'version 2 "daily" is published: for MQLs from 2000-01-01 on\n2 people are judged again: by the running service, or the next leadtime sync\n',
  )
})

test('nothing published yet: show and diff say how to do it', async () => {
  const env = { DATABASE_URL: await createTestDatabase() }
  for (const verb of ['show', 'diff'])
    expect(complaint(await policy([verb], env))).toMatch(
      /^leadtime: no policy was published yet; leadtime policy publish/,
    )
})

test('a running service judges by what was published meanwhile, without a restart', async () => {
  const it = await company()
  fill(it, 2)
  await it.round()
  const crm = await crmStub()
  const env = { DATABASE_URL: it.db.url, ...crm.env, POLL_SECONDS: '1' }
  const serve = start(['serve'], env)
  const said = await serve.says(/Leadtime is on (http:\S+);/)
  const url = /Leadtime is on (http:\S+);/.exec(said)![1]!
  const promises = async () => {
    const { rows } = await it.db.query<{ name: string }>({
      text: 'select distinct name from promise',
      values: [],
    })
    return rows.map(row => row.name)
  }
  expect((await promises()).sort()).toEqual(['assignment', 'decision', 'first_attempt'])
  // The service's own file is not what was published: its page says so.
  await policy(['publish', file('new.yml', DAILY), '--rewrite-history'], env)
  await expect.poll(promises, { timeout: 30_000 }).toEqual(['first_attempt'])
  await expect
    .poll(async () => await (await fetch(url)).text(), { timeout: 30_000 })
    .toContain('The policy file differs from version 2.')
  serve.child.kill('SIGTERM')
  expect((await serve.ended).code).toBe(0)
})

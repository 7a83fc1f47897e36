import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const biome = resolve('node_modules/.bin/biome')
let tree: string

beforeAll(() => {
  tree = mkdtempSync(join(tmpdir(), 'leadtime-imports-'))
  copyFileSync('biome.json', join(tree, 'biome.json'))
})
afterAll(() => rmSync(tree, { recursive: true }))

/** Lints `code` as if it stood in `path`; returns what the linter says. */
function lint(path: string, code: string): { ok: boolean; said: string } {
  mkdirSync(dirname(join(tree, path)), { recursive: true })
  writeFileSync(join(tree, path), `${code}\n`)
  const run = spawnSync(biome, ['lint', '--vcs-enabled=false', path], { cwd: tree, encoding: 'utf8' })
  return { ok: run.status === 0, said: run.stdout + run.stderr }
}

describe('imports point one way', () => {
  test.each([
    ['src/domain/judge.ts', "import '../store/db.ts'", 'domain is pure'],
    ['src/domain/judge.ts', "import 'node:fs'", 'domain is pure'],
    ['src/policy/schema.ts', "import 'node:fs'", 'policy is pure'],
    ['src/calendars/ics.ts', "import '../store/db.ts'", 'calendars know the domain'],
    ['src/store/facts.ts', "import 'ical.js'", 'the store knows'],
    ['src/crm/crm.ts', "import './salesforce/client.ts'", 'knows the domain and no vendor'],
    ['src/crm/hubspot/read.ts', "import 'jsforce'", 'its own SDK'],
    ['src/crm/salesforce/read.ts', "import '../hubspot/read.ts'", 'its own SDK'],
    ['src/store/facts.ts', "import '../pipeline/pull.ts'", 'the store knows'],
    ['src/pipeline/pull.ts', "import '../http/app.ts'", 'the pipeline knows'],
    ['src/pipeline/pull.ts', "import 'pg'", 'the pipeline knows'],
    ['src/http/app.ts', "import '../cli/serve.ts'", 'pages and routes'],
    ['src/http/app.ts', "import '../services.ts'", 'pages and routes'],
    ['src/http/stored.ts', "import '../crm/hubspot/read.ts'", 'pages and routes'],
    ['src/http/stored.ts', "import '../queue/hold.ts'", 'pages and routes'],
    ['src/twins/host.ts', "import '../crm/crm.ts'", 'twins are outsiders'],
    ['src/twins/host.ts', "import '../cleanup.ts'", 'twins are outsiders'],
    ['workers/pull.ts', "import '../src/http/app.ts'", 'a worker hands'],
    ['workers/pull.ts', "import 'bullmq'", 'a worker hands'],
    ['src/cli/demo.ts', "import '../twins/salesforce/twin.ts'", 'reached over HTTP'],
    ['src/cli/demo.ts', "import 'jsforce'", 'SDKs live in their adapter'],
    [
      'src/pipeline/pull.ts',
      "const load = () => import('../http/app.ts')\nawait load()",
      'the pipeline knows',
    ],
  ])('%s refuses %s', (path, code, why) => {
    const { ok, said } = lint(path, code)
    expect(said).toContain('noRestrictedImports')
    expect(said).toContain(why)
    expect(ok).toBe(false)
  })

  test.each([
    ['src/domain/judge.ts', "import './facts.ts'"],
    ['src/store/facts.ts', "import 'pg'"],
    ['src/pipeline/pull.ts', "import '../store/db.ts'"],
    ['src/http/pages/overview.ts', "import '../../store/overview.ts'"],
    ['src/services.ts', "await import('./crm/salesforce/adapter.ts')"],
    ['src/http/stored.ts', "import '../crm/errors.ts'"],
    ['workers/pull.ts', "import '../src/pipeline/pull.ts'"],
  ])('%s may %s', (path, code) => {
    expect(lint(path, code)).toMatchObject({ ok: true })
  })

  test('the environment is read in one file', () => {
    const code = 'export const home = process.env.HOME'
    expect(lint('src/store/db.ts', code).said).toContain('noProcessEnv')
    expect(lint('src/config.ts', code)).toMatchObject({ ok: true })
  })
})

import { spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, test } from 'vitest'

const MAIN = resolve('src/main.ts')
const inline = (code: string) => `data:text/javascript,${encodeURIComponent(code)}`
const run = (prepare: string, args: string[]) =>
  spawnSync(process.execPath, ['--import', inline(prepare), MAIN, ...args], { encoding: 'utf8' })

test('--help loads the table of verbs and nothing of what they do', () => {
  const told = `
    import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => { process.stderr.write(url + '\\n'); return next(url, context) } })`
  const { status, stderr } = run(told, ['--help'])
  expect(status).toBe(0)
  const loaded = stderr.trim().split('\n')
  const ours = loaded.filter(url => url.startsWith('file:') && !url.includes('/node_modules/'))
  expect(ours.map(url => url.slice(url.indexOf('/src/') + 5)).sort()).toEqual([
    'blank.ts',
    'cli/cli.ts',
    'cli/errors.ts',
    'cli/program.ts',
    'cli/stop.ts',
    'cli/values.ts',
    'cli/verbs.ts',
    'crm/errors.ts',
    'domain/moment.ts',
    'main.ts',
  ])
  const packages = loaded.flatMap(url => /\/node_modules\/([^/]+)\//.exec(url)?.[1] ?? [])
  expect([...new Set(packages)]).toEqual(['commander'])
})

test('an older Node is told what is needed, in one line', () => {
  const older = `Object.defineProperty(process.versions, 'node', { value: '24.1.0' })`
  const { status, stdout, stderr } = run(older, ['--help'])
  expect([status, stdout]).toEqual([1, ''])
  expect(stderr).toMatch(/^leadtime: needs Node\.js 26 or newer, this is 24\.1\.0; .+\n$/)
})

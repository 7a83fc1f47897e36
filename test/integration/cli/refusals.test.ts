import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { complaint, leadtime } from './leadtime.ts'

const CRM = { HUBSPOT_TOKEN: 'canary-token', HUBSPOT_BASE_URL: 'http://127.0.0.1:9' }
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'leadtime-cli-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const refused = async (args: string[], env: Record<string, string>): Promise<string> => {
  const ended = await leadtime(args, { LEADTIME_DATA: join(folder, 'data'), ...env })
  expect(ended.code).toBe(1)
  expect(ended.stdout).toBe('')
  expect(ended.stderr).not.toMatch(/\n\s+at |canary/)
  expect(complaint(ended)).toMatch(/^leadtime: /)
  return complaint(ended)
}

describe.each(['serve', 'work', 'sync', 'migrate'])('leadtime %s refuses with one line', verb => {
  test('a bad environment, all of it', async () => {
    const line = await refused([verb], { PORT: 'many', LOG_LEVEL: 'loud', HUBSPOT_TOKEN: 'canary token' })
    expect(line).toMatch(/PORT is 'many' but must be .*LOG_LEVEL is 'loud' but must be /)
    expect(line).toContain('HUBSPOT_TOKEN must be')
  })

  test('a data folder that cannot be', async () => {
    const file = join(folder, 'a-file')
    writeFileSync(file, '')
    const line = await refused([verb], { ...CRM, LEADTIME_DATA: join(file, 'below') })
    expect(line).toContain(file)
    expect(line).toContain('LEADTIME_DATA')
  })

  test('a database that is not there', async () => {
    const line = await refused([verb], {
      ...CRM,
      DATABASE_URL: `postgres://u:canary@127.0.0.1:${await closedPort()}/x`,
    })
    expect(line).toMatch(/ECONNREFUSED.*DATABASE_URL/)
  })
})

describe('before anything is opened', () => {
  test.each(['serve', 'work', 'sync'])(
    'leadtime %s without a CRM says which variables connect one',
    async verb => {
      expect(await refused([verb], {})).toMatch(/no CRM is connected.*HUBSPOT_TOKEN/)
    },
  )

  test('a policy with an unknown key is named with file, line and the nearest key', async () => {
    const file = join(folder, 'policy.yml')
    writeFileSync(file, 'version: 1\nnaem: ours\n')
    const line = await refused(['sync'], { ...CRM, LEADTIME_POLICY: file })
    expect(line).toContain(`${file}:2`)
    expect(line).toContain('name')
  })
})

/** A port at which nobody listens any more. */
function closedPort(): Promise<number> {
  return new Promise(done => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => done(port))
    })
  })
}

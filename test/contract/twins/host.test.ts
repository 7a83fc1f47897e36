import { type ChildProcess, fork } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startTwins, type Twins } from '../../../src/twins/host.ts'
import { generateScenario } from '../../../src/twins/scenario/generate.ts'
import { writeScenario } from '../../../src/twins/scenario/write.ts'

const DAY = 24 * 3_600_000
const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url))

let storage: string
beforeEach(() => {
  storage = mkdtempSync(join(tmpdir(), 'leadtime-test-'))
})
afterEach(() => rmSync(storage, { recursive: true, force: true }))

async function ask<T = Record<string, unknown>>(url: string, body?: unknown): Promise<T> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(
    url,
    body === undefined ? {} : { method: 'POST', headers, body: JSON.stringify(body) },
  )
  expect(response.status).toBeLessThan(300)
  return (await response.json()) as T
}

type Records = { records: Record<string, number> }

describe('startTwins', () => {
  let twins: Twins
  const start = async (live = false, people = 60) => {
    twins = await startTwins({ scenario: { people, seed: 5, live }, storage })
    return twins
  }
  afterEach(() => twins?.close())

  it('shows the same people in both CRMs, as of the scenario’s now', async () => {
    const { salesforceUrl, hubspotUrl, company } = await start()
    const lives = [...generateScenario({ people: 60, seed: 5 }).people()]
    const known = lives.filter(({ events }) => events.length > 0).length
    const leads = lives.filter(({ events }) => events.some(({ event }) => event === 'mql')).length
    const [salesforce, hubspot] = await Promise.all(
      [salesforceUrl, hubspotUrl].map(url => ask<Records>(`${url}/_twin/state`)),
    )
    expect(salesforce?.records.Lead).toBeGreaterThanOrEqual(leads)
    expect(hubspot?.records.contacts).toBe(known)
    for (const url of [salesforceUrl, hubspotUrl]) {
      expect(await ask(`${url}/_twin/clock`)).toMatchObject({ now: company.now, rate: 0 })
      expect(await ask(`${url}/_twin/company`)).toMatchObject({ name: 'generated-60-5', now: company.now })
      const { people } = await ask<{ people: { person: string }[] }>(
        `${url}/_twin/people?after=p0000010&limit=2`,
      )
      expect(people.map(({ person }) => person)).toEqual(['p0000011', 'p0000012'])
    }
  })

  it('has one clock: set at one twin, time and events come to both', async () => {
    const { salesforceUrl, hubspotUrl, company, pending } = await start(true)
    const before = await ask<Records>(`${hubspotUrl}/_twin/state`)
    expect(pending()).toBeGreaterThan(0)
    await ask(`${salesforceUrl}/_twin/clock`, { now: company.now + DAY })
    expect(pending()).toBe(0)
    expect(await ask(`${hubspotUrl}/_twin/clock`)).toMatchObject({ now: company.now + DAY })
    const after = await ask<Records>(`${hubspotUrl}/_twin/state`)
    expect(after.records.contacts).toBeGreaterThan(before.records.contacts!)
    const response = await fetch(`${hubspotUrl}/nowhere`)
    expect(response.headers.get('date')).toBe(new Date(company.now + DAY).toUTCString())
  })

  it('reads a folder, and links both CRMs when the scenario has a connector', async () => {
    const dir = join(storage, 'scenario')
    await writeScenario(generateScenario({ people: 30, seed: 5, connector: true }), dir)
    twins = await startTwins({ scenario: dir, storage })
    const { people } = await ask<{ people: { records: { object: string; id: string }[] }[] }>(
      `${twins.salesforceUrl}/_twin/people`,
    )
    const lead = people.flatMap(({ records }) => records).find(({ object }) => object === 'Lead')
    const found = await fetch(`${twins.hubspotUrl}/crm/v3/objects/contacts/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${twins.token}` },
      body: JSON.stringify({
        filterGroups: [{ filters: [{ propertyName: 'salesforceleadid', operator: 'EQ', value: lead?.id }] }],
      }),
    })
    expect(await found.json()).toMatchObject({ total: 1 })
  })

  it('removes its files and stops listening when closed, also twice', async () => {
    const { salesforceUrl, close } = await start()
    expect(readdirSync(storage)).toHaveLength(1)
    await close()
    await close()
    expect(readdirSync(storage)).toEqual([])
    await expect(fetch(`${salesforceUrl}/_twin/clock`)).rejects.toThrow()
  })

  it('leaves nothing behind when it cannot start', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const { port } = taken.address() as { port: number }
    const scenario = { people: 5, seed: 1 }
    await expect(startTwins({ scenario, storage, hubspotPort: port })).rejects.toMatchObject({
      code: 'EADDRINUSE',
    })
    await expect(startTwins({ scenario: join(storage, 'nope'), storage })).rejects.toThrow('does not exist')
    taken.close()
    expect(readdirSync(storage)).toEqual([])
  })
})

describe('leadtime twins', () => {
  let child: ChildProcess
  const run = (args: string[], ipc = true) => {
    const env = { ...process.env, TMPDIR: storage }
    const stdio: ('ignore' | 'pipe' | 'ipc')[] = ['ignore', 'pipe', 'pipe', 'ipc']
    child = fork(MAIN, ['twins', ...args], { env, stdio })
    if (!ipc) child.disconnect()
    return child
  }
  afterEach(() => void child?.kill('SIGKILL'))

  const ended = async () => {
    const [code] = (await once(child, 'exit')) as [number | null]
    return code
  }

  it('tells the process that forked it where the twins are, and ends when that is gone', async () => {
    run(['--people', '20', '--quiet'])
    const [ready] = (await once(child, 'message')) as [Record<string, string>]
    expect(ready).toMatchObject({ ready: true, clientId: 'leadtime', portalId: expect.any(Number) as number })
    expect(await ask(`${ready.hubspotUrl}/_twin/clock`)).toMatchObject({ rate: 0 })
    child.disconnect()
    expect(await ended()).toBe(0)
    expect(readdirSync(storage)).toEqual([])
  })

  it('prints addresses and settings, lets the clock run, and stops on SIGTERM', async () => {
    run(['--people', '20', '--rate', '60'])
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
    const text = chunk.toString()
    const url = /^HUBSPOT_BASE_URL=(.*)$/m.exec(text)?.[1]
    expect(text).toMatch(/^SALESFORCE_CLIENT_SECRET=/m)
    expect(await ask(`${url}/_twin/clock`)).toMatchObject({ rate: 60 })
    child.kill('SIGTERM')
    expect(await ended()).toBe(0)
    expect(readdirSync(storage)).toEqual([])
  })

  it('takes a certificate, and says whom its key signs in', async () => {
    const file = join(storage, 'public.pem')
    const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    writeFileSync(file, publicKey.export({ type: 'spki', format: 'pem' }))
    run(['--people', '20', '--certificate', file])
    const [chunk] = (await once(child.stdout!, 'data')) as [Buffer]
    const text = chunk.toString()
    const url = /^SALESFORCE_LOGIN_URL=(.*)$/m.exec(text)?.[1]
    const { certified, sub } = (await ask(`${url}/_twin/certificate`)) as { certified: boolean; sub: string }
    expect(certified).toBe(true)
    expect(text).toContain(`SALESFORCE_USERNAME=${sub}\n`)
    expect(text).not.toContain('SALESFORCE_CLIENT_SECRET')
  })

  it.each([
    [['--certificate', '/nowhere.pem'], 2, '--certificate /nowhere.pem: no such file'],
    [['--certificate', 'package.json'], 2, 'the certificate is neither one nor a public key'],
    [['--scenario', '/nowhere'], 1, '/nowhere: the folder does not exist'],
    [['--people', '3000000'], 2, "'3000000' is not a whole number from 1 to 2000000"],
    [['--people', 'many'], 2, "'many' is not a whole number"],
  ])('refuses %j in one line', async (args, code, words) => {
    run(args)
    let text = ''
    child.stderr!.on('data', (chunk: Buffer) => {
      text += chunk.toString()
    })
    expect(await ended()).toBe(code)
    expect(text).toContain(words)
    expect(text.trim().split('\n')).toHaveLength(1)
  })
})

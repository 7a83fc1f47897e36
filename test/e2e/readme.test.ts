import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { startTwins } from '../../src/twins/host.ts'
import { generateScenario } from '../../src/twins/scenario/generate.ts'
import { writeScenario } from '../../src/twins/scenario/write.ts'
import { createTestDatabase } from '../integration/database.ts'

const README = readFileSync('README.md', 'utf8')
const COMMANDS = [...README.matchAll(/```sh\n([\s\S]*?)```/g)].flatMap(([, block]) =>
  block!
    .split('\n')
    .map(line => line.replace(/\s+#.*/, '').trim())
    .filter(Boolean),
)

/** Run by .ci/run itself: they install, or run these very tests. */
const ELSEWHERE = /^npm (ci && npm run demo|cit|test|run (check|bench|test:e2e|test:chaos))$/

interface Ran {
  output(): string
  says(pattern: RegExp): Promise<RegExpMatchArray>
  /** Interrupts the whole process group as Ctrl-C does, and waits until nothing of it runs any more. */
  interrupt(): Promise<void>
  ended: Promise<number | null>
}

/** Runs a line of the README in a shell, in a process group of its own. */
function run(line: string, env: Record<string, string> = {}): Ran {
  const child = spawn('bash', ['-c', line], {
    detached: true,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => (output += text))
  const ended = once(child, 'close').then(([code]) => code as number | null)
  onTestFinished(() => {
    if (groupLives(child)) process.kill(-child.pid!, 'SIGKILL')
  })
  const says = (pattern: RegExp) =>
    new Promise<RegExpMatchArray>((done, fail) => {
      const look = () => {
        const match = output.match(pattern)
        if (match) done(match)
      }
      for (const stream of [child.stdout, child.stderr]) stream.on('data', look)
      look()
      void ended.then(code =>
        fail(new Error(`'${line}' ended with ${code} before saying ${pattern}: ${output}`)),
      )
    })
  const interrupt = async () => {
    process.kill(-child.pid!, 'SIGINT')
    await ended
    await until('nothing of it runs any more', async () => !groupLives(child))
    expect(output).not.toMatch(/leadtime: /)
  }
  return { output: () => output, says, interrupt, ended }
}

function groupLives(child: ChildProcess): boolean {
  try {
    process.kill(-child.pid!, 0)
    return true
  } catch {
    return false
  }
}

async function scenarioFolder(): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-readme-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  const scenario = generateScenario({ people: 60, seed: 3 })
  await writeScenario(scenario, dir)
  scenario.close()
  return dir
}

/** What `.env` would say of a pair of twins. */
async function connected(): Promise<Record<string, string>> {
  const twins = await startTwins({ scenario: { people: 60, seed: 3 } })
  onTestFinished(() => twins.close())
  return {
    SALESFORCE_LOGIN_URL: twins.salesforceUrl,
    SALESFORCE_CLIENT_ID: twins.clientId,
    SALESFORCE_CLIENT_SECRET: twins.clientSecret,
    HUBSPOT_BASE_URL: twins.hubspotUrl,
    HUBSPOT_UI_URL: twins.hubspotUrl,
    HUBSPOT_TOKEN: twins.token,
    DATABASE_URL: await createTestDatabase(),
    POLL_SECONDS: '1',
  }
}

const address = (name: string) => new RegExp(`${name} +(http://127\\.0\\.0\\.1:\\d+)`)

/** Asks until the answer pleases; the README promises something that happens by itself. */
async function until(what: string, ask: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 300; tries++) {
    if (await ask().catch(() => false)) return
    await delay(200)
  }
  throw new Error(`never came true: ${what}`)
}

/** What each line should do. */
const EXPECTED: Record<string, (line: string) => Promise<void>> = {
  'npm run demo': async line => {
    const demo = run(`${line} -- --people 300`)
    const urls = await Promise.all(
      ['Leadtime', 'Salesforce', 'HubSpot'].map(async name => (await demo.says(address(name)))[1]!),
    )
    for (const url of urls) expect((await fetch(url)).status).toBe(200)
    await until('the page knows the leads', async () =>
      (await (await fetch(urls[0]!)).text()).includes('overdue'),
    )
    await until('flags stand in the twin', async () =>
      /Overdue since/.test(await (await fetch(`${urls[1]}/lightning/o/Lead/list?filter=overdue`)).text()),
    )
    await demo.interrupt()
    expect(demo.output()).toContain('nothing stays behind')
    for (const url of urls) await expect(fetch(url)).rejects.toThrow()
  },
  'npm run demo -- --scenario my-company': async line => {
    const demo = run(line.replace('my-company', await scenarioFolder()))
    await demo.says(address('HubSpot'))
    await demo.interrupt()
  },
  'npm run demo -- --scenario my-company --once --json': async line => {
    const demo = run(
      line.replace('npm run', 'npm run --silent').replace('my-company', await scenarioFolder()),
    )
    expect(await demo.ended).toBe(0)
    const json = demo
      .output()
      .split('\n')
      .find(text => text.startsWith('{'))
    expect(JSON.parse(json ?? '')).toMatchObject({ people: expect.any(Number), verified: expect.anything() })
  },
  'npm run demo -- --people 5000 --seed 7 --once': async line => {
    const demo = run(line.replace('5000', '500'))
    expect(await demo.ended).toBe(0)
    expect(demo.output()).toMatch(/\d+ people, \d+ handoffs, \d+ overdue/)
  },
  'npm run leadtime -- twins --people 500': async line => {
    const twins = run(line)
    const [, url] = await twins.says(/SALESFORCE_LOGIN_URL=(http:\S+)/)
    expect((await fetch(url!)).status).toBe(200)
    await twins.interrupt()
  },
  'npm run leadtime -- doctor': async line => {
    const ran = run(line, await connected())
    // The twins' clock stands in the scenario.
    await ran.says(/WARN {2}clock/)
    expect(await ran.ended).toBe(0)
  },
  'npm run leadtime -- sync --once': async line => {
    const sync = run(line, await connected())
    expect(await sync.ended).toBe(0)
    expect(sync.output()).toMatch(/handoffs/)
  },
  'npm run leadtime -- reconcile': async line => {
    const reconcile = run(line, await connected())
    expect(await reconcile.ended).toBe(0)
    expect(reconcile.output()).toMatch(/salesforce lead: \d+ records on both sides, checksum \w{16}; no gaps/)
  },
  'npm run leadtime -- serve': async line => {
    const serve = run(line, await connected())
    const [, url] = await serve.says(/Leadtime is on (http:\S+);/)
    await until('health is green', async () => (await fetch(`${url}/health`)).status === 200)
    await serve.interrupt()
  },
  'npm run leadtime -- work': async line => {
    const env = await connected()
    const work = run(line, env)
    await until('it has asked the twins', async () => {
      const { calls } = (await (await fetch(`${env.SALESFORCE_LOGIN_URL}/_twin/counters`)).json()) as {
        calls: object
      }
      return Object.keys(calls).some(call => call.includes('/query'))
    })
    await work.interrupt()
  },
  'npm run leadtime -- policy check': async line => {
    const check = run(line)
    expect(await check.ended).toBe(0)
    expect(check.output()).toMatch(/policy\.yml is fine/)
  },
  'npm run leadtime -- migrate': async line => {
    const migrate = run(line, { DATABASE_URL: await createTestDatabase({ empty: true }) })
    expect(await migrate.ended).toBe(0)
  },
}

describe('the README', () => {
  test('names no command that is not run here or by .ci/run', () => {
    const untested = COMMANDS.filter(line => !(line in EXPECTED) && !ELSEWHERE.test(line))
    expect(untested).toEqual([])
    expect(COMMANDS).toContain('npm ci && npm run demo')
  })

  test.each(Object.entries(EXPECTED))('%s', async (line, expected) => {
    expect(`${COMMANDS.join('\n')}\n`).toContain(`${line}\n`)
    await expected(line)
  })
})

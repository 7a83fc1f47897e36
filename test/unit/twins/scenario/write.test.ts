import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateScenario } from '../../../../src/twins/scenario/generate.ts'
import { readScenario } from '../../../../src/twins/scenario/read.ts'
import { EVENT_NAMES, type Scenario } from '../../../../src/twins/scenario/types.ts'
import { writeScenario } from '../../../../src/twins/scenario/write.ts'

async function inFolder<T>(use: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-test-'))
  try {
    return await use(dir)
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

const throughFiles = (scenario: Scenario) =>
  inFolder(async dir => {
    await writeScenario(scenario, dir)
    const read = await readScenario(dir, { warn: message => expect.unreachable(message) })
    try {
      return { company: read.company, people: [...read.people()] }
    } finally {
      read.close()
    }
  })

describe('writeScenario', () => {
  it('writes a generated company that reads back the same', async () => {
    const options = fc.record({
      people: fc.integer({ min: 1, max: 120 }),
      seed: fc.nat(),
      live: fc.boolean(),
      connector: fc.boolean(),
    })
    await fc.assert(
      fc.asyncProperty(options, async wish => {
        const scenario = generateScenario(wish)
        const { company, people } = await throughFiles(scenario)
        expect(company).toEqual(scenario.company)
        expect(people).toEqual([...scenario.people()])
      }),
      { numRuns: 12 },
    )
  })

  it('keeps any text: quotes, commas, line breaks, other alphabets', async () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r\n', ' ', 'é', '日', '😀', ';', "'") })
      .filter(value => !value.startsWith('\uFEFF'))
    await fc.assert(
      fc.asyncProperty(
        text,
        text,
        fc.constantFrom(...EVENT_NAMES.slice(0, 9)),
        async (company, detail, event) => {
          const { company: own, people } = generateScenario({ people: 1, seed: 1 })
          const [life] = [...people()]
          const person = { ...life!.person, company }
          const cells = { actor: '', direction: '' as const, outcome: '', amount: 0.1, deal: '', detail }
          const events = [{ seq: 1, person: person.person, at: own.now, event, ...cells }]
          const lives = [{ person, events }]
          const size = { people: 1, events: 1 }
          const back = await throughFiles({ company: own, size, people: () => lives, close: () => undefined })
          expect(back.people).toEqual(lives)
        },
      ),
      { numRuns: 30 },
    )
  })

  it(
    'writes and reads far more than fits into the memory it is given',
    () =>
      inFolder(dir => {
        const script = fileURLToPath(new URL('./roundtrip.ts', import.meta.url))
        // Held in memory, the events of so many people would not fit.
        const flags = ['--max-old-space-size=32', '--max-semi-space-size=2', script, dir, '20000']
        const out = execFileSync(process.execPath, flags, {
          encoding: 'utf8',
          stdio: ['ignore', 'pipe', 'pipe'],
        })
        const { people, events, written } = JSON.parse(out) as Record<string, number>
        expect(people).toBe(20_000)
        expect(events).toBe(written)
        return Promise.resolve()
      }),
    60_000,
  )
})

import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { OnceReport } from '../../src/demo/once.ts'
import { generateScenario } from '../../src/twins/scenario/generate.ts'
import { type OracleRow, oracle } from '../oracle/oracle.ts'
import { demoOnce } from './demo.ts'

const PEOPLE = 10_000
const SEED = 42

describe(`a generated company of ${PEOPLE} people`, () => {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-verdicts-'))
  const file = join(dir, 'verdicts.jsonl')
  let report: OnceReport

  beforeAll(async () => {
    report = await demoOnce('--people', `${PEOPLE}`, '--seed', `${SEED}`, '--again', '--verdicts', file)
  }, 300_000)
  afterAll(() => rmSync(dir, { recursive: true }))

  test('every verdict is the one that the slow calculator reads from the scenario alone', () => {
    const expected = new Map<string, OracleRow>()
    const scenario = generateScenario({ people: PEOPLE, seed: SEED })
    for (const { person, events } of scenario.people()) {
      for (const row of oracle(scenario.company, person, events, scenario.company.now)) {
        expected.set(`${row.person} ${row.handoff}`, row)
      }
    }
    scenario.close()
    const lines = readFileSync(file, 'utf8').trim().split('\n')
    const judged = new Map(
      lines.map(line => JSON.parse(line) as OracleRow).map(row => [`${row.person} ${row.handoff}`, row]),
    )
    expect(judged.size).toBe(lines.length)
    expect([...judged.keys()].sort()).toEqual([...expected.keys()].sort())
    const different = [...expected].filter(([key, row]) => !same(judged.get(key)!, row))
    expect(different.slice(0, 3).map(([key, row]) => ({ expected: row, judged: judged.get(key) }))).toEqual(
      [],
    )
    expect(judged.size).toBeGreaterThan(PEOPLE / 2)
  })

  test('both CRMs show every verdict, and a second sync has nothing to do', () => {
    for (const { checked, equal } of Object.values(report.verified)) {
      expect(checked).toBeGreaterThan(PEOPLE / 2)
      expect(equal).toBe(checked)
    }
    expect(report.again?.rowsChanged).toBe(0)
    expect(Object.values(report.again?.writes ?? {}).map(({ records }) => records)).toEqual([0, 0])
  })
})

/** E-mail addresses are compared without regard to case: the CRMs disagree about it. */
function same(judged: OracleRow, expected: OracleRow): boolean {
  const plain = (row: OracleRow) =>
    JSON.stringify({ ...row, email: row.email.toLowerCase() }, Object.keys(expected))
  const promises = (row: OracleRow) =>
    JSON.stringify(
      Object.entries(row.promises)
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, { state, due, warn, kind, minutes }]) => [name, state, due, warn, kind, minutes]),
    )
  return plain(judged) === plain(expected) && promises(judged) === promises(expected)
}

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { demoOnce } from './demo.ts'

/** A scenario small enough to count on one's fingers. */
const COMPANY = {
  'scenario.json': JSON.stringify({
    ...{ name: 'tiny', description: '', timeZone: 'Europe/Berlin' },
    ...{ start: '2026-03-02T00:00:00Z', now: '2026-03-10T12:00:00Z' },
  }),
  'users.csv': `user,name,email,manager,role,time_zone,active
ada,Ada,ada@example.com,,rep,Europe/Berlin,true
`,
  'people.csv': `person,email,first_name,last_name,company,account,country,source,campaign,job_title
p1,p1@example.com,P,One,One Ltd,,DE,web,spring,
p2,p2@example.com,P,Two,Two Ltd,,DE,web,,
p3,p3@example.com,P,Three,Three Ltd,,DE,,,
p4,p4@example.com,P,Four,Four Ltd,,DE,fair,,
`,
  'events.csv': `person,at,event,actor,direction,outcome,amount,deal,detail
p1,2026-03-02T08:00:00Z,mql,,,,,,
p1,2026-03-02T09:00:00Z,assigned,ada,,,,,
p1,2026-03-02T15:00:00Z,call,ada,out,connected,,,
p1,2026-03-03T08:00:00Z,opportunity,ada,,,1000,d1,
p1,2026-03-06T08:00:00Z,won,ada,,,1000,d1,
p2,2026-03-02T08:00:00Z,mql,,,,,,
p2,2026-03-02T10:00:00Z,assigned,ada,,,,,
p3,2026-03-10T11:00:00Z,mql,,,,,,
p4,2026-03-03T08:00:00Z,inquiry,,,,,,
`,
}

function folder(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'leadtime-tiny-'))
  onTestFinished(() => rmSync(dir, { recursive: true }))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text)
  return dir
}

describe('demo --scenario --once --json', () => {
  test('a company counted by hand', async () => {
    const verdicts = join(folder({}), 'verdicts.jsonl')
    const { reads, writes, seconds, ...report } = await demoOnce(
      ...['--scenario', folder(COMPANY), '--again', '--verdicts', verdicts],
    )
    const one = (value: number) => ({ n: 1, negative: 0, mean: value, median: value, p90: value })
    expect(report).toEqual({
      scenario: 'tiny',
      asOf: '2026-03-10T12:00:00.000Z',
      people: 4,
      handoffs: 3,
      overdue: 1,
      reached: { mql: 3, sal: 1, sql: 1, opportunity: 1, won: 1, lost: 0 },
      mqlToWonDays: one(4),
      mqlToSqlHours: one(24),
      followUpHours: one(6),
      bySource: { web: { mql: 2, sql: 1, won: 1 }, '(empty)': { mql: 1, sql: 0, won: 0 } },
      byMonth: { '2026-03': { mql: 3, sql: 1, won: 1 } },
      byRep: { ada: { mql: 2, sql: 1, won: 1 }, '(none)': { mql: 1, sql: 0, won: 0 } },
      verified: { salesforce: { checked: 3, equal: 3 }, hubspot: { checked: 3, equal: 3 } },
      again: {
        writes: { salesforce: { calls: 0, records: 0 }, hubspot: { calls: 0, records: 0 } },
        rowsChanged: 0,
      },
    })
    expect([writes.salesforce?.records, writes.hubspot?.records]).toEqual([3, 3])
    expect(reads.salesforce?.records).toBeGreaterThan(3)
    expect(Object.keys(seconds)).toEqual(['load', 'pull', 'judge', 'push', 'verify', 'total'])
    const lines = readFileSync(verdicts, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line))
    expect(lines.find(({ person }) => person === 'p1')).toMatchObject({
      ...{
        email: 'p1@example.com',
        handoff: 1,
        owner: 'ada',
        source: 'web',
        campaign: 'spring',
        attempts: 1,
      },
      ...{ t0: null, t1: '2026-03-02T08:00:00.000Z', t2: '2026-03-02T09:00:00.000Z', outcome: 'sql' },
      promises: {
        first_attempt: { state: 'met', kind: 'elapsed', minutes: 360, due: '2026-03-04T09:00:00.000Z' },
      },
    })
  })

  const olist = process.env.OLIST_SCENARIO
  // A real funnel, when it is at hand: 8,000 leads whose numbers are known.
  if (olist !== undefined && existsSync(olist)) {
    test('a real funnel gives its known numbers', async () => {
      const known = JSON.parse(readFileSync(join(olist, '..', 'expected.json'), 'utf8'))
      const report = await demoOnce('--scenario', olist, '--again')
      expect(report.reached).toMatchObject({ mql: known.mqls, won: known.won })
      const { n, negative, mean, median, p90 } = known.mql_to_won_days
      expect(report.mqlToWonDays).toMatchObject({ n, negative })
      expect(report.mqlToWonDays.mean).toBeCloseTo(mean, 4)
      expect(report.mqlToWonDays.median).toBeCloseTo(median, 4)
      expect(report.mqlToWonDays.p90).toBeCloseTo(p90, 4)
      const counts = (groups: Record<string, { mqls: number; won: number }>) =>
        Object.fromEntries(
          Object.entries(groups).map(([name, { mqls: mql, won }]) => [name, { mql, won, sql: won }]),
        )
      expect(report.bySource).toEqual(counts(known.by_source))
      expect(report.byMonth).toEqual(counts(known.by_month))
      for (const { checked, equal } of Object.values(report.verified)) expect(equal).toBe(checked)
      expect(report.again?.rowsChanged).toBe(0)
      for (const { records } of Object.values(report.again?.writes ?? {})) expect(records).toBe(0)
    })
  }
})

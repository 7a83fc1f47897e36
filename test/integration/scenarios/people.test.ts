import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { sql } from '../../../src/store/sql.ts'
import type { OracleRow } from '../../oracle/oracle.ts'
import { createTestDatabase } from '../database.ts'
import { Rehearsal } from './rehearsal.ts'

const HOUR = 3_600_000
const START = Date.parse('2026-11-02T08:00:00Z')
const iso = (hours: number): string => new Date(START + hours * HOUR).toISOString()

type Row = [person: string, hours: number, event: string, actor?: string, outcome?: string, detail?: string]

/** Both CRMs and the service, after this has happened; the clock stands `now` hours after the start. */
async function after(now: number, rows: readonly Row[], left = ''): Promise<Rehearsal> {
  const lines = rows.map(([person, at, event, actor = '', outcome = '', detail = '']) =>
    [
      person,
      iso(at),
      event,
      actor,
      event === 'call' ? 'out' : '',
      outcome,
      '',
      DEALS.has(event) ? `${person}-d` : '',
      detail,
    ].join(','),
  )
  const files = {
    'scenario.json': JSON.stringify({
      name: 'people',
      timeZone: 'UTC',
      start: iso(-24),
      now: iso(now),
      connector: true,
    }),
    'users.csv': `user,name,email,manager,role,time_zone,active,works_in,left\nann,Ann,ann@reps.example.com,,rep,UTC,true,salesforce,${left}\nbob,Bob,bob@reps.example.com,,rep,UTC,true,salesforce,\n`,
    'people.csv': `person,email,first_name,last_name,company,account,country,source,campaign,job_title\n${[...new Set(rows.map(([person]) => person))].map(person => `${person},${person}@leads.example.com,,${person},Firm,,,,,`).join('\n')}\n`,
    'events.csv': `person,at,event,actor,direction,outcome,amount,deal,detail\n${lines.join('\n')}\n`,
  }
  const at = await Rehearsal.of(await createTestDatabase(), dir => {
    for (const [file, text] of Object.entries(files)) writeFileSync(join(dir, file), text)
  })
  onTestFinished(() => at.close())
  await at.sync()
  return at
}

const DEALS = new Set(['opportunity', 'won'])

/** What is the same however the person came to be one. */
const core = ({ handoff, owner, t1, t2, t3, t4, t5, t6, attempts, outcome, promises }: OracleRow) => ({
  ...{ handoff, owner, t1, t2, t3, t4, t5, t6, attempts, outcome },
  states: Object.entries(promises).map(([name, { state, due }]) => [name, state, due]),
})

/** Two people, a before b, each handed over, assigned and called, b's answer last. */
const two = (b: string): Row[] => [
  ['a', 0, 'mql'],
  ['a', 1, 'assigned', 'ann'],
  [b, 5, 'mql'],
  [b, 6, 'assigned', 'ann'],
  [b, 8, 'call', 'ann', 'voicemail'],
  ['a', 9, 'call', 'ann', 'connected'],
]

test.each([
  ['the younger into the elder', 'b', 'a'],
  ['the elder into the younger', 'a', 'b'],
])(
  'two with open handoffs merged, %s: one, with the verdicts of somebody who did it all',
  async (_, loser, kept) => {
    const merged = await after(30, [...two('b'), [loser, 20, 'merged', '', '', kept]])
    const single = await after(30, two('a'))
    const [rows, expected] = [await merged.verdicts(), await single.verdicts()]
    expect(rows.map(core)).toEqual(expected.map(core))
    expect(rows).toHaveLength(1)
    expect(rows[0]).toMatchObject({
      t1: iso(0),
      t2: iso(1),
      t3: iso(8),
      t4: iso(9),
      attempts: 2,
      outcome: null,
    })
    expect((await merged.sync()).rows).toEqual({})
  },
)

test('merged after both were synced: the numbers are derived anew, and what the other had is gone', async () => {
  const at = await after(15, [
    ...two('b'),
    ['b', 20, 'merged', '', '', 'a'],
    ['a', 30, 'rejected', 'ann', '', 'no budget'],
    ['a', 40, 'mql'],
  ])
  expect((await at.verdicts()).map(({ handoff, t1 }) => [handoff, t1])).toEqual([
    [1, iso(0)],
    [1, iso(5)],
  ])
  await at.to(START + 50 * HOUR)
  await at.sync()
  expect((await at.verdicts()).map(({ handoff, t1, outcome }) => [handoff, t1, outcome])).toEqual([
    [1, iso(0), 'rejected'],
    [2, iso(40), null],
  ])
})

test('fault 14: a conversion ends the handoff; the lead is left alone, its contact shows the verdict', async () => {
  const at = await after(10, [
    ['a', 0, 'mql'],
    ['a', 1, 'assigned', 'ann'],
    ['a', 20, 'opportunity', 'ann'],
    ['a', 60, 'mql'],
    ['a', 61, 'call', 'ann', 'voicemail'],
  ])
  await at.to(START + 30 * HOUR)
  await at.sync()
  expect(await at.verdicts()).toMatchObject([{ outcome: 'sql', t6: iso(20) }])
  const { rows } = await at.db.query<{ object: string; shown: boolean }>(sql`
    select split_part(ref, ':', 2) as object, desired is not null as shown from target
    where ref like 'salesforce:%' order by 1`)
  expect(rows).toEqual([
    { object: 'contact', shown: true },
    { object: 'lead', shown: false },
  ])
  const reply = await fetch(`${at.twins.salesforceUrl}/_twin/writes?limit=1000`)
  const { writes } = (await reply.json()) as { writes: { record: string; at: number }[] }
  const lastOf = (object: string) =>
    Math.max(...writes.filter(({ record }) => record.startsWith(object)).map(one => one.at))
  expect(lastOf('Lead/')).toBe(START + 10 * HOUR)
  expect(lastOf('Contact/')).toBe(START + 30 * HOUR)
  for (const proof of Object.values(await at.prove())) expect(proof.equal).toBe(proof.checked)
})

test('somebody who leaves while it goes on owned until then', async () => {
  const at = await after(
    10,
    [
      ['a', 0, 'mql'],
      ['a', 1, 'assigned', 'ann'],
      ['b', 40, 'mql'],
      ['b', 41, 'assigned', 'ann'],
      ['b', 42, 'assigned', 'bob'],
    ],
    iso(30),
  )
  await at.to(START + 90 * HOUR)
  await at.sync()
  expect(await at.verdicts()).toMatchObject([
    { person: 'a', owner: 'ann', t2: iso(1) },
    { person: 'b', owner: 'bob', t2: iso(42) },
  ])
})

import { expect, onTestFinished, test } from 'vitest'
import type { Pair, VerdictChange } from '../../../src/domain/replay.ts'
import { inState, type Tally } from '../../../src/domain/tally.ts'
import { DAY } from '../../../src/domain/time.ts'
import { Tally as RowTally } from '../../../src/pipeline/context.ts'
import { judge } from '../../../src/pipeline/judge.ts'
import { publish } from '../../../src/pipeline/publish.ts'
import { replay } from '../../../src/pipeline/replay.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import type { Database } from '../../../src/store/db.ts'
import { sql } from '../../../src/store/sql.ts'
import { createTestDatabase } from '../database.ts'
import { Rehearsal } from './rehearsal.ts'

const STRICTER = `
promises:
  assignment: { from: T1, until: T2, kind: working, due: 1h }
  first_attempt: { from: T1, until: T4, kind: elapsed, due: 24h, tiers: [{ name: germans, when: { country: [DE] }, due: 2h }] }`
/** Other people are handed over, and others end. */
const OTHERS = `
stages:
  mql: { hubspot_lifecycle: [lead, marketingqualifiedlead] }
  rejected: off`

interface Verdict {
  person: number
  opened_by: string
  source: string | null
  owner: string | null
  name: string
  state: string
}

/** Every verdict stored on handoffs of the period. */
async function stored(db: Database, from: number, to: number): Promise<Verdict[]> {
  const { rows } = await db.query<Verdict>(sql`
    select handoff.person, opened_by, source, owner, name, state
    from handoff join promise on promise.handoff = opened_by and promise.person = handoff.person
    where t1 >= ${new Date(from)} and t1 < ${new Date(to)}`)
  return rows
}

async function judgeAnew(db: Database, yaml: string, now: number): Promise<void> {
  await publish(db, readDraft(yaml, 'new.yml'), { now, seen: 1, rewriteHistory: true })
  const log = { info() {}, warn() {} }
  const signal = new AbortController().signal
  await judge({ db, crms: [], now: () => now, log, signal, tally: new RowTally() })
}

/** Where every row of every table is and which transaction put it there: any write at all shows. */
async function everyRow(db: Database): Promise<object[]> {
  const tables = await db.query<{ name: string }>(
    sql`select quote_ident(tablename) as name from pg_tables where schemaname = 'public' order by 1`,
  )
  const found: object[] = []
  for (const { name } of tables.rows) {
    const text = `select '${name}' as name, count(*) as n, md5(coalesce(string_agg(ctid::text || xmin, ',' order by ctid), '')) as rows from ${name}`
    found.push(...(await db.query({ text, values: [] })).rows)
  }
  return found
}

const counted = (verdicts: readonly Verdict[]) => {
  const counts = Object.groupBy(verdicts, ({ name, state }) => `${name} ${state}`)
  return Object.fromEntries(Object.entries(counts).map(([key, all]) => [key, all!.length]))
}

const states = (tallies: ReadonlyMap<string, Pair<Tally>>, side: keyof Pair<Tally>) =>
  Object.fromEntries(
    [...tallies].flatMap(([name, pair]) =>
      Object.entries(pair[side].states).map(([state, n]) => [`${name} ${state}`, n]),
    ),
  )

const brief = ({ person, openedBy, promise, state }: VerdictChange) =>
  `${person} ${openedBy} ${promise} ${state.before} ${state.after}`

/** What changed between the verdicts of two judgings. */
function changed(before: readonly Verdict[], after: readonly Verdict[]): string[] {
  const key = ({ person, opened_by }: Verdict) => `${person} ${opened_by}`
  const by = (all: readonly Verdict[]) => Map.groupBy(all, key)
  const [old, now] = [by(before), by(after)]
  return [...new Set([...old.keys(), ...now.keys()])].flatMap(handoff => {
    const [was, is] = [old.get(handoff), now.get(handoff)]
    if (!was || !is) return [`${handoff} null null null`]
    const of = (all: readonly Verdict[], name: string) => all.find(one => one.name === name)?.state ?? null
    return [...new Set([...was, ...is].map(({ name }) => name))]
      .filter(name => of(was, name) !== of(is, name))
      .map(name => `${handoff} ${name} ${of(was, name)} ${of(is, name)}`)
  })
}

test.each([
  ['stricter promises', STRICTER],
  ['another rule for MQLs', OTHERS],
])('a replay under %s says what judging again says, and touches nothing', async (_, yaml) => {
  const at = await Rehearsal.start(await createTestDatabase(), 13, { people: 150 })
  onTestFinished(() => at.close())
  await at.sync()
  const { db, now } = at
  const policy = parsePolicy(yaml, 'new.yml')
  const [from, to] = [now - 120 * DAY, now - 2 * DAY]
  const question = { versions: [defaultPolicy], policy, from, to, asOf: now }
  const found: VerdictChange[] = []
  const untouched = await everyRow(db)
  const { comparison } = await replay(db, question, {
    signal: new AbortController().signal,
    changes: some => found.push(...some),
  })
  expect(await everyRow(db)).toEqual(untouched)

  const before = await stored(db, from, to)
  await judgeAnew(db, yaml, now)
  const after = await stored(db, from, to)
  expect(before.length).toBeGreaterThan(100)
  expect(states(comparison.promises, 'before')).toEqual(counted(before))
  expect(states(comparison.promises, 'after')).toEqual(counted(after))
  for (const [source, tallies] of comparison.groups.source) {
    const those = after.filter(one => (one.source ?? '(empty)') === source)
    expect(states(tallies, 'after')).toEqual(counted(those))
  }
  for (const [rep, tallies] of comparison.groups.rep) {
    const those = after.filter(one => (one.owner ?? '(none)') === rep)
    expect(states(tallies, 'after')).toEqual(counted(those))
  }
  const overdue = after.filter(({ state }) => state === 'overdue')
  expect(comparison.overdue.after).toBe(
    new Set(overdue.map(({ person, opened_by }) => `${person} ${opened_by}`)).size,
  )
  expect(inState(comparison.promises.get('first_attempt')!.after, 'overdue')).toBe(
    overdue.filter(({ name }) => name === 'first_attempt').length,
  )
  const expected = changed(before, after)
  expect(expected.length).toBeGreaterThan(20)
  expect(found.map(brief).sort()).toEqual(expected.sort())
})

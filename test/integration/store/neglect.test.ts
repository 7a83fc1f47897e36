import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Ref } from '../../../src/domain/facts.ts'
import type { DropReason, PromiseState } from '../../../src/domain/handoff.ts'
import { DAY, HOUR, type Instant } from '../../../src/domain/time.ts'
import { type NeglectQuestion, neglect } from '../../../src/pipeline/neglect.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { NeglectRule } from '../../../src/policy/policy.ts'
import type { Database } from '../../../src/store/db.ts'
import { readFalling } from '../../../src/store/neglect.ts'
import { sql } from '../../../src/store/sql.ts'
import { leadtime } from '../cli/leadtime.ts'
import { testDatabase } from '../database.ts'

const NOW = Date.parse('2026-11-20T12:00:00Z')
const rule = defaultPolicy.neglect
const rep = (name: string): Ref => `salesforce:user:${name}`
const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString())

interface Due {
  owner: Ref | null
  due: Instant
  attempt: Instant | null
  state?: PromiseState
}

/** Handoffs with nothing but an owner and a first attempt that fell due; their owners are active but for `gone`. */
async function put(db: Database, dues: readonly Due[]): Promise<void> {
  const handoffs = dues.map(({ owner, due, attempt }, i) => ({
    ...{ opened_by: `fact ${i}`, person: i, number: 1, attempts: 0, day_precise: [], owner },
    ...{ t1: iso(due - 3 * DAY), t2: iso(due - 2 * DAY), t3: iso(attempt) },
  }))
  const promises = dues.map(({ due, attempt, state }, i) => ({
    ...{ handoff: `fact ${i}`, person: i, name: 'first_attempt', tier: 'default', kind: 'elapsed' },
    ...{ state: state ?? stateOf(due, attempt), due_at: iso(due), until_at: iso(attempt) },
  }))
  await db.query(sql`
    insert into handoff select * from json_populate_recordset(null::handoff, ${JSON.stringify(handoffs)}::json)`)
  await db.query(sql`
    insert into promise select * from json_populate_recordset(null::promise, ${JSON.stringify(promises)}::json)`)
  const owners = [...new Set(dues.flatMap(({ owner }) => owner ?? []))]
  await db.query(sql`
    insert into rep (ref, rep, name, active, human, known_at)
    select ref, ref, split_part(ref, ':', 3), ref not like '%gone', true, now() from unnest(${owners}::text[]) as new (ref)`)
}

const stateOf = (due: Instant, attempt: Instant | null): PromiseState =>
  attempt === null ? 'overdue' : attempt <= due ? 'met' : 'met_late'

/** Who is falling behind, found one by one. */
function slowly(dues: readonly Due[], { windowMs, limit, minimumDue }: NeglectRule, now: Instant) {
  const counted = dues.filter(
    ({ owner, due, state }) =>
      owner &&
      owner !== rep('gone') &&
      state !== 'excused' &&
      state !== 'void' &&
      due > now - windowMs &&
      due <= now,
  )
  return [...Map.groupBy(counted, one => one.owner!)].flatMap(([owner, theirs]) => {
    const without = theirs.filter(({ attempt }) => attempt === null)
    if (theirs.length < minimumDue || without.length / theirs.length <= limit) return []
    const since = Math.min(...without.map(({ due }) => due))
    return { rep: owner, due: theirs.length, without: without.length, since }
  })
}

const byRep = (a: { rep: Ref }, b: { rep: Ref }) => (a.rep < b.rep ? -1 : 1)

test('who is falling behind is what a plain calculator finds', async () => {
  const hours = (min: number, max: number) => fc.integer({ min, max }).map(count => count * HOUR)
  const due: fc.Arbitrary<Due> = fc.record({
    owner: fc.constantFrom(rep('ada'), rep('bob'), rep('eve'), rep('gone'), null),
    due: hours(-500, 40).map(ago => NOW + ago),
    attempt: fc.option(
      hours(-550, -1).map(ago => NOW + ago),
      { freq: 2 },
    ),
    state: fc.constantFrom(
      undefined,
      undefined,
      undefined,
      'excused',
      'void',
      'missed',
    ) as fc.Arbitrary<never>,
  })
  const rules = fc.record({ limit: fc.constantFrom(0, 0.3, 0.5), minimumDue: fc.constantFrom(0, 1, 5) })
  const samples = fc.sample(fc.tuple(fc.array(due, { minLength: 20, maxLength: 90, size: 'max' }), rules), {
    numRuns: 40,
    seed: 3,
  })
  const db = await testDatabase()
  let found = 0
  for (const [dues, change] of samples) {
    await db.query(sql`truncate handoff, promise, rep`)
    await put(db, dues)
    const own = { ...rule, ...change }
    const rows = await readFalling(db, own, NOW)
    expect(rows.map(({ name: _, ...row }) => row).sort(byRep)).toEqual(slowly(dues, own, NOW).sort(byRep))
    const shares = rows.map(({ without, due: all }) => without / all)
    expect(shares).toEqual([...shares].sort((a, b) => b - a))
    found += rows.length
  }
  expect(found).toBeGreaterThan(30)
})

test('a rep who stops calling is found long before the window is over, one who is merely slow is not', async () => {
  const db = await testDatabase()
  const stopped = NOW - 40 * DAY
  // Two leads a day over three months. Stan stops one day; Sloane calls everybody, ten hours late.
  const dues = Array.from({ length: 180 }, (_, i): Due[] => {
    const due = NOW - 90 * DAY + i * 12 * HOUR
    return [
      { owner: rep('stan'), due, attempt: due - 30 * HOUR < stopped ? due - 30 * HOUR : null },
      { owner: rep('sloane'), due, attempt: due + 10 * HOUR },
    ]
  }).flat()
  await put(db, dues)
  const asOf = async (at: Instant) => {
    // As it stood then: what was called later had not been called yet.
    await db.query(sql`update promise set until_at = null where until_at > ${iso(at)}::timestamptz`)
    const found = await readFalling(db, rule, at)
    await db.query(sql`
      update promise set until_at = t3 from handoff where handoff.opened_by = handoff and promise.person = handoff.person`)
    return found.map(({ name }) => name)
  }
  expect(await asOf(stopped)).toEqual([])
  const days = []
  for (let day = 0; day <= 14; day++) if ((await asOf(stopped + day * DAY)).length > 0) days.push(day)
  expect(days[0]).toBeGreaterThan(2)
  expect(days[0]).toBeLessThan(8)
  expect(days).toContain(14)
  expect(await asOf(stopped + 14 * DAY)).toEqual(['stan'])
})

const REASONS: DropReason[] = ['no_owner', 'inactive_owner', 'idle', 'closed_without_attempt']

async function drop(db: Database, count: number): Promise<void> {
  const rows = Array.from({ length: count }, (_, i) => ({
    ...{
      opened_by: `fact ${String(i).padStart(2, '0')}`,
      person: i,
      number: 1,
      attempts: 0,
      day_precise: [],
    },
    ...{
      t1: iso(NOW - 30 * DAY),
      dropped: REASONS[i % 4],
      dropped_since: iso(NOW - Math.floor(i / 3) * DAY),
    },
  }))
  await db.query(sql`
    insert into handoff select * from json_populate_recordset(null::handoff, ${JSON.stringify(rows)}::json)`)
}

describe('dropped leads', () => {
  const first: NeglectQuestion = { after: null, reason: null, limit: 4 }

  test('are listed the latest first, in pages without gap or repeat, and counted', async () => {
    const db = await testDatabase()
    await drop(db, 18)
    const pages: number[][] = []
    for (let question: NeglectQuestion | null = first; question; ) {
      const { rows, next, counts } = await neglect(db, rule, question, NOW)
      expect(counts).toEqual({ no_owner: 5, inactive_owner: 5, idle: 4, closed_without_attempt: 4, open: 14 })
      pages.push(rows.map(row => row.person))
      question = next && { ...question, after: next }
    }
    const wanted = Array.from({ length: 18 }, (_, i) => i).sort(
      (a, b) => Math.floor(a / 3) - Math.floor(b / 3) || b - a,
    )
    expect(pages.flat()).toEqual(wanted)
    expect(pages.map(page => page.length)).toEqual([4, 4, 4, 4, 2])
  })

  test('can be narrowed to a reason, or to those still open', async () => {
    const db = await testDatabase()
    await drop(db, 12)
    const of = async (reason: NeglectQuestion['reason']) =>
      (await neglect(db, rule, { ...first, reason, limit: 50 }, NOW)).rows.map(row => row.reason)
    expect(new Set(await of('idle'))).toEqual(new Set(['idle']))
    expect([(await of('open')).length, (await of(null)).length]).toEqual([9, 12])
    expect(await of('open')).not.toContain('closed_without_attempt')
  })

  test('are found along their index, whatever else there is', async () => {
    const db = await testDatabase()
    await db.query(sql`
      insert into handoff (opened_by, person, number, t1, attempts, day_precise)
      select 'other ' || i, 1000 + i, 1, now(), 0, '{}' from generate_series(1, 5000) i`)
    await drop(db, 40)
    await db.query(sql`analyze handoff`)
    const { rows } = await db.query<{ 'QUERY PLAN': string }>(sql`
      explain select person from handoff where dropped is not null and dropped = any('{idle,no_owner}'::text[])
      order by dropped_since desc, opened_by desc, person desc limit 5`)
    expect(rows.map(row => row['QUERY PLAN']).join('\n')).toContain('handoff_dropped')
  })
})

describe('leadtime neglect', () => {
  test('prints two tables within 100 columns, or one JSON object', async () => {
    const db = await testDatabase()
    await drop(db, 60)
    const dues = Array.from({ length: 9 }, (_, i) => ({
      owner: rep('stan'),
      due: Date.now() - i * DAY - HOUR,
      attempt: null,
    }))
    await db.query(sql`update handoff set opened_by = 'x ' || opened_by, person = person + 100`)
    await put(db, dues)
    const { code, stdout, stderr } = await leadtime(['neglect'], { DATABASE_URL: db.url })
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toMatch(
      /^Falling behind: more than 30 % of the leads due in the last 14 days without an attempt\n/,
    )
    expect(stdout).toMatch(/\n {2}stan +9 +9 +100 % {2}\w{3} /)
    expect(stdout).toMatch(/\nDropped: 45 open, the latest first\n/)
    expect(stdout).toMatch(/\n15 more were closed without an attempt\.\n$/)
    expect(stdout.split('\n').filter(line => line.length > 100)).toEqual([])
    const told = JSON.parse((await leadtime(['neglect', '--json'], { DATABASE_URL: db.url })).stdout)
    expect(told).toMatchObject({ counts: { open: 45 }, falling: [{ name: 'stan', share: 1 }] })
    expect(told.rows).toHaveLength(45)
  })

  test('says so when nobody is neglected', async () => {
    const db = await testDatabase()
    const { stdout } = await leadtime(['neglect'], { DATABASE_URL: db.url })
    expect(stdout).toMatch(/attempt\n {2}nobody\n\nDropped: 0 open, the latest first\n {2}none\n$/)
  })
})

import { describe, expect, test } from 'vitest'
import { tell } from '../../../src/domain/allowance.ts'
import { VENDOR_LIMITS } from '../../../src/domain/budget.ts'
import type { Ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { failure, storedViews } from '../../../src/http/stored.ts'
import type { OverduePosition, Views } from '../../../src/http/views.ts'
import { readBudgeted } from '../../../src/pipeline/budgeted.ts'
import { adopt } from '../../../src/pipeline/publish.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { changeLedger } from '../../../src/store/budget.ts'
import type { Database } from '../../../src/store/db.ts'
import { storeHints, takeDelivery } from '../../../src/store/hints.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'

const NOW = Date.UTC(2026, 4, 12, 12)
const MAYA: Ref = 'salesforce:user:00500000000000MAYA'
const iso = (at: number | null) => (at === null ? null : new Date(at).toISOString())

interface Given {
  id: string
  person: number
  t1?: number
  t2?: number | null
  t3?: number | null
  t6?: number | null
  wonAt?: number | null
  owner?: Ref | null
  source?: string | null
  outcome?: string | null
  promises?: Record<string, { state: string; due: number | null }>
}

async function put(db: Database, given: Given): Promise<void> {
  const { id, person, t1 = NOW - 10 * DAY, t2 = t1, t3 = null, t6 = null, wonAt = null } = given
  const { owner = MAYA, source = 'Webinar', outcome = null, promises = {} } = given
  await db.query(sql`
    insert into handoff (opened_by, person, number, t1, t2, t3, t6, won_at, owner, source, attempts, outcome, day_precise)
    values (${id}, ${person}, 1, ${iso(t1)}, ${iso(t2)}, ${iso(t3)}, ${iso(t6)}, ${iso(wonAt)}, ${owner}, ${source}, 0, ${outcome}, '{}')`)
  for (const [name, { state, due }] of Object.entries(promises)) {
    await db.query(sql`
      insert into promise (handoff, person, name, tier, state, kind, due_at)
      values (${id}, ${person}, ${name}, 'default', ${state}, 'elapsed', ${iso(due)})`)
  }
}

async function maya(db: Database): Promise<void> {
  await db.query(sql`
    insert into rep (ref, rep, name, active, human, known_at)
    values (${MAYA}, ${MAYA}, 'Maya Lindqvist', true, true, now())`)
}

async function views(fill: (db: Database) => Promise<void>): Promise<Views> {
  const db = await testDatabase()
  await adopt(db, readDraft('', 'policy.yml'), NOW)
  await fill(db)
  return storedViews(db)
}

const RULES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75, ...VENDOR_LIMITS.hubspot }

const late = (due: number) => ({ first_attempt: { state: 'overdue', due } })

describe('the overdue list', () => {
  test('is in the order of due times, pages without gap or repeat at equal ones, and counts all', async () => {
    const view = await views(async db => {
      for (let i = 0; i < 7; i++)
        await put(db, { id: `h${i}`, person: i, promises: late(NOW - DAY * Math.floor(i / 3)) })
    })
    const seen: string[] = []
    let after: OverduePosition | null = null
    do {
      const page = await view.overdue({ after, owner: null, limit: 2 })
      expect(page.total).toBe(7)
      seen.push(...page.rows.map(row => row.position.handoff))
      after = page.next
    } while (after)
    expect(seen).toEqual(['h6', 'h3', 'h4', 'h5', 'h0', 'h1', 'h2'])
  })

  test('shows a handoff once, by what fell due first', async () => {
    const view = await views(db =>
      put(db, {
        id: 'h',
        person: 1,
        promises: {
          decision: { state: 'overdue', due: NOW - HOUR },
          first_attempt: { state: 'overdue', due: NOW - DAY },
          assignment: { state: 'met', due: NOW - 2 * DAY },
        },
      }),
    )
    const page = await view.overdue({ after: null, owner: null, limit: 10 })
    expect(page.rows).toMatchObject([{ promise: 'first_attempt', due: NOW - DAY }])
    expect([page.total, page.next, (await view.overview(NOW)).overdue]).toEqual([1, null, 1])
  })

  test('one deal can open a handoff of two people: both are shown', async () => {
    const view = await views(async db => {
      await put(db, { id: 'deal', person: 2, promises: late(NOW) })
      await put(db, { id: 'deal', person: 1, promises: late(NOW) })
    })
    const first = await view.overdue({ after: null, owner: null, limit: 1 })
    const second = await view.overdue({ after: first.next, owner: null, limit: 1 })
    expect([first, second].map(page => [page.rows[0]?.position.person, page.total])).toEqual([
      [1, 2],
      [2, 2],
    ])
    expect(second.next).toBe(null)
  })

  test('one owner, nobody, everybody', async () => {
    const view = await views(async db => {
      await maya(db)
      await put(db, { id: 'a', person: 1, promises: late(NOW - DAY) })
      await put(db, { id: 'b', person: 2, owner: null, promises: late(NOW - HOUR) })
      await put(db, { id: 'c', person: 3, owner: 'salesforce:user:gone', promises: late(NOW) })
    })
    const ids = async (owner: Ref | 'none' | null) =>
      (await view.overdue({ after: null, owner, limit: 10 })).rows.map(row => row.position.handoff)
    expect([await ids(MAYA), await ids('none'), await ids(null)]).toEqual([['a'], ['b'], ['a', 'b', 'c']])
    const { owners } = await view.overdue({ after: null, owner: null, limit: 1 })
    expect(owners.map(({ name, overdue }) => [name, overdue])).toEqual(
      expect.arrayContaining([
        ['Maya Lindqvist', 1],
        ['Nobody', 1],
        ['Unknown user', 1],
      ]),
    )
  })

  test('says who it is about, why in the words of the CRM, and which records show it', async () => {
    const lead: Ref = 'salesforce:lead:00Q000000000001AAA'
    const contact: Ref = 'hubspot:contact:51'
    const view = await views(async db => {
      for (const [ref, profile] of [
        [lead, { name: 'Eleni Papadaki', company: 'Northwind', email: 'e@example.com' }],
        [contact, { name: null, company: null, email: 'e@example.com' }],
      ] as const) {
        await db.query(
          sql`insert into person_record (ref, person, reason, key, known_at) values (${ref}, 1, 'email', 'x', now())`,
        )
        await db.query(sql`
          insert into fact (source, key, subject, kind, origin, at, data, known_at)
          values (${ref}, 'created', ${ref}, 'created', 'record', now(), ${JSON.stringify({ profile })}, now())`)
      }
      await db.query(sql`
        insert into target (ref, vendor, object, desired, acked, original, seq)
        values (${lead}, 'salesforce', 'lead', '{"reason": "Overdue 6 h: no attempt"}', '{}', '{}', 1)`)
      await put(db, { id: 'h', person: 1, promises: late(NOW - 6 * HOUR) })
    })
    const { rows } = await view.overdue({ after: null, owner: null, limit: 1 })
    expect(rows).toMatchObject([
      {
        name: 'Eleni Papadaki',
        company: 'Northwind',
        reason: 'Overdue 6 h: no attempt',
        records: [lead, contact],
      },
    ])
  })
})

describe('the figures', () => {
  test('count handoffs in all, by month, source and rep; void ones never, early attempts apart', async () => {
    const view = await views(async db => {
      await maya(db)
      const may = Date.UTC(2026, 4, 2)
      const met = { first_attempt: { state: 'met', due: may } }
      await put(db, {
        id: 'a',
        person: 1,
        t1: may,
        t3: may + 2 * HOUR,
        t6: may + DAY,
        outcome: 'sql',
        promises: met,
      })
      await put(db, { id: 'b', person: 2, t1: may, t3: may + 4 * HOUR, source: '', promises: late(may) })
      await put(db, { id: 'c', person: 3, t1: may, t2: may + DAY, t3: may, source: null })
      await put(db, { id: 'd', person: 4, t1: Date.UTC(2026, 1, 28, 23, 59), owner: null, wonAt: may })
      await put(db, { id: 'e', person: 5, t1: may, outcome: 'void', promises: late(may) })
    })
    const { open, all, months, sources, reps } = await view.overview(NOW)
    expect(open).toBe(3)
    expect(all).toEqual({
      mql: 4,
      sql: 1,
      won: 1,
      onTime: { met: 1, decided: 2 },
      followUpHours: { n: 2, negative: 1, median: 3, p90: 3.8 },
    })
    expect(months.map(({ month, mql }) => [month, mql])).toEqual([
      ['2026-02', 1],
      ['2026-03', 0],
      ['2026-04', 0],
      ['2026-05', 3],
    ])
    expect(sources.map(({ source, mql }) => [source, mql])).toEqual(
      expect.arrayContaining([
        ['Webinar', 2],
        [null, 2],
      ]),
    )
    expect(reps.map(({ name, mql }) => [name, mql])).toEqual([
      ['Maya Lindqvist', 3],
      ['Nobody', 1],
    ])
  })

  test('of an empty database are zeros and nothings', async () => {
    const view = await views(async () => {})
    expect(await view.overview(NOW)).toMatchObject({ overdue: 0, open: 0, months: [], sources: [], reps: [] })
    expect(await view.sync()).toEqual({
      ...{ lastRound: null, lastError: null, crms: [], waiting: 0 },
      ...{ calendars: [], machineNow: expect.any(Number) },
    })
  })
})

describe('the state of the sync', () => {
  test('has what was read, what is to be written, what was refused, and what waits', async () => {
    const view = await views(async db => {
      await db.query(sql`
        insert into cursor (vendor, object, scanned_at, last_change, records)
        values ('salesforce', 'lead', ${iso(NOW - 2000)}, ${iso(NOW - DAY)}, 12),
          ('hubspot', 'contact', ${iso(NOW - 9000)}, null, 0)`)
      await db.query(sql`
        insert into target (ref, vendor, object, desired, acked, original, seq, next_at)
        values ('a', 'salesforce', 'lead', '{"overdue": true}', '{}', '{}', 1, '-infinity'),
          ('b', 'salesforce', 'lead', '{"overdue": true}', '{}', '{}', 2, 'infinity'),
          ('c', 'salesforce', 'lead', '{}', '{}', '{}', 3, '-infinity')`)
      await db.query(sql`insert into stale_person (person) values (1), (2)`)
    })
    expect(await view.sync()).toMatchObject({
      lastRound: NOW - 9000,
      waiting: 2,
      crms: [
        { vendor: 'salesforce', objects: [{ records: 12, lastChange: NOW - DAY, pending: 1, errors: 1 }] },
        { vendor: 'hubspot', objects: [{ lastChange: null, lastRead: NOW - 9000, pending: 0 }] },
      ],
    })
  })

  test('has what the calls went to, as `leadtime budget` says it, and what was heard', async () => {
    const db = await testDatabase()
    const options = { budget: () => RULES, machineNow: () => NOW }
    await db.query(
      sql`insert into cursor (vendor, object) values ('hubspot', 'contact'), ('salesforce', 'lead')`,
    )
    const crms = async () => (await storedViews(db, options).sync()).crms
    expect(await crms()).toMatchObject(Array(2).fill({ budget: null, heard: { lastAt: null, waiting: 0 } }))
    await changeLedger(db, 'hubspot', NOW, ledger =>
      tell(RULES, ledger, { day: { used: 90, limit: 1_000 } }, NOW, NOW),
    )
    await takeDelivery(db, Buffer.alloc(32, 7), NOW - HOUR, HOUR)
    await storeHints(db, 'hubspot', [{ object: 'contact', id: '51' }])
    const [salesforce, hubspot] = await crms()
    expect(hubspot?.budget).toEqual(await readBudgeted(db, 'hubspot', RULES, NOW))
    expect(hubspot).toMatchObject({
      budget: { used: 90, limit: 1_000, isTold: true, ceilings: { flags: 500 }, reserve: 50 },
      heard: { lastAt: NOW - HOUR, waiting: 1 },
    })
    expect(salesforce).toMatchObject({ budget: null, heard: { lastAt: null, waiting: 0 } })
    expect((await storedViews(db).sync()).crms[1]?.budget).toBeNull()
  })

  test('no round is complete while an object was never read to its end', async () => {
    const view = await views(async db => {
      await db.query(sql`
        insert into cursor (vendor, object, scanned_at) values ('hubspot', 'contact', now()), ('hubspot', 'deal', null)`)
    })
    expect((await view.sync()).lastRound).toBe(null)
  })

  test('a CRM that refused us is in trouble until it is read again', () => {
    const failed = { at: NOW, error: 'AuthExpired: hubspot: list contacts: the token is refused' }
    expect(failure('hubspot', [{ scannedAt: NOW - 1 }], failed)).toMatchObject({
      kind: 'credentials',
      since: NOW,
    })
    expect(failure('salesforce', [{ scannedAt: null }], failed)).toBe(null)
    expect(failure('hubspot', [{ scannedAt: NOW + 1 }], failed)).toBe(null)
    expect(failure('hubspot', [], { at: NOW, error: 'Error: hubspot: x' })).toBe(null)
    expect(failure('hubspot', [], null)).toBe(null)
  })
})

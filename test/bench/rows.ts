import { judge } from '../../src/pipeline/judge.ts'
import { round } from '../../src/pipeline/round.ts'
import type { Database } from '../../src/store/db.ts'
import { clone } from './clone.ts'
import type { Figure } from './figure.ts'
import { company, connect, context, stage } from './stage.ts'
import { measured, type TableWork } from './statistics.ts'

/** Leads that change; fewer in a company with fewer open handoffs. */
const CHANGED = 1_000

export interface Reading {
  /** Rows fetched by index and by scan, in all tables, a lead. */
  rows: number
  /** Sequential scans of tables that grow with the leads. */
  scans: string[]
}

/**
 * P5b: rows PostgreSQL reads to judge up to 1,000 changed leads, among as many as were synced and among a hundred times as
 * many; from the server's own statistics, so free of noise. No large table may be scanned.
 */
export async function rowsPerChange(quick: boolean): Promise<Figure> {
  const people = quick ? 3_000 : 13_500
  const copies = quick ? 20 : 100
  const { db, close } = await stage()
  const twins = await company(people)
  const crms = await connect(twins)
  const { now } = twins.company
  try {
    await round(context(db, crms, now))
    await db.query({ text: 'analyze', values: [] })
    const small = await reading(db, crms, now)
    const handoffs = await count(db, 'handoff')
    await clone(db, copies - 1, LEAN)
    await db.query({ text: 'analyze', values: [] })
    const large = await reading(db, crms, now)
    return {
      what: 'rows read per changed lead, among many against among few',
      ratio: large.scans.length > 0 ? Number.POSITIVE_INFINITY : large.rows / small.rows,
      mark: 1.2,
      atLeast: false,
      exact: true,
      details: [
        `${handoffs} handoffs: ${small.rows.toFixed(1)} rows a lead`,
        `${await count(db, 'handoff')} handoffs: ${large.rows.toFixed(1)} rows a lead, ` +
          `sequential scans: ${large.scans.join(', ') || 'none'}`,
      ],
    }
  } finally {
    for (const crm of crms) await crm.close()
    await twins.close()
    await close()
  }
}

/** Copies need not carry what is not read again: their activities. */
const LEAN: Record<string, string> = {
  record: `split_part(ref, ':', 2) in ('lead', 'contact')`,
  fact: `kind in ('created', 'field', 'owner')`,
}

/** A call is logged on 1,000 leads, judged, and deleted again; the judging after the deletion is measured. */
async function reading(db: Database, crms: Parameters<typeof context>[1], now: number): Promise<Reading> {
  const persons = `(select person, opened_by from handoff where ended_at is null and number = 1
    and opened_by not like '%~%' order by opened_by limit ${CHANGED})`
  await db.query({
    text: `insert into fact (source, key, subject, kind, origin, at, data, known_at)
      select 'salesforce:task:bench' || person, 'activity', split_part(opened_by, '#', 1), 'activity', 'record', $1,
        '{"channel":"call","direction":"out","outcome":"voicemail","actor":null,"automated":false,"loggedAt":0}', $1
      from ${persons} chosen`,
    values: [new Date(now - 60_000)],
  })
  await mark(db, persons)
  await judge(context(db, crms, now))
  await db.query({ text: `delete from fact where source like 'salesforce:task:bench%'`, values: [] })
  await mark(db, persons)
  const { result: judged, tables } = await measured(db, () => judge(context(db, crms, now)))
  return readingOf(tables, judged)
}

const mark = (db: Database, persons: string) =>
  db.query({ text: `insert into stale_person (person) select person from ${persons} chosen`, values: [] })

/** What was read for so many leads. */
export function readingOf(tables: readonly TableWork[], leads: number): Reading {
  const large = tables.filter(table => table.size > 1 << 20 && table.scans > 0)
  return {
    rows: tables.reduce((sum, table) => sum + table.read, 0) / leads,
    scans: large.map(table => `${table.name} ${table.scans}`),
  }
}

async function count(db: Database, table: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>({ text: `select count(*) as n from ${table}`, values: [] })
  return rows[0]!.n
}

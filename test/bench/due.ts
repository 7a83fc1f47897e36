import { hubspot } from '../../src/crm/hubspot/adapter.ts'
import type { Instant } from '../../src/domain/time.ts'
import { HOUR, MINUTE, SECOND } from '../../src/domain/time.ts'
import { judge } from '../../src/pipeline/judge.ts'
import type { Database } from '../../src/store/db.ts'
import { readWaiting } from '../../src/store/waiting.ts'
import { clone } from './clone.ts'
import type { Figure } from './figure.ts'
import { type Reading, readingOf } from './rows.ts'
import { context, stage } from './stage.ts'
import { measured } from './statistics.ts'

/** Open handoffs among which as many fall due again: a hundred times those of the first minute. */
const COPIES = 100
const FIRST = Date.UTC(2026, 4, 12, 9)
/** The built-in policy's `assignment`: from the MQL to a human owner. */
const ASSIGNMENT = 4 * HOUR

/**
 * P8: 10,000 promises fall due spread over one minute, among themselves alone and among 1,000,000 open handoffs more: rows
 * PostgreSQL reads a person that fell due. No large table may be scanned. The details tell by how much they were late.
 *
 * The people are made up in SQL: contacts that nobody owns, with one record, a creation and an MQL each. The pipeline judges
 * those that fall due, before and when they do; the others are copies of people it has judged. The clock is virtual: a wake-up
 * looks each second, as the service's does, at a clock that stands still while it looks; the time it took then passes, and a
 * wake-up that takes longer than a second delays the next. Left out are the way through the queue and the writing to the CRM.
 */
export async function rowsPerDue(quick: boolean): Promise<Figure> {
  const people = quick ? 100 : 10_000
  const { db, close } = await stage()
  // Asked for nothing, so it needs no twin: it says which records carry our fields.
  const url = 'http://127.0.0.1'
  const crms = [
    await hubspot({ baseUrl: url, uiUrl: url, token: 'none', api: '2026-09', prefix: 'Leadtime' }),
  ]
  try {
    const few = await minute(db, crms, people, FIRST)
    await clone(db, COPIES)
    const many = await minute(db, crms, people, FIRST + HOUR)
    return {
      what: 'rows read per person that falls due, among many open handoffs against among few',
      ratio: many.scans.length > 0 ? Number.POSITIVE_INFINITY : many.rows / few.rows,
      mark: 1.2,
      atLeast: false,
      exact: true,
      details: [
        `${people} due in a minute among ${few.open} open: ${told(few)}`,
        `${people} due in a minute among ${many.open} open: ${told(many)}`,
        `sequential scans: ${many.scans.join(', ') || 'none'}`,
      ],
    }
  } finally {
    for (const crm of crms) await crm.close()
    await close()
  }
}

interface Minute extends Reading {
  /** Handoffs without an end, those that fall due included. */
  open: number
  /** Milliseconds from due to judged, at the 99th percentile. */
  late: number
  /** The longest look, in milliseconds. */
  longest: number
}

const told = ({ rows, late, longest }: Minute): string =>
  `${rows.toFixed(1)} rows a person, judged ${(late / SECOND).toFixed(2)} s late at p99 (wanted ≤ 2 s), ` +
  `a wake-up took ${Math.round(longest)} ms at most`

type Crms = Parameters<typeof context>[1]

async function minute(db: Database, crms: Crms, people: number, due: Instant): Promise<Minute> {
  await becomeMqls(db, people, due - ASSIGNMENT)
  await judge(context(db, crms, due - MINUTE))
  await db.query({ text: 'analyze', values: [] })
  const open = await count(db, 'select count(*) as n from handoff where ended_at is null')
  const before = await overdue(db)
  const { result: times, tables } = await measured(db, () => wakeUps(db, crms, people, due))
  const flagged = (await overdue(db)) - before
  if (flagged !== people) throw new Error(`${flagged} of ${people} promises were found overdue`)
  return { ...readingOf(tables, people), ...times, open }
}

/** Looks each second until all are judged. */
async function wakeUps(
  db: Database,
  crms: Crms,
  people: number,
  due: Instant,
): Promise<Pick<Minute, 'late' | 'longest'>> {
  const late: number[] = []
  let longest = 0
  for (let now = due; late.length < people; ) {
    if (now > due + 10 * MINUTE) throw new Error(`only ${late.length} of ${people} fell due`)
    const began = performance.now()
    const { persons } = await readWaiting(db, now)
    const judged = persons ? await judge(context(db, crms, now)) : 0
    const took = performance.now() - began
    longest = Math.max(longest, took)
    // They are judged in the order in which they fall due.
    for (let i = 0; i < judged; i++) late.push(now + took - dueAt(due, late.length, people))
    now += Math.max(1, Math.ceil(took / SECOND)) * SECOND
  }
  late.sort((a, b) => a - b)
  return { late: late[Math.ceil(late.length * 0.99) - 1]!, longest }
}

const dueAt = (due: Instant, index: number, people: number): Instant => due + (index * MINUTE) / people

/** So many new contacts, spread evenly over the minute that begins at `from`. */
async function becomeMqls(db: Database, people: number, from: Instant): Promise<void> {
  await db.query({
    text: `with made as (insert into person (wake_at) select null from generate_series(1, $1::integer) returning id),
      new as (
        select id, 'hubspot:contact:' || id as ref,
          $2::timestamptz + (row_number() over (order by id) - 1) * interval '1 minute' / $1::integer as at
        from made),
      placed as (
        insert into person_record (ref, person, reason, key, known_at) select ref, id, 'self', ref, at from new),
      recorded as (
        insert into record (ref, fields, hash, modified_at, first_seen, changed_at)
        select ref, '{}', md5(ref)::uuid, at, at, at from new),
      stated as (
        insert into fact (source, key, subject, kind, origin, at, data, known_at)
        select ref, kind, ref, kind, origin, at, data::jsonb, at from new, (values
          ('created', 'record', '{"profile": {"email": null, "name": null, "company": null, "country": null,
            "source": "web", "campaign": null}}'),
          ('field', 'history', '{"field": "lifecycle", "value": "marketingqualifiedlead", "from": "lead"}')
        ) as fact (kind, origin, data))
      insert into stale_person (person) select id from new`,
    values: [people, new Date(from)],
  })
}

const overdue = (db: Database): Promise<number> =>
  count(db, `select count(*) as n from promise where name = 'assignment' and state = 'overdue'`)

async function count(db: Database, text: string): Promise<number> {
  const { rows } = await db.query<{ n: number }>({ text, values: [] })
  return rows[0]!.n
}

import type { Company, Person, ScenarioEvent } from '../../src/twins/scenario/types.ts'
import { meaning, RULES, type Rules } from './meaning.ts'
import { afterWorking, worked, type ZoneSpans } from './worktime.ts'

/**
 * The verdicts a scenario must lead to under the default policy's promises, worked out slowly and plainly from its rows alone.
 * Two people merged into one are for the caller: give it the events of both.
 */

const HOUR = 3_600_000
const DAY = 24 * HOUR

export interface OraclePromise {
  state: string
  due: string | null
  warn: string | null
  kind: 'elapsed' | 'working'
  minutes: number | null
}

export interface OracleRow {
  person: string
  email: string
  handoff: number
  owner: string | null
  source: string | null
  campaign: string | null
  t0: string | null
  t1: string | null
  t2: string | null
  t3: string | null
  t4: string | null
  t5: string | null
  t6: string | null
  t7: string | null
  attempts: number
  outcome: string | null
  promises: { assignment: OraclePromise; first_attempt: OraclePromise; decision: OraclePromise }
}

interface Passage {
  t1: number
  end: number | null
  outcome: string | null
}

/** Rows as the `--verdicts` line has them, one a handoff, in order. */
export function oracle(
  company: Company,
  person: Person,
  events: readonly ScenarioEvent[],
  now: number,
  rules: Rules = RULES,
): OracleRow[] {
  const rows = events.filter(row => row.at <= now).sort((a, b) => a.at - b.at || a.seq - b.seq)
  const { qualified, closed } = qualifyings(rows)
  const passages = passagesOf(rows, qualified, closed, rules)
  return passages.map((_, index) => rowOf(company, person, rows, qualified, passages, index, now, rules))
}

/**
 * When each SQL and each opening of a deal was, and each win and loss. An `sql` of somebody who is at that stage already
 * is no change, a win of a deal that is won is none either, and a win or loss that names no deal is of the last one open.
 */
export function qualifyings(rows: readonly ScenarioEvent[]): {
  qualified: number[]
  closed: number[]
  /** The rows that opened a deal. */
  opening: ScenarioEvent[]
} {
  const deals: { key: string; state: string }[] = []
  const qualified: number[] = []
  const closed: number[] = []
  const opening: ScenarioEvent[] = []
  let atSql = false
  for (const row of rows) {
    const { event, deal: key, at, detail } = row
    if (event === 'mql' || event === 'recycled' || event === 'won') atSql = false
    if (event === 'sql' && !atSql) {
      qualified.push(at)
      atSql = true
    }
    if (!['opportunity', 'stage', 'won', 'lost'].includes(event)) continue
    const closes = event === 'won' || event === 'lost'
    const known = deals.findLast(deal => (key === '' ? deal.state === 'open' : deal.key === key))
    if (!known && event === 'stage') continue
    if (closes && known?.state !== event) closed.push(at)
    if (known) {
      if (closes || detail !== '') known.state = closes ? event : 'open'
      continue
    }
    deals.push({ key, state: closes ? event : 'open' })
    qualified.push(at)
    opening.push(row)
    atSql = false
  }
  return { qualified, closed, opening }
}

function passagesOf(
  rows: readonly ScenarioEvent[],
  qualified: readonly number[],
  closed: readonly number[],
  { reMql }: Rules,
): Passage[] {
  const passages: Passage[] = []
  for (const row of rows) {
    if (row.event !== 'mql') continue
    const last = passages.at(-1)
    if (last && (last.end === null || row.at < last.end || row.at === last.t1)) continue
    if (last && (row.at - last.end! < reMql.afterMs || !reMql.outcomes.some(one => one === last.outcome)))
      continue
    passages.push({ t1: row.at, ...endOf(row, last, rows, qualified, closed) })
  }
  return passages
}

function endOf(
  opened: ScenarioEvent,
  previous: Passage | undefined,
  rows: readonly ScenarioEvent[],
  qualified: readonly number[],
  closed: readonly number[],
): { end: number | null; outcome: string | null } {
  const t1 = opened.at
  const early = [...qualified, ...closed].some(at => at < t1 && at >= t1 - 7 * DAY)
  if (!previous && early) return { end: t1, outcome: 'sql' }
  const seam = previous?.end === t1
  const begun = (at: number) => (seam ? at > t1 : at >= t1)
  const ends = [
    { outcome: 'sql', end: qualified.find(begun) },
    { outcome: 'rejected', end: rows.find(row => row.event === 'rejected' && begun(row.at))?.at },
    {
      outcome: 'recycled',
      end: rows.find(
        row => row.event === 'recycled' && (row.at > t1 || row.seq > opened.seq) && begun(row.at),
      )?.at,
    },
    { outcome: 'void', end: deletedAt(rows, t1) },
  ].filter((one): one is { outcome: string; end: number } => one.end !== undefined)
  ends.sort((a, b) => a.end - b.end)
  return ends[0] ?? { end: null, outcome: null }
}

/** When the person's records went, if they did not come back. */
function deletedAt(rows: readonly ScenarioEvent[], t1: number): number | undefined {
  const back = rows.findLastIndex(row => row.event === 'restored')
  return rows.find((row, index) => index > back && row.event === 'deleted' && row.at >= t1)?.at
}

function rowOf(
  company: Company,
  person: Person,
  rows: readonly ScenarioEvent[],
  qualified: readonly number[],
  passages: readonly Passage[],
  index: number,
  now: number,
  rules: Rules,
): OracleRow {
  const passage = passages[index]!
  const { t1, end, outcome } = passage
  const previous = passages[index - 1]
  const next = passages[index + 1]
  const seam = previous?.end === t1
  const open = (row: ScenarioEvent) => (seam ? row.at > t1 : row.at >= t1) && (end === null || row.at <= end)

  const gone = deletedAt(rows, t1)
  const lived = rows.filter(row => gone === undefined || row.at <= gone)
  const inquiries = rows.filter(
    row => row.event === 'inquiry' && row.at <= t1 && (!previous || row.at > previous.end!),
  )
  const owners = ownersOf(company, rows, t1, end)
  const meant = rows.filter(open).map(row => ({ at: row.at, ...meaning(company, row, rules) }))
  const t6 = qualified.find(at => {
    const begun = previous ? (seam ? at > t1 : at >= t1) : at >= t1 - 7 * DAY
    return begun && (!next || at < next.t1 || (at === next.t1 && end === next.t1))
  })
  const decisions = rows
    .filter(row => row.event === 'accepted' && open(row))
    .map(row => row.at)
    .concat(t6 !== undefined && (end === null || t6 <= end) ? [t6] : [])
    .concat((outcome === 'rejected' || outcome === 'recycled') && end !== null ? [end] : [])

  const t2 = owners.find(one => one.user !== null)?.at ?? null
  const t3 = meant.find(one => one.attempt || one.contact)?.at ?? null
  const t5 = decisions.length === 0 ? null : Math.min(...decisions)
  const zones = zonesOf(company, owners)
  const judge = (from: number | null, until: number | null, rule: Rule) =>
    promise(rule, from, until, passage, zones, now)

  return {
    person: person.person,
    email: person.email,
    handoff: index + 1,
    owner: owners.findLast(one => one.user !== null)?.user ?? null,
    source: column(person, lived, 'source') ?? column(person, rows, 'source'),
    campaign: column(person, lived, 'campaign') ?? column(person, rows, 'campaign'),
    t0: iso(inquiries.at(-1)?.at),
    t1: iso(t1),
    t2: iso(t2),
    t3: iso(t3),
    t4: iso(meant.find(one => one.contact)?.at),
    t5: iso(t5),
    t6: iso(t6),
    t7: iso(meant.find(one => one.held)?.at),
    attempts: meant.filter(one => one.attempt).length,
    outcome,
    promises: {
      assignment: judge(t1, t2, { kind: 'elapsed', due: 4 * HOUR, warn: null }),
      first_attempt: judge(t2, t3, { kind: 'elapsed', due: 48 * HOUR, warn: 24 * HOUR }),
      decision: judge(t2, t5, { kind: 'working', due: 40 * HOUR, warn: 32 * HOUR }),
    },
  }
}

/**
 * Who owned the person: at T1, and at each assignment until the end. Nobody, when it was a queue or somebody who had left.
 * Of several assignments at one instant the last counts.
 */
function ownersOf(company: Company, rows: readonly ScenarioEvent[], t1: number, end: number | null) {
  const all = rows.filter(row => row.event === 'assigned')
  const assigned = all.filter((row, index) => all[index + 1]?.at !== row.at)
  const human = (key: string, at: number) => {
    const user = company.users.find(one => one.user === key)
    const left = user?.left ?? (user?.active ? Number.POSITIVE_INFINITY : company.start)
    return user && at < left ? key : null
  }
  const before = assigned.findLast(row => row.at <= t1)
  const given = before ? human(before.actor, before.at) : null
  const later = assigned.filter(row => row.at > t1 && (end === null || row.at <= end))
  return [
    { at: t1, user: given && human(given, t1) },
    ...later.map(row => ({ at: row.at, user: human(row.actor, row.at) })),
  ]
}

/** Whose wall clock counts when: the owner's, after that the last owner's, before any owner UTC. */
function zonesOf(company: Company, owners: readonly { at: number; user: string | null }[]): ZoneSpans {
  const zone = (key: string | null) => company.users.find(user => user.user === key)?.time_zone || 'UTC'
  const [first, ...later] = owners
  return [
    { from: Number.NEGATIVE_INFINITY, zone: zone(first!.user) },
    ...later.filter(one => one.user !== null).map(one => ({ from: one.at, zone: zone(one.user) })),
  ]
}

interface Rule {
  kind: 'elapsed' | 'working'
  due: number
  warn: number | null
}

function promise(
  { kind, due, warn }: Rule,
  from: number | null,
  until: number | null,
  { end, outcome }: Passage,
  zones: ZoneSpans,
  now: number,
): OraclePromise {
  const after = (ms: number) => (kind === 'elapsed' ? from! + ms : afterWorking(zones, from!, ms))
  const dueAt = from === null ? null : after(due)
  const warnAt = from === null || warn === null ? null : after(warn)
  const last = until ?? end ?? now
  const counted = from === null ? null : kind === 'elapsed' ? last - from : worked(zones, from, last)
  const minutes = counted === null ? null : counted / 60_000
  const limits = { due: iso(dueAt), warn: iso(warnAt), kind, minutes }
  if (outcome === 'void') return { state: 'void', ...limits }
  if (until !== null) return { state: dueAt === null || until <= dueAt ? 'met' : 'met_late', ...limits }
  if (end !== null) return { state: 'missed', ...limits }
  if (dueAt === null) return { state: 'not_started', ...limits }
  if (now > dueAt) return { state: 'overdue', ...limits }
  return { state: warnAt !== null && now >= warnAt ? 'due_soon' : 'running', ...limits }
}

/** A column of the person as HubSpot has it in the end. */
function column(person: Person, rows: readonly ScenarioEvent[], name: 'source' | 'campaign'): string | null {
  let value = person[name]
  for (const { event, detail } of rows) {
    const match = event === 'updated' ? /^(?:hubspot\.)?(\w+)=(.*)$/.exec(detail) : null
    if (match?.[1] === name) value = match[2]!.trim()
  }
  return value === '' ? null : value
}

function iso(at: number | null | undefined): string | null {
  return at === null || at === undefined ? null : new Date(at).toISOString()
}

import type { Company, ScenarioEvent } from '../../src/twins/scenario/types.ts'
import { meaning, RULES, type Rules } from './meaning.ts'

/** The handoffs a scenario must lead to under the default policy, worked out plainly from its rows alone. */

const DAY = 86_400_000

export interface Passage {
  t1: number
  end: number | null
  outcome: string | null
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
export function deletedAt(rows: readonly ScenarioEvent[], t1: number): number | undefined {
  const back = rows.findLastIndex(row => row.event === 'restored')
  return rows.find((row, index) => index > back && row.event === 'deleted' && row.at >= t1)?.at
}

/** A handoff as far as promises ask. */
export interface Handoff {
  passage: Passage
  /** T0…T7. */
  t: Record<'t0' | 't1' | 't2' | 't3' | 't4' | 't5' | 't6' | 't7', number | null>
  owners: Owners
  /** Rows that are an attempt, in order. */
  attempts: ScenarioEvent[]
}

/** The handoffs of somebody to whom these rows happened, in order. */
export function handoffsOf(
  company: Company,
  rows: readonly ScenarioEvent[],
  now: number,
  rules: Rules = RULES,
): Handoff[] {
  const { qualified, closed } = qualifyings(rows)
  const passages = passagesOf(rows, qualified, closed, rules)
  return passages.map((_, index) => handoffOf(company, rows, qualified, passages, index, now, rules))
}

function handoffOf(
  company: Company,
  rows: readonly ScenarioEvent[],
  qualified: readonly number[],
  passages: readonly Passage[],
  index: number,
  now: number,
  rules: Rules,
): Handoff {
  const passage = passages[index]!
  const { t1, end, outcome } = passage
  const previous = passages[index - 1]
  const next = passages[index + 1]
  const seam = previous?.end === t1
  const open = (row: ScenarioEvent) => (seam ? row.at > t1 : row.at >= t1) && (end === null || row.at <= end)

  const inquiries = rows.filter(
    row => row.event === 'inquiry' && row.at <= t1 && (!previous || row.at > previous.end!),
  )
  const owners = ownersOf(company, rows, t1, end ?? now)
  const meant = rows.filter(open).map(row => ({ row, at: row.at, ...meaning(company, row, rules) }))
  const t6 = qualified.find(at => {
    const begun = previous ? (seam ? at > t1 : at >= t1) : at >= t1 - 7 * DAY
    return begun && (!next || at < next.t1 || (at === next.t1 && end === next.t1))
  })
  const decisions = rows
    .filter(row => row.event === 'accepted' && open(row))
    .map(row => row.at)
    .concat(t6 !== undefined && (end === null || t6 <= end) ? [t6] : [])
    .concat((outcome === 'rejected' || outcome === 'recycled') && end !== null ? [end] : [])
  const t = {
    t0: inquiries.at(-1)?.at ?? null,
    t1,
    t2: owners.find(one => one.user !== null)?.at ?? null,
    t3: meant.find(one => one.attempt || one.contact)?.at ?? null,
    t4: meant.find(one => one.contact)?.at ?? null,
    t5: decisions.length === 0 ? null : Math.min(...decisions),
    t6: t6 ?? null,
    t7: meant.find(one => one.held)?.at ?? null,
  }
  return { passage, t, owners, attempts: meant.filter(one => one.attempt).map(one => one.row) }
}

export type Owners = { at: number; user: string | null }[]

/**
 * Who owned the person: at T1, at each assignment until the end, and nobody once the owner has left. Nobody, too, when it
 * was a queue or somebody who had left. Of several assignments at one instant the last counts.
 */
function ownersOf(company: Company, rows: readonly ScenarioEvent[], t1: number, end: number): Owners {
  const all = rows.filter(row => row.event === 'assigned')
  const assigned = all.filter((row, index) => all[index + 1]?.at !== row.at)
  const leaving = (key: string) => {
    const user = company.users.find(one => one.user === key)
    return user?.left ?? (user?.active ? Number.POSITIVE_INFINITY : company.start)
  }
  const human = (key: string, at: number) =>
    company.users.some(one => one.user === key) && at < leaving(key) ? key : null
  const before = assigned.findLast(row => row.at <= t1)
  const given = before ? human(before.actor, before.at) : null
  const owners: Owners = [
    { at: t1, user: given && human(given, t1) },
    ...assigned
      .filter(row => row.at > t1 && row.at <= end)
      .map(row => ({ at: row.at, user: human(row.actor, row.at) })),
  ]
  return owners.flatMap((one, index) => {
    const left = one.user === null ? Number.POSITIVE_INFINITY : leaving(one.user)
    return left <= end && left < (owners[index + 1]?.at ?? Number.POSITIVE_INFINITY)
      ? [one, { at: left, user: null }]
      : [one]
  })
}

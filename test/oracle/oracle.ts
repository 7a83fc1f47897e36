import type { Company, Person, ScenarioEvent } from '../../src/twins/scenario/types.ts'
import { deletedAt, type Handoff, handoffsOf, type Owners, type Passage } from './handoffs.ts'
import { RULES, type Rules } from './meaning.ts'
import { afterWorking, worked, type ZoneSpans } from './worktime.ts'

/**
 * The verdicts a scenario must lead to under the default policy's promises, worked out slowly and plainly from its rows alone.
 * Two people merged into one are for the caller: give it the events of both.
 */

const HOUR = 3_600_000

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

/** Rows as the `--verdicts` line has them, one a handoff, in order. */
export function oracle(
  company: Company,
  person: Person,
  events: readonly ScenarioEvent[],
  now: number,
  rules: Rules = RULES,
): OracleRow[] {
  const rows = events.filter(row => row.at <= now).sort((a, b) => a.at - b.at || a.seq - b.seq)
  return handoffsOf(company, rows, now, rules).map((one, index) =>
    rowOf(company, person, rows, one, index, now),
  )
}

function rowOf(
  company: Company,
  person: Person,
  rows: readonly ScenarioEvent[],
  handoff: Handoff,
  index: number,
  now: number,
): OracleRow {
  const { passage, t, owners, attempts } = handoff
  const gone = deletedAt(rows, passage.t1)
  const lived = rows.filter(row => gone === undefined || row.at <= gone)
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
    ...{ t0: iso(t.t0), t1: iso(t.t1), t2: iso(t.t2), t3: iso(t.t3) },
    ...{ t4: iso(t.t4), t5: iso(t.t5), t6: iso(t.t6), t7: iso(t.t7) },
    attempts: attempts.length,
    outcome: passage.outcome,
    promises: {
      assignment: judge(t.t1, t.t2, { kind: 'elapsed', due: 4 * HOUR, warn: null }),
      first_attempt: judge(t.t2, t.t3, { kind: 'elapsed', due: 48 * HOUR, warn: 24 * HOUR }),
      decision: judge(t.t2, t.t5, { kind: 'working', due: 40 * HOUR, warn: 32 * HOUR }),
    },
  }
}

/** Whose wall clock counts when: the owner's, after that the last owner's, before any owner UTC. */
export function zonesOf(company: Company, owners: Owners): ZoneSpans {
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

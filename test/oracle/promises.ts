import type { PauseRule, Policy, PromiseRule, TierMatch } from '../../src/policy/policy.ts'
import type { Company, Person, ScenarioEvent } from '../../src/twins/scenario/types.ts'
import { type Handoff, handoffsOf, type Owners } from './handoffs.ts'
import { zonesOf } from './oracle.ts'
import { afterWorking, worked, type ZoneSpans } from './worktime.ts'

/**
 * The promises of a scenario under the rules on reassignment, pauses, exceptions, persistence and tiers, worked out
 * slowly: time is cut wherever anything changes, and each slice is asked whether it counts. It knows the stages and
 * working hours of the default policy only.
 */

export interface OracleVerdict {
  name: string
  tier: string
  state: string
  excuse: string | null
  from: number | null
  until: number | null
  warn: number | null
  due: number | null
  counted: number | null
  lead: number | null
  rep: number | null
  paused: number | null
  progress: { attempts: number; days: number; channels: number } | null
}

type Kind = 'elapsed' | 'working'

interface Interval {
  from: number
  to: number
}

/** Everything about one handoff that its promises share. */
interface Ground {
  company: Company
  person: Person
  policy: Policy
  handoff: Handoff
  /** For each pause of the policy, in its order. */
  paused: { rule: PauseRule; intervals: Interval[] }[]
  now: number
}

/** The verdicts on each handoff, in order. */
export function verdicts(
  company: Company,
  person: Person,
  events: readonly ScenarioEvent[],
  policy: Policy,
  now: number,
): OracleVerdict[][] {
  const rows = events.filter(row => row.at <= now).sort((a, b) => a.at - b.at || a.seq - b.seq)
  return handoffsOf(company, rows, now).map(handoff => {
    const paused = policy.pauses.map(rule => ({ rule, intervals: pausesOf(rule, company, rows, handoff) }))
    const ground = { company, person, policy, handoff, paused, now }
    return policy.promises.flatMap(rule => verdict(rule, ground) ?? [])
  })
}

function length(kind: Kind, zones: ZoneSpans, from: number, to: number): number {
  return kind === 'elapsed' ? to - from : worked(zones, from, to)
}

const after = (kind: Kind, zones: ZoneSpans, from: number, ms: number): number =>
  kind === 'elapsed' ? from + ms : afterWorking(zones, from, ms)

/** What the Salesforce lead and the HubSpot contact show, from which row on. */
function statuses(rows: readonly ScenarioEvent[]): { at: number; salesforce: string; hubspot: string }[] {
  let [salesforce, hubspot] = ['', '']
  return rows.map(({ event, at, detail }) => {
    if (event === 'mql') salesforce = 'Open - Not Contacted'
    if (event === 'accepted') [salesforce, hubspot] = [salesforce && 'Working - Contacted', 'IN_PROGRESS']
    if (event === 'rejected') [salesforce, hubspot] = [salesforce && 'Closed - Not Converted', 'UNQUALIFIED']
    if (event === 'recycled') salesforce &&= 'Nurturing'
    if (event === 'sql') salesforce &&= 'Qualified'
    const [, name, value] = /^(\w+)\.status=(.*)$/.exec(detail) ?? []
    if (event === 'updated' && name === 'salesforce') salesforce &&= value!
    if (event === 'updated' && name === 'hubspot') hubspot = value!
    return { at, salesforce, hubspot }
  })
}

/** When the pause held, until its cap was used up. What holds in the end goes on. */
function pausesOf(
  { when, cap }: PauseRule,
  company: Company,
  rows: readonly ScenarioEvent[],
  { passage, owners }: Handoff,
): Interval[] {
  const end = passage.end ?? Number.POSITIVE_INFINITY
  const zones = zonesOf(company, owners)
  const intervals: Interval[] = []
  let left = cap.ms
  const shown = statuses(rows)
  for (const [index, row] of shown.entries()) {
    const holds = when.some(
      one =>
        one.preset === 'field' &&
        one.values.includes(one.vendor === 'salesforce' ? row.salesforce : row.hubspot),
    )
    const from = Math.max(row.at, passage.t1)
    let to = Math.min(shown[index + 1]?.at ?? Number.POSITIVE_INFINITY, end)
    if (!holds || from >= to || left === 0) continue
    const used =
      to === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : length(cap.kind, zones, from, to)
    if (used >= left) to = after(cap.kind, zones, from, left)
    left = Math.max(0, left - used)
    intervals.push({ from, to })
  }
  return intervals
}

const ownerAt = (owners: Owners, at: number): string | null =>
  owners.findLast(one => one.at <= at)?.user ?? null

/** The owners in turn while a clock ran, each change of hands once; what comes at its very end comes too late. */
function turns(owners: Owners, from: number, stand: number, closed: boolean): Owners {
  const inTime = owners.filter(({ at }) => at > from && (closed ? at < stand : at <= stand))
  const held = [{ at: from, user: ownerAt(owners, from) }, ...inTime].filter(one => one.user !== null)
  return held.filter((one, index) => one.user !== held[index - 1]?.user)
}

interface Stand {
  from: number
  stand: number
  closed: boolean
}

/** One way of counting: which instants count, and the cuts between which that does not change. */
class Count {
  readonly #kind: Kind
  readonly #zones: ZoneSpans
  readonly #cuts: readonly number[]
  readonly #counts: (at: number) => boolean

  constructor(kind: Kind, zones: ZoneSpans, cuts: readonly number[], counts: (at: number) => boolean) {
    this.#kind = kind
    this.#zones = zones
    this.#cuts = [...new Set(cuts)].sort((a, b) => a - b)
    this.#counts = counts
  }

  between(from: number, to: number): number {
    if (to < from) return 0 - length(this.#kind, this.#zones, to, from)
    const edges = [from, ...this.#cuts.filter(cut => cut > from && cut < to), to]
    return edges.slice(1).reduce((sum, edge, index) => {
      const start = edges[index]!
      return this.#counts(start) ? sum + length(this.#kind, this.#zones, start, edge) : sum
    }, 0)
  }

  reach(from: number, ms: number): number | null {
    let left = ms
    const edges = [from, ...this.#cuts.filter(cut => cut > from)]
    for (const [index, start] of edges.entries()) {
      if (!this.#counts(start)) continue
      const end = edges[index + 1]
      const here = end === undefined ? left : length(this.#kind, this.#zones, start, end)
      if (here >= left) return after(this.#kind, this.#zones, start, left)
      left -= here
    }
    return null
  }
}

function countings(rule: PromiseRule, { from, stand, closed }: Stand, ground: Ground) {
  const { company, handoff, paused } = ground
  const { owners } = handoff
  const zones = zonesOf(company, owners)
  const kept = closed ? owners.filter(one => one.at <= from || one.at < stand) : owners
  const ruledZones = rule.reassignment === 'carry' ? zones : zonesOf(company, kept)
  const hands = turns(owners, from, stand, closed)
  const last = hands.at(-1) ?? null
  const own = paused.filter(one => one.rule.promises === null || one.rule.promises.includes(rule.name))
  const pauseAt = (at: number) =>
    closed && at >= stand
      ? null
      : (own.find(one => one.intervals.some(span => span.from <= at && at < span.to))?.rule.name ?? null)
  const ofLast = (at: number) => last !== null && ownerAt(kept, at) === last.user
  const restart = rule.reassignment === 'reset' && hands.length > 1 ? last!.at : from
  const byRule = (at: number) =>
    (rule.reassignment !== 'apportion' || last === null || ofLast(at)) && at >= restart
  const edges = own.flatMap(one => one.intervals.flatMap(span => [span.from, span.to]))
  const cuts = [...owners.map(one => one.at), ...edges, from, stand, restart]
  const count = (counts: (at: number) => boolean) => new Count(rule.kind, ruledZones, cuts, counts)
  return {
    meter: count(at => byRule(at) && pauseAt(at) === null),
    pausing: count(at => byRule(at) && pauseAt(at) !== null),
    lead: new Count(rule.kind, zones, cuts, () => true),
    rep: last === null ? null : count(at => ofLast(at) && pauseAt(at) === null),
    pauseAt,
  }
}

function fits(when: TierMatch, { person, company, policy, handoff }: Ground, from: number | null): boolean {
  const owner = from === null ? null : ownerAt(handoff.owners, from)
  const email = company.users.find(one => one.user === owner)?.email
  const team = policy.people.find(one => one.email === email)?.team ?? ''
  const values = {
    source: person.source,
    country: person.country,
    campaign: person.campaign,
    team,
    segment: '',
  }
  return Object.entries(values).every(([name, value]) => {
    const wanted = when[name as keyof typeof values]
    return (
      wanted === undefined || wanted.some(one => one.toLowerCase() === (value || '(empty)').toLowerCase())
    )
  })
}

/** The attempts since the clock started, the days by the wall clock of whoever owned it, and when there were enough. */
function trying({ persistence }: PromiseRule, from: number | null, { company, handoff }: Ground) {
  const zones = zonesOf(company, handoff.owners)
  const made = from === null ? [] : handoff.attempts.filter(one => one.at >= from)
  const dayOf = (at: number) =>
    Temporal.Instant.fromEpochMilliseconds(at)
      .toZonedDateTimeISO(zones.findLast(one => one.from <= at)!.zone)
      .toPlainDate()
      .toString()
  const upTo = (at: number) => {
    const some = made.filter(one => one.at <= at)
    return {
      attempts: some.length,
      days: new Set(some.map(one => dayOf(one.at))).size,
      channels: new Set(some.map(one => one.event)).size,
    }
  }
  const enough = made.find(({ at }) => {
    const { attempts, days, channels } = upTo(at)
    return attempts >= persistence!.attempts && days >= persistence!.days && channels >= persistence!.channels
  })
  return { upTo, keptAt: enough?.at ?? null }
}

function verdict(rule: PromiseRule, ground: Ground): OracleVerdict | null {
  const { handoff, policy, now } = ground
  const { passage, t } = handoff
  const from = t[rule.from]
  const tier = rule.tiers.find(one => fits(one.when, ground, from))
  if (!tier) return null
  const tries = rule.persistence ? trying(rule, from, ground) : null
  const kept = rule.until === null ? tries!.keptAt : t[rule.until]
  const done = kept !== null && (passage.end === null || kept <= passage.end) ? kept : null
  const released = tries ? [t.t4, t.t5].filter(at => at !== null && (kept === null || at < kept)) : []
  const free = released.length === 0 ? null : Math.min(...(released as number[]))
  const at = (stand: number, closed: boolean) =>
    from === null ? null : countings(rule, { from, stand, closed }, ground)
  const freeDue = free === null ? null : (at(free, true)?.meter.reach(from!, tier.dueMs) ?? null)
  const isFree = free !== null && (freeDue === null || free <= freeDue)
  const end = isFree ? free : (done ?? passage.end)
  const stand = end ?? now
  const counts = at(stand, end !== null)
  const due = counts?.meter.reach(from!, tier.dueMs) ?? null
  const warn = tier.warnMs === null ? null : (counts?.meter.reach(from!, tier.warnMs) ?? null)
  const exception = policy.exceptions.find(
    one => (one.promises === null || one.promises.includes(rule.name)) && fits(one.when, ground, from),
  )

  let [state, excuse]: [string, string | null] = ['running', null]
  if (passage.outcome === 'void') state = 'void'
  else if (exception) [state, excuse] = ['excused', exception.name]
  else if (isFree) [state, excuse] = ['excused', free === t.t4 ? 'contacted' : 'decided']
  else if (done !== null) state = due === null || done <= due ? 'met' : 'met_late'
  else if (passage.end !== null) state = 'missed'
  else if (from === null) state = 'not_started'
  else if (due !== null && now > due) state = 'overdue'
  else if (counts!.pauseAt(now) !== null) [state, excuse] = ['excused', counts!.pauseAt(now)]
  else if (warn !== null && now >= warn) state = 'due_soon'
  return {
    ...{ name: rule.name, tier: tier.name, state, excuse, from, warn, due },
    until: isFree ? null : done,
    counted: counts?.meter.between(from!, stand) ?? null,
    lead: counts?.lead.between(from!, stand) ?? null,
    rep: counts?.rep?.between(from!, stand) ?? null,
    paused: counts === null ? null : stand < from! ? 0 : counts.pausing.between(from!, stand),
    progress: tries?.upTo(from === null ? 0 : stand) ?? null,
  }
}

import type { ExceptionRule, PromiseRule, Tier, TierMatch } from '../policy/policy.ts'
import type { Activity } from './activities.ts'
import { type Clock, clockOf, type Time } from './clock.ts'
import type { Dimensions } from './dimensions.ts'
import type {
  HandoffInstants,
  Outcome,
  Progress,
  PromiseState,
  PromiseVerdict,
  Standstill,
} from './handoff.ts'
import type { Pause } from './pause.ts'
import { persistedAt, progressAt, type Tries } from './persistence.ts'
import type { Roster } from './roster.ts'
import { stretchAt } from './stretch.ts'
import { applies } from './tier.ts'
import { type Instant, soonest } from './time.ts'

/** How far a handoff has come, as far as promises ask. */
export interface Standing extends Time {
  instants: HandoffInstants
  outcome: Outcome | null
  endedAt: Instant | null
  dimensions: Dimensions
  exceptions: readonly ExceptionRule[]
  /** Attempts that count, in order of time. */
  attempts: readonly Activity[]
  roster: Roster
  now: Instant
}

/** A verdict with the clock behind it. */
export interface Judged {
  verdict: PromiseVerdict
  /** Null: not started. */
  clock: Clock | null
  /** The next instant after now at which the verdict changes by itself; null: it will not. */
  wakeAt: Instant | null
}

/** The verdict on one promise now; null when none of its tiers is meant for this handoff. */
export function verdictOn(rule: PromiseRule, standing: Standing): Judged | null {
  const { now, outcome, dimensions, exceptions } = standing
  const from = standing.instants[rule.from]
  const isMeant = (when: TierMatch) => applies(when, dimensions, () => teamAt(from, standing))
  const tier = rule.tiers.find(({ when }) => isMeant(when))
  if (!tier) return null
  const exception = exceptions.find(
    ({ promises, when }) => (promises?.includes(rule.name) ?? true) && isMeant(when),
  )
  const ending = endingOf(rule, tier, standing)
  const clock = clockTo(ending, rule, standing)
  const { warnAt, dueAt } = limitsOf(clock, tier)
  const given = { outcome, exception: exception?.name ?? null, ending, clock, warnAt, dueAt }
  const { state, excuse, pause } = situationAt(now, given)
  const counts = countsOf(clock)
  const verdict: PromiseVerdict = {
    name: rule.name,
    tier: tier.name,
    state,
    excuse,
    pause,
    kind: rule.kind,
    from,
    until: ending?.how === 'kept' ? ending.at : null,
    warnAt,
    dueAt,
    countedMs: counts.countedMs,
    leadMs: counts.leadMs,
    repMs: counts.repMs,
    pausedMs: counts.pausedMs,
    restartedAt: clock?.restartedAt ?? null,
    progress: rule.persistence && progressOf(clock, standing),
  }
  return { verdict, clock, wakeAt: wakeOf(given, now) }
}

const teamAt = (from: Instant | null, { stretches, roster }: Standing): string | null => {
  const owner = from === null ? null : stretchAt(stretches, from).owner
  return owner && roster.teamOf(owner)
}

/** How a promise came to its end: kept, no longer asked for, or over with the handoff. */
interface Ending {
  at: Instant
  how: 'kept' | 'contacted' | 'decided' | 'ended'
}

function endingOf(rule: PromiseRule, tier: Tier, standing: Standing): Ending | null {
  const { endedAt } = standing
  const kept = keptAt(rule, standing)
  const released = rule.persistence && releaseOf(standing.instants)
  if (released && (kept === null || released.at < kept)) {
    // Judged as it stood then: an owner or a pause of later cannot have made it late.
    const { dueAt } = limitsOf(clockTo(released, rule, standing), tier)
    if (dueAt === null || released.at <= dueAt) return released
  }
  if (kept !== null && (endedAt === null || kept <= endedAt)) return { at: kept, how: 'kept' }
  return endedAt === null ? null : { at: endedAt, how: 'ended' }
}

function keptAt({ from, until, persistence }: PromiseRule, standing: Standing): Instant | null {
  if (until !== null) return standing.instants[until]
  const start = standing.instants[from]
  return start === null ? null : persistedAt(persistence!, start, triesOf(standing))
}

/** What makes more attempts pointless. */
function releaseOf({ t4, t5 }: HandoffInstants): Ending | null {
  if (t4 !== null && (t5 === null || t4 <= t5)) return { at: t4, how: 'contacted' }
  return t5 === null ? null : { at: t5, how: 'decided' }
}

const triesOf = ({ attempts, stretches, roster }: Standing): Tries => ({
  attempts,
  stretches,
  roster,
})

const progressOf = (clock: Clock | null, standing: Standing): Progress =>
  clock ? progressAt(clock.from, clock.stand, triesOf(standing)) : { attempts: 0, days: 0, channels: 0 }

/** The clock of the promise as it stands at its end, or now; null: it has not started. */
function clockTo(ending: Ending | null, rule: PromiseRule, standing: Standing): Clock | null {
  const from = standing.instants[rule.from]
  if (from === null) return null
  return clockOf(rule, { from, stand: ending?.at ?? standing.now, closed: ending !== null }, standing)
}

type Limits = Pick<PromiseVerdict, 'warnAt' | 'dueAt'>

function limitsOf(clock: Clock | null, { dueMs, warnMs }: Tier): Limits {
  if (clock === null) return { warnAt: null, dueAt: null }
  const { meter, from } = clock
  return { warnAt: warnMs === null ? null : meter.add(from, warnMs), dueAt: meter.add(from, dueMs) }
}

type Counts = Pick<PromiseVerdict, 'countedMs' | 'leadMs' | 'repMs' | 'pausedMs'>

const NOTHING: Counts = { countedMs: null, leadMs: null, repMs: null, pausedMs: null }

function countsOf(clock: Clock | null): Counts {
  if (clock === null) return NOTHING
  const { meter, lead, shared, owner, from, stand } = clock
  const leadMs = lead.between(from, stand)
  return {
    countedMs: meter.between(from, stand),
    leadMs,
    repMs: owner && (stand < from ? leadMs : shared.ownedBy(owner, from, stand)),
    pausedMs: meter.leftOut(from, stand, 'paused'),
  }
}

/** All that the state of a promise depends on, but for the time. */
interface Case extends Limits {
  outcome: Outcome | null
  exception: string | null
  ending: Ending | null
  clock: Clock | null
}

type Situation = Pick<PromiseVerdict, 'state' | 'excuse' | 'pause'>

const plain = (state: PromiseState): Situation => ({ state, excuse: null, pause: null })
const excused = (excuse: string, pause: Standstill | null = null): Situation => ({
  state: 'excused',
  excuse,
  pause,
})

/** Where the promise stands at an instant that is not before its end, if nothing else happens. */
function situationAt(at: Instant, { outcome, exception, ending, clock, warnAt, dueAt }: Case): Situation {
  if (outcome === 'void') return plain('void')
  if (exception !== null) return excused(exception)
  if (ending?.how === 'kept') return plain(dueAt === null || ending.at <= dueAt ? 'met' : 'met_late')
  if (ending) return ending.how === 'ended' ? plain('missed') : excused(ending.how)
  if (clock === null) return plain('not_started')
  if (dueAt !== null && at > dueAt) return plain('overdue')
  const pause = standstillAt(at, clock.pauses)
  if (pause) return excused(pause.name, pause)
  return plain(warnAt !== null && at >= warnAt ? 'due_soon' : 'running')
}

/** The pause that holds at an instant, and until when the clock stands still without a break. */
function standstillAt(at: Instant, pauses: readonly Pause[]): Standstill | null {
  // The first that is not over: none begins later, unless where another one ends.
  const index = pauses.findIndex(({ to }) => at < to)
  if (index < 0) return null
  const { name, from: since } = pauses[index]!
  const last = pauses.find(({ to }, place) => place >= index && pauses[place + 1]?.from !== to)!
  return { name, since, latest: last.to }
}

function wakeOf(given: Case, now: Instant): Instant | null {
  const { clock, warnAt, dueAt } = given
  if (clock === null) return null
  const { state, excuse } = situationAt(now, given)
  const changes = (at: Instant) => {
    const then = situationAt(at, given)
    return then.state !== state || then.excuse !== excuse
  }
  const none = Number.NEGATIVE_INFINITY
  const turns = [warnAt ?? none, (dueAt ?? none) + 1, ...clock.pauses.map(({ to }) => to)]
  return soonest(turns.filter(at => at > now && changes(at)))
}

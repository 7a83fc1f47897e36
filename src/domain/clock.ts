import type { PromiseRule } from '../policy/policy.ts'
import type { Rep } from './handoff.ts'
import { leavingOut, type Meter, meterOf, type Stretch } from './meter.ts'
import { type Pause, pausedSpans } from './pause.ts'
import { lastReassignment, ownerAtEnd, type Window } from './tenure.ts'
import type { Elapsed, Instant, Working } from './time.ts'

/** The clock of one promise on one handoff, once it has started. */
export interface Clock extends Window {
  /** Counts by the rules of the promise: its limits and its count are read off this one. */
  meter: Meter<Elapsed> | Meter<Working>
  /** Counts whoever owned the lead, and through pauses. */
  lead: Meter<Elapsed> | Meter<Working>
  /** Counts the time of the owner at the end; null: nobody has owned it while the clock ran. */
  share: Meter<Elapsed> | Meter<Working> | null
  /** When a reassignment last made it start again; null: none did. */
  restartedAt: Instant | null
  pauses: readonly Pause[]
}

/** What clocks are made of. */
export interface Time {
  /** Who had the handoff when; all of it counts. */
  stretches: readonly Stretch[]
  pauses: readonly Pause[]
}

/**
 * The clock of a promise. What comes before its start is measured plainly: nobody can be charged or excused for it. No
 * pause after it was kept or ended moves its limits.
 */
export function clockOf(rule: PromiseRule, window: Window, { stretches, pauses }: Time): Clock {
  const { name, kind, reassignment } = rule
  const { from, stand, closed } = window
  const paused = pausedSpans(pauses, name, { from, to: closed ? stand : Number.POSITIVE_INFINITY })
  const lead = meterOf(kind, stretches)
  const over = (some: readonly Stretch[]) =>
    some === stretches && paused.length === 0 ? lead : meterOf(kind, pausing(some, paused))
  const all = reassignment === 'carry' ? stretches : settled(stretches, window)
  const owner = ownerAtEnd(stretches, window)
  const own = owner && apportioned(all, from, owner)
  const restartedAt = reassignment === 'reset' ? lastReassignment(stretches, window) : null
  const since =
    restartedAt === null ? null : leavingOut(all, { from, to: restartedAt }, { why: 'reassigned' })
  const ruled = since ?? ((reassignment === 'apportion' && own) || all)
  const meter = over(ruled)
  return {
    ...window,
    meter,
    lead,
    share: own === ruled ? meter : own && over(own),
    restartedAt,
    pauses: paused,
  }
}

/** What of the time since `from` is this owner's: the very same stretches when nobody else had it. */
function apportioned(stretches: readonly Stretch[], from: Instant, { ref }: Rep): readonly Stretch[] {
  const others = ({ owner }: Stretch) => owner?.ref !== ref
  if (!stretches.some(one => one.to > from && others(one))) return stretches
  return leavingOut(stretches, { from, to: Number.POSITIVE_INFINITY }, { why: 'other_owner' }, others)
}

/** Once it is kept or ended, whoever owned it then is taken to keep it: later owners change nothing. */
function settled(stretches: readonly Stretch[], { from, stand, closed }: Window): readonly Stretch[] {
  if (!closed) return stretches
  const kept = stretches.filter(one => one.from <= from || one.from < stand)
  return kept.length === stretches.length
    ? stretches
    : kept.with(-1, { ...kept.at(-1)!, to: Number.POSITIVE_INFINITY })
}

const pausing = (stretches: readonly Stretch[], pauses: readonly Pause[]): readonly Stretch[] =>
  pauses.reduce((all, { name, ...span }) => leavingOut(all, span, { why: 'paused', name }), stretches)

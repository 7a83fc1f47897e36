import type { PromiseRule } from '../policy/policy.ts'
import type { Rep } from './handoff.ts'
import { type Meter, meterOf } from './meter.ts'
import { type Pause, pausedSpans } from './pause.ts'
import { lastReassignment, leavingOut, ownerAtEnd, type Stretch, type Window } from './stretch.ts'
import type { Elapsed, Instant, Working } from './time.ts'

/** The clock of one promise on one handoff, once it has started. */
export interface Clock extends Window {
  /** Counts by the rules of the promise: its limits and its count are read off this one. */
  meter: Meter<Elapsed> | Meter<Working>
  /** Counts whoever owned the lead, and through pauses. */
  lead: Meter<Elapsed> | Meter<Working>
  /** Counts whoever owned it, but not through pauses: of this an owner has a share. */
  shared: Meter<Elapsed> | Meter<Working>
  /** Whoever owned it at the end; null: nobody has while the clock ran. */
  owner: Rep | null
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
  const owner = ownerAtEnd(stretches, window)
  const restartedAt = reassignment === 'reset' ? lastReassignment(stretches, window) : null
  const ruled =
    reassignment === 'carry' ? stretches : ruledBy(restartedAt, owner, settled(stretches, window), rule, from)
  const lead = meterOf(kind, stretches)
  const shared = meterOf(kind, pausing(stretches, paused))
  const meter = meterOf(kind, pausing(ruled, paused))
  return { from, stand, closed, meter, lead, shared, owner, restartedAt, pauses: paused }
}

function ruledBy(
  restartedAt: Instant | null,
  owner: Rep | null,
  stretches: readonly Stretch[],
  { reassignment }: PromiseRule,
  from: Instant,
): readonly Stretch[] {
  if (restartedAt !== null) return leavingOut(stretches, { from, to: restartedAt }, { why: 'reassigned' })
  if (reassignment !== 'apportion' || owner === null) return stretches
  const since = { from, to: Number.POSITIVE_INFINITY }
  return leavingOut(stretches, since, { why: 'other_owner' }, one => one.owner?.ref !== owner.ref)
}

/** Once it is kept or ended, whoever owned it then is taken to keep it: later owners change nothing. */
function settled(stretches: readonly Stretch[], { from, stand, closed }: Window): readonly Stretch[] {
  if (!closed) return stretches
  const kept = stretches.filter(one => one.from <= from || one.from < stand)
  return kept.with(-1, { ...kept.at(-1)!, to: Number.POSITIVE_INFINITY })
}

const pausing = (stretches: readonly Stretch[], pauses: readonly Pause[]): readonly Stretch[] =>
  pauses.reduce((all, { name, ...span }) => leavingOut(all, span, { why: 'paused', name }), stretches)

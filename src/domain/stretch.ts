import type { Rep } from './handoff.ts'
import type { OwnerSpan } from './owners.ts'
import { spanAt } from './owners.ts'
import type { Duty, Roster } from './roster.ts'
import type { Instant } from './time.ts'

/** Why time is not counted. */
export type LeftOut =
  /** It was before the lead last got another owner. */
  | { why: 'reassigned' }
  /** Somebody else owned it then, or nobody. */
  | { why: 'other_owner' }
  /** A pause of the policy held. */
  | { why: 'paused'; name: string }

/** From one instant to another a handoff had this owner, or none, and the time counts, or does not. */
export interface Stretch {
  from: Instant
  to: Instant
  owner: Rep | null
  /** By whose working time it is measured: the owner's, after that the last owner's; null: nobody's in particular. */
  clockOf: Rep | null
  duty: Duty
  /** Null: it counts. */
  leftOut: LeftOut | null
}

/**
 * Who had a handoff when, from the beginning of time to its end, in order and without gaps; the last goes on for ever.
 * All of it counts. Working time before T1 is measured as at T1: in the calendar of whoever owned it then, else in the
 * policy's.
 */
export function stretchesOf(
  spans: readonly OwnerSpan[],
  { t1, endedAt }: { t1: Instant; endedAt: Instant | null },
  roster: Roster,
): Stretch[] {
  const stretches: Stretch[] = []
  let clockOf = spanAt(spans, t1)?.owner ?? null
  const begin = (from: Instant, owner: Rep | null) => {
    const last = stretches.at(-1)
    if (last) last.to = from
    const duty = roster.dutyOf(clockOf)
    stretches.push({ from, to: Number.POSITIVE_INFINITY, owner, clockOf, duty, leftOut: null })
  }
  begin(Number.NEGATIVE_INFINITY, null)
  for (const { from, owner } of spans) {
    if (endedAt !== null && from > endedAt) break
    if (from > t1 && owner) clockOf = owner
    begin(from, owner)
  }
  return stretches
}

/** The stretch an instant lies in. */
export const stretchAt = (stretches: readonly Stretch[], at: Instant): Stretch =>
  stretches.findLast(({ from }) => from <= at)!

/** The part of a promise's time that is looked at: from the start of its clock to where the clock stands. */
export interface Window {
  from: Instant
  stand: Instant
  /** Whether it was kept or ended there; then what happens at that very instant comes too late to matter. */
  closed: boolean
}

/** Whether a stretch had begun before the clock stopped and was not over when it started. */
const isWithin = (stretch: Stretch, { from, stand, closed }: Window): boolean =>
  stretch.to > from && (!closed || stretch.from <= from || stretch.from < stand)

/** Whoever owned it last while the clock ran; null: nobody ever did. */
export const ownerAtEnd = (stretches: readonly Stretch[], window: Window): Rep | null =>
  stretches.findLast(one => one.owner !== null && isWithin(one, window))?.owner ?? null

/** When it last passed from one owner to another while the clock ran; null: never. A first owner takes it from nobody. */
export function lastReassignment(stretches: readonly Stretch[], window: Window): Instant | null {
  let [owner, at]: [Rep | null, Instant | null] = [null, null]
  for (const stretch of stretches) {
    if (!stretch.owner || !isWithin(stretch, window)) continue
    if (owner && owner.ref !== stretch.owner.ref) at = stretch.from
    owner = stretch.owner
  }
  return at
}

/** Leaves out what counts between two instants, all of it or only what `which` says. */
export function leavingOut(
  stretches: readonly Stretch[],
  { from, to }: { from: Instant; to: Instant },
  leftOut: LeftOut,
  which: (stretch: Stretch) => boolean = () => true,
): Stretch[] {
  return stretches.flatMap(one => {
    if (one.leftOut || !which(one)) return [one]
    const parts = [
      { ...one, to: Math.min(one.to, from) },
      { ...one, from: Math.max(one.from, from), to: Math.min(one.to, to), leftOut },
      { ...one, from: Math.max(one.from, to) },
    ]
    return parts.filter(part => part.from < part.to)
  })
}

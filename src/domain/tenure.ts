import type { Rep } from './handoff.ts'
import type { OwnerSpan } from './owners.ts'
import { spanAt } from './owners.ts'
import type { Duty, Roster } from './roster.ts'
import type { Instant } from './time.ts'

/** From one instant to another a handoff had this owner, or none. */
export interface Tenure {
  from: Instant
  to: Instant
  owner: Rep | null
  /** By whose working time it is measured: the owner's, after that the last owner's; null: nobody's in particular. */
  clockOf: Rep | null
  duty: Duty
}

/**
 * Who had a handoff when, from the beginning of time to its end, in order and without gaps; the last goes on for ever.
 * Working time before T1 is measured as at T1: in the calendar of whoever owned it then, else in the policy's.
 */
export function tenuresOf(
  spans: readonly OwnerSpan[],
  { t1, endedAt }: { t1: Instant; endedAt: Instant | null },
  roster: Roster,
): Tenure[] {
  const tenures: Tenure[] = []
  let clockOf = spanAt(spans, t1)?.owner ?? null
  const begin = (from: Instant, owner: Rep | null) => {
    const last = tenures.at(-1)
    if (last) last.to = from
    tenures.push({ from, to: Number.POSITIVE_INFINITY, owner, clockOf, duty: roster.dutyOf(clockOf) })
  }
  begin(Number.NEGATIVE_INFINITY, null)
  for (const { from, owner } of spans) {
    if (endedAt !== null && from > endedAt) break
    if (from > t1 && owner) clockOf = owner
    begin(from, owner)
  }
  return tenures
}

/** The tenure an instant lies in. */
export const tenureAt = (tenures: readonly Tenure[], at: Instant): Tenure =>
  tenures.findLast(({ from }) => from <= at)!

/** The part of a promise's time that is looked at: from the start of its clock to where the clock stands. */
export interface Window {
  from: Instant
  stand: Instant
  /** Whether it was kept or ended there; then what happens at that very instant comes too late to matter. */
  closed: boolean
}

/** The tenures that had begun before the clock stopped and were not over when it started, in order. */
function heldDuring(tenures: readonly Tenure[], { from, stand, closed }: Window): Tenure[] {
  const begun = (at: Instant) => at <= from || (closed ? at < stand : at <= stand)
  return tenures.filter(one => one.to > from && begun(one.from))
}

/** Whoever owned it last while the clock ran; null: nobody ever did. */
export function ownerAtEnd(tenures: readonly Tenure[], window: Window): Rep | null {
  return heldDuring(tenures, window).findLast(({ owner }) => owner !== null)?.owner ?? null
}

/** When it last passed from one owner to another while the clock ran; null: never. A first owner takes it from nobody. */
export function lastReassignment(tenures: readonly Tenure[], window: Window): Instant | null {
  let [owner, at]: [Rep | null, Instant | null] = [null, null]
  for (const tenure of heldDuring(tenures, window)) {
    if (!tenure.owner) continue
    if (owner && owner.ref !== tenure.owner.ref) at = tenure.from
    owner = tenure.owner
  }
  return at
}

import type { PauseRule } from '../policy/policy.ts'
import { meterOf } from './meter.ts'
import type { Passage } from './passage.ts'
import { heldIntervals } from './states.ts'
import type { Stretch } from './stretch.ts'
import type { Instant } from './time.ts'
import type { Timeline } from './timeline.ts'

/** Clocks stood, or will stand, still for this reason. */
export interface Pause {
  from: Instant
  to: Instant
  name: string
  /** Names of promises; null: all. */
  promises: PauseRule['promises']
}

/**
 * Every pause of a handoff, in order of the policy's rules. Each reaches from when it holds to when it ends, or to where
 * its cap is used up: that is over the whole handoff, in the wall clock or the calendars of whoever owned it. One that
 * holds still is taken to use up its cap. Some may have no length.
 */
export function pausesOf(
  { t1, endedAt, policy: { pauses } }: Passage,
  stretches: readonly Stretch[],
  line: Timeline,
  now: Instant,
): Pause[] {
  const end = endedAt ?? Number.POSITIVE_INFINITY
  return pauses.flatMap(({ name, when, cap, promises }) => {
    const meter = meterOf(cap.kind, stretches)
    let left = cap.ms
    return heldIntervals(when, line, now).map(held => {
      const from = Math.max(held.from, t1)
      const ends = Math.max(from, Math.min(held.to ?? Number.POSITIVE_INFINITY, end))
      const to = Math.min(ends, meter.add(from, left)!)
      left -= meter.between(from, to)
      return { from, to, name, promises }
    })
  })
}

/** The time of a promise that is paused, in order and each instant once: of pauses that overlap the policy's first names it. */
export function pausedSpans(
  pauses: readonly Pause[],
  promise: string,
  { from, to }: Pick<Pause, 'from' | 'to'>,
): readonly Pause[] {
  const own = pauses
    .filter(one => one.promises === null || one.promises.includes(promise))
    .map(one => ({ ...one, from: Math.max(one.from, from), to: Math.min(one.to, to) }))
  const cuts = [...new Set(own.flatMap(one => [one.from, one.to]))].sort((a, b) => a - b)
  const spans: Pause[] = []
  for (const [index, cut] of cuts.entries()) {
    const holds = own.find(one => one.from <= cut && cut < one.to)
    if (!holds) continue
    const last = spans.at(-1)
    const end = cuts[index + 1]!
    if (last?.to === cut && last.name === holds.name) last.to = end
    else spans.push({ ...holds, from: cut, to: end })
  }
  return spans
}

import type { Calendar } from './calendar.ts'
import type { Clock } from './clock.ts'
import type { Ref } from './facts.ts'
import type { DurationKind, Rep } from './handoff.ts'
import type { LeftOut, Stretch } from './stretch.ts'
import type { Instant } from './time.ts'

/** Somebody by name. */
export interface Who {
  ref: Ref
  name: string
}

/** A piece of time that a promise counted, or left out. */
export interface CountedInterval {
  from: Instant
  to: Instant
  /** Who owned the lead then; null: nobody. */
  owner: Who | null
  /** Name and IANA zone of the calendar that measured it; null: the wall clock did. */
  calendar: string | null
  zone: string | null
  /** Milliseconds of the promise's kind; negative when it was kept before its clock started. */
  countedMs: number
  /** Why it was not counted, and how much that was; null: it was. */
  leftOut: (LeftOut & { ms: number }) | null
}

export const whoIs = (rep: Rep | null | undefined): Who | null =>
  rep ? { ref: rep.ref, name: rep.name } : null

/**
 * What a promise counted and what it left out, piece by piece and in order; the pieces sum to its `countedMs` exactly, as
 * they are cut with the very clock that judged it. Time at which a calendar was closed lies between them.
 */
export function countedIntervals({ meter, from, stand }: Clock): CountedInterval[] {
  const [start, end, sign] = from <= stand ? [from, stand, 1] : [stand, from, -1]
  return meter.stretches(start, end).flatMap((stretch): CountedInterval[] => {
    const base = { owner: whoIs(stretch.owner), ...measuredBy(stretch, meter.kind) }
    const { leftOut, from: begin, to } = stretch
    if (leftOut) {
      const ms = meter.leftOut(begin, to, leftOut.why)
      return [{ from: begin, to, ...base, countedMs: 0, leftOut: { ...leftOut, ms } }]
    }
    const open =
      meter.kind === 'elapsed' ? [{ from: begin, to }] : openTimes(stretch.duty.calendar, begin, to)
    return open.map(one => ({ ...one, ...base, countedMs: sign * (one.to - one.from), leftOut: null }))
  })
}

const measuredBy = ({ duty }: Stretch, kind: DurationKind): Pick<CountedInterval, 'calendar' | 'zone'> =>
  kind === 'elapsed' ? { calendar: null, zone: null } : { calendar: duty.name, zone: duty.zone }

/** When the calendar was open between two instants, found by asking nothing but how much it counts. */
function openTimes(calendar: Calendar, from: Instant, to: Instant): { from: Instant; to: Instant }[] {
  const open: { from: Instant; to: Instant }[] = []
  for (let at = from; ; ) {
    const start = calendar.addWorking(at, 1) - 1
    if (start >= to) return open
    at = closing(calendar, start, to)
    open.push({ from: start, to: at })
  }
}

/** The last instant up to `to` until which every millisecond since `start` counts. */
function closing(calendar: Calendar, start: Instant, to: Instant): Instant {
  let [open, shut] = [start + 1, to]
  while (open < shut) {
    const middle = Math.ceil((open + shut) / 2)
    if (calendar.workingBetween(start, middle) === middle - start) open = middle
    else shut = middle - 1
  }
  return open
}

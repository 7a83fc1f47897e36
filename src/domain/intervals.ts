import type { Calendar } from './calendar.ts'
import type { Ref } from './facts.ts'
import type { PromiseVerdict, Rep } from './handoff.ts'
import { type OwnerSpan, spanAt } from './owners.ts'
import type { Instant } from './time.ts'
import type { WorkTime } from './worktime.ts'

/** Somebody by name. */
export interface Who {
  ref: Ref
  name: string
}

/** A piece of time that a promise counted. */
export interface CountedInterval {
  from: Instant
  to: Instant
  /** Elapsed: who owned the lead then. Working: whose calendar it was. Null: nobody's. */
  owner: Who | null
  /** The calendar's IANA zone; null: wall clock. */
  zone: string | null
  /** Milliseconds; negative when the promise was kept before its clock started. */
  countedMs: number
}

export const whoIs = (rep: Rep | null | undefined): Who | null =>
  rep ? { ref: rep.ref, name: rep.name } : null

/**
 * What a promise counted, piece by piece and in order; the pieces sum to its `countedMs` exactly, as they are cut with
 * the very clocks that judged it. Empty while its clock has not started.
 * @param counted where its count stands: when it was kept, when the handoff ended, or now
 */
export function countedIntervals(
  { kind, from }: PromiseVerdict,
  counted: Instant,
  { work, spans }: { work: WorkTime; spans: readonly OwnerSpan[] },
): CountedInterval[] {
  if (from === null) return []
  const [start, end, sign] = from <= counted ? [from, counted, 1] : [counted, from, -1]
  const pieces = kind === 'elapsed' ? elapsed(start, end, spans) : working(start, end, work)
  return pieces.map(piece => ({ ...piece, countedMs: sign * (piece.to - piece.from) }))
}

type Piece = Omit<CountedInterval, 'countedMs'>

/** The wall clock never stops; it is cut where the lead changed hands. */
function elapsed(start: Instant, end: Instant, spans: readonly OwnerSpan[]): Piece[] {
  const cuts = spans.map(span => span.from).filter(at => at > start && at < end)
  return [start, ...cuts].flatMap((from, index) => {
    const to = cuts[index] ?? end
    return from < to ? [{ from, to, owner: whoIs(spanAt(spans, from)?.owner), zone: null }] : []
  })
}

function working(start: Instant, end: Instant, work: WorkTime): Piece[] {
  return work
    .stretches(start, end)
    .flatMap(({ from, to, calendar, owner, zone }) =>
      openTimes(calendar, from, to).map(open => ({ ...open, owner: whoIs(owner), zone })),
    )
}

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

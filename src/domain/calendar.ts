import type { Instant, Working } from './time.ts'
import { Week } from './week.ts'
import { type Zone, zoneOf } from './zone.ts'

export interface Block {
  /** 1 Monday … 7 Sunday, as ISO 8601 counts. */
  day: number
  /** Minutes after local midnight, `from` included, `to` not: 540 to 1020 is 09:00 to 17:00; `to` is at most 1440. */
  from: number
  to: number
}

/** Opening hours of a week by local wall time; blocks sorted, disjoint, at least one. */
export interface WeeklyHours {
  blocks: readonly Block[]
}

/** Time that is not worked whatever the week says: a holiday, time off. `to` is excluded. */
export interface Closure {
  from: Instant
  to: Instant
}

/**
 * Somebody's working time. An instant is worked when its local wall time lies in a block and in no closure, so an hour
 * that the clocks skip is not worked and one that they repeat is worked twice.
 *
 * Everything is read off one running total of working time since a fixed instant: within a stretch of constant
 * offset it is the weekly pattern shifted, and the totals at the ends of stretches and closures are kept.
 */
export class Calendar {
  readonly #zone: Zone
  readonly #week: Week
  /** Total at the start of each stretch of constant offset, minus what the pattern alone would say there. */
  readonly #shift: number[] = [0]
  /** Disjoint closures in order, with the working time they took away before their start and what was worked there. */
  readonly #closures: { from: Instant; to: Instant; takenBefore: number; takes: number }[] = []

  /** @throws RangeError on an unknown zone or on hours without a block */
  constructor(hours: WeeklyHours, zone: Zone, closures: readonly Closure[] = []) {
    this.#zone = zone
    this.#week = new Week(hours)
    if (!(this.#week.totalMs > 0))
      throw new RangeError('a calendar without working hours has no working time')
    let takenBefore = 0
    for (const { from, to } of merged(closures)) {
      const takes = this.#open(to) - this.#open(from)
      this.#closures.push({ from, to, takenBefore, takes })
      takenBefore += takes
    }
  }

  /** Working milliseconds from one instant to another; negative when `to` comes first. */
  workingBetween(from: Instant, to: Instant): Working {
    return this.#worked(to) - this.#worked(from)
  }

  /** The first instant at which `ms` of working time have passed since `from`; `from` itself for nothing. */
  addWorking(from: Instant, ms: Working): Instant {
    if (ms <= 0) return from
    const target = this.#worked(from) + ms
    let added = 0
    for (const { from: closed, takenBefore, takes } of this.#closures) {
      if (this.#open(closed) - takenBefore >= target) break
      added = takenBefore + takes
    }
    return this.#whenOpen(target + added)
  }

  #worked(instant: Instant): number {
    let taken = 0
    for (const { from, to, takenBefore, takes } of this.#closures) {
      if (instant <= from) break
      taken = takenBefore + (instant >= to ? takes : this.#open(instant) - this.#open(from))
    }
    return this.#open(instant) - taken
  }

  /** The running total without closures. */
  #open(instant: Instant): number {
    const index = this.#zone.at(instant)
    return this.#shiftOf(index) + this.#week.worked(instant + this.#zone.segments[index]!.offset)
  }

  /** The first instant at which the running total without closures reaches `target`. */
  #whenOpen(target: number): Instant {
    let index = this.#firstReaching(target)
    for (;;) {
      const segment = this.#zone.segments[index]!
      const found = this.#week.reached(target - this.#shiftOf(index)) - segment.offset
      if (found <= this.#zone.end(index)) return Math.max(found, segment.start)
      index++
    }
  }

  /** The last known stretch that began before the target was reached. */
  #firstReaching(target: number): number {
    let low = 0
    let high = this.#shift.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (this.#totalAtStart(middle) < target) low = middle
      else high = middle - 1
    }
    return low
  }

  #totalAtStart(index: number): number {
    const { start, offset } = this.#zone.segments[index]!
    return this.#shiftOf(index) + this.#week.worked(start + offset)
  }

  /** Keeps the running total continuous over a change of offset. */
  #shiftOf(index: number): number {
    for (let next = this.#shift.length; next <= index; next++) {
      const { start, offset } = this.#zone.segments[next]!
      const before = this.#zone.segments[next - 1]!.offset
      const gap = this.#week.worked(start + before) - this.#week.worked(start + offset)
      this.#shift.push(this.#shift[next - 1]! + gap)
    }
    return this.#shift[index]!
  }
}

/** Closures in order, touching and overlapping ones joined. */
function merged(closures: readonly Closure[]): Closure[] {
  const joined: Closure[] = []
  for (const { from, to } of [...closures].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else if (from < to) joined.push({ from, to })
  }
  return joined
}

const known = new WeakMap<WeeklyHours, Map<string, Calendar>>()

/** The calendar of these hours in a zone without closures; prepared once. */
export function calendarOf(hours: WeeklyHours, zone: string): Calendar {
  let inZones = known.get(hours)
  if (!inZones) {
    inZones = new Map()
    known.set(hours, inZones)
  }
  let calendar = inZones.get(zone)
  if (!calendar) {
    calendar = new Calendar(hours, zoneOf(zone))
    inZones.set(zone, calendar)
  }
  return calendar
}

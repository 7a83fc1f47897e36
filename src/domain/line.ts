import type { Instant } from './time.ts'
import type { Week } from './week.ts'
import type { Zone } from './zone.ts'

/** Time that is not worked whatever the week says. `to` is excluded. */
export interface Closure {
  from: Instant
  to: Instant
}

/** A running total of working time since a fixed instant; it never falls. */
export interface Line {
  /** Milliseconds worked until `instant`. */
  total(instant: Instant): number
  /** The first instant at which the total is at least `target`. */
  reached(target: number): Instant
}

/** The greatest index of those from 0 to `count` - 1 for which `holds`, which holds for none after one it does not hold for; 0 for none. */
function lastOf(count: number, holds: (index: number) => boolean): number {
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if (holds(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * A weekly pattern by the wall clock of a zone. Within a stretch of constant offset it is the pattern shifted, and the
 * totals at the ends of stretches are kept, so an hour that the clocks skip is not worked and one they repeat is worked twice.
 */
export class Pattern implements Line {
  readonly #zone: Zone
  readonly #week: Week
  /** Total at the start of each stretch of constant offset, minus what the pattern alone would say there. */
  readonly #shift: number[] = [0]

  constructor(week: Week, zone: Zone) {
    this.#week = week
    this.#zone = zone
  }

  total(instant: Instant): number {
    const index = this.#zone.at(instant)
    return this.#shiftOf(index) + this.#week.worked(instant + this.#zone.segments[index]!.offset)
  }

  reached(target: number): Instant {
    let index = lastOf(this.#shift.length, at => this.#totalAtStart(at) < target)
    for (;;) {
      const segment = this.#zone.segments[index]!
      const found = this.#week.reached(target - this.#shiftOf(index)) - segment.offset
      if (found <= this.#zone.end(index)) return Math.max(found, segment.start)
      index++
    }
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

/** Another line without the time of some closures. */
export class Interrupted implements Line {
  readonly #line: Line
  /** Starts and ends of disjoint closures in order. */
  readonly #from: Float64Array
  readonly #to: Float64Array
  /** What is left of the other line's total at the start of each, which is what is left of it at the end as well. */
  readonly #left: Float64Array

  constructor(line: Line, closures: readonly Closure[]) {
    this.#line = line
    const joined = merged(closures)
    this.#from = new Float64Array(joined.length)
    this.#to = new Float64Array(joined.length)
    this.#left = new Float64Array(joined.length)
    let taken = 0
    for (const [index, { from, to }] of joined.entries()) {
      const open = line.total(from)
      this.#from[index] = from
      this.#to[index] = to
      this.#left[index] = open - taken
      taken += line.total(to) - open
    }
  }

  total(instant: Instant): number {
    const index = lastOf(this.#from.length, at => this.#from[at]! <= instant)
    if (!(this.#from[index]! <= instant)) return this.#line.total(instant)
    const end = this.#to[index]!
    return this.#left[index]! + (instant <= end ? 0 : this.#line.total(instant) - this.#line.total(end))
  }

  reached(target: number): Instant {
    const index = lastOf(this.#left.length, at => this.#left[at]! < target)
    if (!(this.#left[index]! < target)) return this.#line.reached(target)
    return this.#line.reached(target - this.#left[index]! + this.#line.total(this.#to[index]!))
  }
}

/** In order, touching and overlapping ones joined. */
function merged(closures: readonly Closure[]): Closure[] {
  const joined: Closure[] = []
  for (const { from, to } of [...closures].sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else if (from < to) joined.push({ from, to })
  }
  return joined
}

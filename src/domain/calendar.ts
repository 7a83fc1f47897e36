import { type Closure, Interrupted, type Line, Pattern } from './line.ts'
import type { Instant, Working } from './time.ts'
import { Week } from './week.ts'
import { type Zone, zoneOf } from './zone.ts'

export type { Closure } from './line.ts'

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

/**
 * Somebody's working time. An instant is worked when its local wall time lies in a block and the instant in no closure,
 * so an hour that the clocks skip is not worked and one that they repeat is worked twice. Everything is read off one
 * running total with binary searches: a duration takes as long over ten years as over ten minutes.
 */
export class Calendar {
  readonly #line: Line

  private constructor(line: Line) {
    this.#line = line
  }

  /** @throws RangeError on hours without a block */
  static of(hours: WeeklyHours, zone: Zone): Calendar {
    const week = new Week(hours)
    if (!(week.totalMs > 0)) throw new RangeError('a calendar without working hours has no working time')
    return new Calendar(new Pattern(week, zone))
  }

  /** This calendar without the time of some closures, in any order; this one stays as it is, and is shared. */
  without(closures: readonly Closure[]): Calendar {
    return closures.length === 0 ? this : new Calendar(new Interrupted(this.#line, closures))
  }

  /** Working milliseconds from one instant to another; negative when `to` comes first. */
  workingBetween(from: Instant, to: Instant): Working {
    return this.#line.total(to) - this.#line.total(from)
  }

  /** The first instant at which `ms` of working time have passed since `from`; `from` itself for nothing. */
  addWorking(from: Instant, ms: Working): Instant {
    return ms <= 0 ? from : this.#line.reached(this.#line.total(from) + ms)
  }
}

const known = new WeakMap<WeeklyHours, Map<string, Calendar>>()

/** The calendar of these hours in a zone without closures; prepared once. @throws RangeError as {@link Calendar.of}, and on an unknown zone */
export function calendarOf(hours: WeeklyHours, zone: string): Calendar {
  let inZones = known.get(hours)
  if (!inZones) {
    inZones = new Map()
    known.set(hours, inZones)
  }
  let calendar = inZones.get(zone)
  if (!calendar) {
    calendar = Calendar.of(hours, zoneOf(zone))
    inZones.set(zone, calendar)
  }
  return calendar
}

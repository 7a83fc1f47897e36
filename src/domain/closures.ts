import type { Holiday, HolidayRegion, TimeOff } from '../policy/policy.ts'
import type { Almanac, Closed, Years } from './almanac.ts'
import type { Closure } from './line.ts'
import { DAY, MINUTE } from './time.ts'
import type { Zone } from './zone.ts'

/** Closures outside these years are left out: no CRM is older, and nothing that is open today falls due later. */
const ALL: Years = { first: 1990, last: 2060 }

/** No two offsets of a zone, and no jump between them, are further apart. */
const FAR = 2 * DAY

/** A closure and why. */
export interface Reason extends Closure {
  /** `holiday: Christmas Eve`, `holiday`, `time off`. */
  why: string
}

/** The holidays of some regions, what repeats every year written out. */
export function holidaysOf(regions: readonly HolidayRegion[], almanac: Almanac): Closed[] {
  return regions.flatMap(({ days, ics, salesforce }) => [
    ...days.flatMap(writtenOut),
    ...ics.flatMap(address => almanac.ics[address] ?? []),
    ...(salesforce ? almanac.salesforceHolidays : []),
  ])
}

/** Somebody's time off. What a calendar of theirs calls it is nobody's business. */
export function absences(timeOff: readonly TimeOff[], ics: readonly string[], almanac: Almanac): Closed[] {
  return [
    ...timeOff.map(({ from, to }): Closed => ({ wall: true, from, to, name: null })),
    ...ics.flatMap(address => almanac.ics[address] ?? []).map(closed => ({ ...closed, name: null })),
  ]
}

function writtenOut({ year, month, day, from, to, name }: Holiday): Closed[] {
  const [first, last] = year === null ? [ALL.first, ALL.last] : [year, year]
  const all: Closed[] = []
  for (let one = first; one <= last; one++) {
    const midnight = Date.UTC(one, month - 1, day)
    // 29 February is no day of most years.
    if (day === 29 && new Date(midnight).getUTCDate() !== day) continue
    all.push({ wall: true, from: midnight + from * MINUTE, to: midnight + to * MINUTE, name })
  }
  return all
}

const BEGIN = Date.UTC(ALL.first, 0, 1)
const END = Date.UTC(ALL.last + 1, 0, 1)

/**
 * The instants in a zone that a closure closes: by the wall clock, every one whose local time lies in it. An hour the
 * clocks repeat is closed twice, one they skip is nothing.
 */
export function closuresIn(zone: Zone, closed: Closed): Closure[] {
  const [from, to] = [Math.max(closed.from, BEGIN), Math.min(closed.to, END)]
  if (from >= to) return []
  if (!closed.wall) return [{ from, to }]
  const found: Closure[] = []
  for (let index = zone.at(from - FAR); ; index++) {
    const { start, offset } = zone.segments[index]!
    const end = zone.end(index)
    const begin = Math.max(start, from - offset)
    const until = Math.min(end, to - offset)
    if (begin < until) found.push({ from: begin, to: until })
    if (end > to + FAR) return found
  }
}

/** What of these closures lies between two instants, in order, with its reason in words. */
export function reasonsBetween(
  zone: Zone,
  { holidays, absences }: { holidays: readonly Closed[]; absences: readonly Closed[] },
  window: Closure,
): Reason[] {
  const reasons = (list: readonly Closed[], why: (closed: Closed) => string): Reason[] =>
    list
      .filter(({ from, to }) => from < window.to + FAR && to > window.from - FAR)
      .flatMap(closed => closuresIn(zone, closed).map(one => ({ ...one, why: why(closed) })))
  const all = [
    ...reasons(holidays, ({ name }) => (name === null ? 'holiday' : `holiday: ${name}`)),
    ...reasons(absences, () => 'time off'),
  ]
  return all
    .filter(({ from, to }) => from < window.to && to > window.from)
    .sort((a, b) => a.from - b.from || a.to - b.to || (a.why < b.why ? -1 : 1))
}

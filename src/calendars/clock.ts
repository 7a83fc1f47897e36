import ICAL from 'ical.js'
import { DAY } from '../domain/time.ts'
import { SourceError } from './errors.ts'

/**
 * By which clock an event's times are written. Local times are milliseconds since 1970-01-01T00:00 by that clock.
 */
export interface Clock {
  /** By nobody's in particular: the wall clock of whoever looks at it. */
  wall: boolean
  /** The earlier of two instants with this local time; of one that is skipped, as much later as the clocks go forward. */
  instant(local: number): number
  local(instant: number): number
}

const same = (ms: number): number => ms
const FLOATING: Clock = { wall: true, instant: same, local: same }
const UTC: Clock = { wall: false, instant: same, local: same }

/** A time and the clock it is written by. */
export interface Moment {
  local: number
  clock: Clock
  /** A date without a time. */
  isDate: boolean
}

/** The clocks of one calendar: IANA's zones by name, else as the calendar itself defines them. */
export class Clocks {
  readonly #calendar: ICAL.Component
  readonly #known = new Map<string, Clock>()

  constructor(calendar: ICAL.Component) {
    this.#calendar = calendar
  }

  /** The times of a property, such as DTSTART or EXDATE. @throws SourceError on a zone nobody defines */
  moments(property: ICAL.Property | null): Moment[] {
    const zone = property?.getFirstParameter('tzid')
    return (property?.getValues() ?? []).map(value => {
      const time = value instanceof ICAL.Period ? value.start : (value as ICAL.Time)
      const clock = isUtc(time) ? UTC : zone && !time.isDate ? this.#zone(zone) : FLOATING
      return { local: localOf(time), clock, isDate: time.isDate }
    })
  }

  #zone(name: string): Clock {
    let clock = this.#known.get(name)
    if (!clock) {
      clock = iana(name) ?? this.#own(name)
      this.#known.set(name, clock)
    }
    return clock
  }

  /** As Outlook does it: a name of its own, and in the calendar what it means. */
  #own(name: string): Clock {
    const defined = this.#calendar
      .getAllSubcomponents('vtimezone')
      .find(zone => zone.getFirstPropertyValue('tzid') === name)
    if (!defined) {
      const what = 'an event is in a time zone that is not one of IANA and not defined in the calendar'
      throw new SourceError(what, 'export it with its time zones, or with those of IANA')
    }
    const zone = new ICAL.Timezone(defined)
    const offset = (local: number): number => zone.utcOffset(timeOf(local)) * 1_000
    const local = (instant: number): number => instant + offset(instant + offset(instant))
    return { wall: false, instant: ms => ms - offset(ms), local }
  }
}

/** What a rule's UNTIL is by the clock of its event, which may be another than it is written by. */
export function untilLocal(until: ICAL.Time, clock: Clock): number {
  if (until.isDate) return localOf(until) + DAY - 1_000
  return isUtc(until) ? clock.local(localOf(until)) : localOf(until)
}

const isUtc = (time: ICAL.Time): boolean => !time.isDate && time.zone === ICAL.Timezone.utcTimezone

const localOf = ({ year, month, day, hour, minute, second }: ICAL.Time): number =>
  Date.UTC(year, month - 1, day, hour, minute, second)

function timeOf(local: number): ICAL.Time {
  const date = new Date(local)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  const [hour, minute, second] = [date.getUTCHours(), date.getUTCMinutes(), date.getUTCSeconds()]
  return new ICAL.Time({ year, month, day, hour, minute, second, isDate: false }, ICAL.Timezone.utcTimezone)
}

function iana(name: string): Clock | null {
  const zoned = (instant: number) => Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(name)
  try {
    zoned(0)
  } catch {
    return null
  }
  const wall = (local: number) => Temporal.Instant.fromEpochMilliseconds(local).toZonedDateTimeISO('UTC')
  return {
    wall: false,
    instant: local => wall(local).toPlainDateTime().toZonedDateTime(name).epochMilliseconds,
    local: instant => instant + zoned(instant).offsetNanoseconds / 1e6,
  }
}

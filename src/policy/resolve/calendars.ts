import { MINUTE } from '../../domain/time.ts'
import { readHoliday, readMoment, readRange } from '../days.ts'
import { PolicyError } from '../error.ts'
import { WEEKDAYS, weeklyHours } from '../hours.ts'
import { nearest } from '../nearest.ts'
import type { Holiday, HolidayRegion, PersonRule, TimeOff, WorkCalendar } from '../policy.ts'
import type { WrittenCalendar, WrittenHoliday, WrittenPerson } from '../schema/calendars.ts'
import type { PolicyFile } from '../schema.ts'
import { inside, type Place } from './stages.ts'

const MINUTES_A_DAY = 1_440
const lower = (words: readonly string[]) => words.map(word => word.toLowerCase())

/** With the calendar for everybody else, where the file leaves it out. */
export function withDefault(written: PolicyFile['calendars']): PolicyFile['calendars'] {
  const office: WrittenCalendar = {
    ...Object.fromEntries(WEEKDAYS.map((day, index) => [day, index < 5 ? ['09:00-17:00'] : []])),
    holidays: [],
    for: { people: [], teams: [], countries: [] },
  }
  return 'default' in written ? written : { ...written, default: office }
}

/** The calendars in the order of the file. @throws PolicyError on hours that cannot be, or an unknown region */
export function workCalendars(written: PolicyFile['calendars'], regions: readonly string[], place: Place) {
  return Object.entries(withDefault(written)).map(([name, one]) =>
    workCalendar(name, one, regions, inside(place, name)),
  )
}

function workCalendar(
  name: string,
  written: WrittenCalendar,
  regions: readonly string[],
  place: Place,
): WorkCalendar {
  const { salesforce = null, timezone = null, holidays, for: whom } = written
  for (const [index, region] of holidays.entries())
    known(region, regions, inside(inside(place, 'holidays'), index))
  const days = WEEKDAYS.filter(day => written[day] !== undefined)
  if (salesforce !== null && days.length > 0) {
    const expected = 'days, or salesforce, not both'
    throw new PolicyError(place.file, { path: place.path, value: `${days[0]} and salesforce`, expected })
  }
  return {
    ...{ name, salesforce, timezone, holidays },
    hours: salesforce === null ? hoursOf(written, place) : null,
    for: { people: lower(whom.people), teams: lower(whom.teams), countries: lower(whom.countries) },
  }
}

function hoursOf(written: WrittenCalendar, { file, path }: Place): WorkCalendar['hours'] {
  try {
    return weeklyHours(written)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new PolicyError(file, {
      path,
      value: error.message,
      expected: 'disjoint blocks on at least one day',
    })
  }
}

/** Refuses a name that nothing in the file bears. */
export function known(name: string, names: readonly string[], { file, path }: Place): void {
  if (names.includes(name)) return
  const expected =
    names.length === 0 ? 'a name this file defines; it defines none' : `one of ${names.join(', ')}`
  throw new PolicyError(file, { path, value: JSON.stringify(name), expected, nearest: nearest(name, names) })
}

/** @throws PolicyError on a day that a region has twice */
export function holidayRegions(written: PolicyFile['holidays'], place: Place): Record<string, HolidayRegion> {
  const regions = Object.entries(written).map(([name, { days, ics, salesforce }]) => {
    return [name, { days: holidayDays(days, inside(place, name)), ics, salesforce }] as const
  })
  return Object.fromEntries(regions)
}

function holidayDays(written: readonly WrittenHoliday[], { file, path }: Place): Holiday[] {
  const seen: Holiday[] = []
  for (const one of written) {
    const { from, to } = one.hours === undefined ? { from: 0, to: MINUTES_A_DAY } : readRange(one.hours)!
    const holiday: Holiday = { ...readHoliday(one.on)!, from, to, name: one.name ?? null }
    if (seen.some(other => collide(other, holiday))) {
      const expected = 'each day once in a region'
      throw new PolicyError(file, { path, value: `${one.on} a second time`, expected })
    }
    seen.push(holiday)
  }
  return seen
}

/** A day of every year and the same day of one year are the same day in that year. */
function collide(a: Holiday, b: Holiday): boolean {
  const years = a.year === null || b.year === null || a.year === b.year
  return years && a.month === b.month && a.day === b.day && a.from < b.to && b.from < a.to
}

export function personRules(written: PolicyFile['people'], place: Place): PersonRule[] {
  return Object.entries(written).map(([email, one]) => personRule(email, one, inside(place, email)))
}

function personRule(email: string, written: WrittenPerson, place: Place): PersonRule {
  const { team = null, country = null, timezone = null, ics, time_off } = written
  const timeOff = time_off.map((span, index) => absence(span, inside(inside(place, 'time_off'), index)))
  return { email, team, country, timezone, timeOff, ics }
}

function absence(span: WrittenPerson['time_off'][number], { file, path }: Place): TimeOff {
  const [from, to] = [readMoment(span.from)!, readMoment(span.to)!]
  const end = to.at + to.lengthMs
  if (end - from.at < MINUTE) {
    const expected = `an end after its start (${span.from})`
    throw new PolicyError(file, { path: `${path}.to`, value: JSON.stringify(span.to), expected })
  }
  return { from: from.at, to: end }
}

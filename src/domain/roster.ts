import type { PersonRule, Policy, WorkCalendar } from '../policy/policy.ts'
import type { Almanac, Closed } from './almanac.ts'
import { type Calendar, calendarOf, type WeeklyHours } from './calendar.ts'
import { absences, closuresIn, holidaysOf, type Reason, reasonsBetween } from './closures.ts'
import type { Rep } from './handoff.ts'
import type { Instant } from './time.ts'
import { zoneOf } from './zone.ts'

/** By what somebody's working time is measured. */
export interface Duty {
  calendar: Calendar
  /** Name of the calendar in the policy. */
  name: string
  /** IANA zone. */
  zone: string
  /**
   * Holidays and time off that lie in or reach into the time between two instants, in order, whether they fall into
   * hours that would be worked or not; those of a region and of a person may overlap. Only for explanations: it walks.
   */
  closedBetween(from: Instant, to: Instant): Reason[]
}

/** Monday to Friday, nine to five: for business hours that nobody has read yet. */
export const OFFICE: WeeklyHours = {
  blocks: [1, 2, 3, 4, 5].map(day => ({ day, from: 540, to: 1_020 })),
}

/** A calendar of the policy in one zone. */
interface Site {
  calendar: Calendar
  holidays: readonly Closed[]
}

/** Who works when, under one policy. Calendars are prepared once a zone, and once a person with time off. */
export class Roster {
  readonly #policy: Policy
  readonly #almanac: Almanac
  readonly #people: ReadonlyMap<string, PersonRule>
  readonly #forPerson: ReadonlyMap<string, WorkCalendar>
  readonly #forTeam: ReadonlyMap<string, WorkCalendar>
  readonly #forCountry: ReadonlyMap<string, WorkCalendar>
  readonly #default: WorkCalendar
  readonly #sites = new Map<string, Site>()
  readonly #duties = new Map<string, Duty>()
  /** Reps are read anew again and again; those of yesterday must not be kept. */
  readonly #known = new WeakMap<Rep, Duty>()

  constructor(policy: Policy, almanac: Almanac) {
    const { calendars } = policy
    this.#policy = policy
    this.#almanac = almanac
    this.#people = new Map(policy.people.map(person => [person.email, person]))
    this.#forPerson = firstOf(calendars, one => one.for.people)
    this.#forTeam = firstOf(calendars, one => one.for.teams)
    this.#forCountry = firstOf(calendars, one => one.for.countries)
    this.#default = calendars.find(({ name }) => name === 'default')!
  }

  /** The working time of one of ours; null: of nobody in particular. */
  dutyOf(rep: Rep | null): Duty {
    if (rep === null) return this.#duty(null)
    let duty = this.#known.get(rep)
    if (!duty) {
      duty = this.#duty(rep)
      this.#known.set(rep, duty)
    }
    return duty
  }

  /** The team of one of ours, as the policy or else the CRM says. */
  teamOf(rep: Rep | null): string | null {
    return this.#rule(rep)?.team ?? rep?.team ?? null
  }

  /** IANA zone in which somebody reads a clock. */
  zoneOf(rep: Rep | null): string {
    return this.#rule(rep)?.timezone ?? rep?.timeZone ?? this.#policy.timezone
  }

  #rule(rep: Rep | null): PersonRule | undefined {
    return rep?.email ? this.#people.get(rep.email.toLowerCase()) : undefined
  }

  /** The same for everybody with the same calendar and zone and no time off of their own. */
  #duty(rep: Rep | null): Duty {
    const chosen = this.#chosen(rep)
    const zone = chosen.timezone ?? this.#business(chosen)?.zone ?? this.zoneOf(rep)
    const rule = this.#rule(rep)
    const free = rule ? absences(rule.timeOff, rule.ics, this.#almanac) : []
    const key = [chosen.name, zone, ...(free.length > 0 ? [rule!.email] : [])].join('\n')
    let duty = this.#duties.get(key)
    if (!duty) {
      duty = this.#prepare(chosen, zone, free)
      this.#duties.set(key, duty)
    }
    return duty
  }

  #prepare(chosen: WorkCalendar, zone: string, free: readonly Closed[]): Duty {
    const { calendar, holidays } = this.#site(chosen, zone)
    const clock = zoneOf(zone)
    return {
      calendar: calendar.without(free.flatMap(closed => closuresIn(clock, closed))),
      name: chosen.name,
      zone,
      closedBetween: (from, to) => reasonsBetween(clock, { holidays, absences: free }, { from, to }),
    }
  }

  #site(chosen: WorkCalendar, zone: string): Site {
    const key = `${chosen.name}\n${zone}`
    let site = this.#sites.get(key)
    if (!site) {
      const regions = chosen.holidays.map(name => this.#policy.holidays[name]!)
      const holidays = holidaysOf(regions, this.#almanac)
      const hours = chosen.hours ?? this.#business(chosen)?.hours ?? OFFICE
      const closures = holidays.flatMap(closed => closuresIn(zoneOf(zone), closed))
      site = { calendar: calendarOf(hours, zone).without(closures), holidays }
      this.#sites.set(key, site)
    }
    return site
  }

  #business({ salesforce }: WorkCalendar) {
    return salesforce === null ? undefined : this.#almanac.businessHours[salesforce]
  }

  /** The calendar that names the person, else their team, else their country, else `default`. */
  #chosen(rep: Rep | null): WorkCalendar {
    const email = rep?.email?.toLowerCase() ?? ''
    const team = this.teamOf(rep)?.toLowerCase() ?? ''
    const country = (this.#rule(rep)?.country ?? rep?.country)?.toLowerCase() ?? ''
    return (
      this.#forPerson.get(email) ?? this.#forTeam.get(team) ?? this.#forCountry.get(country) ?? this.#default
    )
  }
}

/** Whom the calendars are for, by one kind of name; the first that names somebody is theirs. */
function firstOf(
  calendars: readonly WorkCalendar[],
  names: (calendar: WorkCalendar) => readonly string[],
): Map<string, WorkCalendar> {
  return new Map(calendars.toReversed().flatMap(one => names(one).map(name => [name, one] as const)))
}

const rosters = new WeakMap<Policy, WeakMap<Almanac, Roster>>()

/** The roster of a policy and an almanac; the same object each time, so that calendars are prepared once. */
export function rosterOf(policy: Policy, almanac: Almanac): Roster {
  let known = rosters.get(policy)
  if (!known) {
    known = new WeakMap()
    rosters.set(policy, known)
  }
  let roster = known.get(almanac)
  if (!roster) {
    roster = new Roster(policy, almanac)
    known.set(almanac, roster)
  }
  return roster
}

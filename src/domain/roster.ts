import type { PersonRule, Policy, WorkCalendar } from '../policy/policy.ts'
import type { Almanac } from './almanac.ts'
import { type Calendar, calendarOf, type WeeklyHours } from './calendar.ts'
import type { Rep } from './handoff.ts'

/** By what somebody's working time is measured. */
export interface Duty {
  calendar: Calendar
  /** Name of the calendar in the policy. */
  name: string
  /** IANA zone. */
  zone: string
}

/** Monday to Friday, nine to five: for business hours that nobody has read yet. */
const OFFICE: WeeklyHours = {
  blocks: [1, 2, 3, 4, 5].map(day => ({ day, from: 540, to: 1_020 })),
}

/** Who works when, under one policy. Calendars are prepared once a person. */
export class Roster {
  readonly #policy: Policy
  readonly #almanac: Almanac
  readonly #people: ReadonlyMap<string, PersonRule>
  readonly #duties = new Map<Rep | null, Duty>()

  constructor(policy: Policy, almanac: Almanac) {
    this.#policy = policy
    this.#almanac = almanac
    this.#people = new Map(policy.people.map(person => [person.email, person]))
  }

  /** The working time of one of ours; null: of nobody in particular. */
  dutyOf(rep: Rep | null): Duty {
    let duty = this.#duties.get(rep)
    if (!duty) {
      duty = this.#prepare(rep)
      this.#duties.set(rep, duty)
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

  #prepare(rep: Rep | null): Duty {
    const { name, hours, salesforce, timezone } = this.#chosen(rep)
    const business = salesforce === null ? undefined : this.#almanac.businessHours[salesforce]
    const zone = timezone ?? business?.zone ?? this.zoneOf(rep)
    return { calendar: calendarOf(hours ?? business?.hours ?? OFFICE, zone), name, zone }
  }

  /** The calendar that names the person, else their team, else their country, else `default`. */
  #chosen(rep: Rep | null): WorkCalendar {
    const { calendars } = this.#policy
    const email = rep?.email?.toLowerCase()
    const team = this.teamOf(rep)?.toLowerCase()
    const country = (this.#rule(rep)?.country ?? rep?.country)?.toLowerCase()
    return (
      calendars.find(({ for: { people } }) => email !== undefined && people.includes(email)) ??
      calendars.find(({ for: { teams } }) => team !== undefined && teams.includes(team)) ??
      calendars.find(({ for: { countries } }) => country !== undefined && countries.includes(country)) ??
      calendars.find(({ name }) => name === 'default')!
    )
  }
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

import type { Policy } from '../policy/policy.ts'
import type { WeeklyHours } from './calendar.ts'
import type { Instant } from './time.ts'

/** Time that somebody keeps free; `to` is excluded. */
export type Closed =
  /** By the wall clock of whoever observes it: milliseconds since 1970-01-01T00:00 local. */
  | { wall: true; from: number; to: number; name: string | null }
  | { wall: false; from: Instant; to: Instant; name: string | null }

/** Hours kept by the Salesforce organisation. */
export interface BusinessHours {
  hours: WeeklyHours
  /** IANA zone. */
  zone: string
}

/** What calendars take from outside the policy file, as last read. Plain data: it can be stored as JSON. */
export interface Almanac {
  /** By name. */
  businessHours: Readonly<Record<string, BusinessHours>>
  /** Holidays of the Salesforce organisation. */
  salesforceHolidays: readonly Closed[]
  /** By the file or address that the policy names. */
  ics: Readonly<Record<string, readonly Closed[]>>
}

/** Nothing was read from outside. */
export const EMPTY_ALMANAC: Almanac = { businessHours: {}, salesforceHolidays: [], ics: {} }

/** Calendar years, both included. */
export interface Years {
  first: number
  last: number
}

/**
 * The years for which what repeats without end is written out when it is read. Whole years: what has not changed reads
 * the same tomorrow.
 */
export function almanacYears(now: Instant): Years {
  const year = new Date(now).getUTCFullYear()
  return { first: year - 5, last: year + 3 }
}

/** Something outside that policies name. */
export type AlmanacSource =
  | { kind: 'business_hours'; key: string; names: readonly string[] }
  | { kind: 'salesforce_holidays'; key: string }
  | {
      kind: 'ics'
      key: string
      /** The file or https address. */
      address: string
      /** Where the policy names it first; without anybody's e-mail address. */
      place: string
      /** Holidays of a region, whose names are told; else somebody's time off, of which nothing but its time is. */
      holidays: boolean
    }

export const BUSINESS_HOURS = 'business_hours'
export const SALESFORCE_HOLIDAYS = 'salesforce_holidays'
const icsKey = (address: string): string => `ics ${address}`

/** Everything that these policies take from outside, each once. */
export function sourcesOf(policies: readonly Policy[]): AlmanacSource[] {
  const names = policies.flatMap(({ calendars }) => calendars.flatMap(one => one.salesforce ?? []))
  const regions = policies.flatMap(({ holidays }) => Object.entries(holidays))
  const found: AlmanacSource[] = []
  if (names.length > 0)
    found.push({ kind: 'business_hours', key: BUSINESS_HOURS, names: [...new Set(names)] })
  if (regions.some(([, { salesforce }]) => salesforce))
    found.push({ kind: 'salesforce_holidays', key: SALESFORCE_HOLIDAYS })
  const calendars = new Map<string, AlmanacSource>()
  const add = (addresses: readonly string[], place: string, holidays: boolean) => {
    for (const address of addresses) {
      if (calendars.has(address)) continue
      calendars.set(address, { kind: 'ics', key: icsKey(address), address, place, holidays })
    }
  }
  for (const [name, { ics }] of regions) add(ics, `holidays.${name}`, true)
  for (const { people } of policies)
    people.forEach(({ ics }, index) => {
      add(ics, `the ics of person ${index + 1} under people`, false)
    })
  return [...found, ...calendars.values()]
}

/** The almanac of what was read last, by {@link AlmanacSource.key}. */
export function almanacOf(read: ReadonlyMap<string, unknown>): Almanac {
  const ics = [...read].filter(([key]) => key.startsWith(icsKey('')))
  return {
    businessHours: (read.get(BUSINESS_HOURS) ?? {}) as Almanac['businessHours'],
    salesforceHolidays: (read.get(SALESFORCE_HOLIDAYS) ?? []) as Almanac['salesforceHolidays'],
    ics: Object.fromEntries(
      ics.map(([key, closed]) => [key.slice(icsKey('').length), closed]),
    ) as Almanac['ics'],
  }
}

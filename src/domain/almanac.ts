import type { WeeklyHours } from './calendar.ts'
import type { Instant } from './time.ts'

/** Time that somebody keeps free. */
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

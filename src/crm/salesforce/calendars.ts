import type { BusinessHours } from '../../domain/almanac.ts'
import type { Block } from '../../domain/calendar.ts'
import type { OrganisationCalendars } from '../crm.ts'
import { HOLIDAY_FIELDS, holidayClosures } from './holidays.ts'
import type { SalesforceReader } from './read.ts'
import { type Row, text } from './values.ts'

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']
const MINUTES_A_DAY = 1_440

const HOURS = ['Name', 'TimeZoneSidKey', ...DAYS.flatMap(day => [`${day}StartTime`, `${day}EndTime`])]

/** Business hours and holidays of the organisation. Which holidays belong to which hours the API does not say. */
export function calendars(reader: SalesforceReader): OrganisationCalendars {
  return {
    async businessHours(signal) {
      const soql = `SELECT Id, ${HOURS.join(', ')} FROM BusinessHours WHERE IsActive = true ORDER BY Name, Id`
      const rows = await reader.settings(soql, 'BusinessHours', signal)
      return Object.fromEntries(rows.map(businessHours).filter(one => one !== null))
    },
    async holidays(years, signal) {
      const soql = `SELECT Id, ${HOLIDAY_FIELDS.join(', ')} FROM Holiday ORDER BY Id`
      const rows = await reader.settings(soql, 'Holiday', signal)
      return rows.flatMap(row => holidayClosures(row, years)).sort((a, b) => a.from - b.from || a.to - b.to)
    },
  }
}

/** The hours of one row under their name; null when they are never open or in a zone that IANA does not know. */
export function businessHours(row: Row): [string, BusinessHours] | null {
  const [name, zone] = [text(row.Name), text(row.TimeZoneSidKey)]
  const blocks = DAYS.flatMap(
    (day, index) => blockOf(row[`${day}StartTime`], row[`${day}EndTime`], index + 1) ?? [],
  )
  return name === null || zone === null || blocks.length === 0 || !isZone(zone)
    ? null
    : [name, { hours: { blocks }, zone }]
}

/** Both empty: closed. From and to midnight: all day. */
function blockOf(start: unknown, end: unknown, day: number): Block | null {
  const [from, to] = [minuteOf(start), minuteOf(end)]
  if (from === null || to === null) return null
  return from < (to || MINUTES_A_DAY) ? { day, from, to: to || MINUTES_A_DAY } : null
}

/** A time such as `09:30:00.000Z`; its Z means nothing, it is local. */
function minuteOf(value: unknown): number | null {
  const match = typeof value === 'string' ? /^([01]\d|2[0-3]):([0-5]\d):/.exec(value) : null
  return match ? Number(match[1]) * 60 + Number(match[2]) : null
}

function isZone(zone: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(zone)
    return true
  } catch {
    return false
  }
}

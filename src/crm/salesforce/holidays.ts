import type { Closed, Years } from '../../domain/almanac.ts'
import { DAY, MINUTE } from '../../domain/time.ts'
import { flag, number, type Row, text } from './values.ts'

/** Of the Holiday object. */
export const HOLIDAY_FIELDS = [
  ...['Name', 'ActivityDate', 'IsAllDay', 'StartTimeInMinutes', 'EndTimeInMinutes', 'IsRecurrence'],
  ...['RecurrenceStartDate', 'RecurrenceEndDateOnly', 'RecurrenceType', 'RecurrenceInterval'],
  ...['RecurrenceDayOfWeekMask', 'RecurrenceDayOfMonth', 'RecurrenceInstance', 'RecurrenceMonthOfYear'],
]

const MINUTES_A_DAY = 1_440
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
]
const NTH = ['First', 'Second', 'Third', 'Fourth']

/** What one row closes, by the wall clock: its day, or each day of these years on which it recurs. */
export function holidayClosures(row: Row, years: Years): Closed[] {
  const allDay = flag(row.IsAllDay)
  const from = allDay ? 0 : (number(row.StartTimeInMinutes) ?? 0)
  const to = allDay ? MINUTES_A_DAY : (number(row.EndTimeInMinutes) ?? MINUTES_A_DAY)
  if (from >= to) return []
  const name = text(row.Name)
  return daysOf(row, years).map(day => ({
    wall: true,
    from: day + from * MINUTE,
    to: day + to * MINUTE,
    name,
  }))
}

/** Midnights, milliseconds since 1970-01-01T00:00 local. */
function daysOf(row: Row, { first, last }: Years): number[] {
  const [begin, end] = [Date.UTC(first, 0, 1), Date.UTC(last + 1, 0, 1) - DAY]
  if (!flag(row.IsRecurrence)) {
    const day = dateOf(row.ActivityDate)
    return day === null || day < begin || day > end ? [] : [day]
  }
  const start = dateOf(row.RecurrenceStartDate)
  if (start === null) return []
  const until = Math.min(dateOf(row.RecurrenceEndDateOnly) ?? end, end)
  const days: number[] = []
  for (let day = Math.max(start, begin); day <= until; day += DAY)
    if (recursOn(day, start, row)) days.push(day)
  return days
}

function dateOf(value: unknown): number | null {
  return typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00Z`) : null
}

/**
 * Whether a holiday recurs on a day, from what describes a recurrence:
 * https://developer.salesforce.com/docs/atlas.en-us.object_reference.meta/object_reference/sforce_api_objects_holiday.htm
 */
function recursOn(day: number, start: number, row: Row): boolean {
  const date = new Date(day)
  const interval = Math.max(1, number(row.RecurrenceInterval) ?? 1)
  const every = (passed: number) => passed % interval === 0
  const onWeekday = (one = date) =>
    ((number(row.RecurrenceDayOfWeekMask) ?? 0) & (1 << one.getUTCDay())) !== 0
  const onDay = () => number(row.RecurrenceDayOfMonth) === date.getUTCDate()
  const inMonth = () => text(row.RecurrenceMonthOfYear) === MONTHS[date.getUTCMonth()]
  const nth = () => isNth(date, text(row.RecurrenceInstance), onWeekday)
  switch (text(row.RecurrenceType)) {
    case 'RecursDaily':
      return every((day - start) / DAY)
    case 'RecursEveryWeekday':
      return date.getUTCDay() % 6 !== 0
    case 'RecursWeekly':
      return onWeekday() && every((weekOf(day) - weekOf(start)) / 7)
    case 'RecursMonthly':
      return onDay() && every(monthOf(day) - monthOf(start))
    case 'RecursMonthlyNth':
      return nth() && every(monthOf(day) - monthOf(start))
    case 'RecursYearly':
      return onDay() && inMonth()
    case 'RecursYearlyNth':
      return nth() && inMonth()
    default:
      return false
  }
}

/** The number of the Sunday before, in days: weeks begin on Sunday, as the mask of weekdays does. */
const weekOf = (day: number): number => day / DAY - new Date(day).getUTCDay()

const monthOf = (day: number): number => new Date(day).getUTCFullYear() * 12 + new Date(day).getUTCMonth()

/** Whether it is the first, …, fourth or last of the days of its month that the mask of weekdays names. */
function isNth(date: Date, instance: string | null, onWeekday: (day: Date) => boolean): boolean {
  const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()]
  const days = Array.from({ length: 31 }, (_, index) => new Date(Date.UTC(year, month, index + 1)))
  const meant = days.filter(day => day.getUTCMonth() === month && onWeekday(day))
  const chosen = instance === 'Last' ? meant.at(-1) : meant[NTH.indexOf(instance ?? '')]
  return chosen?.getTime() === date.getTime()
}

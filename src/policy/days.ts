import { DAY, MINUTE } from '../domain/time.ts'
import { readBlock } from './hours.ts'

const HOLIDAY = /^(?:(\d{4})-)?(\d\d)-(\d\d)$/

/** Reads `2026-12-25`, or `12-25` for every year; null when there is no such day. */
export function readHoliday(text: string): { year: number | null; month: number; day: number } | null {
  const match = HOLIDAY.exec(text.trim())
  if (!match) return null
  const [year, month, day] = [match[1] ? Number(match[1]) : null, Number(match[2]), Number(match[3])]
  // 29 February comes every few years, so for every year it is a day too.
  return dayNumber(year ?? 2024, month, day) === null ? null : { year, month, day }
}

/** Days since 1970-01-01; null when there is no such date. */
function dayNumber(year: number, month: number, day: number): number | null {
  const date = new Date(Date.UTC(year, month - 1, day))
  // A day that the month does not have is one of another month.
  return date.getUTCMonth() === month - 1 ? date.getTime() / DAY : null
}

/** Reads hours of one day, `12:00-24:00`, as minutes after midnight; null unless the end comes after the start. */
export function readRange(text: string): { from: number; to: number } | null {
  const block = readBlock(text)
  return block && block.from < block.to ? block : null
}

const MOMENT = /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d))?$/

/**
 * Reads a day or a time of somebody's wall clock, in milliseconds since 1970-01-01T00:00 local; null when it is neither.
 * `lengthMs` is how long it lasts: a day, or nothing.
 */
export function readMoment(text: string): { at: number; lengthMs: number } | null {
  const match = MOMENT.exec(text.trim())
  if (!match) return null
  const day = dayNumber(Number(match[1]), Number(match[2]), Number(match[3]))
  if (day === null) return null
  if (match[4] === undefined) return { at: day * DAY, lengthMs: DAY }
  return { at: day * DAY + (Number(match[4]) * 60 + Number(match[5])) * MINUTE, lengthMs: 0 }
}

import type { DurationKind } from '../domain/handoff.ts'
import { DAY, HOUR, MINUTE } from '../domain/time.ts'

/** A length of time as written in a policy. */
export interface WrittenDuration {
  amount: number
  unit: 'minutes' | 'hours' | 'days' | 'working days'
}

const WRITTEN = /^(\d+(?:\.\d+)?)\s*(m|min|minutes?|h|hours?|d|days?|working days?)$/

/** Reads `30m`, `4h`, `7d` or `5 working days`; null when it is none of these or not more than zero. */
export function readDuration(text: string): WrittenDuration | null {
  const match = WRITTEN.exec(text.trim().toLowerCase())
  if (!match) return null
  const amount = Number(match[1])
  if (!(amount > 0)) return null
  const word = match[2]!
  if (word.startsWith('w')) return { amount, unit: 'working days' }
  if (word.startsWith('m')) return { amount, unit: 'minutes' }
  return { amount, unit: word.startsWith('h') ? 'hours' : 'days' }
}

/** What a duration of this kind may look like; for messages. */
export const expectedDuration = (kind: DurationKind): string =>
  kind === 'elapsed' ? 'a duration such as 30m, 48h or 7d' : 'working time such as 4h or 5 working days'

/**
 * The length in milliseconds, or null when the unit does not go with the kind: a day of wall-clock time and a day of
 * work are different things, so `working` knows no plain days and `elapsed` no working days.
 * @param workingDayMs the calendar's mean daily length
 */
export function durationMs(
  written: WrittenDuration,
  kind: DurationKind,
  workingDayMs: number,
): number | null {
  const { amount, unit } = written
  if (unit === 'minutes') return Math.round(amount * MINUTE)
  if (unit === 'hours') return Math.round(amount * HOUR)
  if (unit === 'days') return kind === 'elapsed' ? Math.round(amount * DAY) : null
  return kind === 'working' ? Math.round(amount * workingDayMs) : null
}

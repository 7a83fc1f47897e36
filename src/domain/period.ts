import type { Instant } from './time.ts'

/** Instants from `from` on and before `to`. */
export interface Period {
  from: Instant
  to: Instant
}

/** The last quarter of a year that was over at an instant, by the calendar of a zone. */
export function lastQuarter(at: Instant, zone: string): Period {
  const today = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate()
  const end = today.with({ month: today.month - ((today.month - 1) % 3), day: 1 })
  const instant = (date: Temporal.PlainDate) => date.toZonedDateTime(zone).epochMilliseconds
  return { from: instant(end.subtract({ months: 3 })), to: instant(end) }
}

import type { Instant } from './time.ts'

/** An instant as somebody wrote it: one of its own, or a date, which begins when it does in the zone. */
export type Moment = (zone: string) => Instant

/** For messages and help. */
export const MOMENT_FORMS = 'an instant with its offset (2026-11-24T09:12:00Z) or a date (2026-11-24)'

const DATE = /^\d{4}-\d\d-\d\d$/
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:[0-5]\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/

/** Reads ISO 8601; null for everything else, and for what no calendar or clock shows. */
export function readMoment(text: string): Moment | null {
  try {
    if (DATE.test(text)) {
      const date = Temporal.PlainDate.from(text)
      return zone => date.toZonedDateTime(zone).epochMilliseconds
    }
    if (!INSTANT.test(text)) return null
    const at = Temporal.Instant.from(text).epochMilliseconds
    return () => at
  } catch {
    return null
  }
}

/** The date of an instant in a zone, `2026-11-24`. */
export const dateOf = (at: Instant, zone: string): string =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone).toPlainDate().toString()

const INSTANT = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(Z|[+-]\d\d(?::?\d\d)?)$/
const DATE = /^\d{4}-\d\d-\d\d$/
const UNZONED = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d[\d:.,]*$/

export const INSTANT_REMEDY = 'write ISO 8601 with an offset (2026-11-18T15:00:00Z) or a date (2026-11-18)'

/** Reads instants of one time zone; days already asked for are remembered. */
export class Instants {
  readonly #days = new Map<string, number | null>()
  readonly #timeZone: string

  constructor(timeZone: string) {
    this.#timeZone = timeZone
  }

  /** Milliseconds since the epoch; a date is that day's start in the zone. Null when the text is neither. */
  read(text: string): number | null {
    if (text.length === 10) return this.#day(text)
    const parts = INSTANT.exec(text)
    if (!parts) return null
    const [, year, month, day, hour, minute, second = '0', fraction = '', offset = 'Z'] = parts
    if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null
    if (!realDay(Number(year), Number(month), Number(day))) return null
    const millis = Number(fraction.padEnd(3, '0').slice(0, 3))
    const local = Date.UTC(
      Number(year),
      Number(month) - 1,
      Number(day),
      Number(hour),
      Number(minute),
      Number(second),
      millis,
    )
    const ahead = offsetMs(offset)
    return ahead === null ? null : local - ahead
  }

  #day(text: string): number | null {
    let start = this.#days.get(text)
    if (start === undefined) {
      start = DATE.test(text) ? startOfDay(text, this.#timeZone) : null
      this.#days.set(text, start)
    }
    return start
  }
}

/** What is wrong with a text that is no instant. */
export function instantProblem(text: string): string {
  if (text === '') return 'is empty'
  return UNZONED.test(text) ? 'has no offset from UTC' : 'is not an instant'
}

/** @returns false for a name that the time zone database does not know */
export function isTimeZone(name: string): boolean {
  try {
    Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name)
    return !/^[+-]/.test(name)
  } catch {
    return false
  }
}

function startOfDay(text: string, timeZone: string): number | null {
  try {
    return Temporal.PlainDate.from(text).toZonedDateTime(timeZone).epochMilliseconds
  } catch {
    return null
  }
}

function realDay(year: number, month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function offsetMs(offset: string): number | null {
  if (offset === 'Z') return 0
  const hours = Number(offset.slice(1, 3))
  const minutes = Number(offset.slice(3).replace(':', '') || '0')
  if (hours > 18 || minutes > 59) return null
  return (offset[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000
}

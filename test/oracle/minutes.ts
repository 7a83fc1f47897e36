import type { WeeklyHours } from '../../src/domain/calendar.ts'

const MINUTE = 60_000
const MINUTES_A_DAY = 1_440

export interface Closed {
  from: number
  to: number
}

/** The wall clock of a zone at every minute of a window, asked of Temporal one by one. */
export class Minutes {
  readonly start: number
  readonly end: number
  /** For each minute of the window, which minute of the local week it is. */
  readonly #local: Uint16Array

  /** @param days how many days from `start` on, a whole minute */
  constructor(zone: string, start: number, days: number) {
    this.start = start
    this.end = start + days * MINUTES_A_DAY * MINUTE
    this.#local = Uint16Array.from({ length: days * MINUTES_A_DAY }, (_, index) => {
      const local = Temporal.Instant.fromEpochMilliseconds(start + index * MINUTE).toZonedDateTimeISO(zone)
      return (local.dayOfWeek - 1) * MINUTES_A_DAY + local.hour * 60 + local.minute
    })
  }

  /** Working milliseconds between two instants of the window, walked minute by minute. */
  worked(hours: WeeklyHours, from: number, to: number, closures: readonly Closed[] = []): number {
    const open = new Uint8Array(7 * MINUTES_A_DAY)
    for (const { day, from: start, to: end } of hours.blocks) {
      open.fill(1, (day - 1) * MINUTES_A_DAY + start, (day - 1) * MINUTES_A_DAY + end)
    }
    let sum = 0
    for (let at = from; at < to; ) {
      const minute = Math.floor((at - this.start) / MINUTE)
      const end = Math.min(this.start + (minute + 1) * MINUTE, to)
      const closed = closures.some(closure => closure.from <= at && at < closure.to)
      if (!closed && open[this.#local[minute]!]) sum += end - at
      at = end
    }
    return sum
  }
}

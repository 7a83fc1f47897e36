const MINUTE = 60_000
const MINUTES_A_DAY = 1_440

/** The wall clock of a zone at one minute. */
export interface WallMinute {
  /** The instant at which it begins. */
  at: number
  /** 20261225. */
  date: number
  /** After local midnight. */
  minute: number
  /** After Monday 00:00. */
  ofWeek: number
  /** Since 1970-01-01T00:00 local. */
  sinceEpoch: number
}

/** The wall clock of a zone at every minute of a window, asked of Temporal one by one. */
export class Minutes {
  readonly start: number
  readonly end: number
  readonly walls: readonly WallMinute[]

  /** @param days how many days from `start` on, a whole minute */
  constructor(zone: string, start: number, days: number) {
    this.start = start
    this.end = start + days * MINUTES_A_DAY * MINUTE
    this.walls = Array.from({ length: days * MINUTES_A_DAY }, (_, index) => {
      const at = start + index * MINUTE
      const { year, month, day, hour, minute, dayOfWeek } =
        Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(zone)
      return {
        at,
        date: year * 10_000 + month * 100 + day,
        minute: hour * 60 + minute,
        ofWeek: (dayOfWeek - 1) * MINUTES_A_DAY + hour * 60 + minute,
        sinceEpoch: Date.UTC(year, month - 1, day, hour, minute) / MINUTE,
      }
    })
  }

  /** Walks the window minute by minute and keeps how much was worked before each. */
  walk(isWorked: (wall: WallMinute) => boolean): (from: number, to: number) => number {
    const before = new Float64Array(this.walls.length + 1)
    const open = new Uint8Array(this.walls.length)
    for (let index = 0; index < open.length; index++) {
      open[index] = isWorked(this.walls[index]!) ? 1 : 0
      before[index + 1] = before[index]! + open[index]! * MINUTE
    }
    const until = (at: number): number => {
      const index = Math.floor((at - this.start) / MINUTE)
      return before[index]! + (open[index] ? at - this.start - index * MINUTE : 0)
    }
    return (from, to) => until(to) - until(from)
  }
}

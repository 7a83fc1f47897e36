const HOUR = 3_600_000
const DAY = 24 * HOUR
const OPENS = 9 * HOUR
const CLOSES = 17.5 * HOUR

const offsets = new Map<string, Map<number, number>>()

/** The instant at which so many working hours (Mon-Fri 09:00-17:30 in the zone) have passed since `from`. */
export function afterWorkingHours(from: number, hours: number, zone: string): number {
  let local = from + offsetAt(from, zone)
  let left = hours * HOUR
  for (;;) {
    const midnight = Math.floor(local / DAY) * DAY
    local = Math.max(local, midnight + OPENS)
    const room = isWeekend(midnight) ? 0 : Math.max(0, midnight + CLOSES - local)
    if (left <= room) return local + left - offsetAt(local, zone)
    left -= room
    local = midnight + DAY
  }
}

/** Whether a rep in the zone is at work at the instant. */
export function isWorking(at: number, zone: string): boolean {
  const local = at + offsetAt(at, zone)
  const midnight = Math.floor(local / DAY) * DAY
  const time = local - midnight
  return !isWeekend(midnight) && time >= OPENS && time < CLOSES
}

function isWeekend(midnight: number): boolean {
  const weekday = new Date(midnight).getUTCDay()
  return weekday === 0 || weekday === 6
}

/** The zone's offset at noon of the instant's UTC day: exact enough for making up when people work. */
function offsetAt(at: number, zone: string): number {
  let days = offsets.get(zone)
  if (!days) {
    days = new Map()
    offsets.set(zone, days)
  }
  const day = Math.floor(at / DAY)
  let offset = days.get(day)
  if (offset === undefined) {
    const noon = Temporal.Instant.fromEpochMilliseconds(day * DAY + DAY / 2)
    offset = noon.toZonedDateTimeISO(zone).offsetNanoseconds / 1e6
    days.set(day, offset)
  }
  return offset
}

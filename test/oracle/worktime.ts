/** Monday to Friday, 09:00 to 17:00 by the clock on the wall: found out minute by minute, nothing clever. */

const MINUTE = 60_000
const MINUTES_A_DAY = 1_440
const DAY = MINUTES_A_DAY * MINUTE

/** Zones over time: from each instant on, the clock of this zone counts. The first begins at minus infinity. */
export type ZoneSpans = readonly { from: number; zone: string }[]

function isOpen(minute: number, zone: string): boolean {
  const local = Temporal.Instant.fromEpochMilliseconds(minute * MINUTE).toZonedDateTimeISO(zone)
  return local.dayOfWeek <= 5 && local.hour >= 9 && local.hour < 17
}

interface Day {
  open: Uint8Array
  total: number
}

const days = new Map<string, Day>()

/** The minutes of a UTC day on which somebody in the zone is at work. */
function dayOf(day: number, zone: string): Day {
  const key = `${zone} ${day}`
  let known = days.get(key)
  if (!known) {
    const open = new Uint8Array(MINUTES_A_DAY)
    for (let minute = 0; minute < MINUTES_A_DAY; minute++) {
      open[minute] = isOpen(day * MINUTES_A_DAY + minute, zone) ? 1 : 0
    }
    known = { open, total: open.reduce((sum, one) => sum + one, 0) }
    days.set(key, known)
  }
  return known
}

/** Working milliseconds from one instant to a later one, in one zone. */
function inZone(from: number, to: number, zone: string): number {
  let worked = 0
  for (let at = from; at < to; ) {
    const day = Math.floor(at / DAY)
    if (at === day * DAY && at + DAY <= to) {
      worked += dayOf(day, zone).total * MINUTE
      at += DAY
      continue
    }
    const minute = Math.floor(at / MINUTE)
    const end = Math.min((minute + 1) * MINUTE, to)
    if (dayOf(day, zone).open[minute - day * MINUTES_A_DAY]) worked += end - at
    at = end
  }
  return worked
}

/** Working milliseconds from one instant to another, each stretch by its own zone; negative when `to` comes first. */
export function worked(spans: ZoneSpans, from: number, to: number): number {
  if (to < from) return 0 - worked(spans, to, from)
  return spans.reduce((sum, span, index) => {
    const begin = Math.max(from, span.from)
    const end = Math.min(to, spans[index + 1]?.from ?? Number.POSITIVE_INFINITY)
    return begin < end ? sum + inZone(begin, end, span.zone) : sum
  }, 0)
}

/** The first instant at which so much has been worked since `from`. */
export function afterWorking(spans: ZoneSpans, from: number, ms: number): number {
  let left = ms
  let at = from
  for (const step of [DAY, MINUTE]) {
    for (;;) {
      const end = (Math.floor(at / step) + 1) * step
      const here = worked(spans, at, end)
      if (here >= left) break
      left -= here
      at = end
    }
  }
  while (worked(spans, at, at + 1) === 0) at++
  return at + left
}

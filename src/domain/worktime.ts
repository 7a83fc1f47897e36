import type { Policy } from '../policy/policy.ts'
import { type Calendar, calendarOf } from './calendar.ts'
import type { OwnerSpan } from './owners.ts'
import { spanAt } from './owners.ts'
import type { Instant, Working } from './time.ts'

interface Stretch {
  from: Instant
  calendar: Calendar
}

/**
 * Working time of a handoff under the rule `carry`: the clock goes on over reassignments, and each stretch is measured in
 * the calendar of whoever owned it then. While nobody does, the last owner's calendar holds; before the first, the policy's zone.
 */
export class WorkTime {
  readonly #stretches: Stretch[]

  constructor(policy: Policy, spans: readonly OwnerSpan[], t1: Instant, endedAt: Instant | null) {
    const calendar = (zone: string | null) => calendarOf(policy.calendar, zone ?? policy.timezone)
    const first = spanAt(spans, t1)?.owner?.timeZone ?? null
    this.#stretches = [{ from: Number.NEGATIVE_INFINITY, calendar: calendar(first) }]
    for (const { from, owner } of spans) {
      if (!owner || from <= t1 || (endedAt !== null && from > endedAt)) continue
      this.#stretches.push({ from, calendar: calendar(owner.timeZone) })
    }
  }

  /** Signed, as {@link Calendar.workingBetween}. */
  between(from: Instant, to: Instant): Working {
    if (to < from) return 0 - this.between(to, from)
    let worked = 0
    this.#stretches.forEach(({ from: start, calendar }, index) => {
      const begin = Math.max(from, start)
      const end = Math.min(to, this.#endOf(index))
      if (begin < end) worked += calendar.workingBetween(begin, end)
    })
    return worked
  }

  /** The first instant at which `ms` of working time have passed since `from`. */
  add(from: Instant, ms: Working): Instant {
    let left = ms
    for (let index = 0; ; index++) {
      const { from: start, calendar } = this.#stretches[index]!
      const end = this.#endOf(index)
      const begin = Math.max(from, start)
      if (begin >= end) continue
      const reached = calendar.addWorking(begin, left)
      if (reached <= end) return reached
      left -= calendar.workingBetween(begin, end)
    }
  }

  #endOf(index: number): Instant {
    return this.#stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY
  }
}

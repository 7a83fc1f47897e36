import type { Calendar } from './calendar.ts'
import type { Rep } from './handoff.ts'
import type { OwnerSpan } from './owners.ts'
import { spanAt } from './owners.ts'
import type { Roster } from './roster.ts'
import type { Instant, Working } from './time.ts'

interface Stretch {
  from: Instant
  calendar: Calendar
  /** Whose calendar it is; null: the policy's. */
  owner: Rep | null
  zone: string
}

/**
 * Working time of a handoff under the rule `carry`: the clock goes on over reassignments, and each stretch is measured in
 * the calendar of whoever owned it then. While nobody does, the last owner's calendar holds; before the first, the policy's zone.
 */
export class WorkTime {
  readonly #stretches: Stretch[]

  constructor(roster: Roster, spans: readonly OwnerSpan[], t1: Instant, endedAt: Instant | null) {
    const stretch = (from: Instant, owner: Rep | null): Stretch => {
      const { calendar, zone } = roster.dutyOf(owner)
      return { from, calendar, owner, zone }
    }
    this.#stretches = [stretch(Number.NEGATIVE_INFINITY, spanAt(spans, t1)?.owner ?? null)]
    for (const { from, owner } of spans) {
      if (!owner || from <= t1 || (endedAt !== null && from > endedAt)) continue
      this.#stretches.push(stretch(from, owner))
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

  /** The time between two instants by whose calendar measures it; `from` comes first. */
  stretches(from: Instant, to: Instant): (Stretch & { to: Instant })[] {
    return this.#stretches.flatMap((stretch, index) => {
      const part = {
        ...stretch,
        from: Math.max(from, stretch.from),
        to: Math.min(to, this.#endOf(index)),
      }
      return part.from < part.to ? [part] : []
    })
  }

  #endOf(index: number): Instant {
    return this.#stretches[index + 1]?.from ?? Number.POSITIVE_INFINITY
  }
}

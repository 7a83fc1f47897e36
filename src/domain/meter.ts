import type { DurationKind, Rep } from './handoff.ts'
import type { LeftOut, Stretch } from './stretch.ts'
import type { Elapsed, Instant, Working } from './time.ts'

/**
 * Measures time of one kind over stretches that follow each other without gaps from the beginning of time: the wall
 * clock's, or what lies in the calendar of each. What is left out has no length.
 */
export class Meter<Kind extends Elapsed | Working> {
  readonly kind: DurationKind
  readonly #stretches: readonly Stretch[]

  constructor(kind: DurationKind, stretches: readonly Stretch[]) {
    this.kind = kind
    this.#stretches = stretches
  }

  /** What counts between two instants; negative when `to` comes first. */
  between(from: Instant, to: Instant): Kind {
    return to < from ? ((0 - this.#sum(to, from, null)) as Kind) : this.#sum(from, to, null)
  }

  /** What does not count for this reason, `from` first. */
  leftOut(from: Instant, to: Instant, why: LeftOut['why']): Kind {
    return this.#sum(from, to, why)
  }

  /** What counts of the time in which this owner had it. */
  ownedBy(owner: Rep, from: Instant, to: Instant): Kind {
    return this.#sum(from, to, null, owner)
  }

  /** The first instant at which `ms` have been counted since `from`; null: never, as far as is known. */
  add(from: Instant, ms: Kind): Instant | null {
    let left: number = ms
    for (const stretch of this.#stretches) {
      if (stretch.leftOut || stretch.to <= from) continue
      const begin = Math.max(from, stretch.from)
      const reached = this.kind === 'elapsed' ? begin + left : stretch.duty.calendar.addWorking(begin, left)
      if (reached <= stretch.to) return reached
      left -= this.#length(stretch, begin, stretch.to)
    }
    return null
  }

  /** The time between two instants, `from` first, cut into what counts and what does not. */
  stretches(from: Instant, to: Instant): Stretch[] {
    return this.#stretches.flatMap(stretch => {
      const part = { ...stretch, from: Math.max(from, stretch.from), to: Math.min(to, stretch.to) }
      return part.from < part.to ? [part] : []
    })
  }

  #sum(from: Instant, to: Instant, why: LeftOut['why'] | null, owner?: Rep): Kind {
    let sum = 0
    for (const stretch of this.#stretches) {
      if (stretch.from >= to) break
      if (stretch.to <= from || (stretch.leftOut?.why ?? null) !== why) continue
      if (owner && stretch.owner?.ref !== owner.ref) continue
      sum += this.#length(stretch, Math.max(from, stretch.from), Math.min(to, stretch.to))
    }
    return sum as Kind
  }

  #length({ duty }: Stretch, from: Instant, to: Instant): number {
    return this.kind === 'elapsed' ? to - from : duty.calendar.workingBetween(from, to)
  }
}

/** A meter of a promise's kind; the two never meet. */
export const meterOf = (kind: DurationKind, stretches: readonly Stretch[]) =>
  new Meter(kind, stretches) as Meter<Elapsed> | Meter<Working>

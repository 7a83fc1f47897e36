import type { WeeklyHours } from './calendar.ts'
import { DAY, MINUTE } from './time.ts'

const WEEK = 7 * DAY
/** The epoch was a Thursday; weeks are counted from the Monday before it. */
const TO_MONDAY = 3 * DAY

/** A weekly pattern on the local time line, as a running total that can be read both ways. */
export class Week {
  readonly totalMs: number
  /** Starts and ends of blocks in milliseconds after Monday 00:00, and what was worked before each start. */
  readonly #blocks: { from: number; to: number; before: number }[] = []

  constructor(hours: WeeklyHours) {
    let before = 0
    for (const { day, from, to } of hours.blocks) {
      const midnight = (day - 1) * DAY
      this.#blocks.push({ from: midnight + from * MINUTE, to: midnight + to * MINUTE, before })
      before += (to - from) * MINUTE
    }
    this.totalMs = before
  }

  /** Working time on the local line from a fixed Monday until `local`; negative before it. */
  worked(local: number): number {
    const shifted = local + TO_MONDAY
    const weeks = Math.floor(shifted / WEEK)
    const rest = shifted - weeks * WEEK
    let inWeek = 0
    for (const { from, to, before } of this.#blocks) {
      if (rest <= from) break
      inWeek = before + Math.min(rest, to) - from
    }
    return weeks * this.totalMs + inWeek
  }

  /** The first local time by which `target` has been worked: the inverse of {@link worked}. */
  reached(target: number): number {
    const weeks = Math.ceil(target / this.totalMs) - 1
    const rest = target - weeks * this.totalMs
    const block = this.#blocks.findLast(one => one.before < rest)!
    return weeks * WEEK + block.from + (rest - block.before) - TO_MONDAY
  }
}

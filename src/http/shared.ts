import type { Instant } from '../domain/time.ts'

/**
 * Lets everybody who asks within `keepMs` share one answer, and everybody who asks while it is being found wait for
 * the same one: many open pages cost the database as much as one. A failure is not kept.
 */
export function shared<T>(find: () => Promise<T>, keepMs: number, now: () => Instant): () => Promise<T> {
  let last: { answer: Promise<T>; until: Instant } | undefined
  return () => {
    if (last && now() < last.until) return last.answer
    const entry = { answer: find(), until: Number.POSITIVE_INFINITY }
    last = entry
    entry.answer.then(
      () => {
        entry.until = now() + keepMs
      },
      () => {
        entry.until = Number.NEGATIVE_INFINITY
      },
    )
    return entry.answer
  }
}

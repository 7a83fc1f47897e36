import type { Instant } from '../../domain/time.ts'
import type { Cursor } from '../crm.ts'
import type { Source } from './objects.ts'

/**
 * A search shows a change only moments after it was made, and its index can lag by a minute; so every scan begins
 * this long before the last one began. Re-reading changes nothing.
 */
export const OVERLAP = 5 * 60_000

/**
 * Where a scan stands. The first lists everything, later ones search for what was modified; both end with the
 * list of archived records, which no search shows. All three go by id, so nothing moves while they are paged.
 */
export interface Step {
  kind: 'list' | 'search' | 'archive'
  /** The page to ask for: a list's `after`, a search's last id. */
  after: string | null
  /** Changes since this instant are wanted; null: everything. */
  from: Instant | null
  /** The server's time when the scan began: where the next one starts. */
  since: Instant | null
  /** When the last scan began that read the list of archived records; absent: all did, so it is `from`. */
  listed?: Instant
}

export function firstStep(cursor: Cursor | null): Step {
  if (typeof cursor?.kind === 'string') return cursor as unknown as Step
  if (typeof cursor?.since === 'number') {
    const { since, listed } = cursor
    const step: Step = { kind: 'search', after: null, from: since - OVERLAP, since: null }
    return typeof listed === 'number' ? { ...step, listed } : step
  }
  return { kind: 'list', after: null, from: null, since: null }
}

/** Servers of one portal may differ by seconds. */
const SKEW = 60_000

/**
 * The step to take instead of one that waits for changes of the future, because the server's clock ran ahead when the
 * last scan began. Null: it does not.
 */
export function clamped(step: Step, date: Instant | null): Step | null {
  if (step.from === null || date === null || step.from + OVERLAP <= date + SKEW) return null
  return { ...step, kind: 'search', after: null, from: date - OVERLAP, since: null }
}

/**
 * What comes after a page; null when the scan is done.
 * @param rareMs how long ago the archived records may have been listed
 */
export function nextStep(step: Step, next: string | null, source: Source, rareMs = 0): Step | null {
  if (next !== null) return { ...step, after: next }
  if (step.kind === 'archive' || !source.archived) return null
  const archive: Step = { ...step, kind: 'archive', after: null }
  const listed = listedBefore(step)
  if (listed === null) return archive
  return (step.since ?? 0) - listed < rareMs ? null : { ...archive, from: listed - OVERLAP }
}

/** When the archived records were last listed before this scan; null: never. */
function listedBefore({ from, listed }: Step): Instant | null {
  return listed ?? (from === null ? null : from + OVERLAP)
}

/** The cursor to store with a page of `step`. */
export function cursorOf(step: Step, next: Step | null, since: Instant, source: Source): Cursor {
  if (next) return { ...next }
  const listed = step.kind === 'archive' || !source.archived ? null : listedBefore(step)
  return listed === null ? { since } : { since, listed }
}

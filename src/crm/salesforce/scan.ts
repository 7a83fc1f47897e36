import type { Instant } from '../../domain/time.ts'
import type { Cursor } from '../crm.ts'
import { id18 } from '../id18.ts'
import type { Source } from './objects.ts'
import type { Position } from './soql.ts'
import { instant, type Row } from './values.ts'

/**
 * Rows can become visible with a stamp earlier than one already read: transactions stamp before they commit.
 * So every scan begins this long before the end of the last one; re-reading changes nothing.
 */
const OVERLAP = 5 * 60_000

/** Cursors: `{at, id, since}` inside a scan, `{since}` after one. */
export function positionOf(cursor: Cursor | null): Position {
  if (typeof cursor?.at === 'number' && typeof cursor.id === 'string') return { at: cursor.at, id: cursor.id }
  if (typeof cursor?.since === 'number') return { since: cursor.since - OVERLAP }
  return null
}

/** Servers of one organisation may differ by seconds. */
const SKEW = 60_000

/**
 * Where to go on instead of a position in the future, which the server's clock left there when it ran ahead: waiting
 * for it would miss whatever changes until then. Null: the position is none.
 */
export function clamped(position: Position, date: Instant | null): Position {
  if (position === null || date === null) return null
  const at = 'since' in position ? position.since + OVERLAP : position.at
  return at > date + SKEW ? { since: date - OVERLAP } : null
}

/**
 * The key of the last row that was not changed after the query was asked: a locator may show such a row with its
 * new stamp, and going on after that would skip what lies between.
 */
export function advance(source: Source, position: Position, rows: Row[], asked: Instant | null): Position {
  for (const row of rows.toReversed()) {
    const at = instant(row[source.stamp])
    if (at !== null && (asked === null || at < asked)) return { at, id: id18(String(row.Id)) }
  }
  return position
}

/**
 * The cursor inside a scan. It keeps when the scan began: rows that become visible late, behind the place where it was
 * interrupted, are for the scan after it, however long the interruption was.
 */
export function unfinished(position: Position, began: Instant | null, detour: string | null): Cursor {
  const more = detour === null ? {} : { detour }
  if (position && 'since' in position) return { since: position.since + OVERLAP, ...more }
  return position ? { at: position.at, id: position.id, since: began, ...more } : more
}

/** When the scan began that this cursor is inside of; null: it is not inside of one. */
export const beganAt = (cursor: Cursor | null): Instant | null =>
  typeof cursor?.at === 'number' && typeof cursor.since === 'number' ? cursor.since : null

/** Why the scan that this cursor is inside of does not go through a bulk job, though it began to; null: nothing to tell. */
export const detourOf = (cursor: Cursor | null): string | null =>
  typeof cursor?.detour === 'string' ? cursor.detour : null

/** The next scan begins at the server's time of this one; without it at the last row seen. */
export function finished(began: Instant | null, position: Position): Cursor {
  if (began !== null) return { since: began }
  if (position && 'since' in position) return { since: position.since + OVERLAP }
  return { since: position?.at ?? 0 }
}

/** A bulk job that a first reading goes through, and how much of its results has been stored. */
export interface BulkPlace {
  job: string
  /** The page of results to read next; null: the first. */
  locator: string | null
  /** Records in the pages before it. */
  read: number
  /** As many as the first query announced. */
  total: number
}

/** The cursor of a reading through a bulk job: where the scan stood when the job was made, and the job. */
export const throughJob = (scan: Cursor, place: BulkPlace): Cursor => ({ ...scan, bulk: { ...place } })

/** The job that a cursor goes through. */
export function jobOf(cursor: Cursor | null): { place: BulkPlace; scan: Cursor } | null {
  if (!cursor?.bulk) return null
  const { bulk, ...scan } = cursor
  return { place: bulk as unknown as BulkPlace, scan }
}

/**
 * Where a scan goes on that has lost its job: after the rows that it had read by itself, which are the first by key.
 * Null: from the beginning; `since` alone would mean that everything before it is known.
 */
export const withoutJob = (scan: Cursor): Cursor | null => (typeof scan.at === 'number' ? scan : null)

/** An instant: milliseconds since the Unix epoch, UTC. Plain numbers keep the hot paths free of objects. */
export type Instant = number

/** In ISO 8601, UTC: `2026-11-24T09:12:00.000Z`. */
export const iso = (at: Instant | null): string | null => (at === null ? null : new Date(at).toISOString())

/** The first of several instants in time; null: there is none. */
export function soonest(instants: readonly (Instant | null)[]): Instant | null {
  let first: Instant | null = null
  for (const at of instants) if (at !== null && (first === null || at < first)) first = at
  return first
}

export const SECOND = 1_000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** A duration in milliseconds of wall-clock time: the buyer's view. Never mixed with {@link Working}. */
export type Elapsed = number & { readonly kind?: 'elapsed' }

/** A duration in milliseconds inside somebody's calendar. Never mixed with {@link Elapsed}. */
export type Working = number & { readonly kind?: 'working' }

import type { Instant } from './time.ts'

/** A field of a record took a value at an instant. */
export interface Change<T> {
  at: Instant
  dayPrecise: boolean
  /** `<ref>#<key>` of the fact that says so. */
  id: string
  value: T | null
  /** What it left; null when it was empty or nobody knows. */
  from: T | null
  origin: 'record' | 'history' | 'observed'
}

/** What is known of one field of one record. */
export interface Knowledge<T> {
  changes: Change<T>[]
  /** The value as of the last reading, standing at the record's creation. */
  now: Change<T> | null
}

/**
 * The history of a field in order of time, as far as it can be known: what the vendor's history says, what was observed
 * where that history says otherwise, and the value it started with. Without any history the present value is taken to have been there all along.
 * @param createdAt when the record was created; null: unknown
 */
export function settle<T>({ changes, now }: Knowledge<T>, createdAt: Instant | null): Change<T>[] {
  if (changes.length === 0) return now ? [now] : []
  const known = inOrder(changes.filter(change => change.origin !== 'observed'))
  const told = changes.filter(
    change => change.origin === 'observed' && valueAt(known, change.at) !== change.value,
  )
  const all = told.length === 0 ? known : inOrder([...known, ...told])
  const first = all[0]
  const start = createdAt ?? now?.at ?? null
  if (!first || first.from === null || start === null || start >= first.at) return all
  const id = now?.id ?? `${first.id}:from`
  return [{ ...first, at: start, dayPrecise: false, id, value: first.from, from: null }, ...all]
}

/** The value at an instant, changes at that very instant included; undefined before the first change. */
export function valueAt<T>(history: readonly Change<T>[], at: Instant): T | null | undefined {
  return changeAt(history, at)?.value
}

/** The change that made the value what it is at an instant. */
export function changeAt<T>(history: readonly Change<T>[], at: Instant): Change<T> | undefined {
  for (let index = history.length - 1; index >= 0; index--) {
    const change = history[index]!
    if (change.at <= at) return change
  }
  return undefined
}

/** By time; at equal instants a change follows the one whose value it left. */
function inOrder<T>(changes: readonly Change<T>[]): Change<T>[] {
  const sorted = [...changes].sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1))
  for (let start = 0; start < sorted.length; ) {
    let end = start + 1
    while (end < sorted.length && sorted[end]!.at === sorted[start]!.at) end++
    chain(sorted, start, end)
    start = end
  }
  return sorted
}

function chain<T>(changes: Change<T>[], start: number, end: number): void {
  for (let place = start; place < end - 1; place++) {
    const rest = changes.slice(place, end)
    const next = rest.findIndex(one => !rest.some(other => other !== one && other.value === one.from))
    if (next > 0) changes.splice(place, next + 1, rest[next]!, ...rest.slice(0, next))
  }
}

import type { DurationKind, PromiseState, PromiseVerdict } from './handoff.ts'
import { MINUTE } from './time.ts'

/** What the verdicts on one promise amount to. Two of them can be added up, whatever they count. */
export interface Tally {
  states: Partial<Record<PromiseState, number>>
  /**
   * How long it took where it was kept, in whole minutes → how often: as exact as a list, and bounded. Kept apart by
   * kind, as policies may change it; negative ones are left out.
   */
  minutes: Record<DurationKind, Map<number, number>>
}

export const emptyTally = (): Tally => ({ states: {}, minutes: { elapsed: new Map(), working: new Map() } })

/** Counts one verdict more. */
export function count({ states, minutes }: Tally, { state, kind, until, countedMs }: PromiseVerdict): void {
  states[state] = (states[state] ?? 0) + 1
  if (until === null || countedMs === null || countedMs < 0 || state === 'void') return
  increase(minutes[kind], Math.floor(countedMs / MINUTE), 1)
}

/** Adds `other` to `into`. */
export function addTally(into: Tally, other: Tally): void {
  for (const [state, n] of Object.entries(other.states) as [PromiseState, number][]) {
    into.states[state] = (into.states[state] ?? 0) + n
  }
  for (const kind of ['elapsed', 'working'] as const) {
    for (const [minute, n] of other.minutes[kind]) increase(into.minutes[kind], minute, n)
  }
}

export function increase<K>(counts: Map<K, number>, key: K, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by)
}

export const inState = ({ states }: Tally, ...wanted: PromiseState[]): number =>
  wanted.reduce((sum, state) => sum + (states[state] ?? 0), 0)

/** How many are due: the denominator of compliance. */
export const dueIn = (tally: Tally): number => inState(tally, 'met', 'met_late', 'overdue', 'missed')

/** met ÷ (met + met_late + overdue + missed); null when nothing was due. What still runs is in neither. */
export function compliance(tally: Tally): number | null {
  const due = dueIn(tally)
  return due === 0 ? null : inState(tally, 'met') / due
}

/** The median time to keep it, in whole minutes of this kind; of an even number the mean of the middle two; null of none. */
export function medianMinutes({ minutes }: Tally, kind: DurationKind): number | null {
  const sorted = [...minutes[kind]].sort(([a], [b]) => a - b)
  const n = sorted.reduce((sum, [, times]) => sum + times, 0)
  if (n === 0) return null
  return (ranked(sorted, Math.floor((n - 1) / 2)) + ranked(sorted, Math.floor(n / 2))) / 2
}

/** The value at a position among all, each as often as it occurs. */
function ranked(sorted: readonly [number, number][], position: number): number {
  let before = 0
  for (const [value, times] of sorted) {
    before += times
    if (position < before) return value
  }
  throw new RangeError(`there is no position ${position} among ${before} values`)
}

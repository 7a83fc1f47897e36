/** What completed durations amount to. Negative ones are counted and left out of the rest, never clamped. */
export interface Durations {
  n: number
  negative: number
  mean: number | null
  median: number | null
  p90: number | null
}

/**
 * The value below which a share `p` (0…1) of the values lies, by linear interpolation, as SQL's percentile_cont.
 * @param sorted ascending, not empty
 */
export function percentile(sorted: readonly number[], p: number): number {
  if (sorted.length === 0) throw new RangeError('percentile of no values')
  if (!(p >= 0 && p <= 1)) throw new RangeError(`percentile wants a share from 0 to 1, not ${p}`)
  const position = p * (sorted.length - 1)
  const below = Math.floor(position)
  const lower = sorted[below]!
  const upper = sorted[Math.ceil(position)]!
  return lower + (upper - lower) * (position - below)
}

/** The arithmetic mean; null of nothing. */
export function mean(values: readonly number[]): number | null {
  if (values.length === 0) return null
  let sum = 0
  for (const value of values) sum += value
  return sum / values.length
}

/** Mean, median and 90th percentile of the durations that are not negative, in the unit they come in. */
export function durations(values: readonly number[]): Durations {
  const sorted = values.filter(value => value >= 0).sort((a, b) => a - b)
  const known = sorted.length > 0
  return {
    n: sorted.length,
    negative: values.length - sorted.length,
    mean: mean(sorted),
    median: known ? percentile(sorted, 0.5) : null,
    p90: known ? percentile(sorted, 0.9) : null,
  }
}

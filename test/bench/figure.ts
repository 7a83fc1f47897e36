/** One benchmark's result. */
export interface Figure {
  what: string
  ratio: number
  mark: number
  /** The ratio should be at least the mark; else at most. */
  atLeast: boolean
  /** True when no clock is involved: the same on every machine, so a miss is a defect. */
  exact: boolean
  details: string[]
}

/** The middle value; of an even number the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length / 2
  return sorted.length % 2 === 1 ? sorted[Math.floor(middle)]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

export const percent = (share: number): string => `${(share * 100).toFixed(0)} %`

const Z = 1.959964

/**
 * The 95 % interval of a share by Wilson's score, as shares from 0 to 1: honest at small n and at 0 and 100 %.
 * Wilson 1927; Brown, Cai and DasGupta 2001 recommend it for all but large n. Null when n is 0.
 */
export function wilson(part: number, n: number): { low: number; high: number } | null {
  if (n === 0) return null
  const share = part / n
  const centre = share + Z ** 2 / (2 * n)
  const half = Z * Math.sqrt((share * (1 - share)) / n + Z ** 2 / (4 * n ** 2))
  const scale = 1 + Z ** 2 / n
  return { low: Math.max(0, (centre - half) / scale), high: Math.min(1, (centre + half) / scale) }
}

/** A value as words in lower case, each between spaces, for GLOB. */
export function wordsOf(text: unknown): string | null {
  if (text === null || text === undefined) return null
  return ` ${String(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .join(' ')} `
}

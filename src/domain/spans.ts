import type { Instant } from './time.ts'

/** A stretch of time, its end excluded; null: without end. */
export interface Span {
  from: Instant
  to: Instant | null
}

const endOf = ({ to }: Span): number => to ?? Number.POSITIVE_INFINITY

/** The time that any of the spans covers: in order, apart from each other, spans that touch joined. */
export function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const span of spans.filter(one => one.from < endOf(one)).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (!last || endOf(last) < span.from) joined.push({ ...span })
    else if (endOf(span) > endOf(last)) last.to = span.to
  }
  return joined
}

/** The time that both cover; each must be in order and its spans apart from each other. */
export function intersection(a: readonly Span[], b: readonly Span[]): Span[] {
  const common: Span[] = []
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [x, y] = [a[i]!, b[j]!]
    const from = Math.max(x.from, y.from)
    const to = endOf(x) < endOf(y) ? x.to : y.to
    if (from < endOf({ from, to })) common.push({ from, to })
    if (endOf(x) < endOf(y)) i++
    else j++
  }
  return common
}

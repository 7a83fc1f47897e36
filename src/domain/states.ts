import type { FieldPredicate, StatePredicate } from '../policy/policy.ts'
import type { Instant } from './time.ts'
import type { RecordLife, Timeline } from './timeline.ts'

/** From one instant, included, to another, excluded. */
export interface Span {
  from: Instant
  to: Instant
}

/**
 * When any of the predicates held between two instants, as far as is known at `now`: in order, touching spans joined.
 * What held at `now` is taken to go on. Only live records count: not before they were created, nor once deleted or converted.
 */
export function heldBetween(
  predicates: readonly StatePredicate[],
  line: Timeline,
  { from, to }: Span,
  now: Instant,
): Span[] {
  const held = predicates
    .flatMap(predicate => spansOf(predicate, line, now))
    .map(span => ({ from: Math.max(span.from, from), to: Math.min(span.to, to) }))
  return union(held)
}

/** Spans in any order, each kind of predicate from its own source. */
function spansOf(predicate: StatePredicate, line: Timeline, now: Instant): Span[] {
  switch (predicate.preset) {
    case 'field':
      return fieldSpans(predicate, line, now)
    case 'condition':
      // No fact tells of arbitrary fields yet.
      return []
  }
}

function fieldSpans({ vendor, field, values }: FieldPredicate, { records }: Timeline, now: Instant): Span[] {
  return records.flatMap(record => {
    if (record.vendor !== vendor) return []
    const past = (record.fields.get(field) ?? []).filter(({ at }) => at <= now)
    const life = lifeOf(record, now)
    return past.flatMap(({ at, value }, index) => {
      if (value === null || !values.includes(value)) return []
      const next = past[index + 1]?.at ?? Number.POSITIVE_INFINITY
      return [{ from: Math.max(at, life.from), to: Math.min(next, life.to) }]
    })
  })
}

/** While a record can be in a state at all, as far as is known at `now`. */
function lifeOf({ createdAt, deletedAt, conversion }: RecordLife, now: Instant): Span {
  const ends = [deletedAt, conversion?.at ?? null].filter(at => at !== null && at <= now)
  return {
    from: createdAt ?? Number.NEGATIVE_INFINITY,
    to: Math.min(Number.POSITIVE_INFINITY, ...(ends as Instant[])),
  }
}

/** In order, without what is empty, touching and overlapping ones joined. */
function union(spans: readonly Span[]): Span[] {
  const joined: Span[] = []
  for (const { from, to } of spans.filter(one => one.from < one.to).sort((a, b) => a.from - b.from)) {
    const last = joined.at(-1)
    if (last && from <= last.to) last.to = Math.max(last.to, to)
    else joined.push({ from, to })
  }
  return joined
}

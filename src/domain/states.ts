import type { FieldPredicate, StatePredicate } from '../policy/policy.ts'
import { conditionSpans, lifeOf, valueSpans } from './conditions.ts'
import { intersection, type Span, union } from './spans.ts'
import type { Instant } from './time.ts'
import type { Timeline } from './timeline.ts'

/**
 * When any of the predicates held on the person's live records, as far as it has come by `now`: in order, apart from
 * each other, each end excluded; `to` null: it still holds.
 */
export function heldIntervals(predicates: readonly StatePredicate[], line: Timeline, now: Instant): Span[] {
  const spans = predicates.flatMap(one =>
    one.preset === 'field' ? fieldSpans(one, line) : conditionSpans(one.all, line),
  )
  return union(spans)
    .filter(({ from }) => from <= now)
    .map(({ from, to }) => ({ from, to: (to ?? Number.POSITIVE_INFINITY) > now ? null : to }))
}

/** When a stage field had one of the values on a live record; each field is one CRM's. */
function fieldSpans({ field, values }: FieldPredicate, { records, deals }: Timeline): Span[] {
  return records.flatMap(record => {
    const changes = record.fields.get(field)
    if (!changes) return []
    const life = lifeOf(record, deals)
    const had = valueSpans(changes, life.from, value => values.includes(value!))
    return intersection(union([life]), had)
  })
}

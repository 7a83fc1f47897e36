import type { Fact } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'

/** A fact that says what a record's owner or stage field is now. */
export type Now = Extract<Fact, { kind: 'owner_now' | 'field_now' }>

/** What a record's owner and stage fields are now, of those whose changes its CRM keeps no history of. */
export function untold(facts: readonly Fact[]): Now[] {
  const now = facts.filter(isNow)
  if (now.length === 0) return now
  const told = new Set(facts.filter(fact => fact.origin === 'history').map(subject))
  return now.filter(fact => !told.has(subject(fact)))
}

/**
 * The changes of owner, status and lifecycle between two readings of a record whose CRM keeps no history of them.
 * They are kept: no later reading can say them again.
 * @param now of the later reading, as {@link untold} gives it
 * @param at the record's own stamp: when they are taken to have happened
 * @param before the facts of the earlier reading
 */
export function observe(now: readonly Now[], at: Instant, before: readonly Fact[]): Fact[] {
  const earlier = new Map(before.filter(isNow).map(fact => [subject(fact), fact]))
  return now.flatMap(fact => {
    const was = earlier.get(subject(fact))
    return was === undefined || holds(was) === holds(fact) ? [] : [change(fact, was, at)]
  })
}

const isNow = (fact: Fact): fact is Now => fact.kind === 'owner_now' || fact.kind === 'field_now'

const holds = (fact: Now): string | null => (fact.kind === 'owner_now' ? fact.owner : fact.value)

/** What a fact is about: the owner, or one stage field. */
function subject(fact: Fact): string {
  if (fact.kind === 'owner' || fact.kind === 'owner_now') return 'owner'
  return fact.kind === 'field' || fact.kind === 'field_now' ? fact.field : fact.kind
}

function change(fact: Now, was: Now, at: Instant): Fact {
  const base = {
    key: `observed:${subject(fact)}:${at}`,
    at,
    subject: fact.subject,
    origin: 'observed' as const,
  }
  if (fact.kind === 'owner_now') {
    return { ...base, kind: 'owner', owner: fact.owner, from: was.kind === 'owner_now' ? was.owner : null }
  }
  return { ...base, kind: 'field', field: fact.field, value: fact.value, from: holds(was) }
}

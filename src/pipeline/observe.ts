import type { PulledRecord } from '../crm/crm.ts'
import type { Fact } from '../domain/facts.ts'

/** Facts that say what a record's owner or stage field is now. */
type Now = Extract<Fact, { kind: 'owner_now' | 'field_now' }>

/**
 * The changes of owner, status and lifecycle between two readings of a record whose CRM keeps no history of them.
 * They are kept: no later reading can say them again. Their instant is the record's own stamp.
 * @param before the facts of the earlier reading
 */
export function observe(record: PulledRecord, before: readonly Fact[]): Fact[] {
  const earlier = new Map(before.filter(isNow).map(fact => [subject(fact), fact]))
  const told = new Set(record.facts.filter(fact => fact.origin === 'history').map(subject))
  return record.facts.filter(isNow).flatMap(fact => {
    const was = earlier.get(subject(fact))
    return was === undefined || holds(was) === holds(fact) || told.has(subject(fact))
      ? []
      : [change(fact, was, record.modifiedAt)]
  })
}

const isNow = (fact: Fact): fact is Now => fact.kind === 'owner_now' || fact.kind === 'field_now'

const holds = (fact: Now): string | null => (fact.kind === 'owner_now' ? fact.owner : fact.value)

/** What a fact is about: the owner, or one stage field. */
function subject(fact: Fact): string {
  if (fact.kind === 'owner' || fact.kind === 'owner_now') return 'owner'
  return fact.kind === 'field' || fact.kind === 'field_now' ? fact.field : fact.kind
}

function change(fact: Now, was: Now, at: number): Fact {
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

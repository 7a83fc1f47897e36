import type { Json, PulledRecord } from '../crm/crm.ts'
import { type Fact, parseRef, type Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Mirror } from '../store/records.ts'

/** Objects that a handoff is about: what happened to them stays true when they are deleted. */
const SUBJECTS = new Set(['lead', 'contact', 'deal'])
/** Objects that are people. */
const PEOPLE = new Set(['lead', 'contact'])

export const isPerson = (ref: Ref): boolean => PEOPLE.has(parseRef(ref).object)

/**
 * What is kept of a record that its CRM no longer has, not even among the deleted: as after a deletion it tells of. A
 * lead, contact or deal keeps what happened to it and is deleted from `at` on; an activity or a tie is as if it had
 * never been; a user has left. Its stamp stays: should the CRM show the record again, that reading counts.
 * Whom the CRM no longer knows we do not know either: their e-mail addresses, names, company and what was noted of them
 * go, and with them a tie to others by address alone. Erased for privacy and purged long after archiving look the same.
 */
export function tombstone(
  { ref, fields, modifiedAt, facts, identity, memberships }: Mirror,
  at: Instant,
): PulledRecord {
  const { object, id } = parseRef(ref)
  const stays = SUBJECTS.has(object)
  const person = isPerson(ref)
  const kept = facts.filter(({ origin, kind }) => origin !== 'observed' && kind !== 'deleted')
  const told = person ? kept.map(nameless) : kept
  const deleted: Fact = { key: 'deleted', at, subject: ref, origin: 'record', kind: 'deleted' }
  return {
    ...{ object, id, fields: person ? {} : fields, modifiedAt, deleted: true },
    facts: stays ? [...told, deleted] : [],
    identity: person ? identity.filter(({ reason }) => reason !== 'email') : identity,
    ...{ memberships: stays ? memberships : [], owned: null },
    ...(object === 'user' && { rep: departed(ref, fields, at) }),
  }
}

/** Source, campaign and country stay: numbers rest on them, and they are nobody's name. */
function nameless(fact: Fact): Fact {
  if (fact.kind === 'feedback') return { ...fact, note: null }
  if (fact.kind !== 'created') return fact
  return { ...fact, profile: { ...fact.profile, email: null, name: null, company: null } }
}

/** A user's fields are those of the rep. */
const departed = (ref: Ref, fields: { [key: string]: Json }, at: Instant) => ({
  ...(fields as unknown as Omit<NonNullable<PulledRecord['rep']>, 'ref'>),
  ...{ ref, active: false, inactiveSince: at },
})

import type { IdentityKey, Ref } from './facts.ts'

/** An identity key and the record that carries it. */
export interface Tie extends IdentityKey {
  ref: Ref
}

/** A record of a person, with what tied it to the others: the strongest of its shared keys. */
export interface Member extends Tie {}

/** From the strongest evidence to the weakest. */
const STRENGTH: readonly IdentityKey['reason'][] = ['conversion', 'merge', 'linked_id', 'email', 'self']

/**
 * Groups records into people: two that share a key are one person, and so on from each to the next.
 * @param ties every key of every record concerned; keys of shared mailboxes left out
 * @returns the people, each with its records in order of ref; the people in order of their first ref
 */
export function groupByIdentity(ties: readonly Tie[]): Member[][] {
  const parent = new Map<string, string>()
  for (const { ref, key } of ties) join(parent, `r ${ref}`, `k ${key}`)
  const reasons = reasonsOfKeys(ties)
  const groups = new Map<string, Map<Ref, Member>>()
  for (const tie of [...ties].sort(byRef)) {
    const root = find(parent, `r ${tie.ref}`)
    const group = groups.get(root) ?? new Map<Ref, Member>()
    groups.set(root, group)
    const reason = reasons.get(tie.key) ?? 'self'
    const before = group.get(tie.ref)
    if (before === undefined || isStronger({ reason, key: tie.key }, before)) {
      group.set(tie.ref, { ref: tie.ref, key: tie.key, reason })
    }
  }
  return [...groups.values()].map(group => [...group.values()])
}

function byRef(a: Tie, b: Tie): number {
  return a.ref < b.ref ? -1 : 1
}

function isStronger(a: IdentityKey, b: IdentityKey): boolean {
  const [x, y] = [STRENGTH.indexOf(a.reason), STRENGTH.indexOf(b.reason)]
  return x < y || (x === y && a.key < b.key)
}

/** Why a key ties: the strongest reason any record gives; a key that one record alone carries ties nothing. */
function reasonsOfKeys(ties: readonly Tie[]): Map<string, IdentityKey['reason']> {
  const carriers = new Map<string, { refs: Set<Ref>; reason: IdentityKey['reason'] }>()
  for (const { ref, key, reason } of ties) {
    const of = carriers.get(key)
    if (of === undefined) carriers.set(key, { refs: new Set([ref]), reason })
    else {
      of.refs.add(ref)
      if (STRENGTH.indexOf(reason) < STRENGTH.indexOf(of.reason)) of.reason = reason
    }
  }
  return new Map([...carriers].map(([key, { refs, reason }]) => [key, refs.size > 1 ? reason : 'self']))
}

function find(parent: Map<string, string>, node: string): string {
  let root = node
  for (let up = parent.get(root); up !== undefined; up = parent.get(root)) root = up
  for (let at = node; at !== root; ) {
    const up = parent.get(at) ?? root
    parent.set(at, root)
    at = up
  }
  return root
}

function join(parent: Map<string, string>, a: string, b: string): void {
  const [x, y] = [find(parent, a), find(parent, b)]
  if (x !== y) parent.set(x, y)
}

/**
 * Which person each group is. A merged group keeps the smallest id among its records; when a person splits, the group
 * with most of its records keeps the id (the first, if equal) and the others are new people.
 * @param current the person of each record placed so far
 * @returns an id a group, in order; null: a new person
 */
export function keepPersons(
  groups: readonly (readonly Member[])[],
  current: ReadonlyMap<Ref, number>,
): (number | null)[] {
  const claims = groups.flatMap((group, index) => {
    const counts = new Map<number, number>()
    for (const { ref } of group) {
      const person = current.get(ref)
      if (person !== undefined) counts.set(person, (counts.get(person) ?? 0) + 1)
    }
    return [...counts].map(([person, records]) => ({ index, person, records }))
  })
  claims.sort((a, b) => a.person - b.person || b.records - a.records)
  const kept = groups.map((): number | null => null)
  const taken = new Set<number>()
  for (const { index, person } of claims) {
    if (kept[index] != null || taken.has(person)) continue
    kept[index] = person
    taken.add(person)
  }
  return kept
}

import type { Policy } from '../policy/policy.ts'
import { type Side, whyHandoff, whyPromise } from './difference.ts'
import { NOBODY } from './dimensions.ts'
import type { Ref } from './facts.ts'
import type { Handoff, PromiseState } from './handoff.ts'
import { addTally, count, emptyTally, increase, type Tally } from './tally.ts'
import { EMPTY } from './tier.ts'
import type { Instant } from './time.ts'

/** The same thing under the policy that was in force and under the new one. */
export interface Pair<T> {
  before: T
  after: T
}

/** A verdict that is another under the new policy. */
export interface VerdictChange {
  person: number
  /** Its number under each policy; null: no handoff there. */
  handoff: Pair<number | null>
  /** `<ref>#<key>` of the fact that opened it. */
  openedBy: string
  t1: Instant
  /** Who owns it under the new policy, or did under the old one. */
  owner: Ref | null
  source: string | null
  /** Null: the handoff as a whole came or went. */
  promise: string | null
  /** Null: not promised. */
  state: Pair<PromiseState | null>
  why: string
}

/** Verdicts by name of the promise. */
export type Tallies = Map<string, Pair<Tally>>

/** The handoffs of a period under two policies. Two of them over different people can be added up. */
export interface Comparison {
  /** Persons with a handoff under either. */
  people: number
  handoffs: Pair<number>
  /** With a promise overdue now. */
  overdue: Pair<number>
  /** Handoffs under one policy only. */
  only: Pair<number>
  promises: Tallies
  /** The same by who owns it (a ref, or {@link NOBODY}), and by source. */
  groups: Record<Dimension, Map<string, Tallies>>
  /** Handoffs with a changed verdict, one that came or went included. */
  changed: number
  changes: number
  /** Why they changed: `<promise> <words>` → how often; the promise is `*` for a handoff as a whole. */
  whys: Map<string, number>
  /** The first {@link LISTED} by person and number. */
  first: VerdictChange[]
}

export type Dimension = 'rep' | 'source'

/** Stands for the promise where a handoff as a whole is meant. */
export const WHOLE = '*'

/** So many changes are kept in a comparison; whoever wants all takes them as they come. */
export const LISTED = 100

/** What a comparison needs to know besides the judgements. */
export interface Terms {
  /** T1 in [from, to). */
  from: Instant
  to: Instant
  /** The policy in force at an instant. */
  policyAt: (at: Instant) => Policy
  /** The new one, for all of time. */
  policy: Policy
}

export const nothingCompared = (): Comparison => ({
  people: 0,
  handoffs: { before: 0, after: 0 },
  overdue: { before: 0, after: 0 },
  only: { before: 0, after: 0 },
  promises: new Map(),
  groups: { rep: new Map(), source: new Map() },
  changed: 0,
  changes: 0,
  whys: new Map(),
  first: [],
})

/**
 * Adds a person judged under both policies to `into`.
 * @returns every verdict that is another, in order of T1 and promise
 */
export function compare(
  into: Comparison,
  person: number,
  handoffs: Pair<readonly Handoff[]>,
  terms: Terms,
): VerdictChange[] {
  const within = ({ t1 }: Handoff) => t1 >= terms.from && t1 < terms.to
  const before = handoffs.before.filter(within)
  const after = handoffs.after.filter(within)
  if (before.length === 0 && after.length === 0) return []
  into.people++
  for (const handoff of before) note(into, handoff, 'before')
  for (const handoff of after) note(into, handoff, 'after')
  const changes = matched(before, after).flatMap(pair => {
    const found = changesOf(person, pair, handoffs, terms)
    if (found.length > 0) into.changed++
    if (!pair.after) into.only.before++
    if (!pair.before) into.only.after++
    return found
  })
  into.changes += changes.length
  for (const { promise, why } of changes) increase(into.whys, `${promise ?? WHOLE} ${why}`, 1)
  if (changes.length > 0) list(into, changes)
  return changes
}

/** Adds what was found of other people. */
export function addComparison(into: Comparison, other: Comparison): void {
  into.people += other.people
  into.changed += other.changed
  into.changes += other.changes
  for (const side of ['before', 'after'] as const) {
    into.handoffs[side] += other.handoffs[side]
    into.overdue[side] += other.overdue[side]
    into.only[side] += other.only[side]
  }
  addTallies(into.promises, other.promises)
  for (const dimension of ['rep', 'source'] as const) {
    for (const [value, tallies] of other.groups[dimension]) {
      addTallies(groupOf(into, dimension, value), tallies)
    }
  }
  for (const [why, times] of other.whys) increase(into.whys, why, times)
  list(into, other.first)
}

function addTallies(into: Tallies, other: Tallies): void {
  for (const [name, { before, after }] of other) {
    const own = tallyOf(into, name)
    addTally(own.before, before)
    addTally(own.after, after)
  }
}

function note(into: Comparison, handoff: Handoff, side: keyof Pair<Tally>): void {
  into.handoffs[side]++
  if (handoff.promises.some(({ state }) => state === 'overdue')) into.overdue[side]++
  const rep = groupOf(into, 'rep', handoff.owner ?? NOBODY)
  const source = groupOf(into, 'source', handoff.source ?? EMPTY)
  for (const promise of handoff.promises) {
    for (const tallies of [into.promises, rep, source]) count(tallyOf(tallies, promise.name)[side], promise)
  }
}

function groupOf({ groups }: Comparison, dimension: Dimension, value: string): Tallies {
  const known = groups[dimension].get(value) ?? new Map()
  groups[dimension].set(value, known)
  return known
}

function tallyOf(tallies: Tallies, name: string): Pair<Tally> {
  const known = tallies.get(name) ?? { before: emptyTally(), after: emptyTally() }
  tallies.set(name, known)
  return known
}

type Match = Pair<Handoff | undefined>

/** What one fact opened under either policy, in order of T1. */
function matched(before: readonly Handoff[], after: readonly Handoff[]): Match[] {
  const pairs = before.map(
    (one): Match => ({ before: one, after: after.find(other => other.openedBy === one.openedBy) }),
  )
  const fresh = after.filter(one => !before.some(other => other.openedBy === one.openedBy))
  const t1 = (pair: Match) => (pair.before ?? pair.after)!.t1
  return [...pairs, ...fresh.map(one => ({ before: undefined, after: one }))].sort((a, b) => t1(a) - t1(b))
}

function changesOf(
  person: number,
  { before, after }: Match,
  handoffs: Pair<readonly Handoff[]>,
  { policyAt, policy }: Terms,
): VerdictChange[] {
  const { openedBy, t1, owner, source } = (after ?? before)!
  const numbers = { before: before?.number ?? null, after: after?.number ?? null }
  const base = { person, handoff: numbers, openedBy, t1, owner, source }
  if (!before || !after) {
    const under = after
      ? { policy: policyAt(t1), handoffs: handoffs.before }
      : { policy, handoffs: handoffs.after }
    const why = whyHandoff(t1, under, !after)
    return [{ ...base, promise: null, state: { before: null, after: null }, why }]
  }
  const sides: Pair<Side> = {
    before: { handoff: before, policy: policyAt(t1) },
    after: { handoff: after, policy },
  }
  return names(before, after).flatMap(promise => {
    const state = { before: stateOf(before, promise), after: stateOf(after, promise) }
    if (state.before === state.after) return []
    return [{ ...base, promise, state, why: whyPromise(promise, sides.before, sides.after) }]
  })
}

function names(before: Handoff, after: Handoff): string[] {
  return [...new Set([...before.promises, ...after.promises].map(({ name }) => name))].sort()
}

const stateOf = ({ promises }: Handoff, name: string): PromiseState | null =>
  promises.find(promise => promise.name === name)?.state ?? null

/** Keeps the first of all, in an order that does not depend on how the people were shared out. */
function list(into: Comparison, changes: readonly VerdictChange[]): void {
  const last = into.first[LISTED - 1]
  if (last && changes.every(change => earlier(last, change) < 0)) return
  into.first = [...into.first, ...changes].sort(earlier).slice(0, LISTED)
}

function earlier(a: VerdictChange, b: VerdictChange): number {
  if (a.person !== b.person || a.t1 !== b.t1) return a.person - b.person || a.t1 - b.t1
  const place = ({ openedBy, promise }: VerdictChange) => `${openedBy} ${promise ?? ''}`
  return place(a) < place(b) ? -1 : 1
}

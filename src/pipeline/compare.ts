import type { Almanac } from '../domain/almanac.ts'
import type { Fact } from '../domain/facts.ts'
import type { Directory } from '../domain/handoff.ts'
import { judge } from '../domain/judge.ts'
import { type Comparison, compare, type Terms, type VerdictChange } from '../domain/replay.ts'
import type { Instant } from '../domain/time.ts'
import { type Policy, policyInForce } from '../policy/policy.ts'

/** What is asked of a replay. */
export interface Question {
  /** The policies that were in force. */
  versions: readonly Policy[]
  /** The one to try. */
  policy: Policy
  /** T1 in [from, to). */
  from: Instant
  to: Instant
  /** Both judge at this instant. */
  asOf: Instant
}

/** Who works at the company, and when. */
export interface Company {
  directory: Directory
  almanac: Almanac
}

/** Some persons of the list and everything known of them. */
export interface Batch {
  persons: readonly number[]
  facts: ReadonlyMap<number, readonly Fact[]>
}

/**
 * Judges a batch under both policies and adds it to `into`.
 * @returns every verdict that is another, in order of person
 */
export function compareBatch(
  into: Comparison,
  { persons, facts }: Batch,
  { versions, policy, from, to, asOf: now }: Question,
  { directory, almanac }: Company,
): VerdictChange[] {
  const terms: Terms = { from, to, policy, policyAt: policyInForce(versions) }
  const anew = () => policy
  return persons.flatMap(person => {
    const input = { facts: facts.get(person) ?? [], directory, almanac, now }
    const before = judge({ ...input, policyAt: terms.policyAt }).handoffs
    const after = judge({ ...input, policyAt: anew }).handoffs
    return compare(into, person, { before, after }, terms)
  })
}

import type { Fact } from '../../../src/domain/facts.ts'
import { judge } from '../../../src/domain/judge.ts'
import { type Comparison, compare, nothingCompared, type VerdictChange } from '../../../src/domain/replay.ts'
import type { Instant } from '../../../src/domain/time.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { directory } from './world.ts'

/** A policy that differs from the default in these lines of YAML. */
export const policy = (yaml: string): Policy => parsePolicy(yaml, 'test.yml')

export interface Crowd {
  people: readonly (readonly Fact[])[]
  before: Policy
  after: Policy
  now: Instant
  from?: Instant
  to?: Instant
}

/** Compares people, numbered from `first`. */
export function replayed(
  { people, before, after, now, from = Number.NEGATIVE_INFINITY, to = Number.POSITIVE_INFINITY }: Crowd,
  first = 1,
): { comparison: Comparison; changes: VerdictChange[] } {
  const comparison = nothingCompared()
  const terms = { from, to, policyAt: () => before, policy: after }
  const changes = people.flatMap((facts, index) => {
    const under = (one: Policy) => judge({ facts, policyAt: () => one, directory: directory(), now }).handoffs
    return compare(comparison, first + index, { before: under(before), after: under(after) }, terms)
  })
  return { comparison, changes }
}

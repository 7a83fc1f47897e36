import { NOBODY } from '../domain/dimensions.ts'
import type { Ref } from '../domain/facts.ts'
import type { Directory } from '../domain/handoff.ts'
import type { Pair, Tallies, VerdictChange } from '../domain/replay.ts'
import { WHOLE } from '../domain/replay.ts'
import { compliance, dueIn, medianMinutes, type Tally } from '../domain/tally.ts'
import { iso } from '../domain/time.ts'
import type { Policy } from '../policy/policy.ts'
import type { Question } from './compare.ts'
import type { Replay } from './replay.ts'

/** A replay as JSON: instants in ISO 8601 UTC, shares from 0 to 1, `before` by the policy in force, `after` by the new one. */
export function replayJson({ comparison, directory, judged }: Replay, question: Question) {
  const { promises, groups, whys, first, ...counts } = comparison
  const { versions, policy, from, to, asOf } = question
  const named = ({ name, effective }: Policy) => ({ name, effective: iso(effective) })
  return {
    ...{ from: iso(from), to: iso(to), asOf: iso(asOf) },
    policies: { before: versions.map(named), after: named(policy) },
    judged,
    ...counts,
    promises: figures(promises, policy.minimumN),
    reps: [...groups.rep].map(([ref, tallies]) => ({
      rep: ref,
      name: nameOf(ref, directory),
      promises: figures(tallies, policy.minimumN),
    })),
    sources: [...groups.source].map(([source, tallies]) => ({
      source,
      promises: figures(tallies, policy.minimumN),
    })),
    whys: reasonsOf(whys),
    first: first.map(changeJson),
  }
}

/** One changed verdict as JSON: a line of `--changes`. */
export const changeJson = ({ t1, ...change }: VerdictChange) => ({ ...change, t1: iso(t1) })

/** Why verdicts changed, the most frequent first; promise null: handoffs as a whole. */
export function reasonsOf(
  whys: ReadonlyMap<string, number>,
): { promise: string | null; why: string; n: number }[] {
  const split = ([key, n]: [string, number]) => {
    const end = key.indexOf(' ')
    const promise = key.slice(0, end)
    return { promise: promise === WHOLE ? null : promise, why: key.slice(end + 1), n }
  }
  return [...whys].map(split).sort((a, b) => b.n - a.n || (a.why < b.why ? -1 : 1))
}

/** The name of an owner, or how the group of nobody's handoffs is called. */
export const nameOf = (rep: string, directory: Directory): string =>
  rep === NOBODY ? NOBODY : (directory.get(rep as Ref)?.name ?? rep)

/** A figure of one promise under one policy. */
export interface Figures {
  states: Tally['states']
  /** How many were due: what compliance is a share of. */
  due: number
  /** Null, as the medians, when fewer than the policy's minimum were due. */
  compliance: number | null
  medianMinutes: { elapsed: number | null; working: number | null }
}

function figures(tallies: Tallies, minimumN: number): Record<string, Pair<Figures>> {
  return Object.fromEntries(
    [...tallies].map(([name, { before, after }]) => [
      name,
      { before: figuresOf(before, minimumN), after: figuresOf(after, minimumN) },
    ]),
  )
}

/** @param minimumN with fewer cases, counts only */
export function figuresOf(tally: Tally, minimumN: number): Figures {
  const due = dueIn(tally)
  const enough = due >= minimumN
  const median = (kind: 'elapsed' | 'working') => (enough ? medianMinutes(tally, kind) : null)
  return {
    states: tally.states,
    due,
    compliance: enough ? compliance(tally) : null,
    medianMinutes: { elapsed: median('elapsed'), working: median('working') },
  }
}

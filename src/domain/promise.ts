import type { PromiseRule, TierMatch } from '../policy/policy.ts'
import type { Dimensions } from './dimensions.ts'
import type { HandoffInstants, Outcome, PromiseState, PromiseVerdict } from './handoff.ts'
import type { Elapsed, Instant, Working } from './time.ts'
import type { WorkTime } from './worktime.ts'

/** How far a handoff has come, as far as promises ask. */
export interface Standing {
  instants: HandoffInstants
  outcome: Outcome | null
  endedAt: Instant | null
  dimensions: Dimensions
  work: WorkTime
  now: Instant
}

/** How an empty dimension is called in a policy and in every table. */
export const EMPTY = '(empty)'

const fits = (wanted: readonly string[] | undefined, value: string | null): boolean =>
  wanted === undefined || wanted.some(one => one.toLowerCase() === (value ?? EMPTY).toLowerCase())

/** Whether a tier is meant for such a handoff. */
export const applies = (
  when: TierMatch,
  { source, campaign, country, segment, score }: Dimensions,
): boolean =>
  fits(when.source, source) &&
  fits(when.campaign, campaign) &&
  fits(when.country, country) &&
  fits(when.segment, segment) &&
  within(when.score, score)

/** Both ends included; without a score there is nothing to compare. */
const within = (wanted: TierMatch['score'], score: number | null): boolean =>
  wanted === undefined ||
  (score !== null && score >= (wanted.atLeast ?? score) && score <= (wanted.atMost ?? score))

/** The verdict on one promise now; null when none of its tiers is meant for this handoff. */
export function verdictOn(rule: PromiseRule, standing: Standing): PromiseVerdict | null {
  const tier = rule.tiers.find(one => applies(one.when, standing.dimensions))
  if (!tier) return null
  const { instants, endedAt, work, now } = standing
  const from = instants[rule.from]
  const kept = rule.until === null ? null : instants[rule.until]
  const until = kept !== null && (endedAt === null || kept <= endedAt) ? kept : null
  const clock = clockOf(rule, work)
  const dueAt = from === null ? null : clock.add(from, tier.dueMs)
  const warnAt = from === null || tier.warnMs === null ? null : clock.add(from, tier.warnMs)
  const counted = until ?? Math.min(now, endedAt ?? now)
  return {
    name: rule.name,
    tier: tier.name,
    state: stateOf(standing, { from, until, warnAt, dueAt }),
    kind: rule.kind,
    from,
    until,
    warnAt,
    dueAt,
    countedMs: from === null ? null : clock.between(from, counted),
  }
}

/** Measures one kind of duration; the two never meet. */
interface Clock<Kind extends Elapsed | Working> {
  add(from: Instant, ms: Kind): Instant
  between(from: Instant, to: Instant): Kind
}

const WALL: Clock<Elapsed> = { add: (from, ms) => from + ms, between: (from, to) => to - from }

const clockOf = (rule: PromiseRule, work: WorkTime): Clock<Elapsed> | Clock<Working> =>
  rule.kind === 'elapsed' ? WALL : work

type Limits = Pick<PromiseVerdict, 'from' | 'until' | 'warnAt' | 'dueAt'>

function stateOf({ outcome, endedAt, now }: Standing, { until, warnAt, dueAt }: Limits): PromiseState {
  if (outcome === 'void') return 'void'
  if (until !== null) return dueAt === null || until <= dueAt ? 'met' : 'met_late'
  if (endedAt !== null) return 'missed'
  if (dueAt === null) return 'not_started'
  if (now > dueAt) return 'overdue'
  return warnAt !== null && now >= warnAt ? 'due_soon' : 'running'
}

/** The next instant after `now` at which the state changes by itself; null: it will not. */
export function wakeOf({ state, warnAt, dueAt }: PromiseVerdict, now: Instant): Instant | null {
  if (state !== 'running' && state !== 'due_soon') return null
  return state === 'running' && warnAt !== null && warnAt > now ? warnAt : dueAt! + 1
}

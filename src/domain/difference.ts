import type { Policy, PromiseRule, Reassignment, Tier } from '../policy/policy.ts'
import { GOAL, START } from './explain.ts'
import type { DurationKind, Handoff, PromiseState, PromiseVerdict } from './handoff.ts'
import type { Instant } from './time.ts'
import { lengthWords } from './wording.ts'

/** A handoff as one policy sees it. */
export interface Side {
  handoff: Handoff
  policy: Policy
}

/**
 * Why a handoff exists under one policy only, in words.
 * @param under the policy under which it does not, and the person's handoffs there
 * @param gone the new policy is the one without it
 */
export function whyHandoff(
  t1: Instant,
  under: { policy: Policy; handoffs: readonly Handoff[] },
  gone: boolean,
): string {
  const why = unopened(t1, under)
  if (why === null) return gone ? 'no longer an MQL' : 'an MQL now'
  return gone ? `no handoff of its own any more: ${why}` : `a handoff of its own now, before: ${why}`
}

/** What stood in the way of a handoff; null: it was no MQL. */
function unopened(
  t1: Instant,
  { policy, handoffs }: { policy: Policy; handoffs: readonly Handoff[] },
): string | null {
  const previous = handoffs.findLast(one => one.t1 <= t1)
  if (!previous) return null
  const { number, endedAt, outcome } = previous
  if (outcome === null || endedAt! > t1) return `part of handoff ${number}`
  const { afterMs, outcomes } = policy.reMql
  if (!outcomes.includes(outcome)) return `none follows a handoff that ended as ${outcome}`
  return t1 - endedAt! < afterMs ? `too soon after handoff ${number}` : null
}

/** A promise on one handoff as one policy sees it. */
interface Judged extends Side {
  /** Undefined: not made to this handoff. */
  promise: PromiseVerdict | undefined
  rule: PromiseRule | undefined
  tier: Tier | undefined
}

/** Why the verdicts of two policies on one promise of one handoff differ, in words: taken from the verdicts and the rules. */
export function whyPromise(name: string, before: Side, after: Side): string {
  const [old, now] = [judged(name, before), judged(name, after)]
  if (!old.promise) return old.rule ? 'promised to such a lead now' : 'a new promise'
  if (!now.promise) return now.rule ? 'not promised to such a lead any more' : 'no longer promised'
  const [verdict, other] = [old.promise, now.promise]
  const limits = warned(old, now) ?? due(old, now)
  const said = [excused(verdict, other), ended(old, now), kept(old, now), limits]
  return said.filter(words => words !== null).join('; ') || 'the clock counts otherwise'
}

function judged(name: string, { handoff, policy }: Side): Judged {
  const promise = handoff.promises.find(one => one.name === name)
  const rule = policy.promises.find(one => one.name === name)
  return { handoff, policy, promise, rule, tier: rule?.tiers.find(one => one.name === promise?.tier) }
}

function excused(old: PromiseVerdict, now: PromiseVerdict): string | null {
  if (now.state === 'excused') return 'excused'
  return old.state === 'excused' ? 'no longer excused' : null
}

function ended({ handoff: old }: Judged, { handoff: now }: Judged): string | null {
  if (old.outcome === now.outcome && old.endedAt === now.endedAt) return null
  if (now.outcome === null) return `still open instead of ended as ${old.outcome}`
  if (old.outcome === null) return `ended as ${now.outcome} instead of open`
  if (old.outcome !== now.outcome) return `ended as ${now.outcome} instead of ${old.outcome}`
  return `ended as ${now.outcome} at another time`
}

/** Whether something else keeps the promise, or the same thing was seen at another time. */
function kept(old: Judged, now: Judged): string | null {
  const [before, after] = [asked(old.rule!), asked(now.rule!)]
  if (before !== after) return `asks for ${after} instead of ${before}`
  const [was, is] = [old.promise!.until, now.promise!.until]
  if (was === is) return null
  if (is === null) return `${after} no longer counts`
  return was === null ? `${after} counts that did not` : `${after} counts at another time`
}

function asked({ until, persistence }: PromiseRule): string {
  if (until !== null) return GOAL[until]
  const { attempts = 0, days = 1, channels = 1 } = persistence ?? {}
  const on = [days > 1 && `on ${days} days`, channels > 1 && `by ${channels} channels`].filter(Boolean)
  return [`${attempts} attempts`, ...on].join(' ')
}

/** States that are what they are because of the due time. */
const BY_DUE = new Set<PromiseState>(['running', 'due_soon', 'overdue', 'met', 'met_late', 'not_started'])

function due(old: Judged, now: Judged): string | null {
  const [was, is] = [old.promise!, now.promise!]
  if (was.dueAt === is.dueAt || !(BY_DUE.has(was.state) && BY_DUE.has(is.state))) return null
  const start = started(old, now)
  const length = limit(old, now)
  const tier = was.tier === is.tier ? null : `another tier: ${is.tier}`
  const said = [tier, length, start].filter(words => words !== null)
  return said.length > 0 ? said.join(', ') : counted(old, now)
}

/** What the clock does when the lead gets another owner. */
const OWNED: Record<Reassignment, string> = {
  carry: 'goes on',
  reset: 'starts again',
  apportion: 'counts their own time only',
}

/** Why the same length from the same start ends at another time; null: nobody can tell. */
function counted(old: Judged, now: Judged): string | null {
  const [before, after] = [old.rule!.reassignment, now.rule!.reassignment]
  if (before !== after) return `with a new owner the clock ${OWNED[after]}`
  const longer = now.promise!.pausedMs! - old.promise!.pausedMs!
  if (longer !== 0) return `paused for ${longer > 0 ? 'longer' : 'a shorter time'}`
  return now.rule!.kind === 'working' ? 'other working hours' : null
}

function started(old: Judged, now: Judged): string | null {
  const [before, after] = [old.rule!.from, now.rule!.from]
  if (before !== after) return `counted from ${START[after]} instead of ${START[before]}`
  return old.promise!.from === now.promise!.from ? null : `${START[after]} at another time`
}

const HOW: Record<DurationKind, string> = { elapsed: 'by the wall clock', working: 'of working time' }

function limit(old: Judged, now: Judged): string | null {
  const [before, after] = [old.tier!.dueMs, now.tier!.dueMs]
  const [was, is] = [old.rule!.kind, now.rule!.kind]
  if (was === is) {
    return before === after ? null : `due ${lengthWords(after, is)} instead of ${lengthWords(before, was)}`
  }
  return `due ${lengthWords(after, is)} ${HOW[is]} instead of ${lengthWords(before, was)} ${HOW[was]}`
}

function warned(old: Judged, now: Judged): string | null {
  const live = ({ promise }: Judged) => promise!.state === 'running' || promise!.state === 'due_soon'
  if (!live(old) || !live(now)) return null
  const [before, after] = [old.tier!.warnMs, now.tier!.warnMs]
  if (before === after) return null
  const words = (ms: number | null, { rule }: Judged) =>
    ms === null ? 'never' : `after ${lengthWords(ms, rule!.kind)}`
  return `warned ${words(after, now)} instead of ${words(before, old)}`
}

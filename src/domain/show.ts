import type { Policy, PromiseRule } from '../policy/policy.ts'
import type { OwnedFields } from './desired.ts'
import type { Directory, Handoff, Judgement, PromiseVerdict } from './handoff.ts'
import { reasonFor } from './reason.ts'
import { HOUR, type Instant, MINUTE, SECOND } from './time.ts'
import { zoneOf } from './zone.ts'

/**
 * What every record of the person should show: the last handoff. Null when there never was one: nothing to show.
 * The same until the judgement changes, however often it is asked; `now` must lie before its `wakeAt`.
 */
export function desiredFields(
  judgement: Judgement,
  directory: Directory,
  policy: Policy,
  _now: Instant,
): OwnedFields | null {
  const handoff = judgement.handoffs.at(-1)
  if (!handoff) return null
  const promise = nearestToBreach(handoff.promises)
  const owner = handoff.owner === null ? undefined : directory.get(handoff.owner)
  const zone = zoneOf(owner?.timeZone ?? policy.timezone)
  const { t1, t2, t3, t6, followUpWorkingMs } = handoff
  return {
    overdue: handoff.promises.some(one => one.state === 'overdue'),
    status: promise?.state ?? null,
    due: toSecond(promise?.dueAt ?? null),
    reason: promise ? reasonFor(promise, ruleOf(promise, policy), handoff, zone) : null,
    mqlAt: toSecond(t1),
    assignedAt: toSecond(t2),
    firstAttemptAt: toSecond(t3),
    sqlAt: toSecond(t6),
    attempts: handoff.attempts,
    followUpMinutes: followUpWorkingMs === null ? null : whole(followUpWorkingMs / MINUTE),
    followUpHours: hours(t2, t3),
    mqlToSqlHours: hours(t1, t6),
    handoff: handoff.number,
    outcome: handoff.outcome ?? 'open',
    feedbackReason: handoff.feedbackReason,
    feedbackNote: handoff.feedbackNote,
  }
}

const ruleOf = ({ name }: PromiseVerdict, policy: Policy): PromiseRule | undefined =>
  policy.promises.find(rule => rule.name === name)

const LIVE: readonly PromiseVerdict['state'][] = ['overdue', 'due_soon', 'running']

/**
 * The one with the earliest due, so overdue ones before those that run; when none does, one that is paused, else the
 * first attempt's.
 */
export function nearestToBreach(promises: readonly PromiseVerdict[]): PromiseVerdict | null {
  const live = promises.filter(promise => LIVE.includes(promise.state)).sort(byDue)
  const paused = promises.filter(promise => promise.pause).sort(byDue)
  const first = promises.find(promise => promise.name === 'first_attempt')
  return live[0] ?? paused[0] ?? first ?? promises[0] ?? null
}

/** What cannot fall due as things stand comes last. */
const byDue = (a: PromiseVerdict, b: PromiseVerdict): number =>
  a.dueAt === b.dueAt ? 0 : (a.dueAt ?? Number.POSITIVE_INFINITY) - (b.dueAt ?? Number.POSITIVE_INFINITY)

const toSecond = (at: Instant | null): Instant | null =>
  at === null ? null : Math.floor(at / SECOND) * SECOND

/** Rounded, and never minus zero: a CRM gives back a plain one. */
const whole = (value: number): number => Math.round(value) + 0

function hours(from: Handoff['t2'], to: Handoff['t3']): number | null {
  return from === null || to === null ? null : whole(((to - from) / HOUR) * 100) / 100
}

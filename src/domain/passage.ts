import type { Policy, StagePredicate } from '../policy/policy.ts'
import type { Deal } from './deals.ts'
import type { Outcome } from './handoff.ts'
import { matches, type StageEvent } from './stages.ts'
import { type Instant, MINUTE, soonest } from './time.ts'
import type { RecordLife, Timeline } from './timeline.ts'

/** When a handoff began and how it ended, before anything else is asked of it. */
export interface Passage {
  opened: StageEvent
  t1: Instant
  policy: Policy
  outcome: Outcome | null
  endedAt: Instant | null
  previous: Passage | null
  next: Passage | null
}

export interface Course {
  events: readonly StageEvent[]
  line: Timeline
  policyAt: (at: Instant) => Policy
  now: Instant
}

/**
 * The handoffs of a person in order: a new MQL after the last handoff ended opens the next, if the policy in force then
 * lets it. One while the last is open, or too soon after it, is ignored.
 */
export function passagesOf(course: Course): Passage[] {
  const passages: Passage[] = []
  const deleted = deletions(course.line.records, course.now)
  for (const opened of course.events) {
    const policy = course.policyAt(opened.at)
    if (!matches(policy.stages.mql, opened)) continue
    const previous = passages.at(-1) ?? null
    if (previous && !isFollowedBy(previous, opened.at, policy)) continue
    const passage = { opened, t1: opened.at, policy, outcome: null, endedAt: null, previous, next: null }
    passages.push(ended(passage, course, deleted))
    if (previous) previous.next = passages.at(-1)!
  }
  return passages
}

/** Whether the last handoff ended as one that can be taken up again, and enough time has passed since. */
const isFollowedBy = ({ t1, outcome, endedAt }: Passage, at: Instant, { reMql }: Policy): boolean =>
  t1 < at && reMql.outcomes.includes(outcome!) && at >= endedAt! + reMql.afterMs

/**
 * The instants from which on no person-like record was left, until perhaps a new one was made. A converted lead is none
 * from its conversion on: its contact is.
 */
function deletions(records: readonly RecordLife[], now: Instant): Instant[] {
  const lives = records.map(({ createdAt, deletedAt, conversion }) => ({
    from: createdAt ?? Number.NEGATIVE_INFINITY,
    to: conversion?.at ?? deletedAt ?? Number.POSITIVE_INFINITY,
  }))
  const ends = records.flatMap(({ deletedAt, conversion }) => (conversion ? [] : (deletedAt ?? [])))
  return ends.filter(end => end <= now && !lives.some(({ from, to }) => from <= end && end < to))
}

/** Gives the passage the first of its ends; at equal instants the order below decides. */
function ended(passage: Passage, { events, line, now }: Course, deleted: readonly Instant[]): Passage {
  const { t1, policy } = passage
  if (isEarly(passage, events, line.deals)) return { ...passage, outcome: 'sql', endedAt: t1 }
  const { sql, rejected, recycled } = policy.stages
  const expiry = t1 + (policy.expireMs ?? Number.POSITIVE_INFINITY)
  const ends: [Outcome, Instant | null | undefined][] = [
    ['sql', events.find(event => ownsFrom(passage, event.at) && matches(sql, event))?.at],
    ['rejected', answeredAt(passage, events, rejected)],
    ['recycled', answeredAt(passage, events, recycled)],
    ['void', soonest(deleted.filter(at => at >= t1))],
    ['expired', expiry <= now ? expiry : null],
  ]
  let first: Passage = passage
  for (const [outcome, at] of ends) {
    if (at === null || at === undefined) continue
    if (first.endedAt === null || at < first.endedAt) first = { ...passage, outcome, endedAt: at }
  }
  return first
}

/**
 * When the handoff was first answered so. An answer at T1 itself is not one to this handoff if it ended the one before,
 * or if the history of the field that says MQL shows that it came first.
 */
function answeredAt(
  { opened, t1, previous }: Passage,
  events: readonly StageEvent[],
  answer: readonly StagePredicate[],
): Instant | undefined {
  const answers = events.filter(event => event.at >= t1 && matches(answer, event) && !isBeginning(event, t1))
  const came = ({ record, field }: StageEvent) => record === opened.record && field === opened.field
  const told = answers.findLast(event => event.at === t1 && came(event))
  const late = previous?.endedAt === t1 || (told && events.indexOf(told) < events.indexOf(opened))
  return answers.find(event => !late || event.at > t1)?.at
}

/** A record made later begins with some value, which is no answer to what another record had asked. */
function isBeginning({ record, field, id, at }: StageEvent, t1: Instant): boolean {
  const born = record?.createdAt ?? Number.NEGATIVE_INFINITY
  return born > t1 && at <= born + MINUTE && record!.fields.get(field!)?.[0]?.id === id
}

/** An SQL or any step of a deal shortly before T1 that belongs to no earlier handoff: teams enter things out of order. */
function isEarly(passage: Passage, events: readonly StageEvent[], deals: readonly Deal[]): boolean {
  const { t1, policy, previous } = passage
  if (previous) return false
  const early = (at: Instant) => at < t1 && at >= t1 - policy.earlyMs
  return (
    events.some(event => early(event.at) && matches(policy.stages.sql, event)) ||
    deals.some(({ openedAt, closings }) => early(openedAt) || closings.some(early))
  )
}

/** Whether an SQL or a step of a deal at this instant comes late enough to belong to the handoff. */
function ownsFrom({ t1, policy, previous }: Passage, at: Instant): boolean {
  if (!previous) return at >= t1 - policy.earlyMs
  return previous.endedAt === t1 ? at > t1 : at >= t1
}

/** Whether an SQL or a step of a deal at this instant belongs to the handoff: to the last one begun at or before it. */
export function belongs(passage: Passage, at: Instant): boolean {
  const { next, endedAt } = passage
  if (!ownsFrom(passage, at)) return false
  return next === null || at < next.t1 || (at === next.t1 && endedAt === next.t1)
}

/** Whether what happened at this instant happened while the handoff was open, both ends included; at a seam the earlier one has it. */
export function during({ t1, endedAt, previous }: Passage, at: Instant): boolean {
  if (at < t1 || (endedAt !== null && at > endedAt)) return false
  return !(previous?.endedAt === t1 && at === t1)
}

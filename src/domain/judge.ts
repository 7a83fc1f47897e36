import type { Policy } from '../policy/policy.ts'
import { activitiesOf } from './activities.ts'
import { type Almanac, EMPTY_ALMANAC } from './almanac.ts'
import { crossingsOf } from './delay.ts'
import { dealMarks, dimensionsOf } from './dimensions.ts'
import type { Fact } from './facts.ts'
import type { Directory, Handoff, Judgement } from './handoff.ts'
import { marksOf, type Sources } from './instants.ts'
import { neglectOf } from './neglect.ts'
import { ownerSpans, spanAt } from './owners.ts'
import { type Passage, passagesOf } from './passage.ts'
import { verdictOn, wakeOf } from './promise.ts'
import { rosterOf } from './roster.ts'
import { stageEvents } from './stages.ts'
import type { Instant } from './time.ts'
import { timelineOf } from './timeline.ts'
import { WorkTime } from './worktime.ts'

export interface JudgeInput {
  /** Facts of all records of one person, deals included, in any order; repeated facts do no harm. */
  facts: readonly Fact[]
  /** The policy in force at an instant. */
  policyAt: (at: Instant) => Policy
  directory: Directory
  /** What calendars take from outside the policy; left out: nothing. */
  almanac?: Almanac
  now: Instant
}

/**
 * Every handoff of a person with its instants and the state of each promise at `now`, and when to look again.
 * Facts dated after `now` have not happened yet; the judgement changes at the earliest of them.
 */
export function judge({ facts, policyAt, directory, almanac = EMPTY_ALMANAC, now }: JudgeInput): Judgement {
  const line = timelineOf(facts)
  const events = stageEvents(line, now)
  const passages = passagesOf({ events, line, policyAt, now })
  const wakes: (Instant | null)[] = [nextFact(facts, now)]
  if (passages.length === 0) return { handoffs: [], wakeAt: soonest(wakes) }
  const spans = ownerSpans(line.records, directory, policyAt).filter(span => span.from <= now)
  const activities = activitiesOf(line.activities, directory, now)
  const sources = { line, events, spans, activities, almanac, now }
  const neglects = passages.map(passage => neglectOf(passage, sources, directory))
  const handoffs = passages.map((passage, index) => ({
    ...handoffOf(passage, index + 1, sources, directory),
    dropped: neglects[index]!.dropped,
  }))
  for (const [index, { promises }] of handoffs.entries()) {
    for (const promise of promises) wakes.push(wakeOf(promise, now))
    wakes.push(expiry(passages[index]!), neglects[index]!.wakeAt)
  }
  return { handoffs, wakeAt: soonest(wakes) }
}

function handoffOf(
  passage: Passage,
  number: number,
  sources: Sources,
  directory: Directory,
): Omit<Handoff, 'dropped'> {
  const { opened, t1, policy, outcome, endedAt } = passage
  const { line, spans, now } = sources
  const { instants, dayPrecise, salAt, attempts } = marksOf(passage, sources)
  const dimensions = dimensionsOf(passage, line)
  const work = new WorkTime(rosterOf(policy, sources.almanac), spans, t1, endedAt)
  const standing = { instants, outcome, endedAt, dimensions, work, now }
  const { t2, t3 } = instants
  return {
    ...instants,
    number,
    openedBy: opened.id,
    ...crossingsOf(passage, instants, sources),
    owner: lastOwner(passage, sources),
    ...dimensions,
    attempts,
    followUpWorkingMs: t2 === null || t3 === null ? null : work.between(t2, t3),
    outcome,
    endedAt,
    salAt,
    ...dealMarks(passage, line.deals, directory, now),
    ...feedbackOf(passage, sources),
    dayPrecise,
    promises: policy.promises.flatMap(rule => verdictOn(rule, standing) ?? []),
  }
}

/** The last human owner while it was open. */
function lastOwner({ t1, endedAt }: Passage, { spans }: Sources): Handoff['owner'] {
  const open = spans.filter(span => span.from > t1 && (endedAt === null || span.from <= endedAt))
  const last = open.findLast(span => span.owner !== null)
  return (last ?? spanAt(spans, t1))?.owner?.ref ?? null
}

/**
 * What sales said when turning it down. A CRM keeps only the latest words and not when they were said, so they go to the
 * last handoff that was turned down after the record existed.
 */
function feedbackOf(passage: Passage, { line }: Sources): Pick<Handoff, 'feedbackReason' | 'feedbackNote'> {
  const said = isTurnedDown(passage) ? latest(passage, line.feedback) : undefined
  for (let later = passage.next; said && later; later = later.next) {
    if (isTurnedDown(later) && latest(later, line.feedback) === said) {
      return { feedbackReason: null, feedbackNote: null }
    }
  }
  return { feedbackReason: said?.reason ?? null, feedbackNote: said?.note ?? null }
}

const isTurnedDown = ({ outcome }: Passage): boolean => outcome === 'rejected' || outcome === 'recycled'

type Feedback = Sources['line']['feedback'][number]

function latest({ endedAt }: Passage, feedback: readonly Feedback[]): Feedback | undefined {
  return feedback
    .filter(one => endedAt !== null && one.at <= endedAt)
    .sort((a, b) => b.at - a.at || ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1))[0]
}

function expiry({ outcome, t1, policy }: Passage): Instant | null {
  return outcome === null && policy.expireMs !== null ? t1 + policy.expireMs : null
}

function nextFact(facts: readonly Fact[], now: Instant): Instant | null {
  let next: Instant | null = null
  for (const { at } of facts) if (at > now && (next === null || at < next)) next = at
  return next
}

function soonest(instants: readonly (Instant | null)[]): Instant | null {
  let first: Instant | null = null
  for (const at of instants) if (at !== null && (first === null || at < first)) first = at
  return first
}

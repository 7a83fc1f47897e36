import type { Policy } from '../policy/policy.ts'
import { activitiesOf } from './activities.ts'
import { type Almanac, EMPTY_ALMANAC } from './almanac.ts'
import { crossingsOf } from './delay.ts'
import { dealMarks, dimensionsOf } from './dimensions.ts'
import type { Fact } from './facts.ts'
import type { Directory, Handoff, Judgement, PromiseVerdict } from './handoff.ts'
import { type Marks, marksOf, type Sources } from './instants.ts'
import { Meter } from './meter.ts'
import { neglectOf } from './neglect.ts'
import { ownerSpans, spanAt } from './owners.ts'
import { type Passage, passagesOf } from './passage.ts'
import { pausesOf } from './pause.ts'
import { type Standing, verdictOn } from './promise.ts'
import { rosterOf } from './roster.ts'
import { stageEvents } from './stages.ts'
import { stretchesOf } from './stretch.ts'
import { type Instant, soonest, type Working } from './time.ts'
import { timelineOf } from './timeline.ts'

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
  const events = stageEvents(line, now, policyAt)
  const passages = passagesOf({ events, line, policyAt, now })
  const wakes: (Instant | null)[] = facts.map(({ at }) => at).filter(at => at > now)
  if (passages.length === 0) return { handoffs: [], wakeAt: soonest(wakes) }
  const all = ownerSpans(line.records, directory, policyAt)
  const spans = all.filter(span => span.from <= now)
  // An owner who is known to leave.
  if (passages.at(-1)!.endedAt === null) wakes.push(all[spans.length]?.from ?? null)
  const activities = activitiesOf(line.activities, directory, now)
  const sources = { line, events, spans, activities, almanac, now }
  const handoffs = passages.map((passage, index) => {
    const marks = marksOf(passage, sources)
    const standing = standingOf(passage, marks, sources)
    const promises: PromiseVerdict[] = []
    for (const rule of passage.policy.promises) {
      const judged = verdictOn(rule, standing)
      if (!judged) continue
      promises.push(judged.verdict)
      wakes.push(judged.wakeAt)
    }
    const { dropped, wakeAt } = neglectOf(passage, sources, directory)
    wakes.push(expiry(passage), wakeAt)
    return handoffOf({ passage, number: index + 1, marks, standing, promises, dropped, sources, directory })
  })
  return { handoffs, wakeAt: soonest(wakes) }
}

/** What promises ask of a handoff. */
export function standingOf(passage: Passage, { instants, tries }: Marks, sources: Sources): Standing {
  const { policy, outcome, endedAt } = passage
  const { line, spans, almanac, now } = sources
  const roster = rosterOf(policy, almanac)
  const stretches = stretchesOf(spans, passage, roster)
  return {
    instants,
    outcome,
    endedAt,
    stretches,
    roster,
    now,
    dimensions: dimensionsOf(passage, line),
    exceptions: policy.exceptions,
    attempts: tries,
    pauses: pausesOf(passage, stretches, line, now),
  }
}

interface Grounds {
  passage: Passage
  number: number
  marks: Marks
  standing: Standing
  promises: PromiseVerdict[]
  dropped: Handoff['dropped']
  sources: Sources
  directory: Directory
}

function handoffOf(grounds: Grounds): Handoff {
  const { passage, number, promises, dropped, sources, directory } = grounds
  const { instants, dayPrecise, salAt, attempts } = grounds.marks
  const { dimensions, stretches } = grounds.standing
  const { opened, outcome, endedAt } = passage
  const { t2, t3 } = instants
  const work = new Meter<Working>('working', stretches)
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
    ...dealMarks(passage, sources.line.deals, directory, sources.now),
    ...feedbackOf(passage, sources),
    dayPrecise,
    promises,
    dropped,
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
    .filter(one => one.at <= endedAt!)
    .sort((a, b) => b.at - a.at || ((a.reason ?? '') < (b.reason ?? '') ? -1 : 1))[0]
}

function expiry({ outcome, t1, policy }: Passage): Instant | null {
  return outcome === null && policy.expireMs !== null ? t1 + policy.expireMs : null
}

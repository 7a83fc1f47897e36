import type { InstantName, Persistence, PromiseRule } from '../policy/policy.ts'
import { activitiesOf } from './activities.ts'
import { EMPTY_ALMANAC } from './almanac.ts'
import { chronicleOf, type Happening } from './chronicle.ts'
import { type Delays, delaysOf } from './delay.ts'
import type { Directory, Dropped, Handoff, Outcome, PromiseVerdict } from './handoff.ts'
import { marksOf, type Sources } from './instants.ts'
import { type CountedInterval, countedIntervals, type Who, whoIs } from './intervals.ts'
import { type JudgeInput, judge, standingOf } from './judge.ts'
import { type Milestone, milestonesOf } from './milestones.ts'
import { droppedWords } from './neglect.ts'
import { ownerSpans } from './owners.ts'
import { during, type Passage, passagesOf } from './passage.ts'
import { verdictOn } from './promise.ts'
import { reasonFor } from './reason.ts'
import { rosterOf } from './roster.ts'
import { nearestToBreach } from './show.ts'
import { stageEvents } from './stages.ts'
import type { Instant } from './time.ts'
import { timelineOf } from './timeline.ts'
import { lengthWords } from './wording.ts'
import { zoneOf } from './zone.ts'

/** Why the verdicts on a person are what they are. */
export interface Explanation {
  asOf: Instant
  /** How things stand, in a sentence or two. */
  summary: string
  handoffs: ExplainedHandoff[]
  /** Everything known, in order of time. */
  timeline: ToldHappening[]
}

export interface ToldHappening extends Happening {
  /** The handoff that was open then; null: none. */
  handoff: number | null
  /** What it made true: `MQL`, `First attempt`. */
  marks: string[]
}

export interface ExplainedHandoff {
  number: number
  openedBy: string
  owner: Who | null
  source: string | null
  campaign: string | null
  country: string | null
  segment: string | null
  score: number | null
  attempts: number
  /** Null: open. */
  outcome: Outcome | null
  endedAt: Instant | null
  feedback: { reason: string | null; note: string | null } | null
  /** The version of the policy it is held to: the one in force at its MQL. */
  policy: { name: string; effective: Instant }
  /** IANA zone of its owner, else the policy's: the one in which its words are written. */
  zone: string
  milestones: Milestone[]
  /** Who owned it while it was open; `to` null: still. */
  owners: { from: Instant; to: Instant | null; owner: Who | null }[]
  promises: ExplainedPromise[]
  /** What the systems and what the rep took. */
  delays: Delays
  /** Why nobody takes care of it; null: somebody does, or it is over. */
  dropped: (Dropped & { words: string }) | null
}

export interface ExplainedPromise extends PromiseVerdict {
  /** The verdict as the rep reads it in the CRM. */
  words: string
  /** The length agreed, in milliseconds of its kind; null: the policy no longer has this promise. */
  dueMs: number | null
  /** What was agreed: between which instants, how long. */
  agreed: string
  /** What was counted and what was left out; sums to `countedMs` exactly. */
  intervals: CountedInterval[]
}

/** Explains what {@link judge} says, from the same facts and with the same parts. */
export function explain(input: JudgeInput): Explanation {
  const { facts, policyAt, directory, almanac = EMPTY_ALMANAC, now } = input
  const line = timelineOf(facts)
  const events = stageEvents(line, now, policyAt)
  const passages = passagesOf({ events, line, policyAt, now })
  const spans = ownerSpans(line.records, directory, policyAt).filter(span => span.from <= now)
  const activities = activitiesOf(line.activities, directory, now)
  const sources: Sources = { line, events, spans, activities, almanac, now }
  const policyOf = (at: Instant) => passages.find(passage => during(passage, at))?.policy ?? policyAt(at)
  const happenings = chronicleOf({ facts, line, directory, now, policyOf })
  const handoffs = judge(input).handoffs.map((handoff, index) =>
    explained({ passage: passages[index]!, handoff, sources, happenings }, directory),
  )
  const timeline = happenings.map(happening => ({
    ...happening,
    handoff: passages.findIndex(passage => during(passage, happening.at)) + 1 || null,
    marks: marksOn(happening, handoffs),
  }))
  return { asOf: now, summary: summaryOf(handoffs), handoffs, timeline }
}

interface Grounds {
  passage: Passage
  handoff: Handoff
  sources: Sources
  happenings: readonly Happening[]
}

function explained(grounds: Grounds, directory: Directory): ExplainedHandoff {
  const { passage, handoff } = grounds
  const { number, openedBy, source, campaign, country, segment, score } = handoff
  const { attempts, outcome, endedAt } = handoff
  const { policy } = passage
  const owner = handoff.owner === null ? undefined : directory.get(handoff.owner)
  const { feedbackReason: reason, feedbackNote: note } = handoff
  const zone = rosterOf(policy, grounds.sources.almanac).zoneOf(owner ?? null)
  return {
    ...{ number, openedBy, owner: whoIs(owner), source, campaign, country, segment, score },
    ...{ attempts, outcome, endedAt },
    feedback: reason === null && note === null ? null : { reason, note },
    policy: { name: policy.name, effective: policy.effective },
    zone,
    milestones: milestonesOf(grounds),
    owners: ownersOf(grounds),
    promises: explainedPromises(grounds, zone),
    delays: delaysOf(handoff, grounds.sources.now),
    dropped: handoff.dropped && { ...handoff.dropped, words: droppedWords(handoff.dropped, zoneOf(zone)) },
  }
}

function ownersOf({ passage, sources }: Grounds): ExplainedHandoff['owners'] {
  const { t1, endedAt } = passage
  const last = endedAt ?? Number.POSITIVE_INFINITY
  return sources.spans.flatMap(({ from, owner }, index) => {
    const to = sources.spans[index + 1]?.from ?? Number.POSITIVE_INFINITY
    if (to <= t1 || from > last) return []
    const until = Math.min(to, last)
    return {
      from: Math.max(from, t1),
      to: until === Number.POSITIVE_INFINITY ? null : until,
      owner: whoIs(owner),
    }
  })
}

function explainedPromises({ passage, handoff, sources }: Grounds, zone: string): ExplainedPromise[] {
  const standing = standingOf(passage, marksOf(passage, sources), sources)
  return passage.policy.promises.flatMap(rule => {
    const judged = verdictOn(rule, standing)
    if (!judged) return []
    const { verdict, clock } = judged
    return {
      ...verdict,
      words: reasonFor(verdict, rule, handoff, zoneOf(zone)),
      dueMs: rule.tiers.find(one => one.name === verdict.tier)?.dueMs ?? null,
      agreed: agreed(rule, verdict),
      intervals: clock ? countedIntervals(clock) : [],
    }
  })
}

export const START: Record<InstantName, string> = {
  t0: 'the inquiry',
  t1: 'the MQL',
  t2: 'the assignment',
  t3: 'the first attempt',
  t4: 'the first contact',
  t5: 'the decision',
  t6: 'the SQL',
  t7: 'the meeting',
}

export const GOAL: Record<InstantName, string> = {
  t0: 'an inquiry',
  t1: 'an MQL',
  t2: 'an owner',
  t3: 'a first attempt',
  t4: 'a two-way contact',
  t5: 'a decision',
  t6: 'an SQL',
  t7: 'a meeting held',
}

const OWNERS: Record<PromiseRule['reassignment'], string> = {
  carry: '',
  reset: '; starts again with each new owner',
  apportion: '; each owner is charged their own time only',
}

/** `a first attempt within 48 h of the assignment, by the wall clock`. */
function agreed(rule: PromiseRule, { tier }: PromiseVerdict): string {
  const { from, until, kind, tiers, persistence, reassignment } = rule
  const dueMs = tiers.find(one => one.name === tier)?.dueMs ?? 0
  const how = kind === 'elapsed' ? 'by the wall clock' : 'of working time'
  const within = `within ${lengthWords(dueMs, kind)}`
  const [goal, start] = [until === null ? persistenceWords(persistence!) : GOAL[until], START[from]]
  const said = kind === 'elapsed' ? `${within} of ${start}, ${how}` : `${within} ${how} after ${start}`
  const unless = until === null ? ', unless contacted or decided' : ''
  return `${goal} ${said}${unless}${OWNERS[reassignment]}`
}

/** `6 attempts on 4 days by 2 channels`. */
function persistenceWords({ attempts, days, channels }: Persistence): string {
  const on = days > 1 ? ` on ${days} days` : ''
  return `${attempts === 1 ? '1 attempt' : `${attempts} attempts`}${on}${channels > 1 ? ` by ${channels} channels` : ''}`
}

function marksOn({ fact, at }: Happening, handoffs: readonly ExplainedHandoff[]): string[] {
  return handoffs.flatMap(({ milestones }) =>
    milestones.filter(one => one.fact === fact && one.at === at).map(one => one.label),
  )
}

function summaryOf(handoffs: readonly ExplainedHandoff[]): string {
  const last = handoffs.at(-1)
  if (!last) return 'Never became an MQL, so nothing was promised.'
  const nearest = nearestToBreach(last.promises) as ExplainedPromise | null
  const words = nearest ? ` ${nearest.words}.` : ''
  const whose = last.owner ? `, with ${last.owner.name}` : ', owned by nobody'
  const said = last.outcome === null ? `open${whose}` : `ended as ${last.outcome}${whose}`
  return `Handoff ${last.number} is ${said}.${words}`.replace(' is ended', ' ended')
}

import type { Activity } from './activities.ts'
import { isAttempt, isBy, isContact } from './activities.ts'
import type { Almanac } from './almanac.ts'
import type { HandoffInstants } from './handoff.ts'
import { type OwnerSpan, spanAt } from './owners.ts'
import { belongs, during, type Passage } from './passage.ts'
import { matches, type StageEvent } from './stages.ts'
import type { Instant } from './time.ts'
import type { Timeline } from './timeline.ts'

/** An instant and how well it is known. */
interface Moment {
  at: Instant
  dayPrecise: boolean
}

/** What the instants of a handoff are taken from. Activities, events and spans are in order of time. */
export interface Sources {
  line: Timeline
  events: readonly StageEvent[]
  spans: readonly OwnerSpan[]
  activities: readonly Activity[]
  almanac: Almanac
  now: Instant
}

export interface Marks {
  instants: HandoffInstants
  dayPrecise: (keyof HandoffInstants)[]
  salAt: Instant | null
  attempts: number
  /** The attempts that count for promises, in order of time. */
  tries: Activity[]
}

/** T0…T7 of one handoff, by the definitions of the instants. */
export function marksOf(passage: Passage, sources: Sources): Marks {
  const { t1, opened, policy } = passage
  const own = sources.activities.filter(activity => during(passage, activity.at))
  const attempts = own.filter(activity => isAttempt(activity, policy))
  const tries =
    policy.attemptsBy === 'team' ? attempts : attempts.filter(attempt => isByOwner(attempt, sources))
  const contact = own.find(activity => isContact(activity, policy))
  const t6 = sources.events.find(event => belongs(passage, event.at) && matches(policy.stages.sql, event))
  const sal = earliest(accepted(passage, sources.events), t6)
  const moments: Record<keyof HandoffInstants, Moment | undefined> = {
    t0: inquiry(passage, sources),
    t1: { at: t1, dayPrecise: opened.dayPrecise },
    t2: firstOwner(passage, sources.spans),
    t3: earliest(contact, tries[0]),
    t4: contact,
    t5: decision(passage, sources.events, sal),
    t6,
    t7: own.find(activity => activity.meeting),
  }
  const names = Object.keys(moments) as (keyof HandoffInstants)[]
  const instants = Object.fromEntries(names.map(name => [name, moments[name]?.at ?? null]))
  return {
    instants: { ...(instants as unknown as HandoffInstants), t1 },
    dayPrecise: names.filter(name => moments[name]?.dayPrecise),
    salAt: sal?.at ?? null,
    attempts: attempts.length,
    tries,
  }
}

const isByOwner = (attempt: Activity, { spans }: Sources): boolean =>
  isBy(attempt, spanAt(spans, attempt.at)?.owner?.ref ?? null)

/** The earlier of two moments, of equal ones the first. */
function earliest(a: Moment | undefined, b: Moment | undefined): Moment | undefined {
  if (!a || !b) return a ?? b
  return b.at < a.at ? b : a
}

/** The last hand-raise at or before T1 and after the previous handoff ended. */
function inquiry({ t1, previous }: Passage, { line }: Sources): Moment | undefined {
  const after = previous?.endedAt ?? Number.NEGATIVE_INFINITY
  let last: Moment | undefined
  for (const one of line.inquiries) {
    if (one.at <= t1 && one.at > after && (!last || one.at > last.at)) last = one
  }
  return last
}

/** The first human owner at or after T1 while it was open, T1 itself if there was one already. */
function firstOwner({ t1, endedAt }: Passage, spans: readonly OwnerSpan[]): Moment | undefined {
  if (spanAt(spans, t1)?.owner) return { at: t1, dayPrecise: false }
  // Nobody owns it at T1, so the next span is somebody's.
  const first = spans.find(span => span.from > t1)
  if (!first || (endedAt !== null && first.from > endedAt)) return undefined
  return { at: first.from, dayPrecise: false }
}

const accepted = (passage: Passage, events: readonly StageEvent[]): Moment | undefined =>
  events.find(event => during(passage, event.at) && matches(passage.policy.stages.sal, event))

/** Accepted, rejected, recycled or SQL, whichever came first, as long as the handoff was open. */
function decision(
  passage: Passage,
  events: readonly StageEvent[],
  sal: Moment | undefined,
): Moment | undefined {
  const { endedAt, outcome, policy } = passage
  const said = sal && (endedAt === null || sal.at <= endedAt) ? sal : undefined
  if (outcome !== 'rejected' && outcome !== 'recycled') return said
  const end = events.find(event => event.at === endedAt && matches(policy.stages[outcome], event))
  return earliest(said, end)
}

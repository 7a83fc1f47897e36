import type { Directory, Dropped, DropReason, Rep } from './handoff.ts'
import type { Sources } from './instants.ts'
import { ownerSpans, spanAt } from './owners.ts'
import { during, type Passage } from './passage.ts'
import { type Instant, soonest } from './time.ts'
import { localWords, type Zone } from './zone.ts'

/** Whether anybody takes care of a handoff, and when that could change without a new fact. */
export interface Neglect {
  dropped: Dropped | null
  /** Null: never. */
  wakeAt: Instant | null
}

/** Drops the handoff from `from` on, unless something happens. */
interface Threat extends Dropped {
  from: Instant
}

export const DROPPED_WORDS: Record<DropReason, string> = {
  no_owner: 'No owner',
  inactive_owner: 'Owner is inactive',
  idle: 'No activity',
  closed_without_attempt: 'Closed without an attempt',
}

/** `Dropped: no activity since Tue 12 May 2026 09:12 (UTC)`. */
export function droppedWords({ reason, since }: Dropped, zone: Zone): string {
  const words = DROPPED_WORDS[reason].toLowerCase()
  const when = `${localWords(since, zone)} (${zone.name})`
  return reason === 'closed_without_attempt' ? `Dropped: ${words} ${when}` : `Dropped: ${words} since ${when}`
}

/** Why nobody takes care of a handoff now: the lack of an owner before the lack of activity, which follows from it. */
export function neglectOf(passage: Passage, sources: Sources, directory: Directory): Neglect {
  const threats = passage.endedAt === null ? open(passage, sources, directory) : closed(passage, sources)
  const { now } = sources
  const place = threats.findIndex(({ from }) => from <= now)
  const worse = place < 0 ? threats : threats.slice(0, place)
  const found = threats[place]
  return {
    dropped: found ? { reason: found.reason, since: found.since } : null,
    wakeAt: soonest(worse.map(({ from }) => from)),
  }
}

/** Ended as SQL without an attempt it has `missed` its promise, but nobody was dropped: sales goes on with them. */
function closed(passage: Passage, { activities }: Sources): Threat[] {
  const { outcome, endedAt } = passage
  if (outcome !== 'rejected' && outcome !== 'recycled' && outcome !== 'expired') return []
  if (activities.some(({ at }) => during(passage, at))) return []
  return [{ reason: 'closed_without_attempt', since: endedAt!, from: endedAt! }]
}

function open(passage: Passage, sources: Sources, directory: Directory): Threat[] {
  return [...unowned(passage, sources, directory), ...idle(passage, sources)]
}

function unowned({ t1, policy }: Passage, sources: Sources, directory: Directory): Threat[] {
  const { spans, now } = sources
  const span = spanAt(spans, now)
  if (span?.owner) return []
  const since = Math.max(t1, span?.from ?? t1)
  if (holder(sources, directory, policy)) return [{ reason: 'inactive_owner', since, from: since }]
  return [{ reason: 'no_owner', since, from: since + policy.neglect.unownedMs + 1 }]
}

/** Who would own it now if everybody who ever owned one of its records were still active. */
function holder({ line, now }: Sources, directory: Directory, policy: Passage['policy']): Rep | null {
  const known = line.records
    .flatMap(({ owners }) => owners.map(({ value }) => value))
    .flatMap(ref => {
      const rep = ref && directory.get(ref)
      return rep ? [[ref, { ...rep, active: true, inactiveSince: null }] as const] : []
    })
  const spans = ownerSpans(line.records, new Map(known), () => policy)
  return spanAt(spans, now)?.owner ?? null
}

/** Time passes since the last activity by us or by them, change of a stage or change of the owner. */
function idle({ t1, policy }: Passage, { line, events, spans, now }: Sources): Threat[] {
  const told = line.activities.filter(({ automated, outcome }) => !automated && outcome !== 'cancelled')
  // Somebody whom we are going to meet is not forgotten.
  if (told.some(({ channel, at }) => channel === 'meeting' && at > now)) return []
  const happened = [...told, ...line.inquiries, ...events].map(({ at }) => at).filter(at => at <= now)
  const since = Math.max(t1, ...happened, ...spans.map(({ from }) => from))
  return [{ reason: 'idle', since, from: since + policy.neglect.idleMs + 1 }]
}

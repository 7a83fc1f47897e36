import type { Happening } from './chronicle.ts'
import type { Handoff, HandoffInstants } from './handoff.ts'
import type { Sources } from './instants.ts'
import { spanAt } from './owners.ts'
import type { Passage } from './passage.ts'
import { during } from './passage.ts'
import { matches } from './stages.ts'
import type { Instant } from './time.ts'

/** One of T0…T7 and why it is what it is. */
export interface Milestone {
  name: keyof HandoffInstants
  label: string
  at: Instant | null
  dayPrecise: boolean
  why: string
  /** The fact behind it, `<ref>#<key>`; null: none, or not a single one. */
  fact: string | null
}

export const LABELS: Record<keyof HandoffInstants, string> = {
  t0: 'Inquiry',
  t1: 'MQL',
  t2: 'Assigned',
  t3: 'First attempt',
  t4: 'First two-way contact',
  t5: 'Decision',
  t6: 'SQL',
  t7: 'Meeting held',
}

const NAMES = Object.keys(LABELS) as (keyof HandoffInstants)[]

/** What a milestone is explained from. */
interface Grounds {
  passage: Passage
  handoff: Handoff
  sources: Sources
  happenings: readonly Happening[]
}

/** T0…T7 of a handoff in this order, each with the happening that made it, or what is missing. */
export function milestonesOf(grounds: Grounds): Milestone[] {
  const { handoff } = grounds
  return NAMES.map(name => {
    const at = handoff[name]
    const common = { name, label: LABELS[name], at, dayPrecise: handoff.dayPrecise.includes(name) }
    if (at === null) return { ...common, why: missing(name, handoff), fact: null }
    const made = maker(name, at, grounds)
    return { ...common, why: because(name, at, made, grounds), fact: made?.fact ?? null }
  })
}

function missing(name: keyof HandoffInstants, { outcome }: Handoff): string {
  if (name === 't0') return 'no inquiry since the handoff before'
  return outcome === null ? 'not yet' : `it ended as ${outcome} without`
}

/** The happening that makes it true. */
function maker(name: keyof HandoffInstants, at: Instant, grounds: Grounds): Happening | undefined {
  const { passage, handoff, happenings } = grounds
  const counted = (as: 'attempt' | 'contact' | 'meeting') =>
    happenings.find(one => one.at === at && one.counts?.[as] && during(passage, at))
  switch (name) {
    case 't0':
      return happenings.find(one => one.at === at && one.kind === 'inquiry')
    case 't1':
      return byFact(handoff.openedBy, happenings)
    case 't2':
      return happenings.findLast(one => one.at === at && one.kind === 'owner' && !one.note)
    case 't3':
      return counted('attempt') ?? counted('contact')
    case 't4':
      return counted('contact')
    case 't7':
      return counted('meeting')
    default:
      return staged(name, at, grounds)
  }
}

/** The event that made a stage true at an instant. */
function staged(name: 't5' | 't6', at: Instant, { passage, sources, happenings }: Grounds) {
  const { sal, sql, rejected, recycled } = passage.policy.stages
  const stages = name === 't6' ? [sql] : [sal, sql, rejected, recycled]
  const event = sources.events.find(one => one.at === at && stages.some(stage => matches(stage, one)))
  return event && byFact(event.id, happenings)
}

const byFact = (fact: string, happenings: readonly Happening[]): Happening | undefined =>
  happenings.find(one => one.fact === fact)

function because(
  name: keyof HandoffInstants,
  at: Instant,
  made: Happening | undefined,
  { sources, handoff }: Grounds,
): string {
  if (name === 't2') {
    const who = spanAt(sources.spans, at)!.owner!.name
    return at === handoff.t1 ? `${who} owned it already` : `first given to a person: ${who}`
  }
  if (!made) return 'as the records say'
  return `${made.words}${made.by ? `, by ${made.by.name}` : ''}`
}

import type { AttemptName, ContactName, Policy } from '../policy/policy.ts'
import type { ActivityOutcome, Channel, Ref, Vendor } from './facts.ts'
import type { Directory, Rep } from './handoff.ts'
import type { Instant } from './time.ts'
import { SECOND } from './time.ts'
import type { ActivityFact } from './timeline.ts'

/** Something one of ours and the person did, once, however many records tell of it. */
export interface Activity {
  at: Instant
  dayPrecise: boolean
  loggedAt: Instant
  channel: Channel
  actor: Rep | null
  /** What it is an attempt as, and a contact; whether that counts is for a policy to say. Null: it is none. */
  attempt: AttemptName | null
  contact: ContactName | null
  /** A meeting that took place. */
  meeting: boolean
}

/** Whether a policy counts it as an attempt. */
export const isAttempt = ({ attempt }: Activity, { attempts }: Pick<Policy, 'attempts'>): boolean =>
  attempts.includes(attempt!)

/** Whether a policy counts it as a contact. */
export const isContact = ({ contact }: Activity, { contacts }: Pick<Policy, 'contacts'>): boolean =>
  contacts.includes(contact!)

/** Two records of different CRMs this close that look alike are one activity. */
const SAME = 60 * SECOND

interface Told {
  at: Instant
  dayPrecise: boolean
  loggedAt: Instant
  vendor: Vendor
  channel: Channel
  direction: 'in' | 'out'
  outcome: ActivityOutcome
  actor: Rep | null
  automated: boolean
  sequence: boolean
  source: Ref | undefined
  order: string
  /** Both CRMs have told of it. */
  twice: boolean
}

/** What can count, in order of time. Facts after `now` have not happened yet. */
export function activitiesOf(facts: readonly ActivityFact[], directory: Directory, now: Instant): Activity[] {
  const past = facts.filter(fact => fact.at <= now)
  return joined(past.filter(fact => !isSuperseded(fact, past)).map(fact => told(fact, directory)))
    .map(meaning)
    .filter(({ attempt, contact }) => attempt !== null || contact !== null)
}

/** An e-mail message stands for its task. */
function isSuperseded(fact: ActivityFact, all: readonly ActivityFact[]): boolean {
  return all.some(({ supersedes }) => supersedes !== undefined && supersedes === fact.source)
}

function told(fact: ActivityFact, directory: Directory): Told {
  const { at, loggedAt, channel, direction, outcome, automated, subject } = fact
  const actor = (fact.actor && directory.get(fact.actor)) ?? null
  const vendor: Vendor = subject.startsWith('salesforce:') ? 'salesforce' : 'hubspot'
  const order = `${fact.source ?? subject}#${fact.key}`
  const dayPrecise = fact.dayPrecise === true
  const what = { vendor, channel, direction, outcome, actor, automated, sequence: fact.sequence === true }
  return { at, dayPrecise, loggedAt, ...what, source: fact.source, order, twice: false }
}

/** Joins what several records say of one activity: the first instant, the fuller outcome, the human. */
function joined(all: readonly Told[]): Told[] {
  const sorted = [...all].sort((a, b) => a.at - b.at || (a.order < b.order ? -1 : 1))
  const kept: Told[] = []
  for (const one of sorted) {
    const other = sameAs(one, kept)
    if (!other) {
      kept.push({ ...one })
      continue
    }
    other.twice ||= other.vendor !== one.vendor
    other.automated ||= one.automated
    other.sequence ||= one.sequence
    other.loggedAt = Math.min(other.loggedAt, one.loggedAt)
    if (!other.actor?.human && one.actor) other.actor = one.actor
    if (WEIGHT[one.outcome] > WEIGHT[other.outcome]) other.outcome = one.outcome
  }
  return kept
}

/** The first of those kept that is the same activity: told by the same record, or once by each CRM. */
function sameAs(one: Told, kept: readonly Told[]): Told | undefined {
  let found: Told | undefined
  for (let index = kept.length - 1; index >= 0; index--) {
    const before = kept[index]!
    if (one.at - before.at > SAME) break
    if (one.source !== undefined && before.source === one.source) return before
    if (before.twice || before.vendor === one.vendor || !alike(one, before)) continue
    if (!found || !signedAlike(one, found) || signedAlike(one, before)) found = before
  }
  return found
}

/**
 * A copy made by a connector keeps what was done and who did it. One that the connector signed itself is told from
 * another activity of the same minute, such as a sequence step, by whether a machine did it.
 */
function alike(one: Told, other: Told): boolean {
  if (one.channel !== other.channel || one.direction !== other.direction) return false
  if (one.actor?.human && other.actor?.human) return one.actor.ref === other.actor.ref
  return one.automated === other.automated
}

/** Both by a human, or neither: closer than one that a connector may have signed itself. */
const signedAlike = (one: Told, other: Told): boolean =>
  (one.actor?.human === true) === (other.actor?.human === true)

/** Which of two outcomes says more. */
const WEIGHT: Record<ActivityOutcome, number> = {
  scheduled: 0,
  done: 1,
  no_answer: 2,
  voicemail: 3,
  cancelled: 4,
  no_show: 5,
  bounced: 6,
  replied: 7,
  connected: 8,
  held: 9,
}

/** The table of what is an attempt, a contact, a meeting held. */
function meaning(told: Told): Activity {
  const { at, dayPrecise, loggedAt, channel, actor } = told
  const nothing = { attempt: null, contact: null, meeting: false }
  return {
    at,
    dayPrecise,
    loggedAt,
    channel,
    actor,
    ...nothing,
    ...MEANINGS[channel](told, actor?.human === true),
  }
}

type Meaning = Partial<Pick<Activity, 'attempt' | 'contact' | 'meeting'>>

/** By channel; `human`: one of ours did it, or it was done in their name. */
const MEANINGS: Record<Channel, (told: Told, human: boolean) => Meaning> = {
  meeting({ outcome, automated }, human) {
    if (automated) return {}
    if (outcome === 'held') return { attempt: 'meeting_held', contact: 'meeting_held', meeting: true }
    return human && outcome === 'no_show' ? { attempt: 'no_show' } : {}
  },
  /** A reply to a step of a sequence comes in as an e-mail of its own. */
  email({ direction, outcome, automated, sequence }, human) {
    if (outcome === 'bounced') return {}
    if (automated) return human && sequence && direction === 'out' ? { attempt: 'sequence_email' } : {}
    if (direction === 'in') return { contact: 'email_received' }
    return human ? { attempt: 'email', contact: outcome === 'replied' ? 'email_reply' : null } : {}
  },
  call({ direction, outcome, automated }, human) {
    if (automated || !human) return {}
    const connected = outcome === 'connected'
    if (direction === 'in') return { contact: connected ? 'call_received' : null }
    return { attempt: 'call', contact: connected ? 'call_connected' : null }
  },
}

/** Logged so long after it happened that it is marked. */
export const isBackDated = ({ at, loggedAt }: Activity, graceMs: number): boolean => loggedAt - at > graceMs

/** By whom a clock may be stopped under `attempts_by: owner`. */
export const isBy = ({ actor }: Activity, owner: Ref | null): boolean => actor !== null && actor.ref === owner

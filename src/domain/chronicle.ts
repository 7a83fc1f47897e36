import type { Policy } from '../policy/policy.ts'
import { type Activity, activitiesOf, isAttempt, isBackDated, isContact } from './activities.ts'
import type { Change } from './changes.ts'
import { type Fact, idOf, parseRef, type Ref } from './facts.ts'
import type { Directory, Rep } from './handoff.ts'
import { type Who, whoIs } from './intervals.ts'
import { isActive } from './owners.ts'
import type { Instant } from './time.ts'
import type { ActivityFact, RecordLife, Timeline } from './timeline.ts'
import { activityWords, dealWords, fieldWords, kindOfRecord, lengthWords } from './wording.ts'
import { localWords, zoneOf } from './zone.ts'

/** Something that happened, in words, and the record that says so. */
export interface Happening {
  at: Instant
  /** Known to the day only. */
  dayPrecise: boolean
  /** Lies after the instant of the explanation: nothing counts it yet. */
  future: boolean
  kind: Fact['kind']
  words: string
  /** Who did it, where a record says so. */
  by: Who | null
  /** The record that says so, and its lead, contact or deal. */
  record: Ref
  subject: Ref
  /** `<ref>#<key>` of the fact. */
  fact: string
  /** What an activity counts as; null: not an activity. */
  counts: { attempt: boolean; contact: boolean; meeting: boolean } | null
  /** Why it does not count, or what else to know of it. */
  note: string | null
}

interface Telling {
  facts: readonly Fact[]
  line: Timeline
  directory: Directory
  now: Instant
  /** By which policy something at an instant counts: that of the handoff open then. */
  policyOf: (at: Instant) => Policy
}

/** Everything known of a person, in order of time. Owners and stage fields are told as judging understood them. */
export function chronicleOf(telling: Telling): Happening[] {
  const { line, facts } = telling
  const told = [
    ...line.records.flatMap(record => historyOf(record, telling)),
    ...alone(facts).map(fact => plain(fact, telling)),
    ...activities(telling),
  ]
  const born = ({ kind }: Happening) => Number(kind !== 'created')
  return told.sort((a, b) => a.at - b.at || born(a) - born(b) || (a.fact < b.fact ? -1 : 1))
}

type Kind = 'created' | 'inquiry' | 'converted' | 'deal' | 'feedback' | 'campaign' | 'deleted'
type Plain = Extract<Fact, { kind: Kind }>
const PLAIN = new Set<Fact['kind']>([
  ...['created', 'inquiry', 'converted', 'deal', 'feedback', 'campaign', 'deleted'],
] as Kind[])

/** Facts that are told as they stand, each once. */
function alone(facts: readonly Fact[]): Plain[] {
  const once = new Map<string, Plain>()
  for (const fact of facts) {
    if (PLAIN.has(fact.kind)) once.set(`${idOf(fact)} ${fact.at} ${fact.kind}`, fact as Plain)
  }
  return [...once.values()]
}

function plain(fact: Plain, { now }: Telling): Happening {
  return {
    ...base(fact, now),
    words: plainWords(fact),
    note: fact.kind === 'feedback' ? 'the CRM does not say when' : null,
  }
}

function base(fact: Fact, now: Instant): Omit<Happening, 'words'> {
  const { at, subject, source = subject, dayPrecise = false } = fact
  const where = { record: source, subject, fact: idOf(fact) }
  return { at, dayPrecise, future: at > now, kind: fact.kind, ...where, by: null, counts: null, note: null }
}

function plainWords(fact: Plain): string {
  switch (fact.kind) {
    case 'created':
      return `${kindOfRecord(fact.subject)} created`
    case 'inquiry':
      return fact.detail ? `Inquiry: ${fact.detail}` : 'Inquiry'
    case 'converted':
      return fact.deal ? 'Lead converted, with a deal' : 'Lead converted, without a deal'
    case 'deal':
      return dealWords(fact)
    case 'feedback':
      return `Sales said: ${[fact.reason, fact.note].filter(Boolean).join(': ') || 'nothing'}`
    case 'campaign':
      return `Responded to campaign ${fact.name}`
    case 'deleted':
      return `${kindOfRecord(fact.subject)} deleted`
  }
}

function historyOf(record: RecordLife, { directory, now, policyOf }: Telling): Happening[] {
  const told = (
    kind: 'owner' | 'field',
    change: Change<string>,
    words: string,
    note: string | null,
  ): Happening => ({
    at: change.at,
    dayPrecise: change.dayPrecise,
    future: change.at > now,
    kind,
    words,
    by: null,
    record: recordOf(change.id),
    subject: record.ref,
    fact: change.id,
    counts: null,
    note:
      note ?? (change.origin === 'observed' ? 'seen between two readings; the CRM keeps no history' : null),
  })
  const owners = record.owners.flatMap((change, place) => {
    const rep = change.value ? directory.get(change.value) : undefined
    const zone = policyOf(change.at).timezone
    const given = told('owner', change, ownerWords(change.value, rep), whyNoOwner(change, rep, zone))
    const until = record.owners[place + 1]?.at ?? Number.POSITIVE_INFINITY
    const left = leaving(change, rep, until)
    return left ? [given, told('owner', left, `${rep!.name} left`, INACTIVE)] : [given]
  })
  const fields = [...record.fields].flatMap(([field, changes]) =>
    changes
      .filter((change, place) => place > 0 || change.value !== null)
      .map(change => told('field', change, fieldWords(field, change.value), null)),
  )
  return [...owners, ...fields]
}

const recordOf = (id: string): Ref => id.slice(0, id.indexOf('#')) as Ref

function ownerWords(owner: Ref | null, rep: Rep | undefined): string {
  if (owner === null) return 'Owner removed'
  if (!rep) return 'Given to an unknown user'
  return `Given to ${parseRef(rep.ref).object === 'queue' ? `the queue ${rep.name}` : rep.name}`
}

function whyNoOwner({ value, at }: Change<Ref>, rep: Rep | undefined, zone: string): string | null {
  if (value === null || (rep?.human && isActive(rep, at))) return null
  if (!rep) return 'not counted as an owner: nobody we know'
  if (parseRef(rep.ref).object === 'queue') return 'a queue is not an owner'
  if (!rep.human) return 'not counted as an owner: not a person'
  if (rep.inactiveSince == null) return 'not counted as an owner: inactive user'
  return `not counted as an owner: left on ${localWords(rep.inactiveSince, zoneOf(zone))}`
}

const INACTIVE = 'inactive in the CRM from then on: nobody owns the record until it is given to somebody'

/** That whoever a record was given to left while they had it. */
function leaving(change: Change<Ref>, rep: Rep | undefined, until: Instant): Change<Ref> | null {
  const at = rep?.human ? rep.inactiveSince : null
  if (at == null || at <= change.at || at >= until) return null
  return { ...change, at, dayPrecise: false, id: `${change.id}:left`, origin: 'record' }
}

/** Two tellings of one activity are at most this far apart. */
const NEAR = 60_000

function activities({ line, directory, now, policyOf }: Telling): Happening[] {
  const stands = new Set(line.activities.map(fact => fact.supersedes))
  const told: Happening[] = []
  let near: ActivityFact[] = []
  for (const fact of [...line.activities].sort((a, b) => a.at - b.at || (idOf(a) < idOf(b) ? -1 : 1))) {
    near = near.length > 0 && fact.at - near.at(-1)!.at <= NEAR ? near : []
    const before = activitiesOf(near, directory, now).length
    const [own] = activitiesOf([fact], directory, now)
    const superseded = fact.source !== undefined && stands.has(fact.source)
    if (!superseded) near.push(fact)
    const again = superseded || (own && activitiesOf(near, directory, now).length === before)
    const rep = (fact.actor && directory.get(fact.actor)) || null
    const policy = policyOf(fact.at)
    const late = own && isBackDated(own, policy.backDatedMs) ? own.loggedAt - own.at : null
    const counts = countsOf(again ? undefined : own, policy)
    const counted = own !== undefined && Object.values(countsOf(own, policy)).includes(true)
    told.push({
      ...base(fact, now),
      words: activityWords(fact),
      by: whoIs(rep),
      counts,
      note: again
        ? 'told by another record too; counted once'
        : late !== null && counted
          ? `logged ${lengthWords(late, 'elapsed')} later`
          : counted || fact.at > now
            ? null
            : whyNotCounted(fact, rep, own),
    })
  }
  return told
}

function countsOf(own: Activity | undefined, policy: Policy): NonNullable<Happening['counts']> {
  if (!own) return { attempt: false, contact: false, meeting: false }
  return { attempt: isAttempt(own, policy), contact: isContact(own, policy), meeting: own.meeting }
}

function whyNotCounted(
  { automated, outcome, direction }: ActivityFact,
  rep: Rep | null,
  own: Activity | undefined,
): string {
  const name = own?.attempt ?? own?.contact
  if (name) return `not counted: the policy does not count ${name}`
  if (automated) return 'not counted: automated'
  if (outcome === 'bounced') return 'not counted: it bounced'
  if (outcome === 'scheduled') return 'not counted: planned only'
  if (outcome === 'cancelled') return 'not counted: cancelled'
  if (direction === 'out' && !rep?.human) return 'not counted: not logged for a person'
  return 'not counted: neither an attempt nor a contact'
}

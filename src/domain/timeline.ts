import { type Change, type Knowledge, settle } from './changes.ts'
import { type Deal, dealOf } from './deals.ts'
import {
  type Fact,
  idOf,
  type ObjectName,
  type Profile,
  type Ref,
  type StageField,
  type Vendor,
} from './facts.ts'
import type { Instant } from './time.ts'

export type ActivityFact = Extract<Fact, { kind: 'activity' }>

/** A lead or contact over its life. */
export interface RecordLife {
  ref: Ref
  vendor: Vendor
  object: ObjectName
  createdAt: Instant | null
  /** `<ref>#<key>` of the fact that says so. */
  createdId: string
  deletedAt: Instant | null
  profile: Profile | null
  owners: Change<Ref>[]
  fields: Map<StageField, Change<string>[]>
  conversion: Conversion | null
}

export interface Conversion {
  at: Instant
  dayPrecise: boolean
  id: string
  deal: Ref | null
}

/** Everything known about one person, by record and in order. Later instants are in it too. */
export interface Timeline {
  /** In order of their names. */
  records: RecordLife[]
  deals: Deal[]
  activities: ActivityFact[]
  inquiries: { at: Instant; loggedAt: Instant; dayPrecise: boolean }[]
  campaigns: { at: Instant; name: string }[]
  feedback: { at: Instant; reason: string | null; note: string | null }[]
}

/** Sorts the facts of a person by what they are about. The order in which they come, and repeats, make no difference. */
export function timelineOf(facts: readonly Fact[]): Timeline {
  const line: Timeline = {
    records: [],
    deals: [],
    activities: [],
    inquiries: [],
    campaigns: [],
    feedback: [],
  }
  for (const [ref, group] of bySubject(facts)) settleSubject(ref, group, line)
  line.records.sort((a, b) => (a.ref < b.ref ? -1 : 1))
  line.deals.sort((a, b) => a.openedAt - b.openedAt || (a.ref < b.ref ? -1 : 1))
  return line
}

/** Each fact once. Instants differ most, so they are compared first. */
function bySubject(facts: readonly Fact[]): Map<Ref, Fact[]> {
  const subjects = new Map<Ref, Fact[]>()
  for (const fact of facts) {
    const { at, key, kind, source, subject } = fact
    const group = subjects.get(subject)
    if (!group) subjects.set(subject, [fact])
    else if (
      !group.some(one => one.at === at && one.key === key && one.kind === kind && one.source === source)
    ) {
      group.push(fact)
    }
  }
  return subjects
}

/** Facts that stand alone; false: it belongs to the history of its subject. */
function sortOut(fact: Fact, line: Timeline): boolean {
  const { at } = fact
  switch (fact.kind) {
    case 'activity':
      line.activities.push(fact)
      return true
    case 'inquiry':
      line.inquiries.push({ at, loggedAt: fact.loggedAt ?? at, dayPrecise: fact.dayPrecise === true })
      return true
    case 'campaign':
      line.campaigns.push({ at, name: fact.name })
      return true
    case 'feedback':
      line.feedback.push({ at, reason: fact.reason, note: fact.note })
      return true
    default:
      return false
  }
}

function settleSubject(ref: Ref, facts: readonly Fact[], line: Timeline): void {
  const vendor: Vendor = ref.startsWith('salesforce:') ? 'salesforce' : 'hubspot'
  const object = ref.slice(vendor.length + 1, ref.indexOf(':', vendor.length + 1)) as ObjectName
  const own = facts.filter(fact => !sortOut(fact, line))
  if (own.length === 0) return
  if (object !== 'deal') line.records.push(lifeOf(ref, vendor, object, own))
  const deal = object === 'deal' ? dealOf(ref, vendor, own) : null
  if (deal) line.deals.push(deal)
}

interface Draft {
  createdAt: Instant | null
  createdId: string
  deletedAt: Instant | null
  profile: Profile | null
  owners: Knowledge<Ref>
  fields: Map<StageField, Knowledge<string>>
  conversions: Extract<Fact, { kind: 'converted' }>[]
}

function lifeOf(ref: Ref, vendor: Vendor, object: ObjectName, facts: readonly Fact[]): RecordLife {
  const draft: Draft = {
    createdAt: null,
    createdId: `${ref}#created`,
    deletedAt: null,
    profile: null,
    owners: { changes: [], now: null },
    fields: new Map(),
    conversions: [],
  }
  for (const fact of facts) note(fact, draft)
  const { createdAt, createdId, deletedAt, profile } = draft
  const fields = new Map<StageField, Change<string>[]>()
  for (const [field, known] of draft.fields) fields.set(field, settle(known, createdAt))
  const owners = settle(draft.owners, createdAt)
  return {
    ref,
    vendor,
    object,
    createdAt,
    createdId,
    deletedAt,
    profile,
    owners,
    fields,
    conversion: conversionOf(draft),
  }
}

function note(fact: Fact, draft: Draft): void {
  const change = { at: fact.at, dayPrecise: fact.dayPrecise === true, id: idOf(fact), origin: fact.origin }
  switch (fact.kind) {
    case 'created':
      draft.createdAt = Math.min(draft.createdAt ?? fact.at, fact.at)
      draft.createdId = change.id
      draft.profile = fact.profile
      break
    case 'deleted':
      draft.deletedAt = Math.max(draft.deletedAt ?? fact.at, fact.at)
      break
    case 'owner':
      draft.owners.changes.push({ ...change, value: fact.owner, from: fact.from })
      break
    case 'owner_now':
      draft.owners.now = { ...change, value: fact.owner, from: null }
      break
    case 'field':
      known(draft, fact.field).changes.push({ ...change, value: fact.value, from: fact.from })
      break
    case 'field_now':
      known(draft, fact.field).now = { ...change, value: fact.value, from: null }
      break
    case 'converted':
      draft.conversions.push(fact)
  }
}

function known(draft: Draft, field: StageField): Knowledge<string> {
  let knowledge = draft.fields.get(field)
  if (!knowledge) {
    knowledge = { changes: [], now: null }
    draft.fields.set(field, knowledge)
  }
  return knowledge
}

/** The vendor's history knows the instant, the record itself what came of it. */
function conversionOf({ conversions }: Draft): Conversion | null {
  const earliest = (origin: 'history' | 'other') =>
    conversions
      .filter(fact => (fact.origin === 'history') === (origin === 'history'))
      .sort((a, b) => a.at - b.at)[0]
  const when = earliest('history') ?? earliest('other')
  if (!when) return null
  const deal = conversions.find(fact => fact.deal !== null)?.deal ?? null
  return { at: when.at, dayPrecise: when.dayPrecise === true, id: idOf(when), deal }
}

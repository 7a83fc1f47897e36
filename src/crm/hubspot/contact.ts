import {
  type Fact,
  type IdentityKey,
  type Profile,
  type Ref,
  ref,
  type StageField,
} from '../../domain/facts.ts'
import type { Json } from '../crm.ts'
import type { Mapped } from '../mapped.ts'
import {
  type HistoryEntry,
  type HubSpotObject,
  instant,
  list,
  oldestFirst,
  salesforceId,
  text,
} from './values.ts'

/**
 * A contact with its histories: who it is, when it raised its hand, how its stages and owner changed.
 * @param extra the properties read for the policy
 */
export function contact(from: HubSpotObject, extra: readonly string[]): Mapped {
  const { properties: p, history: h } = from
  const self = ref('hubspot', 'contact', from.id)
  const profile: Profile = {
    email: text(p.email),
    name: text([p.firstname, p.lastname].filter(Boolean).join(' ')),
    company: text(p.company),
    country: text(p.country),
    source: text(p.hs_analytics_source_data_1),
    campaign: text(p.hs_analytics_source_data_2),
  }
  const createdAt = instant(p.createdate) ?? from.createdAt
  const keys = identity(from, self)
  const facts: Fact[] = [
    { key: 'created', at: createdAt, subject: self, origin: 'record', kind: 'created', profile },
    ...stages('lifecycle', lifecycle(from), p.lifecyclestage, self, createdAt),
    ...stages('lead_status', unmerged(h.hs_lead_status), p.hs_lead_status, self, createdAt),
    ...extra.flatMap(name => ofPolicy(name, from, self, createdAt)),
    ...owners(h.hubspot_owner_id, p.hubspot_owner_id, self, createdAt),
    ...inquiries(h.recent_conversion_date, h.recent_conversion_event_name, self),
  ]
  if (from.archivedAt !== null) {
    facts.push({ key: 'deleted', at: from.archivedAt, subject: self, origin: 'record', kind: 'deleted' })
  }
  const now = {
    lifecycle: text(p.lifecyclestage),
    leadStatus: text(p.hs_lead_status),
    owner: ownerRef(p.hubspot_owner_id),
  }
  const links = keys.map(({ key }) => key)
  const values = extra.map(name => [name, text(p[name])] as const)
  const more = extra.length > 0 ? { extra: Object.fromEntries(values) } : {}
  const fields = { ...profile, ...now, links, history: compact(h, extra), ...more }
  return { fields, facts: uniqueKeys(facts), identity: keys }
}

/** The histories as stored: a change that was undone between two readings must still be seen as a change. */
function compact(history: HubSpotObject['history'], extra: readonly string[]): { [name: string]: Json } {
  const names = [
    'lifecyclestage',
    'hs_lead_status',
    'hubspot_owner_id',
    'recent_conversion_date',
    'recent_conversion_event_name',
    ...extra,
  ]
  return Object.fromEntries(
    names.map(name => [name, oldestFirst(history[name]).map(({ value, at }) => [at, value])]),
  )
}

const ownerRef = (id: string | null | undefined): Ref | null => {
  const given = text(id)
  return given === null ? null : ref('hubspot', 'user', given)
}

function stages(
  field: StageField,
  history: readonly HistoryEntry[] | undefined,
  now: string | null | undefined,
  subject: Ref,
  createdAt: number,
): Fact[] {
  const value = text(now)
  const known = changes(history)
  if (known.length === 0 && value === null) return []
  if (known.length === 0) {
    return [{ key: field, at: createdAt, subject, origin: 'record', kind: 'field_now', field, value }]
  }
  return known.map(change => {
    const key = `${field}:${change.at}`
    return { key, subject, origin: 'history', kind: 'field', field, ...change }
  })
}

/**
 * What a merge sets a stage to is nobody's doing: both contacts' histories are there already, as one. Of an owner it
 * does count, for it is who has the contact from then on.
 */
const unmerged = (history: readonly HistoryEntry[] | undefined): HistoryEntry[] | undefined =>
  history?.filter(({ by }) => !by?.startsWith('MERGE_'))

const BEGINNINGS = new Set<string | null>(['subscriber', 'lead'])

/**
 * The lifecycle of a contact. In that of a merged one the stage with which the younger contact began stands behind what the
 * elder had reached by then, and is no step back. One made by software is told from that by the clearing it needs before
 * it; one made by hand needs none, so it is believed.
 */
function lifecycle(from: HubSpotObject): HistoryEntry[] | undefined {
  const history = unmerged(from.history.lifecyclestage)
  if (mergedIds(from).length === 0) return history
  return history?.filter(({ value, by }, place) => {
    const before = text(history[place + 1]?.value)
    return by === 'CRM_UI' || !BEGINNINGS.has(value) || before === null || BEGINNINGS.has(before)
  })
}

/** A property the policy names; that it is empty is known, too. A portal without it says nothing of it. */
function ofPolicy(name: string, from: HubSpotObject, subject: Ref, createdAt: number): Fact[] {
  const { properties, history } = from
  const field = `property:${name}` as const
  const known = stages(field, unmerged(history[name]), properties[name], subject, createdAt)
  if (known.length > 0 || properties[name] === undefined) return known
  return [{ key: field, at: createdAt, subject, origin: 'record', kind: 'field_now', field, value: null }]
}

function owners(
  history: readonly HistoryEntry[] | undefined,
  now: string | null | undefined,
  subject: Ref,
  createdAt: number,
): Fact[] {
  const known = changes(history)
  if (known.length === 0) {
    const owner = ownerRef(now)
    return [{ key: 'owner', at: createdAt, subject, origin: 'record', kind: 'owner_now', owner }]
  }
  return known.map(({ at, value, from }) => {
    const [owner, before] = [ownerRef(value), ownerRef(from)]
    return { key: `owner:${at}`, at, subject, origin: 'history', kind: 'owner', owner, from: before }
  })
}

/** A property's values, oldest first, each with the one it left. */
const changes = (history: readonly HistoryEntry[] | undefined) =>
  oldestFirst(history).map(({ at, value }, i, all) => ({ at, value, from: all[i - 1]?.value ?? null }))

/** Each former value of the last conversion date is a hand-raise; the form is the one named at that moment. */
function inquiries(
  dates: readonly HistoryEntry[] | undefined,
  names: readonly HistoryEntry[] | undefined,
  subject: Ref,
): Fact[] {
  const forms = oldestFirst(names)
  return oldestFirst(dates).flatMap(({ value, at: changedAt }) => {
    if (value === null) return []
    const at = instant(value) ?? changedAt
    const detail = forms.findLast(form => form.at <= changedAt)?.value ?? null
    const logged = changedAt > at && { loggedAt: changedAt }
    return [{ key: `inquiry:${at}`, at, subject, origin: 'history', kind: 'inquiry', detail, ...logged }]
  })
}

/** Two changes in one millisecond get different keys, the same ones on every reading. */
function uniqueKeys(facts: Fact[]): Fact[] {
  const seen = new Map<string, number>()
  return facts.map(fact => {
    const before = seen.get(fact.key) ?? 0
    seen.set(fact.key, before + 1)
    return before === 0 ? fact : { ...fact, key: `${fact.key}#${before + 1}` }
  })
}

function identity(from: HubSpotObject, self: Ref): IdentityKey[] {
  const { properties: p } = from
  const emails = [
    ...new Set([...list(p.email), ...list(p.hs_additional_emails)].map(email => email.toLowerCase())),
  ]
  const lead = salesforceId(p.salesforceleadid)
  const sfContact = salesforceId(p.salesforcecontactid)
  return [
    { key: self, reason: 'self' },
    ...emails.map(email => ({ key: `email:${email}`, reason: 'email' as const })),
    ...(lead ? [{ key: ref('salesforce', 'lead', lead), reason: 'linked_id' as const }] : []),
    ...(sfContact ? [{ key: ref('salesforce', 'contact', sfContact), reason: 'linked_id' as const }] : []),
    ...mergedIds(from).map(id => ({ key: ref('hubspot', 'contact', id), reason: 'merge' as const })),
  ]
}

/** The contacts that were merged into this one; a merge mints a new id, so both old ones are here. */
export const mergedIds = (from: HubSpotObject): string[] =>
  list(from.properties.hs_merged_object_ids).filter(id => id !== from.id)

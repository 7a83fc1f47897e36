import {
  type Fact,
  type IdentityKey,
  type Profile,
  type Ref,
  ref,
  type StageField,
} from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import { id18, isId } from '../id18.ts'
import type { Mapped } from '../mapped.ts'
import { dayStart, flag, mustInstant, plain, type Row, refOf, related, text } from './values.ts'

/** What rows do not carry. */
export interface Context {
  /** The organisation's IANA zone. */
  zone: string
  /** What its opportunity stages mean. */
  stages: ReadonlyMap<string, { closed: boolean; won: boolean }>
  /** The fields of Lead that are read for the policy, as the organisation spells them. */
  extra: readonly string[]
}

/** Lead → its profile, what it shows now, its end by conversion or deletion. Its changes come from LeadHistory. */
export function lead(row: Row, context: Context): Mapped {
  const self = ref('salesforce', 'lead', id18(String(row.Id)))
  const contact = refOf(row.ConvertedContactId)
  const deal = refOf(row.ConvertedOpportunityId)
  const profile = profileOf(row, text(row.Company), text(row.Country))
  const feedback = { reason: text(row.Rejection_Reason__c), note: text(row.Rejection_Note__c) }
  const named = valuesOf(row, context.extra)
  return {
    fields: {
      ...profile,
      status: text(row.Status),
      owner: refOf(row.OwnerId),
      converted: flag(row.IsConverted),
      convertedOn: text(row.ConvertedDate),
      contact,
      deal,
      master: master(row, 'lead'),
      feedbackReason: feedback.reason,
      feedbackNote: feedback.note,
      ...(named.length > 0 && { extra: Object.fromEntries(named) }),
    },
    facts: [
      ...common(row, self, profile),
      ...statusNow(row, self),
      ...named.map(([name, value]) => fieldNow(row, self, `property:${name}`, value)),
      ...conversion(row, self, contact, deal, context.zone),
      ...feedbackNow(row, self, feedback),
    ],
    identity: [
      ...identity(row, self, 'lead'),
      ...(contact ? [{ key: contact, reason: 'conversion' as const }] : []),
    ],
    memberships: deal ? [{ deal, member: self }] : [],
  }
}

/** Contact → its profile, owner and deletion. */
export function contact(row: Row): Mapped {
  const self = ref('salesforce', 'contact', id18(String(row.Id)))
  const profile = profileOf(row, text(related(row, 'Account').Name), text(row.MailingCountry))
  return {
    fields: { ...profile, owner: refOf(row.OwnerId), master: master(row, 'contact') },
    facts: common(row, self, profile),
    identity: identity(row, self, 'contact'),
  }
}

function profileOf(row: Row, company: string | null, country: string | null): Profile {
  return {
    email: text(row.Email),
    name: text(row.Name),
    company,
    country,
    source: text(row.LeadSource),
    campaign: null,
  }
}

function common(row: Row, self: Ref, profile: Profile): Fact[] {
  const at = mustInstant(row, 'CreatedDate')
  const facts: Fact[] = [
    { key: 'created', at, subject: self, origin: 'record', kind: 'created', profile },
    { key: 'owner', at, subject: self, origin: 'record', kind: 'owner_now', owner: refOf(row.OwnerId) },
  ]
  if (flag(row.IsDeleted)) facts.push(deletion(row, self))
  return facts
}

/** There is no field for when a row was deleted; deleting moves its SystemModstamp. */
function deletion(row: Row, self: Ref): Fact {
  const at: Instant = mustInstant(row, 'SystemModstamp')
  return { key: 'deleted', at, subject: self, origin: 'record', kind: 'deleted' }
}

const statusNow = (row: Row, self: Ref): Fact[] => [fieldNow(row, self, 'status', text(row.Status))]

function fieldNow(row: Row, subject: Ref, field: StageField, value: string | null): Fact {
  const at = mustInstant(row, 'CreatedDate')
  return { key: field, at, subject, origin: 'record', kind: 'field_now', field, value }
}

/** The fields the policy names that came with the row; one that is not there, or holds no plain value, says nothing. */
function valuesOf(row: Row, extra: readonly string[]): [name: string, value: string | null][] {
  return extra.flatMap(name => {
    const value = plain(row[name])
    return value === undefined ? [] : [[name, value] as [string, string | null]]
  })
}

/** ConvertedDate is a date; the instant comes from LeadHistory where it is tracked. */
function conversion(row: Row, self: Ref, contact: Ref | null, deal: Ref | null, zone: string): Fact[] {
  if (!flag(row.IsConverted)) return []
  const day = dayStart(row.ConvertedDate, zone)
  const at = day ?? mustInstant(row, 'SystemModstamp')
  return [
    {
      ...{ key: 'converted', at, subject: self, origin: 'record', kind: 'converted', contact, deal },
      ...(day !== null && { dayPrecise: true }),
    },
  ]
}

/** The rejection fields have no time of their own: like every "now" fact they stand at the creation. */
function feedbackNow(row: Row, self: Ref, feedback: { reason: string | null; note: string | null }): Fact[] {
  if (feedback.reason === null && feedback.note === null) return []
  const at = mustInstant(row, 'CreatedDate')
  return [{ key: 'feedback', at, subject: self, origin: 'record', kind: 'feedback', ...feedback }]
}

function identity(row: Row, self: Ref, object: 'lead' | 'contact'): IdentityKey[] {
  const keys: IdentityKey[] = [{ key: self, reason: 'self' }]
  const email = text(row.Email)?.trim().toLowerCase()
  if (email) keys.push({ key: `email:${email}`, reason: 'email' })
  const survivor = master(row, object)
  if (survivor) keys.push({ key: survivor, reason: 'merge' })
  return keys
}

/** The record a merged one went into: always of the same object. */
function master(row: Row, object: 'lead' | 'contact'): Ref | null {
  const id = row.MasterRecordId
  return isId(id) ? ref('salesforce', object, id18(id)) : null
}

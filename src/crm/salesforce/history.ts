import { type Fact, ref } from '../../domain/facts.ts'
import { id18, isId } from '../id18.ts'
import type { Mapped } from '../mapped.ts'
import type { Context } from './person.ts'
import { flag, mustInstant, plain, type Row, refOf, related, text } from './values.ts'

/**
 * LeadHistory → a change of status, owner or a field the policy names, or the conversion's instant. Other rows say
 * nothing to us.
 */
export function history(row: Row, { extra }: Context): Mapped {
  const fields = {
    lead: text(row.LeadId),
    field: text(row.Field),
    from: scalar(row.OldValue),
    to: scalar(row.NewValue),
  }
  return { fields, facts: flag(row.IsDeleted) || !isId(row.LeadId) ? [] : changes(row, row.LeadId, extra) }
}

function changes(row: Row, lead: string, extra: readonly string[]): Fact[] {
  const base = {
    key: 'change',
    at: mustInstant(row, 'CreatedDate'),
    subject: ref('salesforce', 'lead', id18(lead)),
    origin: 'history' as const,
  }
  return [change(row, base), named(row, base, extra)].filter(fact => fact !== null)
}

type Base = { key: string; at: number; subject: Fact['subject']; origin: 'history' }

/** Of long texts and multi-select picklists Salesforce tells only that they changed: that says nothing. */
function named(row: Row, base: Base, extra: readonly string[]): Fact | null {
  const name = extra.find(one => one === row.Field)
  const [value, from] = [plain(row.NewValue) ?? null, plain(row.OldValue) ?? null]
  if (name === undefined || (value === null && from === null)) return null
  return { ...base, key: `change:${name}`, kind: 'field', field: `property:${name}`, value, from }
}

function change(row: Row, base: Base): Fact | null {
  switch (row.Field) {
    case 'Status':
      return {
        ...base,
        kind: 'field',
        field: 'status',
        value: text(row.NewValue),
        from: text(row.OldValue),
      }
    case 'Owner':
      return owner(row, base)
    case 'leadConverted':
      return { ...base, kind: 'converted', contact: null, deal: null }
    default:
      return null
  }
}

/** An owner change comes as two rows, one with names and one with ids; names prove nothing. */
function owner(row: Row, base: Base): Fact | null {
  const to = refOf(row.NewValue)
  const from = refOf(row.OldValue)
  return to || from ? { ...base, kind: 'owner', owner: to, from } : null
}

const scalar = (value: unknown): string | number | boolean | null =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? value : null

/** CampaignMember → the campaign's name, about the lead or contact it names. */
export function campaignMember(row: Row): Mapped {
  const name = text(related(row, 'Campaign').Name)
  const fields = {
    campaign: text(row.CampaignId),
    name,
    lead: text(row.LeadId),
    contact: text(row.ContactId),
  }
  const subject = refOf(row.LeadId) ?? refOf(row.ContactId)
  if (!subject || name === null || flag(row.IsDeleted)) return { fields, facts: [] }
  const at = mustInstant(row, 'CreatedDate')
  return { fields, facts: [{ key: 'campaign', at, subject, origin: 'record', kind: 'campaign', name }] }
}

/** Campaign → only mirrored: its members carry the name. */
export const campaign = (row: Row): Mapped => ({
  fields: { name: text(row.Name), type: text(row.Type), owner: refOf(row.OwnerId) },
  facts: [],
})

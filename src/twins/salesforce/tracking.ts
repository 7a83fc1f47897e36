import type { Organisation } from './organisation.ts'
import type { Field } from './schema/field.ts'
import { lead } from './schema/people.ts'
import { leadHistory } from './schema/sales.ts'
import { fieldNamed } from './schema.ts'
import { type Row, toJson, type Value, wholeSeconds } from './values.ts'

/** A change of a lead that Salesforce keeps a history row of. */
export interface Tracked {
  leadId: string
  at: number
  by: string
}

/** Field history of a changed lead status. */
export function trackStatus(organisation: Organisation, where: Tracked, from: Value, to: Value): void {
  if (from !== to) historyRow(organisation, where, 'Status', from, to)
}

/** Field history of a changed owner: two rows, one with the names and one with the ids. */
export function trackOwner(organisation: Organisation, where: Tracked, from: string, to: string): void {
  if (from === to) return
  historyRow(organisation, where, 'Owner', organisation.ownerName(from), organisation.ownerName(to))
  historyRow(organisation, where, 'Owner', from, to)
}

/** Field history of the other fields of a lead for which the organisation has turned it on. */
export function trackFields(organisation: Organisation, where: Tracked, before: Row, after: Row): void {
  for (const name of organisation.leadHistory) {
    const field = fieldNamed(lead, name)
    if (!field || TRACKED_ALWAYS.has(field.name)) continue
    const [from, to] = [before[field.name] ?? null, after[field.name] ?? null]
    if (from !== to) historyRow(organisation, where, field.name, told(field, from), told(field, to))
  }
}

const TRACKED_ALWAYS: ReadonlySet<string> = new Set(['Status', 'OwnerId'])

/** Of long texts and several values at once a history row tells only that they changed. */
function told(field: Field, value: Value): Value {
  if (field.type === 'textarea' || field.type === 'multipicklist') return null
  return field.type === 'boolean' || field.type === 'datetime' ? String(toJson(field, value)) : value
}

/** The history row of a conversion; it has no values. */
export function trackConversion(organisation: Organisation, where: Tracked): void {
  historyRow(organisation, where, 'leadConverted', null, null)
}

function historyRow(
  organisation: Organisation,
  { leadId, at, by }: Tracked,
  field: string,
  from: Value,
  to: Value,
): void {
  const { database } = organisation
  database.put(leadHistory, {
    Id: database.nextId(leadHistory),
    LeadId: leadId,
    Field: field,
    OldValue: from,
    NewValue: to,
    CreatedDate: wholeSeconds(at),
    CreatedById: by,
  })
}

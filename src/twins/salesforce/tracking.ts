import type { Organisation } from './organisation.ts'
import { leadHistory } from './schema/sales.ts'
import { type Value, wholeSeconds } from './values.ts'

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

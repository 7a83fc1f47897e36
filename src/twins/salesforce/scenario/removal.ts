import type { ScenarioEvent } from '../../scenario/types.ts'
import { contact, lead } from '../schema/people.ts'
import { opportunityContactRole } from '../schema/sales.ts'
import type { Row } from '../values.ts'
import type { Dossier } from './dossier.ts'

/** `deleted`: what is open of the person goes to the recycle bin; converted leads stay as they were. */
export function remove(dossier: Dossier, event: ScenarioEvent): void {
  for (const row of current(dossier)) bin(dossier, row, { IsDeleted: 1 }, event)
}

/** `restored`: back from the recycle bin. What was merged away has no person left to restore it. */
export function restore(dossier: Dossier, event: ScenarioEvent): void {
  const binned = [...dossier.held(lead), ...dossier.held(contact)].filter(row => row.IsDeleted === 1)
  for (const row of binned) bin(dossier, row, { IsDeleted: 0 }, event)
}

/**
 * `merged`: the loser's lead goes into the survivor's open lead, its contact into the survivor's contact, and
 * takes along what hangs on it. A lead whose survivor is a contact is deleted. Where Salesforce has nothing of
 * the survivor, or only a lead for a contact, there is nothing to merge and the record stays.
 */
export function merge(loser: Dossier, survivor: Dossier, event: ScenarioEvent): void {
  loser.mergeInto(survivor.key)
  const openLead = survivor.openLead()
  const theContact = survivor.contact()
  for (const row of current(loser)) {
    const isLead = String(row.Id).startsWith(lead.prefix)
    const master = isLead ? openLead : theContact
    const heir = master ?? (isLead ? theContact : undefined)
    if (!heir) continue
    bin(loser, row, { IsDeleted: 1, MasterRecordId: master?.Id ?? null }, event)
    hand(loser, row, heir, event)
  }
}

function current(dossier: Dossier): Row[] {
  return [dossier.openLead(), dossier.contact()].filter(row => row !== undefined)
}

function bin(dossier: Dossier, row: Row, changes: Row, event: ScenarioEvent): void {
  dossier.change(row, changes, event.at, dossier.organisation.userId(event.actor))
}

/** Gives activities, memberships, roles and converted leads of a merged record to the one that stays. */
function hand(loser: Dossier, row: Row, heir: Row, event: ScenarioEvent): void {
  const id = String(row.Id)
  const to = heir.Id ?? null
  const toLead = String(to).startsWith(lead.prefix)
  const by = loser.organisation.userId(event.actor)
  for (const { row: hanging, field } of loser.hanging(id)) {
    const moved =
      field === 'WhoId'
        ? { WhoId: to, AccountId: heir.AccountId ?? null }
        : { [toLead ? 'LeadId' : 'ContactId']: to }
    loser.change(hanging, moved, event.at, by)
  }
  if (toLead) return
  for (const role of loser.organisation.database.where(opportunityContactRole, 'ContactId', id)) {
    const held = loser.take(opportunityContactRole, String(role.Id))!
    loser.change(held, { ContactId: to }, event.at, by)
  }
  for (const converted of loser.held(lead)) {
    if (converted.ConvertedContactId === id) loser.change(converted, { ConvertedContactId: to }, event.at, by)
  }
}

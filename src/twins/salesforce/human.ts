import type { Database } from './database.ts'
import { RecordError } from './errors.ts'
import { forecastOf, newStamps, type Organisation } from './organisation.ts'
import type { Records } from './records.ts'
import { event, task } from './schema/activities.ts'
import type { SObject } from './schema/field.ts'
import { account, CONVERTED_STATUS, contact, lead } from './schema/people.ts'
import { campaignMember, opportunity, opportunityContactRole, opportunityHistory } from './schema/sales.ts'
import { objectOfId, sobjects } from './schema.ts'
import { trackConversion, trackStatus } from './tracking.ts'
import { type Row, wholeSeconds } from './values.ts'

const MERGEABLE: ReadonlySet<SObject> = new Set([lead, contact, account])
const MERGED_AT_ONCE = 3

/** How a lead is converted. */
export interface Conversion {
  lead: string
  /** Existing ones to convert into; left out: new ones. */
  account?: string | undefined
  contact?: string | undefined
  /** null: none is opened. */
  opportunity?: { name?: string | undefined; amount?: number | undefined } | null | undefined
}

/** What people do in the user interface and no API call of ours does. Each method throws {@link RecordError}. */
export class Human {
  readonly #organisation: Organisation
  readonly #database: Database
  readonly #records: Records
  readonly #by: string

  /** @param records that write in their name @param by the user's id */
  constructor(organisation: Organisation, records: Records, by: string) {
    this.#organisation = organisation
    this.#database = organisation.database
    this.#records = records
    this.#by = by
  }

  /** Back from the recycle bin. */
  undelete(id: string, now: number): void {
    const { object, row } = this.#held(id)
    if (row.IsDeleted !== 1) throw new RecordError('UNDELETE_FAILED', 'Entity is not in the recycle bin')
    this.#put(object, row, { IsDeleted: 0, MasterRecordId: null }, now)
  }

  /** Out of the recycle bin for good: no query shows it any more, and nothing tells that it was there. */
  purge(id: string): void {
    const { object } = this.#held(id)
    this.#database.remove(object, id)
  }

  /** The losers go to the recycle bin and point to the master, which takes over what hangs on them. */
  merge(master: string, losers: readonly string[], now: number): void {
    const { object, row } = this.#held(master)
    if (!MERGEABLE.has(object) || losers.length === 0 || losers.length >= MERGED_AT_ONCE)
      throw new RecordError('INVALID_OPERATION', 'merge one or two leads, contacts or accounts into another')
    for (const id of losers) {
      const loser = this.#held(id)
      if (loser.object !== object || id === master || loser.row.IsDeleted === 1 || row.IsDeleted === 1)
        throw new RecordError('INVALID_CROSS_REFERENCE_KEY', `${id} cannot be merged into ${master}`)
      if (row.IsConverted === 1 || loser.row.IsConverted === 1)
        throw new RecordError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead')
      this.#put(object, loser.row, { IsDeleted: 1, MasterRecordId: master }, now)
      this.#handOver(object, id, master, now)
    }
    this.#put(object, row, {}, now)
  }

  /** The lead becomes a contact at an account, with an opportunity; its activities go along. */
  convert(wish: Conversion, now: number): { account: string; contact: string; opportunity: string | null } {
    const { object, row } = this.#held(wish.lead)
    if (object !== lead || row.IsDeleted === 1) throw new RecordError('INVALID_ID_FIELD', 'this is no lead')
    if (row.IsConverted === 1) throw new RecordError('CANNOT_UPDATE_CONVERTED_LEAD', 'lead already converted')
    const AccountId = wish.account ?? this.#newAccount(row, now)
    const ContactId = wish.contact ?? this.#newContact(row, AccountId, now)
    const deal = wish.opportunity === null ? null : this.#newDeal(row, AccountId, ContactId, wish, now)
    const tracked = { leadId: wish.lead, at: now, by: this.#by }
    trackStatus(this.#organisation, tracked, row.Status ?? null, CONVERTED_STATUS)
    trackConversion(this.#organisation, tracked)
    const converted = {
      ConvertedAccountId: AccountId,
      ConvertedContactId: ContactId,
      ConvertedOpportunityId: deal,
    }
    const day = { ConvertedDate: this.#organisation.days.of(now), IsConverted: 1, IsUnreadByOwner: 0 }
    this.#put(lead, row, { ...converted, ...day, Status: CONVERTED_STATUS }, now)
    for (const activity of [task, event]) {
      for (const hanging of this.#database.where(activity, 'WhoId', wish.lead))
        this.#put(activity, hanging, { WhoId: ContactId, AccountId }, now)
    }
    for (const member of this.#database.where(campaignMember, 'LeadId', wish.lead))
      this.#put(campaignMember, member, { ContactId }, now)
    return { account: AccountId, contact: ContactId, opportunity: deal }
  }

  /** Changes fields as somebody who looks at the record would. */
  edit(id: string, fields: Record<string, unknown>, now: number): void {
    this.#records.update(this.#held(id).object, id, fields, now)
  }

  remove(id: string, now: number): void {
    this.#records.remove(this.#held(id).object, id, now)
  }

  #newAccount(row: Row, now: number): string {
    const fields = {
      Name: row.Company ?? row.Name ?? null,
      BillingCountry: row.Country ?? null,
      Type: 'Prospect',
    }
    return this.#add(account, { ...fields, OwnerId: this.#ownerOf(row) }, now)
  }

  #newContact(row: Row, AccountId: string, now: number): string {
    const { LastName, FirstName, Name, Email, Title, LeadSource, Country, LastActivityDate } = row
    const human = { LastName, FirstName, Name, Email, Title, LeadSource, LastActivityDate } as Row
    return this.#add(
      contact,
      { ...human, MailingCountry: Country ?? null, AccountId, OwnerId: this.#ownerOf(row) },
      now,
    )
  }

  #newDeal(
    row: Row,
    AccountId: string,
    ContactId: string,
    { opportunity: wish }: Conversion,
    now: number,
  ): string {
    const stage = this.#organisation.stage('Qualification', now)
    const state = { StageName: stage.name, Amount: wish?.amount ?? null, Probability: stage.probability }
    const forecast = {
      ForecastCategory: forecastOf(stage),
      CloseDate: this.#organisation.days.after(now, 30),
    }
    const Name = (wish?.name ?? `${row.Company}-`).slice(0, 120)
    const of = { AccountId, Name, OwnerId: this.#ownerOf(row), LeadSource: row.LeadSource ?? null }
    const id = this.#add(
      opportunity,
      { ...of, ...state, ...forecast, LastStageChangeDate: wholeSeconds(now) },
      now,
    )
    this.#add(opportunityContactRole, { OpportunityId: id, ContactId, IsPrimary: 1 }, now)
    this.#add(opportunityHistory, { OpportunityId: id, ...state, ...forecast }, now)
    return id
  }

  /** Contacts and deals belong to users: what a queue owned is now of whoever converts. */
  #ownerOf(row: Row): string {
    return this.#organisation.isUser(String(row.OwnerId)) ? String(row.OwnerId) : this.#by
  }

  /** Every reference to the loser points to the master; rows of history move without a stamp of their own. */
  #handOver(object: SObject, loser: string, master: string, now: number): void {
    for (const child of sobjects) {
      for (const field of child.fields) {
        if (!field.refersTo.includes(object.name) || field.name === 'MasterRecordId') continue
        for (const row of this.#database.where(child, field.name, loser))
          this.#put(child, row, { [field.name]: master }, now)
      }
    }
  }

  #held(id: string): { object: SObject; row: Row } {
    const object = objectOfId(id)
    const row = object && this.#database.get(object, id)
    if (!object || !row) throw new RecordError('INVALID_CROSS_REFERENCE_KEY', `no record ${id}`)
    return { object, row }
  }

  #add(object: SObject, row: Row, now: number): string {
    const Id = this.#database.nextId(object)
    this.#database.put(object, { ...newStamps(now, this.#by), ...row, Id })
    return Id
  }

  #put(object: SObject, row: Row, changes: Row, now: number): void {
    const stamp = Math.max(wholeSeconds(now), Number(row.SystemModstamp ?? 0))
    const stamps = { LastModifiedDate: stamp, LastModifiedById: this.#by, SystemModstamp: stamp }
    this.#database.put(object, { ...row, ...changes, ...stamps })
  }
}

import type { Person } from '../../scenario/types.ts'
import { newStamps, type Organisation } from '../organisation.ts'
import { event, task } from '../schema/activities.ts'
import type { SObject } from '../schema/field.ts'
import { contact, lead } from '../schema/people.ts'
import { campaignMember, opportunity } from '../schema/sales.ts'
import { objectNamed } from '../schema.ts'
import { type Row, wholeSeconds } from '../values.ts'

interface Held {
  object: SObject
  row: Row
  dirty: boolean
}

/** Objects whose records are listed under their person. */
const LISTED: ReadonlySet<SObject> = new Set([lead, contact, opportunity])
/** What hangs on a lead or contact, and by which fields. */
export const HANGING = [
  { object: task, fields: ['WhoId'] },
  { object: event, fields: ['WhoId'] },
  { object: campaignMember, fields: ['LeadId', 'ContactId'] },
] as const

/**
 * The Salesforce records of one person while events are applied: read from the file or, in a bulk load, empty
 * at first; changed in memory; written by `flush`.
 */
export class Dossier {
  readonly key: string
  readonly profile: Person
  readonly organisation: Organisation
  /** Key of the user last assigned; null: nobody, or a queue. */
  owner: string | null
  mergedInto: string | null
  #stored: boolean
  #ownDirty = false
  /** True when memory holds everything there is about the person. */
  readonly #complete: boolean
  readonly #held = new Map<string, Held>()
  readonly #new: Held[] = []

  private constructor(organisation: Organisation, profile: Person, stored: Stored | null) {
    this.organisation = organisation
    this.profile = profile
    this.key = profile.person
    this.owner = stored?.owner ?? null
    this.mergedInto = stored?.merged_into ?? null
    this.#stored = stored !== null
    this.#complete = stored === null
  }

  /** A person nobody has seen yet. */
  static fresh(organisation: Organisation, profile: Person): Dossier {
    return new Dossier(organisation, profile, null)
  }

  /** A person loaded before; undefined when the key is unknown. */
  static load(organisation: Organisation, key: string): Dossier | undefined {
    const { database } = organisation
    const stored = database.prepare('SELECT * FROM person WHERE person = ?').get(key) as unknown as
      | Stored
      | undefined
    if (!stored) return undefined
    const dossier = new Dossier(organisation, JSON.parse(stored.profile) as Person, stored)
    const records = database.prepare('SELECT object, id FROM person_record WHERE person = ?').all(key)
    for (const { object, id } of records) dossier.take(objectNamed(String(object))!, String(id))
    return dossier
  }

  assign(user: string | null): void {
    this.owner = user
    this.#ownDirty = true
  }

  mergeInto(survivor: string): void {
    this.mergedInto = survivor
    this.#ownDirty = true
  }

  /** A new record, stamped with the instant and the user who made it. */
  add(object: SObject, row: Row, at: number, by: string): Row {
    const id = (row.Id as string) ?? this.organisation.database.nextId(object)
    const held = { object, row: { ...newStamps(at, by), ...row, Id: id }, dirty: true }
    this.#held.set(id, held)
    if (LISTED.has(object)) this.#new.push(held)
    return held.row
  }

  /** Ties a record that exists already, another person's deal, to this person as well. */
  list(object: SObject, id: string): void {
    const row = this.take(object, id)
    if (row) this.#new.push({ object, row, dirty: false })
  }

  /** Whether the record is listed under this person. */
  isListed(id: string): boolean {
    if (this.#new.some(held => held.row.Id === id)) return true
    if (this.#complete) return false
    const text = 'SELECT 1 FROM person_record WHERE person = ? AND id = ?'
    return this.organisation.database.prepare(text).get(this.key, id) !== undefined
  }

  /** The record as it is now, held from here on. */
  take(object: SObject, id: string): Row | undefined {
    const held = this.#held.get(id)
    if (held) return held.row
    const row = this.organisation.database.get(object, id)
    if (row) this.#held.set(id, { object, row, dirty: false })
    return row
  }

  /** Changes a held record; its stamps never go back. */
  change(row: Row, changes: Row, at: number, by: string): void {
    this.touch(row, changes, at)
    row.LastModifiedDate = row.SystemModstamp ?? null
    row.LastModifiedById = by
  }

  /** A change by the system: it moves SystemModstamp alone. */
  touch(row: Row, changes: Row, at: number): void {
    Object.assign(row, changes)
    row.SystemModstamp = Math.max(Number(row.SystemModstamp), wholeSeconds(at))
    this.#held.get(row.Id as string)!.dirty = true
  }

  /** Held records of an object in order of their ids. */
  held(object: SObject): Row[] {
    const rows: Row[] = []
    for (const one of this.#held.values()) if (one.object === object) rows.push(one.row)
    return rows.sort((a, b) => (String(a.Id) < String(b.Id) ? -1 : 1))
  }

  /** The lead sales works on: the newest that is neither converted nor deleted. */
  openLead(): Row | undefined {
    return this.held(lead).findLast(row => row.IsConverted !== 1 && row.IsDeleted !== 1)
  }

  contact(): Row | undefined {
    return this.held(contact).findLast(row => row.IsDeleted !== 1)
  }

  /** Activities and campaign memberships of a lead or contact, held from here on. */
  hanging(id: string): { row: Row; field: string }[] {
    if (!this.#complete) this.#takeHanging(id)
    return HANGING.flatMap(({ object, fields }) =>
      fields.flatMap(field => this.held(object).flatMap(row => (row[field] === id ? [{ row, field }] : []))),
    )
  }

  /** Writes what changed. */
  flush(): void {
    const { database } = this.organisation
    if (!this.#stored || this.#ownDirty) {
      const profile = JSON.stringify(this.profile)
      const person = database.prepare('INSERT OR REPLACE INTO person VALUES (?, ?, ?, ?)')
      person.run(this.key, profile, this.owner, this.mergedInto)
      this.#stored = true
      this.#ownDirty = false
    }
    for (const held of this.#held.values()) {
      if (held.dirty) database.put(held.object, held.row)
      held.dirty = false
    }
    for (const { object, row } of this.#new.splice(0)) {
      const record = database.prepare('INSERT OR IGNORE INTO person_record VALUES (?, ?, ?)')
      record.run(this.key, object.name, row.Id ?? null)
    }
  }

  #takeHanging(id: string): void {
    for (const { object, fields } of HANGING) {
      for (const field of fields) {
        for (const row of this.organisation.database.where(object, field, id))
          this.take(object, String(row.Id))
      }
    }
  }
}

interface Stored {
  profile: string
  owner: string | null
  merged_into: string | null
}

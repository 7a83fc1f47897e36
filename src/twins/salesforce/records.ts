import type { WriteLog } from '../http/writes.ts'
import type { Access } from './access.ts'
import type { Database } from './database.ts'
import { RecordError } from './errors.ts'
import { longId } from './ids.ts'
import { readRecord, type Sent } from './input.ts'
import { forecastOf, newStamps, type Organisation } from './organisation.ts'
import type { Rules } from './rules.ts'
import { named } from './scenario/lead.ts'
import { task } from './schema/activities.ts'
import type { SObject } from './schema/field.ts'
import { contact, lead } from './schema/people.ts'
import { fieldPermissions, permissionSetAssignment } from './schema/permissions.ts'
import { opportunity, opportunityHistory } from './schema/sales.ts'
import { fieldNamed, hasBin } from './schema.ts'
import { trackFields, trackOwner, trackStatus } from './tracking.ts'
import { type Row, toJson, wholeSeconds } from './values.ts'

export interface RecordsOptions {
  organisation: Organisation
  rules: Rules
  access: Access
  /** The user in whose name records are changed. */
  by: string
  /** Where a client's writes are entered; people's are not. */
  writes: WriteLog | null
}

/**
 * The records as API clients change them, or people in the user interface. Each method throws {@link RecordError};
 * what is written moves the record's stamps to `now`; a client's write is logged, also when it changes nothing.
 */
export class Records {
  readonly #organisation: Organisation
  readonly #database: Database
  readonly #rules: Rules
  readonly #access: Access
  readonly #by: string
  readonly #writes: WriteLog | null

  constructor({ organisation, rules, access, by, writes }: RecordsOptions) {
    this.#organisation = organisation
    this.#database = organisation.database
    this.#rules = rules
    this.#access = access
    this.#by = by
    this.#writes = writes
  }

  /** The record with that id, 15 or 18 characters; deleted ones only when asked for. */
  find(object: SObject, id: string, deleted = false): Row | undefined {
    const long = longId(id)
    const row = long ? this.#database.get(object, long) : undefined
    return row && (deleted || row.IsDeleted !== 1) ? row : undefined
  }

  /** Creates a record and returns its id. @param allowDuplicates although a duplicate rule warns */
  create(object: SObject, sent: Sent, now: number, allowDuplicates = false): string {
    if (!object.createable) throw noAccess(object)
    const by = this.#by
    const set = derived(object, {}, readRecord(this.#access.view(object), sent, 'create'), now)
    const id = this.#database.nextId(object)
    const row = { ...newStamps(now, by), ...this.#defaults(object), ...set, Id: id }
    this.#store(object, null, row, now, allowDuplicates)
    this.#log(object, id, {}, set, now)
    return id
  }

  /** Changes a record; fields that are not sent stay. */
  update(object: SObject, id: string, sent: Sent, now: number, allowDuplicates = false): void {
    if (!object.updateable) throw noAccess(object)
    const row = this.#existing(object, id)
    if (object === lead && row.IsConverted === 1) {
      throw new RecordError('CANNOT_UPDATE_CONVERTED_LEAD', 'cannot reference converted lead')
    }
    const set = derived(object, row, readRecord(this.#access.view(object), sent, 'update'), now)
    const next = { ...row, ...set, ...this.#touched(row, now) }
    this.#store(object, row, next, now, allowDuplicates)
    this.#track(object, row, next, now)
    this.#log(object, String(row.Id), row, set, now)
  }

  /** Puts a record into the recycle bin. */
  remove(object: SObject, id: string, now: number): void {
    if (!object.deletable) throw noAccess(object)
    const row = this.#existing(object, id)
    if (!hasBin(object)) {
      this.#database.remove(object, String(row.Id))
      this.#access.changed()
      return
    }
    this.#database.put(object, { ...row, IsDeleted: 1, ...this.#touched(row, now) })
    this.#log(object, String(row.Id), row, { IsDeleted: 1 }, now)
  }

  #existing(object: SObject, id: string): Row {
    const row = this.find(object, id, true)
    if (!row) throw new RecordError('INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id')
    if (row.IsDeleted === 1) throw new RecordError('ENTITY_IS_DELETED', 'entity is deleted')
    // It is people who hold the locks.
    if (this.#writes) this.#rules.unlocked(String(row.Id))
    return row
  }

  /** Keeps a record if the rules allow it, else what was there before. */
  #store(object: SObject, before: Row | null, row: Row, now: number, allowDuplicates: boolean): void {
    if (object === fieldPermissions) checkGrant(this.#access, this.#database, row)
    this.#database.put(object, row)
    try {
      this.#rules.check(object, row, now, allowDuplicates)
      if (PERMISSIONS.has(object)) this.#access.changed()
    } catch (error) {
      if (before) this.#database.put(object, before)
      else this.#database.remove(object, String(row.Id))
      throw error
    }
  }

  #touched(row: Row, now: number): Row {
    const stamp = Math.max(wholeSeconds(now), Number(row.SystemModstamp ?? 0))
    return {
      LastModifiedDate: stamp,
      LastModifiedById: this.#by,
      SystemModstamp: stamp,
    }
  }

  #defaults(object: SObject): Row {
    const row: Row = object.byName.has('ownerid') ? { OwnerId: this.#by } : {}
    if (object === lead) row.Status = 'Open - Not Contacted'
    if (object === task)
      Object.assign(row, { Status: 'Not Started', Priority: 'Normal', TaskSubtype: 'Task' })
    return row
  }

  #track(object: SObject, before: Row, after: Row, now: number): void {
    const by = this.#by
    if (object === lead) {
      const tracked = { leadId: String(after.Id), at: now, by }
      trackStatus(this.#organisation, tracked, before.Status ?? null, after.Status ?? null)
      trackOwner(this.#organisation, tracked, String(before.OwnerId), String(after.OwnerId))
      trackFields(this.#organisation, tracked, before, after)
    }
    const moved = before.StageName !== after.StageName || before.Amount !== after.Amount
    if (object === opportunity && moved) this.#snapshot(before, after, now)
  }

  #snapshot(before: Row, after: Row, now: number): void {
    const stage = this.#organisation.stage(String(after.StageName), now)
    const flags = {
      IsClosed: stage.closed ? 1 : 0,
      IsWon: stage.won ? 1 : 0,
      ForecastCategory: forecastOf(stage),
    }
    const LastStageChangeDate =
      before.StageName === after.StageName ? after.LastStageChangeDate : wholeSeconds(now)
    this.#database.put(opportunity, { ...after, ...flags, LastStageChangeDate: LastStageChangeDate ?? null })
    const { StageName = null, Amount = null, CloseDate = null, Probability = null } = after
    const previous = { PrevAmount: before.Amount ?? null, PrevCloseDate: before.CloseDate ?? null }
    this.#database.put(opportunityHistory, {
      ...newStamps(now, this.#by),
      ...{ StageName, Amount, CloseDate, Probability, ...previous },
      Id: this.#database.nextId(opportunityHistory),
      OpportunityId: after.Id ?? null,
      ForecastCategory: flags.ForecastCategory,
    })
  }

  #log(object: SObject, id: string, before: Row, set: Row, now: number): void {
    for (const [name, value] of Object.entries(set)) {
      const field = fieldNamed(this.#access.view(object), name)!
      const record = `${object.name}/${id}`
      this.#writes?.add({
        record,
        field: name,
        from: toJson(field, before[name]),
        to: toJson(field, value),
        at: now,
      })
    }
  }
}

const PERMISSIONS: ReadonlySet<SObject> = new Set([fieldPermissions, permissionSetAssignment])

/** Rights are granted on fields that are there, once a permission set, and to edit is to read. */
function checkGrant(access: Access, database: Database, row: Row): void {
  const field = String(row.Field)
  if (!access.has(field) || !field.startsWith(`${row.SobjectType}.`)) {
    const message = `Field Name: bad value for restricted picklist field: ${field}`
    throw new RecordError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, ['Field'])
  }
  if (row.PermissionsEdit === 1 && row.PermissionsRead !== 1)
    throw new RecordError('FIELD_INTEGRITY_EXCEPTION', 'Permission Edit depends on permission(s): Read')
  const same = database.where(fieldPermissions, 'ParentId', row.ParentId ?? null)
  if (same.some(other => other.Field === field && other.Id !== row.Id))
    throw new RecordError('DUPLICATE_VALUE', `duplicate value found: ${field}`, ['Field'])
}

/** The set fields with those Salesforce works out from them. */
function derived(object: SObject, row: Row, set: Row, now: number): Row {
  if (object === lead || object === contact) return named(row, set)
  if (object === task && 'Status' in set) {
    const closed = set.Status === 'Completed'
    return { ...set, IsClosed: closed ? 1 : 0, CompletedDateTime: closed ? wholeSeconds(now) : null }
  }
  return set
}

function noAccess(object: SObject): RecordError {
  return new RecordError(
    'INSUFFICIENT_ACCESS_OR_READONLY',
    `insufficient access rights on object of type ${object.name}`,
  )
}

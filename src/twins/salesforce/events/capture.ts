import { randomUUID } from 'node:crypto'
import type { Database } from '../database.ts'
import type { Field, SObject } from '../schema/field.ts'
import { type Row, toJson } from '../values.ts'
import type { EventLog } from './log.ts'

export type ChangeType = 'CREATE' | 'UPDATE' | 'DELETE' | 'UNDELETE'

interface Parts {
  database: Database
  log: EventLog
  /** What the integration user sees of an object: events respect it. */
  view: (object: SObject) => SObject
  apiUserId: string
  now: () => number
  /** Called when there is something new in the log. */
  appended: () => void
}

interface Touched {
  object: SObject
  /** As it was before the transaction; null: not there. */
  before: Row | null
}

interface Change {
  object: SObject
  ids: string[]
  type: ChangeType
  changedFields: string[]
  fields: Record<string, unknown>
  by: string
}

/** Held in memory until their transaction ends; a larger one is told in parts. */
const AT_ONCE = 1000
/** The record of events that could not be made one by one. */
const NO_RECORD = '000000000000000AAA'
const API = 'com/salesforce/api/rest/66.0'
const USER_INTERFACE = 'com/salesforce/api/soap/66.0;client=SfdcInternalAPI/'
const UNTOLD: ReadonlySet<string> = new Set(['Id', 'IsDeleted', 'SystemModstamp'])

/**
 * Change data capture: makes events of what happened to the records of the entities it is enabled for, whoever did it.
 * What happens in one turn of the event loop is one transaction, and what it leaves as it was is no change.
 */
export class Capture {
  readonly #parts: Parts
  #entities: ReadonlySet<string> = new Set()
  #touched = new Map<string, Touched>()
  #scheduled = false
  #commits = 10_716_283_000_000

  constructor(parts: Parts) {
    this.#parts = parts
  }

  get entities(): string[] {
    return [...this.#entities]
  }

  /** Sets for which entities changes are captured. */
  enable(entities: readonly string[]): void {
    this.flush()
    this.#entities = new Set(entities)
    this.#parts.database.watch(entities.length === 0 ? null : (object, id) => this.#touch(object, id))
  }

  /** An event that says nothing but that a record changed. */
  gap(object: SObject, ids: string[], type: ChangeType): void {
    this.#tell(object.name, ids, `GAP_${type}`)
  }

  /** An event that says that so much changed at once that nothing more is said. */
  overflow(object: SObject): void {
    this.#tell(object.name, [NO_RECORD], 'GAP_OVERFLOW')
  }

  /** Makes events of what was touched since the last time. */
  flush(): void {
    const touched = [...this.#touched]
    this.#touched = new Map()
    const changes: Change[] = []
    for (const [id, { object, before }] of touched) {
      const change = this.#changeOf(object, id, before)
      if (change === null) continue
      const last = changes.at(-1)
      if (last !== undefined && alike(last, change)) last.ids.push(id)
      else changes.push(change)
    }
    if (changes.length > 0) this.#append(changes)
  }

  #touch(object: SObject, id: string): void {
    if (!this.#entities.has(object.name) || this.#touched.has(id)) return
    if (this.#touched.size >= AT_ONCE) this.flush()
    this.#touched.set(id, { object, before: this.#parts.database.get(object, id) ?? null })
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      if (this.#parts.database.isOpen) this.flush()
    })
  }

  #changeOf(object: SObject, id: string, before: Row | null): Change | null {
    const after = this.#parts.database.get(object, id) ?? null
    const type = typeOf(before, after)
    if (type === null) return null
    const row = after ?? before!
    const told = this.#parts.view(object).fields.filter(field => !UNTOLD.has(field.name) && !field.calculated)
    const changed = told.filter(({ name }) => (before?.[name] ?? null) !== (row[name] ?? null))
    if (type === 'UPDATE' && changed.length === 0) return null
    const shown = type === 'UPDATE' ? changed : type === 'DELETE' ? [] : told.filter(f => row[f.name] != null)
    return {
      ...{ object, ids: [id], type, fields: fieldsOf(object, shown, row) },
      changedFields: type === 'UPDATE' ? changed.map(field => nameOf(object, field)) : [],
      by: String(row.LastModifiedById ?? ''),
    }
  }

  #append(changes: readonly Change[]): void {
    const { log, apiUserId, appended } = this.#parts
    const commit = this.#commit()
    for (const [i, { object, ids, type, changedFields, fields, by }] of changes.entries()) {
      const changeOrigin = by === apiUserId ? API : USER_INTERFACE
      const of = { entityName: object.name, recordIds: ids, changeType: type, changeOrigin }
      const rest = { sequenceNumber: i + 1, ...commit, commitUser: by, nulledFields: [], diffFields: [] }
      log.append(object.name, { ChangeEventHeader: { ...of, ...rest, changedFields }, ...fields })
    }
    appended()
  }

  #tell(entityName: string, recordIds: string[], changeType: string): void {
    const { log, apiUserId, appended } = this.#parts
    const of = { entityName, recordIds, changeType, changeOrigin: '' }
    const rest = { sequenceNumber: 1, ...this.#commit(), commitUser: apiUserId }
    const none = { nulledFields: [], diffFields: [], changedFields: [] }
    log.append(entityName, { ChangeEventHeader: { ...of, ...rest, ...none } })
    appended()
  }

  #commit() {
    this.#commits += 7
    return {
      ...{ transactionKey: randomUUID(), commitNumber: this.#commits, commitTimestamp: this.#parts.now() },
    }
  }
}

/** Null: nothing that is told. What leaves the bin for good was told when it went into it. */
function typeOf(before: Row | null, after: Row | null): ChangeType | null {
  const [was, is] = [isLive(before), isLive(after)]
  if (was && is) return 'UPDATE'
  if (was) return 'DELETE'
  if (is) return before === null ? 'CREATE' : 'UNDELETE'
  return null
}

const isLive = (row: Row | null): boolean => row !== null && row.IsDeleted !== 1

const isPartOfName = ({ byName }: SObject, { name }: Field): boolean =>
  byName.has('lastname') && (name === 'FirstName' || name === 'LastName')

const nameOf = (object: SObject, field: Field): string =>
  isPartOfName(object, field) ? `Name.${field.name}` : field.name

/** Names of people are one compound field. */
function fieldsOf(object: SObject, fields: readonly Field[], row: Row): Record<string, unknown> {
  const told: Record<string, unknown> = {}
  const human: Record<string, unknown> = {}
  for (const field of fields) {
    if (field.name === 'Name' && object.byName.has('lastname')) continue
    const part = isPartOfName(object, field)
    ;(part ? human : told)[field.name] = printed(field, row)
  }
  return Object.keys(human).length > 0 ? { ...told, Name: human } : told
}

const printed = (field: Field, row: Row): unknown =>
  field.type === 'datetime' && row[field.name] != null
    ? `${new Date(Number(row[field.name])).toISOString().slice(0, 19)}Z`
    : toJson(field, row[field.name])

/** The same change to several records is one event. */
const alike = (a: Change, b: Change): boolean =>
  a.object === b.object &&
  a.type === b.type &&
  a.type !== 'CREATE' &&
  a.by === b.by &&
  JSON.stringify([a.changedFields, a.fields]) === JSON.stringify([b.changedFields, b.fields])

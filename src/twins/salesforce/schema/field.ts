/** Salesforce's names of field types, as describe shows them. */
export type FieldType =
  | 'id'
  | 'reference'
  | 'string'
  | 'textarea'
  | 'email'
  | 'phone'
  | 'url'
  | 'picklist'
  | 'multipicklist'
  | 'boolean'
  | 'datetime'
  | 'date'
  | 'time'
  | 'double'
  | 'currency'
  | 'percent'
  | 'int'
  | 'anyType'

export interface Field {
  name: string
  type: FieldType
  label: string
  length: number
  precision: number
  scale: number
  nillable: boolean
  createable: boolean
  updateable: boolean
  calculated: boolean
  filterable: boolean
  /** Picklist values in order. */
  values: readonly string[]
  /** True: only `values` are accepted. */
  restricted: boolean
  /** Objects a reference can point to. */
  refersTo: readonly string[]
  /** Name of the parent in a query, for instance Owner; null when it has none. */
  relationship: string | null
  /** Name under which the parent lists these records, for instance Tasks. */
  children: string | null
}

export interface SObject {
  name: string
  label: string
  prefix: string
  fields: readonly Field[]
  byName: ReadonlyMap<string, Field>
  /** Columns besides the primary key that need an index once the records are loaded. */
  indexes: readonly string[]
  createable: boolean
  updateable: boolean
  deletable: boolean
  /** Only the Tooling API shows it. */
  tooling: boolean
}

type Options = Partial<Omit<Field, 'name' | 'type'>>

function field(name: string, type: FieldType, options: Options): Field {
  return {
    name,
    type,
    label: labelOf(name),
    length: 0,
    precision: 0,
    scale: 0,
    nillable: true,
    createable: true,
    updateable: true,
    calculated: false,
    filterable: true,
    values: [],
    restricted: false,
    refersTo: [],
    relationship: null,
    children: null,
    ...options,
  }
}

/** OwnerId → Owner Id, Leadtime_Due__c → Leadtime Due. */
function labelOf(name: string): string {
  const words = name.replace(/__c$/, '').replaceAll('_', ' ')
  return words.replace(/([a-z])([A-Z])/g, '$1 $2')
}

export const READ_ONLY: Options = { createable: false, updateable: false }
export const REQUIRED: Options = { nillable: false }

export const text = (name: string, length: number, options: Options = {}) =>
  field(name, 'string', { length, ...options })

export const longText = (name: string, length: number, options: Options = {}) =>
  field(name, 'textarea', { length, filterable: length <= 255, ...options })

export const email = (name: string, options: Options = {}) => field(name, 'email', { length: 80, ...options })

export const phone = (name: string, options: Options = {}) => field(name, 'phone', { length: 40, ...options })

export const url = (name: string, options: Options = {}) => field(name, 'url', { length: 255, ...options })

export const picklist = (name: string, values: readonly string[], options: Options = {}) =>
  field(name, 'picklist', { length: 255, values, ...options })

/** Several values, kept as `a;b`. */
export const multipicklist = (name: string, values: readonly string[], options: Options = {}) =>
  field(name, 'multipicklist', { length: 4099, values, ...options })

/** A checkbox is never null. */
export const checkbox = (name: string, options: Options = {}) =>
  field(name, 'boolean', { nillable: false, ...options })

export const datetime = (name: string, options: Options = {}) => field(name, 'datetime', options)

export const date = (name: string, options: Options = {}) => field(name, 'date', options)

/** `09:00:00.000Z`, local whatever the Z says. */
export const time = (name: string, options: Options = {}) => field(name, 'time', options)

export const int = (name: string, options: Options = {}) => field(name, 'int', { precision: 8, ...options })

export const double = (name: string, precision: number, scale: number, options: Options = {}) =>
  field(name, 'double', { precision, scale, ...options })

export const currency = (name: string, options: Options = {}) =>
  field(name, 'currency', { precision: 18, scale: 2, ...options })

export const percent = (name: string, options: Options = {}) =>
  field(name, 'percent', { precision: 3, scale: 0, ...options })

export const anyType = (name: string, options: Options = {}) =>
  field(name, 'anyType', { length: 255, filterable: false, ...READ_ONLY, ...options })

/** A reference; its relationship is the name without the closing Id unless told otherwise. */
export const reference = (name: string, refersTo: readonly string[], options: Options = {}) =>
  field(name, 'reference', { length: 18, refersTo, relationship: name.replace(/Id$/, ''), ...options })

const id = field('Id', 'id', { length: 18, nillable: false, ...READ_ONLY })

/** Who and when: the fields that nearly every object carries. */
const stamps: readonly Field[] = [
  datetime('CreatedDate', { ...REQUIRED, ...READ_ONLY }),
  reference('CreatedById', ['User'], { ...REQUIRED, ...READ_ONLY }),
  datetime('LastModifiedDate', { ...REQUIRED, ...READ_ONLY }),
  reference('LastModifiedById', ['User'], { ...REQUIRED, ...READ_ONLY }),
  datetime('SystemModstamp', { ...REQUIRED, ...READ_ONLY }),
]

interface Kind {
  name: string
  prefix: string
  label?: string
  indexes?: readonly string[]
  /** false: no IsDeleted (User, Group …). */
  deletable?: boolean
  /** false: no IsDeleted either, deleting is for good. */
  bin?: boolean
  /** false: clients only read it. */
  writable?: boolean
  /** `history`: a row that never changes has only the created stamps. */
  stamps?: 'all' | 'history'
  tooling?: boolean
}

/** Completes an object's own fields with Id, IsDeleted and the stamps. */
export function sobject(kind: Kind, own: readonly Field[]): SObject {
  const deleted = kind.deletable === false || kind.bin === false ? [] : [checkbox('IsDeleted', READ_ONLY)]
  const history = kind.stamps === 'history'
  const fields = [id, ...deleted, ...own, ...(history ? stamps.slice(0, 2) : stamps)]
  const writable = kind.writable !== false
  return {
    name: kind.name,
    label: kind.label ?? kind.name,
    prefix: kind.prefix,
    fields,
    byName: new Map(fields.map(one => [one.name.toLowerCase(), one])),
    indexes: [history ? 'CreatedDate' : 'SystemModstamp', ...(kind.indexes ?? [])],
    createable: writable,
    updateable: writable,
    deletable: writable && kind.deletable !== false,
    tooling: kind.tooling === true,
  }
}

import type { Definitions } from './definitions.ts'
import { invalid } from './errors.ts'
import type { ObjectType } from './objects.ts'

/** Where a property lives in its table, and how its values compare. */
export interface Column {
  sql: string
  kind: 'id' | 'instant' | 'number' | 'text' | 'option' | 'bool' | 'date' | 'datetime'
}

const STAMPS: Record<string, Column> = {
  hs_object_id: { sql: 'id', kind: 'id' },
  createdate: { sql: 'created', kind: 'instant' },
  hs_createdate: { sql: 'created', kind: 'instant' },
  lastmodifieddate: { sql: 'modified', kind: 'instant' },
  hs_lastmodifieddate: { sql: 'modified', kind: 'instant' },
}

/** Indexed columns of contacts. */
const HOT: Record<string, Column> = {
  email: { sql: 'email', kind: 'text' },
  lifecyclestage: { sql: 'lifecycle', kind: 'option' },
  hubspot_owner_id: { sql: 'owner', kind: 'option' },
}

/** @throws HubspotError 400 for a property the type does not have */
export function columnOf(definitions: Definitions, type: ObjectType, name: string): Column {
  const definition = definitions.get(type, name)
  if (!definition) {
    const message = `There was a problem with the request: property '${name}' does not exist on ${type}`
    throw invalid(message, { errors: [{ message }] })
  }
  const known = STAMPS[name] ?? HOT[name]
  if (known) return known
  const value = `json_extract(properties, '$.${name}')`
  if (definition.type === 'number') return { sql: `CAST(${value} AS REAL)`, kind: 'number' }
  if (definition.type === 'string') return { sql: value, kind: 'text' }
  return { sql: value, kind: definition.type === 'enumeration' ? 'option' : definition.type }
}

import { type Column, columnOf } from './columns.ts'
import type { Definitions } from './definitions.ts'
import { invalid } from './errors.ts'
import { type ObjectType, objectNamed } from './objects.ts'
import { instantOf } from './values.ts'

/** One condition of a search. */
export interface Filter {
  propertyName?: string
  operator?: string
  value?: unknown
  values?: unknown[]
  highValue?: unknown
}

export interface Sql {
  text: string
  values: (string | number)[]
}

const COMPARE: Record<string, string> = { LT: '<', LTE: '<=', GT: '>', GTE: '>=' }

/**
 * A filter as a condition on its table. Text compares without regard to case, options with; IN and NOT_IN
 * want lower-case text, as HubSpot does: a capital letter there finds nothing.
 * @throws HubspotError 400 for an unknown property or operator, or a value that does not fit
 */
export function filterSql(definitions: Definitions, type: ObjectType, filter: Filter): Sql {
  const name = filter.propertyName ?? ''
  if (name.startsWith('associations.')) return association(type, name, filter)
  const column = columnOf(definitions, type, name)
  const operator = filter.operator ?? ''
  const folded = column.kind === 'text' && column.sql !== 'email' ? `lower(${column.sql})` : column.sql
  switch (operator) {
    case 'HAS_PROPERTY':
      return { text: `${column.sql} IS NOT NULL`, values: [] }
    case 'NOT_HAS_PROPERTY':
      return { text: `${column.sql} IS NULL`, values: [] }
    case 'EQ':
    case 'NEQ':
      return {
        text: `${folded} ${operator === 'EQ' ? '=' : '<>'} ?`,
        values: [value(column, name, filter.value)],
      }
    case 'LT':
    case 'LTE':
    case 'GT':
    case 'GTE':
      return { text: `${folded} ${COMPARE[operator]} ?`, values: [value(column, name, filter.value)] }
    case 'BETWEEN':
      return {
        text: `${folded} BETWEEN ? AND ?`,
        values: [value(column, name, filter.value), value(column, name, filter.highValue)],
      }
    case 'IN':
    case 'NOT_IN':
      return among(folded, column, name, filter)
    case 'CONTAINS_TOKEN':
    case 'NOT_CONTAINS_TOKEN':
      return token(column, name, filter)
    default:
      throw refused(`operator '${operator}' is not one of HubSpot's`)
  }
}

function refused(what: string) {
  const message = `There was a problem with the request: ${what}`
  return invalid(message, { errors: [{ message }] })
}

function value(column: Column, name: string, given: unknown): string | number {
  const text = textOf(name, given)
  switch (column.kind) {
    case 'id':
    case 'number':
      return number(name, text)
    case 'instant':
      return instant(name, text)
    case 'datetime':
      return new Date(instant(name, text)).toISOString()
    case 'date':
      return new Date(instant(name, text)).toISOString().slice(0, 10)
    case 'option':
      return text
    case 'text':
    case 'bool':
      return text.toLowerCase()
  }
}

function textOf(name: string, given: unknown): string {
  if (given === undefined || given === null) throw refused(`the filter on '${name}' has no value`)
  if (typeof given === 'object') throw refused(`the filter on '${name}' needs plain values`)
  return String(given)
}

function number(name: string, text: string): number {
  const parsed = Number(text)
  if (text.trim() === '' || !Number.isFinite(parsed)) throw refused(`'${text}' is no number, as '${name}' is`)
  return parsed
}

function instant(name: string, text: string): number {
  const at = instantOf(text)
  if (Number.isNaN(at))
    throw refused(`'${text}' is no date, as '${name}' is; give epoch milliseconds or ISO 8601`)
  return at
}

function among(folded: string, column: Column, name: string, { operator, values }: Filter): Sql {
  if (!Array.isArray(values) || values.length === 0) throw refused(`${operator} on '${name}' needs values`)
  const raw = column.kind === 'text'
  const wanted = values.map(one => (raw ? textOf(name, one) : value(column, name, one)))
  const marks = wanted.map(() => '?').join(', ')
  return { text: `${folded} ${operator === 'IN' ? 'IN' : 'NOT IN'} (${marks})`, values: wanted }
}

/** Whole words, `*` for the rest of one. */
function token(column: Column, name: string, filter: Filter): Sql {
  const pattern = textOf(name, filter.value).toLowerCase()
  const words = pattern.split(/[^\p{L}\p{N}*]+/u).filter(word => word !== '')
  if (words.length === 0) throw refused(`the filter on '${name}' has no word to look for`)
  const spaced = words.map(word => word.replaceAll(/[[\]?]/g, '')).join(' ')
  const present = `words(${column.sql}) GLOB ?`
  const text = filter.operator === 'CONTAINS_TOKEN' ? present : `${column.sql} IS NOT NULL AND NOT ${present}`
  return { text: `(${text})`, values: [`* ${spaced} *`] }
}

function association(type: ObjectType, name: string, { operator, value: given }: Filter): Sql {
  const other = objectNamed(name.slice('associations.'.length))
  if (!other) throw refused(`'${name}' names no object type`)
  if (operator !== 'EQ') throw refused(`'${name}' can only be compared with EQ`)
  const text = 'id IN (SELECT to_id FROM association WHERE from_type = ? AND to_type = ? AND from_id = ?)'
  return { text, values: [other.type, type, number(name, textOf(name, given))] }
}

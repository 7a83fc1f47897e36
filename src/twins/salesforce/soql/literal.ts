import type { Days } from '../days.ts'
import { malformed, SalesforceError } from '../errors.ts'
import { longId } from '../ids.ts'
import type { Field } from '../schema/field.ts'
import { isDate, parseDatetime, type Value } from '../values.ts'

/** What relative dates are read against. */
export interface Today {
  now: number
  days: Days
}

const ESCAPED: Record<string, string> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }

/** The text of a quoted SOQL string. */
export function unquote(literal: string): string {
  return body(literal).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escaped: string) => plain(escaped))
}

/** The pattern of a LIKE, with backslash as SQL's escape character. */
export function likePattern(literal: string): string {
  return body(literal).replace(/\\(u[0-9a-fA-F]{4}|.)/gs, (_, escaped: string) => {
    const text = plain(escaped)
    return text === '%' || text === '_' || text === '\\' ? `\\${text}` : text
  })
}

function body(literal: string): string {
  return literal.replace(/^'|'$/g, '')
}

function plain(escaped: string): string {
  if (escaped.length === 5) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
  return ESCAPED[escaped] ?? escaped
}

/** A literal as a column of the field's type holds it. @throws SalesforceError INVALID_FIELD for another type */
export function literalValue(field: Field, literal: string, type: string): Value {
  if (type === 'NULL') return null
  switch (field.type) {
    case 'boolean':
      if (type === 'BOOLEAN') return /true/i.test(literal) ? 1 : 0
      break
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      if (type === 'INTEGER' || type === 'DECIMAL') return Number(literal)
      break
    case 'datetime':
      if (type === 'DATETIME') return parseDatetime(literal) ?? badDate(literal)
      break
    case 'date':
      if (type === 'DATE') return isDate(literal) ? literal : badDate(literal)
      break
    default:
      if (type === 'STRING') return textValue(field, unquote(literal))
  }
  throw wrongType(field)
}

function textValue(field: Field, text: string): Value {
  if (field.type !== 'id' && field.type !== 'reference') return text === '' ? null : text
  if (text === '') return null
  const id = longId(text)
  if (id !== null) return id
  throw new SalesforceError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid ID field: ${text}`)
}

function badDate(literal: string): never {
  throw malformed(`Invalid date: ${literal}`)
}

function wrongType(field: Field): SalesforceError {
  const type = field.type === 'datetime' ? 'dateTime' : field.type
  const quotes = /^(id|reference|string|textarea|email|phone|url|picklist)$/.test(type)
    ? 'enclosed in quotes'
    : 'not be enclosed in quotes'
  const message = `value of filter criterion for field '${field.name}' must be of type ${type} and should be ${quotes}`
  return new SalesforceError(400, 'INVALID_FIELD', message.replace('should be not', 'should not'))
}

/** Days from today to the first and after the last day a relative date literal covers. */
const RELATIVE: Record<string, (n: number) => [number, number]> = {
  YESTERDAY: () => [-1, 0],
  TODAY: () => [0, 1],
  TOMORROW: () => [1, 2],
  LAST_90_DAYS: () => [-90, 1],
  NEXT_90_DAYS: () => [1, 91],
  LAST_N_DAYS: n => [-n, 1],
  NEXT_N_DAYS: n => [1, n + 1],
  N_DAYS_AGO: n => [-n, 1 - n],
}

/** The first value and the first value after a relative date such as LAST_N_DAYS:7. */
export function relativeRange(field: Field, literal: string, today: Today): [Value, Value] {
  const [name = '', n = '0'] = literal.split(':')
  const range = RELATIVE[name.toUpperCase()]
  if (!range) throw malformed(`the date literal ${literal} is not offered here; use dates or LAST_N_DAYS:n`)
  if (field.type !== 'date' && field.type !== 'datetime') throw wrongType(field)
  const [first, end] = range(Number(n)).map(days => today.days.after(today.now, days)) as [string, string]
  if (field.type === 'date') return [first, end]
  return [today.days.start(first), today.days.start(end)]
}

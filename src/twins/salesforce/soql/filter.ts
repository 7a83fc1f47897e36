import type { Query } from '@jetstreamapp/soql-parser-js'
import { malformed, SalesforceError } from '../errors.ts'
import type { Field } from '../schema/field.ts'
import type { Value } from '../values.ts'
import type { Joins, Resolved } from './joins.ts'
import { likePattern, literalValue, relativeRange, type Today } from './literal.ts'
import type { Comparison, Condition } from './where.ts'

/** A piece of SQL with its parameters in order. */
export interface Sql {
  text: string
  values: Value[]
}

export interface FilterContext {
  joins: Joins
  today: Today
  /** Field path as written in the query → path without the query's alias. */
  path: (written: string) => string[]
  /** `SELECT one column …` for IN (SELECT …). */
  subquery: (query: Query) => Sql
}

/**
 * SQL of a condition with SOQL's two-valued logic: a comparison with an empty field is false, except !=,
 * NOT IN and = null.
 */
export function filterSql(condition: Condition, context: FilterContext): Sql {
  switch (condition.kind) {
    case 'comparison':
      return comparisonSql(condition, context)
    case 'not': {
      const { text, values } = filterSql(condition.part, context)
      return { text: `NOT coalesce(${text}, 0)`, values }
    }
    default: {
      const parts = condition.parts.map(part => filterSql(part, context))
      return {
        text: `(${parts.map(part => part.text).join(` ${condition.kind.toUpperCase()} `)})`,
        values: parts.flatMap(part => part.values),
      }
    }
  }
}

/**
 * The lowest value that a field can have where the condition holds, if it says so. For
 * `stamp > x OR (stamp = x AND Id > y)` it is x: an index on the stamp can then start there.
 */
export function lowerBound(condition: Condition, field: Field, context: FilterContext): Value {
  if (condition.kind === 'comparison') {
    const [only] = condition.values
    const same = only && context.path(condition.field).join('.').toLowerCase() === field.name.toLowerCase()
    if (!same || !/^(=|>|>=)$/.test(condition.operator) || only.type !== 'DATETIME') return null
    return literalValue(field, only.literal, only.type)
  }
  if (condition.kind === 'not') return null
  const bounds = condition.parts.map(part => lowerBound(part, field, context))
  const known = bounds.filter(bound => bound !== null)
  if (condition.kind === 'or' && known.length < bounds.length) return null
  const pick = condition.kind === 'or' ? Math.min : Math.max
  return known.length ? pick(...known.map(Number)) : null
}

function comparisonSql(comparison: Comparison, context: FilterContext): Sql {
  const path = context.path(comparison.field)
  const resolved = context.joins.resolve(path)
  if (!resolved.field.filterable) {
    const message = `field '${resolved.field.name}' can not be filtered in a query call`
    throw new SalesforceError(400, 'INVALID_FIELD', message)
  }
  const operator = comparison.operator.toUpperCase()
  if (operator === 'IN' || operator === 'NOT IN') return listSql(resolved, operator, comparison, context)
  const [only] = comparison.values
  if (!only) throw malformed(`unexpected token: '${operator}'`)
  if (only.type.startsWith('DATE_')) return rangeSql(resolved, operator, only.literal, context)
  if (operator === 'LIKE') return likeSql(resolved, only)
  return compare(resolved.sql, operator, literalValue(resolved.field, only.literal, only.type))
}

function compare(sql: string, operator: string, value: Value): Sql {
  if (value === null) {
    if (operator === '=') return { text: `${sql} IS NULL`, values: [] }
    if (operator === '!=') return { text: `${sql} IS NOT NULL`, values: [] }
    throw malformed(`unexpected token: 'null'`)
  }
  if (operator === '!=') return { text: `${sql} IS NOT ?`, values: [value] }
  if (!/^(=|<|<=|>|>=)$/.test(operator)) throw malformed(`unexpected token: '${operator}'`)
  return { text: `${sql} ${operator} ?`, values: [value] }
}

function listSql(
  { field, sql }: Resolved,
  operator: string,
  comparison: Comparison,
  context: FilterContext,
): Sql {
  const negative = operator === 'NOT IN'
  if (comparison.query) {
    const { text, values } = context.subquery(comparison.query)
    return { text: negative ? `(${sql} IS NULL OR ${sql} NOT IN (${text}))` : `${sql} IN (${text})`, values }
  }
  const all = comparison.values.map(({ literal, type }) => literalValue(field, literal, type))
  const values = all.filter(value => value !== null)
  const marks = values.map(() => '?').join(', ')
  const empty = values.length < all.length
  if (negative) {
    return { text: `(${sql} IS ${empty ? 'NOT NULL AND' : 'NULL OR'} ${sql} NOT IN (${marks}))`, values }
  }
  return { text: empty ? `(${sql} IS NULL OR ${sql} IN (${marks}))` : `${sql} IN (${marks})`, values }
}

function likeSql({ field, sql }: Resolved, only: { literal: string; type: string }): Sql {
  if (
    only.type !== 'STRING' ||
    /^(id|reference|boolean|datetime|date|int|double|currency)$/.test(field.type)
  ) {
    throw new SalesforceError(400, 'INVALID_QUERY_FILTER_OPERATOR', `invalid operator on ${field.type} field`)
  }
  return { text: `${sql} LIKE ? ESCAPE '\\'`, values: [likePattern(only.literal)] }
}

function rangeSql({ field, sql }: Resolved, operator: string, literal: string, context: FilterContext): Sql {
  const [first, end] = relativeRange(field, literal, context.today)
  switch (operator) {
    case '=':
      return { text: `(${sql} >= ? AND ${sql} < ?)`, values: [first, end] }
    case '!=':
      return { text: `(${sql} IS NULL OR ${sql} < ? OR ${sql} >= ?)`, values: [first, end] }
    case '<':
      return { text: `${sql} < ?`, values: [first] }
    case '<=':
      return { text: `${sql} < ?`, values: [end] }
    case '>':
      return { text: `${sql} >= ?`, values: [end] }
    default:
      return { text: `${sql} >= ?`, values: [first] }
  }
}

import { composeQuery, getField, type WhereClause } from '@jetstreamapp/soql-parser-js'
import type { Instant } from '../../domain/time.ts'
import { isId } from '../id18.ts'
import type { Source } from './objects.ts'

/** Where a scan stands: strictly after a row, or from an instant on. Null: from the beginning. */
export type Position = { at: Instant; id: string } | { since: Instant } | null

/** Of a query that shows what is deleted as well, below the version root. */
export const queryPath = (soql: string): string => `/queryAll?q=${encodeURIComponent(soql)}`

/** The scan's query: everything after `position`, in the order of (stamp, Id), which no two rows share. */
export function scanQuery(source: Source, fields: readonly string[], position: Position): string {
  const order = [{ field: source.stamp }, { field: 'Id' }]
  return compose(source, fields, withOnly(source, after(source.stamp, position)), order)
}

/** Everything, in no order: an order would keep Salesforce from working on chunks of keys side by side. */
export const wholeQuery = (source: Source, fields: readonly string[]): string =>
  compose(source, fields, withOnly(source, null), [])

/** @throws TypeError on something that is no id: values are never quoted, so nothing else may get here */
export function idQuery(source: Source, fields: readonly string[], ids: readonly string[]): string {
  if (!ids.every(isId)) throw new TypeError('not a Salesforce id')
  return compose(
    source,
    fields,
    withOnly(source, { left: { field: 'Id', operator: 'IN', value: [...ids], literalType: strings(ids) } }),
    [],
  )
}

/** The census' query: every row after an id, in order of ids, with nothing but what says whether it changed. */
export function censusQuery(source: Source, last: string | null): string {
  if (last !== null && !isId(last)) throw new TypeError('not a Salesforce id')
  const beyond: WhereClause | null =
    last === null ? null : { left: { field: 'Id', operator: '>', value: last, literalType: 'STRING' } }
  const fields = [source.stamp, ...source.fields.filter(field => field === 'IsDeleted')]
  return compose(source, fields, withOnly(source, beyond), [{ field: 'Id' }])
}

const strings = (ids: readonly string[]) => ids.map(() => 'STRING' as const)

function compose(
  source: Source,
  fields: readonly string[],
  where: WhereClause | null,
  orderBy: { field: string }[],
): string {
  return composeQuery({
    fields: ['Id', ...fields].map(field => getField(field)),
    sObject: source.sobject,
    ...(where && { where }),
    ...(orderBy.length > 0 && { orderBy }),
  })
}

function withOnly(source: Source, rest: WhereClause | null): WhereClause | null {
  if (!source.only) return rest
  const left = {
    field: source.only.field,
    operator: '=',
    value: source.only.value,
    literalType: 'STRING',
  } as const
  return rest ? { left, operator: 'AND', right: rest } : { left }
}

function after(field: Source['stamp'], position: Position): WhereClause | null {
  if (!position) return null
  if ('since' in position) {
    return { left: { field, operator: '>=', value: literal(position.since), literalType: 'DATETIME' } }
  }
  if (!isId(position.id)) throw new TypeError('not a Salesforce id')
  const value = literal(position.at)
  return {
    left: { openParen: 1, field, operator: '>', value, literalType: 'DATETIME' },
    operator: 'OR',
    right: {
      left: { openParen: 1, field, operator: '=', value, literalType: 'DATETIME' },
      operator: 'AND',
      right: {
        left: { field: 'Id', operator: '>', value: position.id, literalType: 'STRING', closeParen: 2 },
      },
    },
  }
}

/** A SOQL datetime literal, unquoted, in UTC. */
const literal = (at: Instant): string => new Date(at).toISOString().replace('.000Z', 'Z')

import type { Query } from '@jetstreamapp/soql-parser-js'
import { malformed, SalesforceError } from '../errors.ts'
import type { Field } from '../schema/field.ts'
import { toJson, type Value } from '../values.ts'
import type { Joins } from './joins.ts'
import type { Columns, Printed } from './select.ts'

/** The columns of a query with GROUP BY or aggregate functions. */
export interface Aggregate {
  entries: { name: string; column: number; field: Field | null }[]
  /** `GROUP BY …`, or empty. */
  groupBy: string
}

const FUNCTIONS = /^(COUNT|COUNT_DISTINCT|MIN|MAX|SUM|AVG)$/i

/** Whether the query counts or groups instead of giving records; `COUNT()` alone is another thing. */
export function isAggregate(query: Query): boolean {
  const functions = query.fields?.some(
    field => field.type === 'FieldFunctionExpression' && field.isAggregateFn,
  )
  return Boolean(functions || query.groupBy)
}

/** `SELECT COUNT() FROM …`: the number is the result's totalSize. */
export function isCount(query: Query): boolean {
  const [first] = query.fields ?? []
  if (query.fields?.length !== 1 || first?.type !== 'FieldFunctionExpression') return false
  return /^count$/i.test(first.functionName) && first.parameters.length === 0
}

/** Reads the SELECT list and GROUP BY of an aggregate query. @throws SalesforceError */
export function aggregateOf(
  query: Query,
  joins: Joins,
  columns: Columns,
  path: (written: string) => string[],
): Aggregate {
  if (query.having) throw malformed('HAVING is not offered here; filter the groups yourself')
  const groups = [query.groupBy ?? []].flat().map(group => {
    if (!('field' in group)) throw malformed('functions in GROUP BY are not offered here; group by a field')
    return joins.resolve(path(group.field)).sql
  })
  let unnamed = 0
  const entries = (query.fields ?? []).map(selected => {
    if (selected.type === 'FieldFunctionExpression') {
      const { sql, field } = functionSql(selected.functionName, selected.parameters, joins, path)
      return { name: selected.alias ?? `expr${unnamed++}`, column: columns.add(sql), field }
    }
    if (selected.type !== 'Field' && selected.type !== 'FieldRelationship')
      throw malformed('unexpected token: (')
    const written = selected.type === 'Field' ? [selected.field] : [...selected.relationships, selected.field]
    const { sql, field } = joins.resolve(path(written.join('.')))
    const alias = 'alias' in selected ? selected.alias : undefined
    if (groups.includes(sql)) return { name: alias ?? field.name, column: columns.add(sql), field }
    throw new SalesforceError(
      400,
      'MALFORMED_QUERY',
      `Field must be grouped or aggregated: ${written.join('.')}`,
    )
  })
  return { entries, groupBy: groups.length ? `GROUP BY ${groups.join(', ')}` : '' }
}

/** One group as the REST API prints it. */
export function printGroup(aggregate: Aggregate, row: readonly Value[]): Printed {
  const printed: Printed = { attributes: { type: 'AggregateResult' } }
  for (const { name, column, field } of aggregate.entries) {
    printed[name] = field ? toJson(field, row[column]) : (row[column] ?? null)
  }
  return printed
}

function functionSql(
  name: string,
  parameters: readonly unknown[],
  joins: Joins,
  path: (written: string) => string[],
): { sql: string; field: Field | null } {
  const [written] = parameters
  if (!FUNCTIONS.test(name)) throw malformed(`the function ${name} is not offered here`)
  if (typeof written !== 'string') throw malformed(`unexpected token: ')'`)
  const { sql, field } = joins.resolve(path(written))
  const counts = /^count/i.test(name)
  const call = /^count_distinct$/i.test(name) ? `count(DISTINCT ${sql})` : `${name.toLowerCase()}(${sql})`
  return { sql: call, field: counts || /^(sum|avg)$/i.test(name) ? null : field }
}

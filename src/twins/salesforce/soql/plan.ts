import type { OrderByClause, Query, Subquery } from '@jetstreamapp/soql-parser-js'
import { quoted } from '../database.ts'
import { malformed, SalesforceError } from '../errors.ts'
import type { SObject } from '../schema/field.ts'
import { hasBin, objectNamed, sobjects } from '../schema.ts'
import type { Value } from '../values.ts'
import { type Aggregate, aggregateOf, isAggregate, isCount } from './aggregate.ts'
import { type FilterContext, filterSql, lowerBound, type Sql } from './filter.ts'
import { Joins } from './joins.ts'
import type { Today } from './literal.ts'
import { excerpt, parseSoql } from './parse.ts'
import { type Children, Columns, type Shape, shapeOf } from './select.ts'
import { conditionOf } from './where.ts'

/** A SOQL statement in the pieces its SQL is put together from. */
export interface Plan {
  object: SObject
  /** What comes back: rows of records, groups, or only a number. */
  result: { kind: 'records'; shape: Shape } | { kind: 'groups'; aggregate: Aggregate } | { kind: 'count' }
  columns: readonly string[]
  joins: string
  where: Sql
  order: string
  limit: number | null
  offset: number
}

export interface PlanOptions {
  today: Today
  /** True: queryAll, which also shows what is in the recycle bin. */
  deleted: boolean
  /** Runs a child subquery for one parent; the plan's WHERE takes the parent's id as its last value. */
  children: (plan: Plan) => Children
  /** What of an object may be seen; everything when left out. */
  view?: ((object: SObject) => SObject) | undefined
  /** True: of the Tooling API. */
  tooling?: boolean | undefined
}

const MAX_OFFSET = 2000

/** Translates one SOQL statement. @throws SalesforceError MALFORMED_QUERY, INVALID_TYPE, INVALID_FIELD … */
export function planOf(text: string, options: PlanOptions): Plan {
  const query = parseSoql(text)
  const object = objectNamed(query.sObject!)
  if (!object || object.tooling !== (options.tooling ?? false)) throw noSuchType(query.sObject!, text)
  return build(query, object, text, options, '')
}

/** What SQLite runs to read the columns of a plan's rows. */
export function selectSql(plan: Plan, columns: readonly string[] = plan.columns): string {
  const limit =
    plan.limit === null && plan.offset === 0 ? '' : `LIMIT ${plan.limit ?? -1} OFFSET ${plan.offset}`
  const group = plan.result.kind === 'groups' ? plan.result.aggregate.groupBy : ''
  const table = `FROM ${quoted(plan.object.name)} AS t ${plan.joins}`
  return `SELECT ${columns.join(', ')} ${table} WHERE ${plan.where.text} ${group} ${plan.order} ${limit}`
}

function build(query: Query, queried: SObject, text: string, options: PlanOptions, child: string): Plan {
  const object = options.view?.(queried) ?? queried
  const joins = new Joins(object, text, options.view)
  const columns = new Columns()
  const path = pathReader(query, object)
  const result = resultOf(query, { joins, columns, path, text, options })
  const filter: FilterContext = {
    joins,
    today: options.today,
    path,
    subquery: inner => subquerySql(inner, text, options),
  }
  const where = whereSql(query, object, filter, options.deleted, child)
  const order = orderSql(query, joins, path, result.kind === 'records')
  if ((query.offset ?? 0) > MAX_OFFSET) {
    const message = `Maximum SOQL offset allowed is ${MAX_OFFSET}`
    throw new SalesforceError(400, 'NUMBER_OUTSIDE_VALID_RANGE', message)
  }
  return {
    object,
    result,
    columns: columns.sql,
    joins: joins.sql(),
    where,
    order,
    limit: query.limit ?? null,
    offset: query.offset ?? 0,
  }
}

interface Building {
  joins: Joins
  columns: Columns
  path: (written: string) => string[]
  text: string
  options: PlanOptions
}

function resultOf(query: Query, { joins, columns, path, text, options }: Building): Plan['result'] {
  if (isCount(query)) return { kind: 'count' }
  if (isAggregate(query)) return { kind: 'groups', aggregate: aggregateOf(query, joins, columns, path) }
  const [target] = joins.root.targets
  const child = (subquery: Subquery) => childOf(subquery, target!.object, text, options)
  return { kind: 'records', shape: shapeOf(query.fields ?? [], { joins, columns, path, child }) }
}

/** Takes the query's alias, or the object's own name, off the front of a path. */
function pathReader(query: Query, object: SObject): (written: string) => string[] {
  const aliases = [query.sObjectAlias?.toLowerCase(), object.name.toLowerCase()]
  return written => {
    const path = written.split('.')
    return path.length > 1 && aliases.includes(path[0]!.toLowerCase()) ? path.slice(1) : path
  }
}

function whereSql(
  query: Query,
  object: SObject,
  filter: FilterContext,
  deleted: boolean,
  child: string,
): Sql {
  const parts: Sql[] = []
  if (query.where) {
    const condition = conditionOf(query.where)
    parts.push(filterSql(condition, filter))
    for (const field of object.fields.filter(
      one => one.type === 'datetime' && object.indexes.includes(one.name),
    )) {
      const bound = condition.kind === 'comparison' ? null : lowerBound(condition, field, filter)
      if (bound !== null) parts.push({ text: `t.${quoted(field.name)} >= ?`, values: [bound] })
    }
  }
  if (!deleted && hasBin(object)) parts.push({ text: 't."IsDeleted" = 0', values: [] })
  if (child) parts.push({ text: `t.${quoted(child)} = ?`, values: [] })
  const values = parts.flatMap(part => part.values)
  return { text: parts.length ? parts.map(part => part.text).join(' AND ') : '1', values }
}

/** ORDER BY with SOQL's "nulls first"; records are then in order of Id, so that paging has one order. */
function orderSql(query: Query, joins: Joins, path: (written: string) => string[], byId: boolean): string {
  const clauses = [query.orderBy ?? []].flat().map((clause: OrderByClause) => {
    if (!('field' in clause)) throw malformed('functions in ORDER BY are not offered here; order by a field')
    const { field, sql } = joins.resolve(path(clause.field))
    const nulls = field.nillable || sql.startsWith('j') ? ` NULLS ${clause.nulls ?? 'FIRST'}` : ''
    return { sql, text: `${sql} ${clause.order ?? 'ASC'}${nulls}` }
  })
  const unique = clauses.some(clause => clause.sql === joins.root.id)
  const all = [...clauses.map(clause => clause.text), ...(byId && !unique ? [joins.root.id] : [])]
  return all.length ? `ORDER BY ${all.join(', ')}` : ''
}

function subquerySql(query: Query, text: string, options: PlanOptions): Sql {
  const object = objectNamed(query.sObject ?? '')
  if (!object) throw noSuchType(query.sObject ?? '', text)
  const [selected] = query.fields ?? []
  if (query.fields?.length !== 1 || selected?.type !== 'Field') {
    throw malformed('a nested query in a filter must have exactly one column in its select clause')
  }
  const plan = build(query, object, text, options, '')
  const joins = new Joins(plan.object, text)
  const { sql } = joins.resolve(pathReader(query, object)(selected.field))
  return { text: selectSql({ ...plan, order: '' }, [sql]), values: plan.where.values }
}

function childOf(subquery: Subquery, parent: SObject, text: string, options: PlanOptions): Children {
  const name = subquery.relationshipName
  for (const object of sobjects) {
    const link = object.fields.find(
      field => field.children?.toLowerCase() === name.toLowerCase() && field.refersTo.includes(parent.name),
    )
    if (link)
      return options.children(build({ ...subquery, sObject: object.name }, object, text, options, link.name))
  }
  const message = `${excerpt(text, name)}\nDidn't understand relationship '${name}' in FROM part of query call. `
  throw new SalesforceError(
    400,
    'INVALID_TYPE',
    `${message}If you are attempting to use a custom relationship, be sure to append the '__r' after the custom relationship name. Please reference your WSDL or the describe call for the appropriate names.`,
  )
}

function noSuchType(name: string, text: string): SalesforceError {
  const words =
    `sObject type '${name}' is not supported. If you are attempting to use a custom object, be sure to append ` +
    "the '__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
  return new SalesforceError(400, 'INVALID_TYPE', `${excerpt(text, name)}\n${words}`)
}

/** All values of a plan's WHERE, with the parent's id for a child subquery. */
export function valuesOf(plan: Plan, parentId?: string): Value[] {
  return parentId === undefined ? plan.where.values : [...plan.where.values, parentId]
}

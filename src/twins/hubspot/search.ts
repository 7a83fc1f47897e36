import { columnOf } from './columns.ts'
import type { Definitions } from './definitions.ts'
import { invalid } from './errors.ts'
import { type Filter, filterSql, type Sql } from './filters.ts'
import type { ObjectType } from './objects.ts'
import type { Rec } from './record.ts'
import type { RecordStore } from './store.ts'

/** A search as it stands in a request's body. */
export interface SearchRequest {
  filterGroups?: { filters?: Filter[] }[]
  query?: string
  sorts?: (string | { propertyName?: string; direction?: string })[]
  properties?: string[]
  limit?: number | string
  after?: number | string
}

export interface SearchPlan {
  where: Sql
  order: string
  /** Whether the order is that of ids, which lets the store choose how to walk. */
  byId: boolean
  limit: number
  after: number
}

const MAX = { groups: 5, filters: 6, all: 18, page: 200, results: 10_000, characters: 3000 }

/**
 * @param until records changed later are not indexed yet, in milliseconds since the epoch
 * @throws HubspotError 400 for whatever HubSpot refuses
 */
export function planSearch(
  definitions: Definitions,
  type: ObjectType,
  body: SearchRequest,
  until?: number,
): SearchPlan {
  const groups = body.filterGroups ?? []
  checkSize(groups, body)
  const alternatives = groups
    .map(({ filters = [] }) => all(filters.map(filter => filterSql(definitions, type, filter))))
    .filter(({ text }) => text !== '')
  const conditions: Sql[] = [{ text: 'archived_at IS NULL', values: [] }]
  if (alternatives.length > 0) conditions.push(any(alternatives))
  if (body.query) conditions.push(queryText(type, body.query))
  if (until !== undefined) conditions.push({ text: 'modified <= ?', values: [until] })
  return { where: all(conditions), ...order(definitions, type, body.sorts ?? []), ...window(body) }
}

/** Runs it: how many there are in all, and the page. */
export function runSearch(
  store: RecordStore,
  type: ObjectType,
  plan: SearchPlan,
): { total: number; page: Rec[] } {
  const total = totalOf(store, type, plan.where)
  if (plan.after >= total) return { total, page: [] }
  return {
    total,
    page: store.select(type, pageSql(plan, total), [...plan.where.values, plan.limit, plan.after]),
  }
}

const totals = new WeakMap<RecordStore, { key: string; total: number }>()

/** Counted once for the pages of one search, as long as nothing is written in between. */
function totalOf(store: RecordStore, type: ObjectType, { text, values }: Sql): number {
  const state = store.sql('SELECT total_changes() AS n').get()?.n
  const key = JSON.stringify([state, type, text, values])
  const counted = totals.get(store)
  if (counted?.key === key) return counted.total
  const total = Number(store.sql(`SELECT count(*) AS n FROM ${type} WHERE ${text}`).get(...values)?.n)
  totals.set(store, { key, total })
  return total
}

/** Columns with an index; a plus before one keeps SQLite from using it. */
const INDEXED = /(?<![.\w'])(modified|email|lifecycle|owner)\b/g

/** Few hits: find them by their condition and sort. Many: walk in order of id, the first page is near. */
function pageSql({ where, order, byId }: SearchPlan, total: number): string {
  const few = total <= 5000
  const text = byId && !few ? where.text.replaceAll(INDEXED, '+$&') : where.text
  return `${text} ORDER BY ${byId && few ? `+${order}` : order} LIMIT ? OFFSET ?`
}

function checkSize(groups: { filters?: Filter[] }[], body: SearchRequest): void {
  const counts = groups.map(({ filters = [] }) => filters.length)
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (groups.length > MAX.groups) throw tooMany('filterGroups', groups.length, MAX.groups)
  if (Math.max(0, ...counts) > MAX.filters)
    throw tooMany('filters in a filterGroup', Math.max(...counts), MAX.filters)
  if (total > MAX.all) throw tooMany('filters', total, MAX.all)
  const length = JSON.stringify(body.filterGroups ?? []).length + (body.query?.length ?? 0)
  if (length > MAX.characters) throw tooMany('characters in the request', length, MAX.characters)
}

function tooMany(what: string, count: number, max: number) {
  const message = `There was a problem with the request: ${count} ${what}, the maximum is ${max}`
  return invalid(message, { errors: [{ message }] })
}

function window({ limit = 10, after = 0 }: SearchRequest): { limit: number; after: number } {
  const [size, from] = [Number(limit), after === '' ? 0 : Number(after)]
  if (!Number.isInteger(size) || size < 0 || size > MAX.page) {
    throw invalid(`The requested limit ${limit} is not valid; it must be a whole number up to ${MAX.page}`)
  }
  if (!Number.isInteger(from) || from < 0) throw invalid(`Invalid paging cursor: ${after}`)
  if (from + size > MAX.results) {
    throw invalid(`There was a problem with the request: paging past ${MAX.results} results is not supported`)
  }
  return { limit: size, after: from }
}

function order(definitions: Definitions, type: ObjectType, sorts: NonNullable<SearchRequest['sorts']>) {
  if (sorts.length > 1) throw invalid(`Only one sort is supported, ${sorts.length} were given`)
  const sort = sorts[0]
  if (sort === undefined) return { order: 'id', byId: true }
  const name = typeof sort === 'string' ? sort.replace(/^-/, '') : (sort.propertyName ?? '')
  const descending =
    typeof sort === 'string' ? sort.startsWith('-') : sort.direction?.toUpperCase() === 'DESCENDING'
  const column = columnOf(definitions, type, name)
  const direction = descending ? 'DESC' : 'ASC'
  if (column.sql === 'id') return { order: `id ${direction}`, byId: true }
  return { order: `${column.sql} ${direction}, id ${direction}`, byId: false }
}

const SEARCHED: Record<ObjectType, readonly string[]> = {
  contact: ['email', 'firstname', 'lastname', 'company', 'phone'],
  company: ['name', 'domain'],
  deal: ['dealname'],
  call: ['hs_call_title'],
  email: ['hs_email_subject'],
  meeting: ['hs_meeting_title'],
}

function queryText(type: ObjectType, query: string): Sql {
  const columns = SEARCHED[type]
    .map(name => `coalesce(json_extract(properties, '$.${name}'), '')`)
    .join(` || ' ' || `)
  return { text: `instr(lower(${columns}), lower(?)) > 0`, values: [query] }
}

function all(parts: readonly Sql[]): Sql {
  return { text: parts.map(({ text }) => text).join(' AND '), values: parts.flatMap(({ values }) => values) }
}

function any(parts: readonly Sql[]): Sql {
  const text = parts.map(part => `(${part.text})`).join(' OR ')
  return { text: `(${text})`, values: parts.flatMap(({ values }) => values) }
}

import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import { mergeRecords } from '../merge.ts'
import { infoOf, type ObjectInfo } from '../objects.ts'
import type { Portal } from '../portal.ts'
import {
  afterOf,
  bodyOf,
  flagOf,
  idOf,
  limitOf,
  listOf,
  nextLink,
  paramsOf,
  type Query,
  queryOf,
  textOf,
  typeOf,
} from '../query.ts'
import type { Rec } from '../record.ts'
import { planSearch, runSearch, type SearchRequest } from '../search.ts'
import { inlineAssociations, type Selection, viewOf } from '../view.ts'
import { archive, byValue, create, find, refuseIncomplete, updateAll } from '../write.ts'
import { families } from './families.ts'

const PAGE = { fallback: 10, max: 100, maxWithHistory: 50 }

/** List, one, search, create, update, archive, erase and merge of every object type. */
export function objectRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/objects', 'v3')) {
    app.get(`${prefix}/:type`, request => list(portal, request))
    app.post(`${prefix}/:type/search`, request => search(portal, request))
    app.get(`${prefix}/:type/:id`, request => one(portal, request))
    app.post(`${prefix}/:type`, (request, reply) => {
      const { properties = {} } = bodyOf<{ properties?: Record<string, unknown> }>(request)
      const { type } = typeOf(request)
      refuseIncomplete(portal, type, properties, prefix)
      const rec = create(portal, type, properties)
      portal.parts.counters.records('write', 1)
      return reply.code(201).send(viewOf(portal.definitions, rec, { properties: Object.keys(properties) }))
    })
    app.patch(`${prefix}/:type/:id`, request => patch(portal, request))
    app.delete(`${prefix}/:type/:id`, (request, reply) => {
      archive(portal, typeOf(request).type, paramsOf(request).id ?? '')
      return reply.code(204).send()
    })
    app.post(`${prefix}/:type/gdpr-delete`, (request, reply) => {
      erase(portal, request)
      return reply.code(204).send()
    })
    app.post(`${prefix}/:type/merge`, request => merge(portal, request))
  }
}

function selectionOf({ settings }: Portal, query: Query): Selection {
  return {
    versions: settings.historyVersions,
    properties: listOf(query, 'properties'),
    withHistory: listOf(query, 'propertiesWithHistory'),
    associations: listOf(query, 'associations'),
  }
}

function show(portal: Portal, rec: Rec, selection: Selection) {
  const view = viewOf(portal.definitions, rec, selection)
  return { ...view, ...inlineAssociations(portal.store, rec, selection.associations) }
}

function list(portal: Portal, request: FastifyRequest) {
  const query = queryOf(request)
  const { type } = typeOf(request)
  const selection = selectionOf(portal, query)
  const max = selection.withHistory.length > 0 ? PAGE.maxWithHistory : PAGE.max
  const limit = limitOf(query, PAGE.fallback, max)
  const records = portal.store.page(type, afterOf(query), limit + 1, flagOf(query, 'archived'))
  const results = records.slice(0, limit).map(rec => show(portal, rec, selection))
  portal.parts.counters.records('read', results.length)
  const next = records[limit]
  if (!next) return { results }
  const after = String(next.id)
  return { results, paging: { next: { after, link: nextLink(request, after) } } }
}

/** By id, an id merged away included, or by a unique property. */
function one(portal: Portal, request: FastifyRequest) {
  const query = queryOf(request)
  const info = typeOf(request)
  const rec = lookUp(portal, info, paramsOf(request).id ?? '', textOf(query, 'idProperty'))
  if (!rec || (rec.archivedAt !== null) !== flagOf(query, 'archived')) throw notFound()
  portal.parts.counters.records('read', 1)
  return show(portal, rec, selectionOf(portal, query))
}

function lookUp(
  portal: Portal,
  { type }: ObjectInfo,
  id: string,
  idProperty: string | undefined,
): Rec | undefined {
  if (idProperty !== undefined && idProperty !== 'hs_object_id') return byValue(portal, type, id, idProperty)
  return portal.store.get(type, portal.store.resolve(type, idOf(id)))
}

function search(portal: Portal, request: FastifyRequest) {
  const { type } = typeOf(request)
  const body = bodyOf<SearchRequest>(request)
  const lag = portal.settings.searchLagSeconds * 1000
  const until = lag > 0 ? portal.clock.now() - lag : undefined
  const plan = planSearch(portal.definitions, type, body, until)
  const { total, page } = runSearch(portal.store, type, plan)
  portal.parts.counters.records('read', page.length)
  const results = page.map(rec => viewOf(portal.definitions, rec, { properties: body.properties ?? [] }))
  const next = plan.after + page.length
  return {
    total,
    results,
    ...(next < total && page.length > 0 && { paging: { next: { after: String(next) } } }),
  }
}

function patch(portal: Portal, request: FastifyRequest) {
  const { type } = typeOf(request)
  const { properties = {} } = bodyOf<{ properties?: Record<string, unknown> }>(request)
  const idProperty = textOf(queryOf(request), 'idProperty')
  const given = paramsOf(request).id ?? ''
  const id = idProperty === undefined ? String(portal.store.resolve(type, idOf(given))) : given
  const input = { id, properties, ...(idProperty !== undefined && { idProperty }) }
  const [rec] = updateAll(portal, type, [input]).records
  if (!rec) throw notFound()
  portal.parts.counters.records('write', 1)
  return viewOf(portal.definitions, rec, { properties: Object.keys(properties) })
}

/** By id, live or archived, or by e-mail: gone for good. An e-mail nobody has is no mistake. */
function erase(portal: Portal, request: FastifyRequest): void {
  const { type } = typeOf(request)
  const { objectId = '', idProperty } = bodyOf<{ objectId?: string; idProperty?: string }>(request)
  const rec = lookUp(portal, infoOf(type), String(objectId), idProperty)
  if (rec) portal.store.transaction(() => portal.store.purge(rec))
  else if (idProperty === undefined) throw notFound()
}

function merge(portal: Portal, request: FastifyRequest) {
  const { type } = typeOf(request)
  const { primaryObjectId = '', objectIdToMerge = '' } = bodyOf<Record<string, string>>(request)
  const [primary, other] = [find(portal, type, primaryObjectId), find(portal, type, objectIdToMerge)]
  if (!primary || !other) throw notFound()
  const merged = mergeRecords(portal, type, primary, other)
  portal.parts.counters.records('write', 1)
  return viewOf(portal.definitions, merged, {})
}

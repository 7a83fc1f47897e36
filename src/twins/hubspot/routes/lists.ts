import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import type { RecordList } from '../lists.ts'
import type { Portal } from '../portal.ts'
import { afterOf, bodyOf, limitOf, nextLink, paramsOf, queryOf } from '../query.ts'
import { iso } from '../record.ts'
import { families } from './families.ts'

const PAGE = { fallback: 100, max: 250 }

/** Lists and who is in them since when; they are made by hand (POST /_twin/lists). */
export function listRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/lists', 'v3')) {
    app.post(`${prefix}/search`, request => search(portal, request))
    app.get(`${prefix}/:id`, request => ({ list: shown(listOf(portal, request)) }))
    for (const path of ['memberships', 'memberships/join-order']) {
      app.get(`${prefix}/:id/${path}`, request => members(portal, request, path === 'memberships'))
    }
  }
}

function listOf({ lists }: Portal, request: FastifyRequest): RecordList {
  const found = lists.get(paramsOf(request).id ?? '')
  if (!found) throw notFound('List does not exist')
  return found
}

function search({ lists }: Portal, request: FastifyRequest) {
  const body = bodyOf<{ query?: string; offset?: number; count?: number }>(request)
  const { query = '', offset = 0, count = 20 } = body
  const found = lists.all().filter(({ name }) => name.toLowerCase().includes(query.toLowerCase()))
  const page = found.slice(offset, offset + count)
  const end = offset + page.length
  return {
    lists: page.map(found => ({ ...shown(found), ...size(found) })),
    offset: end,
    hasMore: end < found.length,
    total: found.length,
  }
}

/** In order of id, or of joining; `after` is the place of the next one. */
function members(portal: Portal, request: FastifyRequest, byId: boolean) {
  const query = queryOf(request)
  const { members: all } = listOf(portal, request)
  const sorted = byId ? all.toSorted((a, b) => Number(a.recordId) - Number(b.recordId)) : all
  const from = afterOf(query)
  const limit = limitOf(query, PAGE.fallback, PAGE.max)
  const results = sorted
    .slice(from, from + limit)
    .map(({ recordId, at }) => ({ recordId, membershipTimestamp: iso(at) }))
  portal.parts.counters.records('read', results.length)
  if (from + limit >= sorted.length) return { results, total: sorted.length }
  const after = String(from + limit)
  return { results, total: sorted.length, paging: { next: { after, link: nextLink(request, after) } } }
}

function shown({ members: _, createdAt, ...list }: RecordList) {
  const stamps = { createdAt: iso(createdAt), updatedAt: iso(createdAt) }
  return { ...list, ...stamps, processingStatus: 'COMPLETE', listVersion: 1 }
}

/** A search shows it, a single list does not. */
const size = ({ members: all }: RecordList) => ({
  additionalProperties: { hs_list_size: String(all.length) },
})

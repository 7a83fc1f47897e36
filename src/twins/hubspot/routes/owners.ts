import type { FastifyInstance, FastifyRequest } from 'fastify'
import { notFound } from '../errors.ts'
import type { Portal } from '../portal.ts'
import { afterOf, flagOf, limitOf, nextLink, paramsOf, queryOf, textOf } from '../query.ts'
import { families } from './families.ts'

const PAGE = { fallback: 100, max: 500 }

/** Owners: the active ones, and in a pass of their own the archived. */
export function ownerRoutes(app: FastifyInstance, portal: Portal): void {
  for (const prefix of families('crm/owners', 'v3')) {
    app.get(prefix, request => list(portal, request))
    app.get(`${prefix}/`, request => list(portal, request))
    app.get(`${prefix}/:id`, request => {
      const query = queryOf(request)
      const id = paramsOf(request).id ?? ''
      const byUser = textOf(query, 'idProperty') === 'userId'
      const all = portal.owners.all(flagOf(query, 'archived'), portal.clock.now())
      const owner = all.find(one => (byUser ? String(one.userId) : one.id) === id)
      if (!owner) throw notFound()
      return owner
    })
  }
}

function list(portal: Portal, request: FastifyRequest) {
  const query = queryOf(request)
  const limit = limitOf(query, PAGE.fallback, PAGE.max)
  const from = afterOf(query)
  const email = textOf(query, 'email')?.toLowerCase()
  const owners = portal.owners
    .all(flagOf(query, 'archived'), portal.clock.now())
    .filter(owner => Number(owner.id) >= from && (!email || owner.email.toLowerCase() === email))
  const results = owners.slice(0, limit)
  portal.parts.counters.records('read', results.length)
  const next = owners[limit]?.id
  if (next === undefined) return { results }
  return { results, paging: { next: { after: next, link: nextLink(request, next) } } }
}

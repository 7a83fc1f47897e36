import type { FastifyInstance, FastifyRequest } from 'fastify'
import { malformed } from '../errors.ts'
import { baseOf, batchSizeOf, type RestParts } from './parts.ts'

const READ = { config: { kind: 'read' } } as const

/** query, queryAll and the pages of both, which one locator path serves. */
export function queryRoutes(scope: FastifyInstance, { queries, now, given }: RestParts): void {
  const run = (deleted: boolean) => (request: FastifyRequest) => {
    const { q } = request.query as { q?: string }
    if (typeof q !== 'string') throw malformed('A query string has to be specified')
    const options = { deleted, batchSize: batchSizeOf(request), base: baseOf(request), now: now() }
    const page = queries.run(q, options)
    given(page.records.length)
    return page
  }
  const more = (request: FastifyRequest) => {
    const { locator } = request.params as { locator: string }
    const page = queries.more(locator, { batchSize: batchSizeOf(request), base: baseOf(request) })
    given(page.records.length)
    return page
  }
  for (const slash of ['', '/']) {
    scope.get(`/query${slash}`, READ, run(false))
    scope.get(`/queryAll${slash}`, READ, run(true))
  }
  scope.get('/query/:locator', READ, more)
  scope.get('/queryAll/:locator', READ, more)
}

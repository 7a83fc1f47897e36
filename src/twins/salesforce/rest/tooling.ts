import type { FastifyInstance } from 'fastify'
import { notFound } from '../errors.ts'
import { longId } from '../ids.ts'
import { customField } from '../schema/permissions.ts'
import { baseOf, batchSizeOf, objectBody, type RestParts } from './parts.ts'
import { printRow } from './records.ts'

const OTHER = { config: { kind: 'other' } } as const

/** The part of the Tooling API that creates fields; what it does is no write to a record. */
export function toolingRoutes(scope: FastifyInstance, { access, database, queries, now }: RestParts): void {
  const path = '/tooling/sobjects/CustomField'
  scope.get<{ Querystring: { q?: string } }>('/tooling/query', OTHER, request => {
    const base = `${baseOf(request)}/tooling`
    const options = { deleted: false, batchSize: batchSizeOf(request), base, now: now(), tooling: true }
    return queries.run(request.query.q ?? '', options)
  })
  scope.post(path, OTHER, (request, reply) => {
    const { FullName, Metadata } = objectBody(request.body)
    const id = access.create(String(FullName ?? ''), Metadata, now())
    return reply.code(201).send({ id, success: true, errors: [], warnings: [], infos: [] })
  })
  scope.get<{ Params: { id: string } }>(`${path}/:id`, OTHER, request => {
    const row = database.get(customField, longId(request.params.id) ?? '')
    if (!row) throw notFound()
    return printRow(customField, row, null, `${baseOf(request)}/tooling`)
  })
  scope.delete<{ Params: { id: string } }>(`${path}/:id`, OTHER, (request, reply) => {
    access.remove(longId(request.params.id) ?? '')
    return reply.code(204).send()
  })
}

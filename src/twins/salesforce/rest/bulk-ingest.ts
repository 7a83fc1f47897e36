import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import type { Outcome } from '../bulk/ingest-jobs.ts'
import { SalesforceError } from '../errors.ts'
import { dialect, invalidJob } from './bulk-query.ts'
import { objectBody, type RestParts, versionOf } from './parts.ts'
import { objectAt } from './records.ts'

const wishSchema = z.strictObject({
  object: z.string(),
  operation: z.enum(['insert', 'update', 'upsert', 'delete', 'hardDelete']),
  externalIdFieldName: z.string().optional(),
  assignmentRuleId: z.string().optional(),
  ...dialect,
})

const RESULTS: Record<string, Outcome> = {
  successfulresults: 'successful',
  failedresults: 'failed',
  unprocessedrecords: 'unprocessed',
}

interface OneJob {
  Params: { id: string; results: string }
}

/** Bulk API 2.0 ingest: create, upload once, close, and three sets of results. */
export function bulkIngestRoutes(scope: FastifyInstance, { ingestJobs: jobs }: RestParts): void {
  scope.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, body, done) => done(null, body))
  scope.post('/jobs/ingest', request => {
    const parsed = wishSchema.safeParse(objectBody(request.body))
    if (!parsed.success) throw invalidJob(parsed.error)
    return jobs.create({ ...parsed.data, object: objectAt(parsed.data.object) }, versionOf(request))
  })
  for (const slash of ['', '/'])
    scope.get(`/jobs/ingest${slash}`, () => ({ done: true, nextRecordsUrl: null, records: jobs.list() }))
  scope.put<OneJob>('/jobs/ingest/:id/batches', (request, reply) => {
    jobs.upload(request.params.id, String(request.body ?? ''))
    return reply.code(201).send()
  })
  scope.patch<OneJob>('/jobs/ingest/:id', request => {
    const { state } = objectBody(request.body)
    if (state === 'UploadComplete') return jobs.close(request.params.id)
    if (state === 'Aborted') return jobs.abort(request.params.id)
    throw new SalesforceError(400, 'INVALIDJOBSTATE', `Unknown state ${state}`)
  })
  scope.get<OneJob>('/jobs/ingest/:id', request => jobs.info(request.params.id))
  scope.delete<OneJob>('/jobs/ingest/:id', (request, reply) => {
    jobs.remove(request.params.id)
    return reply.code(204).send()
  })
  // Clients differ in the case of `unprocessedrecords`.
  scope.get<OneJob>('/jobs/ingest/:id/:results', (request, reply) => {
    const outcome = RESULTS[request.params.results.toLowerCase()]
    if (!outcome) throw new SalesforceError(404, 'NOT_FOUND', 'The requested resource does not exist')
    return reply.type('text/csv;charset=UTF-8').send(jobs.rows(request.params.id, outcome))
  })
}

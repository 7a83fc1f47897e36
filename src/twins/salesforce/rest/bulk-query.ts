import { Readable } from 'node:stream'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { DELIMITERS, LINE_ENDINGS } from '../bulk/csv.ts'
import type { QueryJobs, QueryWish, ResultPage } from '../bulk/query-jobs.ts'
import { SalesforceError } from '../errors.ts'
import { baseOf, objectBody, type RestParts, versionOf } from './parts.ts'

const READ = { config: { kind: 'read' } } as const
/** Pages that GET …/resultPages names at once. */
const PAGES = 5

const keys = <K extends string>(of: Record<K, string>) => z.enum(Object.keys(of) as [K, ...K[]])
export const dialect = {
  contentType: z.literal('CSV').default('CSV'),
  columnDelimiter: keys(DELIMITERS).default('COMMA'),
  lineEnding: keys(LINE_ENDINGS).default('LF'),
}
const wishSchema = z.strictObject({
  operation: z.enum(['query', 'queryAll']),
  query: z.string().min(1),
  ...dialect,
})

interface OneJob {
  Params: { id: string }
  Querystring: { locator?: string; maxRecords?: string }
}

/** Bulk API 2.0 query: jobs, their states, and their results page by page. */
export function bulkQueryRoutes(scope: FastifyInstance, { queryJobs: jobs, given }: RestParts): void {
  scope.post('/jobs/query', READ, request => jobs.create(readWish(request.body), versionOf(request)))
  for (const slash of ['', '/']) {
    scope.get(`/jobs/query${slash}`, READ, () => ({ done: true, nextRecordsUrl: null, records: jobs.list() }))
  }
  scope.get<OneJob>('/jobs/query/:id', READ, request => jobs.info(request.params.id))
  scope.patch<OneJob>('/jobs/query/:id', READ, request => {
    const { state } = objectBody(request.body)
    if (state !== 'Aborted') throw new SalesforceError(400, 'INVALIDJOBSTATE', `Unknown state ${state}`)
    return jobs.abort(request.params.id)
  })
  scope.delete<OneJob>('/jobs/query/:id', READ, (request, reply) => {
    jobs.remove(request.params.id)
    return reply.code(204).send()
  })
  scope.get<OneJob>('/jobs/query/:id/results', READ, (request, reply) => {
    const { locator, maxRecords } = request.query
    const page = jobs.page(request.params.id, versionOf(request), locator, countOf(maxRecords))
    given(page.count)
    return sendPage(reply, page)
  })
  scope.get<OneJob>('/jobs/query/:id/resultPages', READ, request => {
    const { locator } = request.query
    return resultPages(jobs, request.params.id, versionOf(request), locator, baseOf(request))
  })
}

function sendPage(reply: FastifyReply, { count, next, csv }: ResultPage): FastifyReply {
  reply.headers({
    'content-type': 'text/csv;charset=UTF-8',
    'sforce-numberofrecords': String(count),
    'sforce-locator': next ?? 'null',
  })
  return reply.send(Readable.from(csv))
}

/** The addresses of up to five pages at once, for clients that load them side by side. */
function resultPages(jobs: QueryJobs, id: string, version: string, from: string | undefined, base: string) {
  const path = `${base}/jobs/query/${id}`
  const urls: { resultUrl: string }[] = []
  let locator = from
  for (;;) {
    const { next } = jobs.page(id, version, locator, undefined)
    urls.push({ resultUrl: `${path}/results${locator === undefined ? '' : `?locator=${locator}`}` })
    if (next === null) return { resultPages: urls, done: true }
    locator = next
    if (urls.length === PAGES)
      return { resultPages: urls, nextRecordsUrl: `${path}/resultPages?locator=${locator}`, done: false }
  }
}

function readWish(body: unknown): QueryWish {
  const parsed = wishSchema.safeParse(objectBody(body))
  if (parsed.success) return parsed.data
  throw invalidJob(parsed.error)
}

/** What is wrong with the description of a job. */
export function invalidJob(error: z.ZodError): SalesforceError {
  const [issue] = error.issues
  return new SalesforceError(400, 'INVALIDJOB', `${issue?.path.join('.') || 'job'}: ${issue?.message}`)
}

function countOf(asked: string | undefined): number | undefined {
  if (asked === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(asked)) return Number(asked)
  throw new SalesforceError(400, 'INVALID_MAX_RECORDS', `maxRecords ${asked} is no number of records`)
}

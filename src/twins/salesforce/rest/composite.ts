import type { FastifyInstance, FastifyRequest } from 'fastify'
import { malformed, notFound, SalesforceError } from '../errors.ts'
import { baseOf, batchSizeOf, objectBody, type RestParts } from './parts.ts'

const SUBREQUESTS = 25
const QUERIES = 5
const READ = { config: { kind: 'read' } } as const

interface Subrequest {
  method: string
  url: string
  referenceId: string
}

/** POST /composite: several requests as one call. Only queries are known here, five at most as in Salesforce. */
export function compositeRoutes(scope: FastifyInstance, parts: RestParts): void {
  scope.post('/composite', READ, request => {
    const all = subrequests(objectBody(request.body).compositeRequest)
    return { compositeResponse: all.map(one => answer(parts, request, one)) }
  })
}

function subrequests(value: unknown): Subrequest[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every(isSubrequest))
    throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'compositeRequest needs method, url and referenceId.')
  if (value.length > SUBREQUESTS) throw limit(`no more than ${SUBREQUESTS} subrequests`)
  if (value.filter(({ url }) => /\/query(All)?\b/.test(url)).length > QUERIES)
    throw limit(`no more than ${QUERIES} query subrequests`)
  return value
}

const limit = (what: string) => new SalesforceError(400, 'PROCESSING_HALTED', `A composite takes ${what}.`)

function isSubrequest(value: unknown): value is Subrequest {
  const { method, url, referenceId } = (value ?? {}) as Partial<Subrequest>
  return [method, url, referenceId].every(text => typeof text === 'string')
}

function answer(parts: RestParts, request: FastifyRequest, { method, url, referenceId }: Subrequest) {
  const done = (httpStatusCode: number, body: unknown) => ({
    ...{ body, httpHeaders: {}, httpStatusCode, referenceId },
  })
  try {
    return done(200, query(parts, request, method, url))
  } catch (error) {
    if (!(error instanceof SalesforceError)) throw error
    return done(error.status, error.body())
  }
}

function query({ queries, now, given }: RestParts, request: FastifyRequest, method: string, url: string) {
  const base = baseOf(request)
  const { pathname, searchParams } = new URL(url, 'http://twin')
  const [, all] = new RegExp(`^${base}/query(All)?/?$`).exec(pathname) ?? [null, null]
  const q = searchParams.get('q')
  if (method !== 'GET' || !pathname.startsWith(`${base}/query`)) throw notFound()
  if (q === null) throw malformed('A query string has to be specified')
  const options = { deleted: all === 'All', batchSize: batchSizeOf(request), base, now: now() }
  const page = queries.run(q, options)
  given(page.records.length)
  return page
}

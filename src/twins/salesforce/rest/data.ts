import type { FastifyError, FastifyInstance } from 'fastify'
import { basicInfo, describeGlobal, describeObject } from '../describe.ts'
import { notFound, SalesforceError } from '../errors.ts'
import { bulkIngestRoutes } from './bulk-ingest.ts'
import { bulkQueryRoutes } from './bulk-query.ts'
import { collectionRoutes } from './collections.ts'
import { compositeRoutes } from './composite.ts'
import { originOf, tokenOf } from './oauth.ts'
import { baseOf, type RestParts } from './parts.ts'
import { queryRoutes } from './query.ts'
import { objectAt, recordRoutes } from './records.ts'
import { replicationRoutes } from './replication.ts'
import { toolingRoutes } from './tooling.ts'

const OLDEST = 31
const NEWEST = 67
const DAILY_REQUESTS = 1_000_000
const PREFIX = '/services/data'

const READ = { config: { kind: 'read' } } as const
const OTHER = { config: { kind: 'other' } } as const

/** The routes under /services/data, and the error shapes of the whole server. */
export function dataRoutes(app: FastifyInstance, parts: RestParts): void {
  const used = { calls: 0 }
  app.setErrorHandler((error: FastifyError, _request, reply) => {
    const refusal = error instanceof SalesforceError ? error : generalError(error)
    return reply.code(refusal.status).type('application/json;charset=UTF-8').send(refusal.body())
  })
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(notFound().body()))
  app.get(PREFIX, OTHER, versions)
  app.get(`${PREFIX}/`, OTHER, versions)
  app.register(
    (scope, _options, done) => {
      guard(scope, parts, used)
      resources(scope, parts, used)
      queryRoutes(scope, parts)
      replicationRoutes(scope, parts)
      recordRoutes(scope, parts)
      collectionRoutes(scope, parts)
      bulkQueryRoutes(scope, parts)
      bulkIngestRoutes(scope, parts)
      toolingRoutes(scope, parts)
      compositeRoutes(scope, parts)
      done()
    },
    { prefix: `${PREFIX}/:version` },
  )
}

function generalError(error: FastifyError): SalesforceError {
  const status = error.statusCode ?? 500
  if (status === 415) return new SalesforceError(415, 'UNSUPPORTED_MEDIA_TYPE', error.message)
  if (status < 500) return new SalesforceError(400, 'JSON_PARSER_ERROR', error.message)
  return new SalesforceError(500, 'UNKNOWN_EXCEPTION', `An unexpected error occurred: ${error.message}`)
}

function versions(): object[] {
  const all = Array.from({ length: NEWEST - OLDEST + 1 }, (_, i) => `${OLDEST + i}.0`)
  return all.map(version => ({ label: `Version ${version}`, url: `${PREFIX}/v${version}`, version }))
}

/** Every resource wants a known version and a live session, and says how many calls of the day are used. */
function guard(scope: FastifyInstance, { sessions }: RestParts, used: { calls: number }): void {
  scope.addHook('onRequest', (request, reply, done) => {
    used.calls++
    reply.header('sforce-limit-info', `api-usage=${used.calls}/${DAILY_REQUESTS}`)
    const { version } = request.params as { version: string }
    const [, number] = /^v(\d{2})\.0$/.exec(version) ?? []
    if (!number || Number(number) < OLDEST || Number(number) > NEWEST) return done(notFound())
    if (sessions.isLive(tokenOf(request))) return done()
    done(new SalesforceError(401, 'INVALID_SESSION_ID', 'Session expired or invalid'))
  })
}

function resources(
  scope: FastifyInstance,
  { organisation, queryJobs, access }: RestParts,
  used: { calls: number },
): void {
  scope.get('/', OTHER, request => {
    const names = ['query', 'queryAll', 'sobjects', 'composite', 'limits', 'jobs']
    const identity = `${originOf(request)}/id/${organisation.id}/${organisation.apiUserId}`
    return { ...Object.fromEntries(names.map(name => [name, `${baseOf(request)}/${name}`])), identity }
  })
  scope.get('/limits', OTHER, () => ({
    DailyApiRequests: { Max: DAILY_REQUESTS, Remaining: DAILY_REQUESTS - used.calls },
    DailyBulkApiBatches: { Max: 15_000, Remaining: 15_000 },
    DailyBulkV2QueryJobs: { Max: queryJobs.plan.dailyJobs, Remaining: queryJobs.remaining },
    DailyBulkV2QueryFileStorageMB: { Max: 1_048_576, Remaining: 1_048_576 },
    DailyStreamingApiEvents: { Max: 50_000, Remaining: 50_000 },
    DataStorageMB: { Max: 10_240, Remaining: 10_240 },
  }))
  scope.get('/sobjects', READ, request => describeGlobal(baseOf(request)))
  scope.get<{ Params: { type: string } }>('/sobjects/:type', READ, request =>
    basicInfo(objectAt(request.params.type), baseOf(request)),
  )
  scope.get<{ Params: { type: string } }>('/sobjects/:type/describe', READ, request =>
    describeObject(access.view(objectAt(request.params.type)), baseOf(request)),
  )
}

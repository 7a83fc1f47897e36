import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorBody, HubspotError } from '../errors.ts'
import { RateLimits } from '../limits.ts'
import type { OAuth } from '../oauth.ts'
import type { Portal } from '../portal.ts'
import { missingScope } from '../scopes.ts'
import { accountRoutes } from './account.ts'
import { associationRoutes } from './associations.ts'
import { batchRoutes } from './batch.ts'
import { listRoutes } from './lists.ts'
import { objectRoutes } from './objects.ts'
import { ownerRoutes } from './owners.ts'
import { pipelineRoutes } from './pipelines.ts'
import { propertyRoutes } from './properties.ts'
import { tokenRoutes } from './tokens.ts'

export interface ApiOptions {
  oauth: OAuth
  /** Called before each request is handled. */
  settle(): void
}

/** HubSpot's API as one plugin: its body parsers, its error shapes, its limits and its authentication. */
export function api(app: FastifyInstance, portal: Portal, options: ApiOptions): void {
  const limits = new RateLimits(portal)
  bodies(app)
  app.setErrorHandler(answerError)
  app.addHook('onRequest', (request, reply, done) => {
    options.settle()
    if (request.url.startsWith('/oauth/')) return done()
    const refusal = options.oauth.refusal(request.headers.authorization ?? '')
    if (refusal) return void reply.code(401).send(refusal)
    const limited = limits.take(reply, /\/search$/.test(request.routeOptions.url ?? ''))
    if (limited) return void reply.code(429).send(limited)
    const granted = portal.settings.scopes ?? options.oauth.scopesOf(request.headers.authorization ?? '')
    const missing = missingScope(request, granted)
    if (missing) return void reply.code(403).send(missing.body())
    done()
  })
  objectRoutes(app, portal)
  batchRoutes(app, portal)
  associationRoutes(app, portal)
  propertyRoutes(app, portal)
  ownerRoutes(app, portal)
  pipelineRoutes(app, portal)
  accountRoutes(app, portal)
  listRoutes(app, portal)
  tokenRoutes(app, options.oauth)
}

/** Clients send a JSON content type without a body, and tokens as a form. */
function bodies(app: FastifyInstance): void {
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    if (body === '') return done(null, undefined)
    try {
      done(null, JSON.parse(body as string))
    } catch {
      done(new HubspotError(400, 'VALIDATION_ERROR', 'Invalid input JSON on line 1, column 1'))
    }
  })
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => {
      done(null, Object.fromEntries(new URLSearchParams(body as string)))
    },
  )
}

function answerError(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof HubspotError) return reply.code(error.status).send(error.body())
  const status = (error as { statusCode?: number }).statusCode ?? 500
  if (status < 500) return reply.code(status).send(errorBody('VALIDATION_ERROR', (error as Error).message))
  return reply.code(500).send(errorBody('INTERNAL_ERROR', 'internal error'))
}

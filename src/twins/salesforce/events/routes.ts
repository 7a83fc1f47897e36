import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { SalesforceError } from '../errors.ts'
import { tokenOf } from '../rest/oauth.ts'
import { objectNamed, objectOfId } from '../schema.ts'
import type { Sessions } from '../sessions.ts'
import type { Bayeux, Bearer, Message, Settings } from './bayeux.ts'
import type { Capture } from './capture.ts'
import type { Clients } from './clients.ts'
import type { EventLog } from './log.ts'

export interface EventParts {
  sessions: Sessions
  bayeux: Bayeux
  clients: Clients
  capture: Capture
  log: EventLog
  settings: Settings
}

const OTHER = { config: { kind: 'other' } } as const
const OLDEST = 37
const BODY_LIMIT = 32_768

/** `POST /cometd/66.0`, as faye calls it, and with the message's name behind it, as CometD's own clients do. */
export function cometdRoutes(app: FastifyInstance, parts: EventParts): void {
  const options = { ...OTHER, bodyLimit: BODY_LIMIT }
  const answer = (request: FastifyRequest, reply: FastifyReply) => poll(request, reply, parts)
  app.post('/cometd/:version', options, answer)
  app.post('/cometd/:version/*', options, answer)
}

async function poll(
  request: FastifyRequest,
  reply: FastifyReply,
  { sessions, bayeux }: EventParts,
): Promise<unknown> {
  const { version } = request.params as { version: string }
  if (!(Number(/^(\d\d)\.0$/.exec(version)?.[1]) >= OLDEST))
    throw new SalesforceError(400, 'INVALID_API_VERSION', `Unsupported API version. ${FORMAT}`)
  const body = Array.isArray(request.body) ? request.body : [request.body]
  const messages = z.array(message).safeParse(body)
  if (!messages.success) throw new SalesforceError(400, 'JSON_PARSER_ERROR', 'Expected Bayeux messages')
  const gone = new AbortController()
  reply.raw.once('close', () => gone.abort())
  const token = tokenOf(request)
  const bearer: Bearer = {
    live: token === '' ? null : sessions.isLive(token),
    browser: /(?:^|;\s*)BAYEUX_BROWSER=(\w+)/.exec(request.headers.cookie ?? '')?.[1],
    gone: gone.signal,
  }
  const answer = await bayeux.answer(messages.data as Message[], bearer)
  if (answer.dropped) {
    reply.hijack()
    request.raw.socket.destroy()
    return
  }
  if (answer.browser !== undefined)
    reply.header('set-cookie', [
      `BAYEUX_BROWSER=${answer.browser}; Path=/; HttpOnly`,
      'CookieConsentPolicy=0:1; Path=/; Expires=Fri, 26 Nov 2027 00:00:00 GMT',
    ])
  return reply.type('application/json;charset=UTF-8').send(answer.messages)
}

const FORMAT = "Only API versions '37.0' and later are supported. URI format: '/cometd/66.0'"
const message = z.looseObject({ channel: z.string() })

const entity = z.string().refine(name => objectNamed(name)?.name === name, {
  error: 'is no object of this organisation; write its API name, such as Lead',
})
const settingsSchema = z.strictObject({
  entities: z.array(entity).optional(),
  pollSeconds: z.number().positive().max(110).optional(),
  clients: z.int().min(0).optional(),
  silent: z.boolean().optional(),
})
const gapSchema = z.strictObject({
  ids: z.array(z.string().length(18)).min(1),
  change: z.enum(['CREATE', 'UPDATE', 'DELETE', 'UNDELETE']).default('UPDATE'),
})

/** What is under /_twin/events: which changes are told, and how badly. */
export function eventControls(scope: FastifyInstance, parts: EventParts): void {
  const { capture, clients, log, settings } = parts
  const state = () => ({
    ...{ entities: capture.entities, ...settings },
    ...{ events: log.count(), newest: log.newest, connected: clients.count },
  })
  scope.get('/events', state)
  scope.put('/events', request => {
    const { entities, ...rest } = settingsSchema.parse(request.body)
    if (entities) capture.enable(entities)
    Object.assign(settings, rest)
    return state()
  })
  scope.delete('/events', () => {
    log.clear()
    return state()
  })
  scope.post('/events/gap', request => {
    const { ids, change } = gapSchema.parse(request.body)
    const object = objectOfId(ids[0]!)
    if (!object) throw new SalesforceError(400, 'INVALID_ID', `no object has ids such as ${ids[0]}`)
    capture.gap(object, ids, change)
    return state()
  })
  scope.post('/events/overflow', request => {
    capture.overflow(objectNamed(z.strictObject({ entity }).parse(request.body).entity)!)
    return state()
  })
  scope.delete('/events/clients', () => ({ dropped: clients.drop() }))
}

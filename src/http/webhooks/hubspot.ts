import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Instant } from '../../domain/time.ts'
import type { Hint } from '../../store/hints.ts'
import { readEvents } from './events.ts'
import { isFresh, isSigned, readSignature } from './signature.ts'

export const PATH = '/webhooks/hubspot'

const BODY_LIMIT = 1_048_576
const EMPTY = Buffer.alloc(0)

/** What the webhook needs of the service. */
export interface HubSpotWebhook {
  /** Of the HubSpot app that sends. */
  secret: string
  /** Where HubSpot reaches this service, without a slash at the end; never taken from a request. */
  publicUrl: string
  /** The portal whose records we hold; null: none yet. */
  portal(): Promise<string | null>
  /** Keeps the hints, once for each signature; false: that delivery was taken before. */
  take(signature: Buffer, hints: readonly Hint[]): Promise<boolean>
}

interface Proof {
  signature: Buffer
  timestamp: string
}

/**
 * `POST /webhooks/hubspot`: events as hints. 200 as soon as the hints are stored, for HubSpot waits five seconds and
 * repeats what failed; nothing waits for the queue. Whoever cannot prove to be HubSpot is refused, most of them before
 * their body is read.
 */
export function hubspotWebhook(
  app: FastifyInstance,
  webhook: HubSpotWebhook,
  machineNow: () => Instant,
): void {
  const proofs = new WeakMap<FastifyRequest, Proof>()
  app.register((scope, _options, registered) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_LIMIT }, (_request, body, done) =>
      done(null, body),
    )
    scope.addHook('onRequest', (request, reply, done) => {
      const signature = readSignature(headerOf(request, 'x-hubspot-signature-v3'))
      const timestamp = headerOf(request, 'x-hubspot-request-timestamp')
      if (signature === null || !isFresh(timestamp, machineNow())) return void refuse(reply)
      if (!isJson(request)) return void reply.code(415).send({ error: 'expected application/json' })
      proofs.set(request, { signature, timestamp })
      done()
    })
    scope.post(PATH, async (request, reply) => {
      const { signature, timestamp } = proofs.get(request)!
      const body = Buffer.isBuffer(request.body) ? request.body : EMPTY
      const uri = `${webhook.publicUrl}${PATH}${queryOf(request)}`
      if (!isSigned(webhook.secret, signature, { method: 'POST', uri, body, timestamp })) return refuse(reply)
      return await take(request, reply, webhook, { signature, body })
    })
    registered()
  })
}

async function take(
  request: FastifyRequest,
  reply: FastifyReply,
  webhook: HubSpotWebhook,
  { signature, body }: { signature: Buffer; body: Buffer },
): Promise<unknown> {
  const portal = await webhook.portal()
  // Before the first reading nothing is missed: it reads everything.
  if (portal === null) return { taken: 0 }
  const told = readEvents(parsed(body), portal)
  if (told === null) return reply.code(400).send({ error: 'expected a JSON list of events' })
  const { hints, strange } = told
  if (strange > 0) request.log.warn({ events: strange }, 'webhook: events of another portal were ignored')
  return { taken: (await webhook.take(signature, hints)) ? hints.length : 0 }
}

/** One answer for everything unproven: it does not say what was wrong. */
const refuse = (reply: FastifyReply) => reply.code(401).send({ error: 'not signed by HubSpot, or not now' })

function headerOf(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name]
  return typeof value === 'string' ? value : undefined
}

/** Parameters and case do not matter: `Application/JSON ;charset=utf-8`. */
const isJson = ({ headers }: FastifyRequest): boolean =>
  headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase() === 'application/json'

const queryOf = ({ url }: FastifyRequest): string => (url.includes('?') ? url.slice(url.indexOf('?')) : '')

function parsed(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined
  }
}

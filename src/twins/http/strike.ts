import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { VirtualClock } from '../clock.ts'
import { altered, bomb } from './answers.ts'
import type { Fault, Faults, Struck } from './faults.ts'

/** Requests whose answers never left whole. */
export type Lost = Pick<WeakSet<FastifyRequest>, 'has'>

/** Lets the faults in waiting strike every request that `strikes`. Runs after whatever is to see all requests. */
export function faultHooks(
  app: FastifyInstance,
  faults: Faults,
  clock: VirtualClock,
  strikes: (request: FastifyRequest) => boolean,
): Lost {
  const struck = new WeakMap<FastifyRequest, Struck>()
  const lost = new WeakSet<FastifyRequest>()
  app.addHook('onRequest', (request, reply, done) => {
    const hit = strikes(request) ? faults.take(request.method, request.url) : undefined
    if (!hit) return done()
    struck.set(request, hit)
    const { delay_ms = 0 } = hit.fault
    if (delay_ms === 0) return act(hit.fault, request, reply, done)
    setTimeout(() => act(hit.fault, request, reply, done), delay_ms).unref()
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (!strikes(request)) return done(null, payload)
    const text = typeof payload === 'string' ? payload : ''
    const hit = struck.get(request)
    if (!hit) {
      faults.answered(request.method, request.url, text)
      return done(null, payload)
    }
    const { fault, previous } = hit
    if (typeof fault.drop === 'string') {
      lost.add(request)
      return breakOff(fault.drop, text, request, reply)
    }
    if (fault.alter === undefined) return done(null, payload)
    if (fault.alter === 'content_type') reply.header('content-type', 'text/plain')
    if (fault.alter === 'bomb') {
      reply.header('content-encoding', 'gzip').removeHeader('content-length')
      return done(null, bomb(text))
    }
    const { url, body } = request
    const changed = altered(text, fault, previous, { url, body, now: clock.now() })
    if (reply.hasHeader('content-length')) reply.header('content-length', Buffer.byteLength(changed))
    done(null, changed)
  })
  return lost
}

/** Answers in the route's place, breaks the connection, or lets the route act. */
function act(fault: Fault, request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  if (fault.drop === true) {
    cut(request, reply)
    return
  }
  if (fault.drop === 'request') {
    reply.hijack()
    // A body that is not there has ended.
    for (const event of ['data', 'end']) request.raw.once(event, () => request.raw.socket.destroy())
    return
  }
  const acts = fault.drop || fault.alter !== undefined || fault.delay_ms !== undefined
  if (acts && fault.status === undefined) {
    done()
    return
  }
  const text = typeof fault.body === 'string'
  reply.code(fault.status ?? 500).type(text ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
  reply.headers(fault.headers ?? {})
  reply.send(text ? fault.body : JSON.stringify(fault.body ?? {}))
}

function breakOff(
  how: Extract<Fault['drop'], string>,
  text: string,
  request: FastifyRequest,
  reply: FastifyReply,
) {
  if (how === 'after') return cut(request, reply)
  reply.hijack()
  if (how === 'never') return
  const headers = { ...reply.getHeaders(), 'content-length': Buffer.byteLength(text) }
  reply.raw.writeHead(reply.statusCode, headers as Record<string, string | number>)
  reply.raw.write(text.slice(0, Math.floor(text.length / 2)), () => request.raw.socket.destroy())
}

/** Breaks the connection as a network does: no status, no body. */
function cut(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  request.raw.socket.destroy()
}

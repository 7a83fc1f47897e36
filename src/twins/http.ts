import Fastify, {
  type FastifyInstance,
  type FastifyPluginCallback,
  type FastifyReply,
  type FastifyRequest,
} from 'fastify'
import type { VirtualClock } from './clock.ts'
import { controlRoutes } from './http/control.ts'
import { type CallKind, Counters, callKind } from './http/counters.ts'
import { type Fault, Faults } from './http/faults.ts'
import { type LoggedRequest, RequestLog } from './http/log.ts'
import type { TwinParts, TwinSource } from './http/parts.ts'
import { WriteLog } from './http/writes.ts'

export interface TwinAppOptions extends TwinSource {
  vendor: 'salesforce' | 'hubspot'
  clock: VirtualClock
}

export type TwinApp = FastifyInstance & TwinParts

const CONTROL = '/_twin'
const BODY_LIMIT = 64 * 1024 * 1024

const entryOf = new WeakMap<FastifyRequest, LoggedRequest>()
const lostAnswer = new WeakSet<FastifyRequest>()

/**
 * A server for one twin: virtual `date` header, request log, call counters, faults on demand, write log and
 * the control routes under /_twin. The vendor's routes, error shapes and not-found answer are added to it.
 * A route may say what it does with `config: { kind: 'read' | 'write' | 'other' }`.
 */
export function twinApp({ vendor, clock, people, state }: TwinAppOptions): TwinApp {
  const app = Fastify({ logger: false, bodyLimit: BODY_LIMIT, routerOptions: { maxParamLength: 500 } })
  const parts: TwinParts = {
    requests: new RequestLog(),
    counters: new Counters(),
    faults: new Faults(),
    writes: new WriteLog(),
    source: { people, state: () => ({ vendor, ...state() }) },
  }
  app.addHook('onRequest', (request, reply, done) => {
    clock.tick()
    reply.header('date', new Date(clock.now()).toUTCString())
    if (isControl(request)) return done()
    entryOf.set(request, parts.requests.add(request.method, request.url, clock.now()))
    count(parts.counters, request)
    const fault = parts.faults.take(request.method, request.url)
    if (!fault || fault.drop === 'after') {
      if (fault) lostAnswer.add(request)
      return done()
    }
    strike(fault, request, reply)
  })
  app.addHook('onSend', (request, reply, payload, done) => {
    if (lostAnswer.has(request)) cut(request, reply)
    else done(null, payload)
  })
  app.addHook('onResponse', (request, reply, done) => {
    const entry = entryOf.get(request)
    if (entry && !lostAnswer.has(request)) entry.status = reply.statusCode
    done()
  })
  const controls: FastifyPluginCallback = (scope, _options, done) => {
    controlRoutes(scope, clock, parts)
    done()
  }
  app.register(controls, { prefix: CONTROL })
  return Object.assign(app, parts)
}

function isControl(request: FastifyRequest): boolean {
  return request.url.startsWith(`${CONTROL}/`)
}

function count(counters: Counters, request: FastifyRequest): void {
  const route = request.routeOptions.url ?? '(unknown)'
  const kind = (request.routeOptions.config as { kind?: CallKind }).kind
  counters.call(kind ?? callKind(request.method, route), request.method, route)
}

function strike(fault: Fault, request: FastifyRequest, reply: FastifyReply): void {
  if (fault.drop === true) {
    cut(request, reply)
    return
  }
  const text = typeof fault.body === 'string'
  reply.code(fault.status ?? 500).type(text ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8')
  reply.headers(fault.headers ?? {})
  reply.send(text ? fault.body : JSON.stringify(fault.body ?? {}))
}

/** Breaks the connection as a network does: no status, no body. */
function cut(request: FastifyRequest, reply: FastifyReply): void {
  reply.hijack()
  request.raw.socket.destroy()
}

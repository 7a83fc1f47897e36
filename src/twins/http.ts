import Fastify, { type FastifyInstance, type FastifyPluginCallback, type FastifyRequest } from 'fastify'
import type { VirtualClock } from './clock.ts'
import type { Vendor } from './http/catalogue.ts'
import { controlRoutes } from './http/control.ts'
import { type CallKind, Counters, callKind } from './http/counters.ts'
import { Faults } from './http/faults.ts'
import { type LoggedRequest, RequestLog } from './http/log.ts'
import type { TwinParts, TwinSource } from './http/parts.ts'
import { faultHooks } from './http/strike.ts'
import { WriteLog } from './http/writes.ts'

export interface TwinAppOptions extends TwinSource {
  vendor: Vendor
  clock: VirtualClock
  /** Adds this twin's own routes under /_twin. */
  control?: (scope: FastifyInstance) => void
}

export type TwinApp = FastifyInstance & TwinParts

const CONTROL = '/_twin'
const BODY_LIMIT = 64 * 1024 * 1024

const entryOf = new WeakMap<FastifyRequest, LoggedRequest>()

/**
 * A server for one twin: virtual `date` header, request log, call counters, faults on demand, write log and
 * the control routes under /_twin. The vendor's routes, error shapes and not-found answer are added to it.
 * A route may say what it does with `config: { kind: 'read' | 'write' | 'other' }`.
 */
export function twinApp({ vendor, clock, people, state, control }: TwinAppOptions): TwinApp {
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT,
    routerOptions: { maxParamLength: 500 },
    // An answer that a fault keeps back for good must not keep the server open.
    forceCloseConnections: true,
  })
  const parts: TwinParts = {
    requests: new RequestLog(),
    counters: new Counters(),
    faults: new Faults(vendor, () => clock.now()),
    writes: new WriteLog(),
    source: { people, state: () => ({ vendor, ...state() }) },
  }
  app.addHook('onRequest', (request, reply, done) => {
    clock.tick()
    reply.header('date', new Date(clock.now()).toUTCString())
    if (isControl(request)) return done()
    entryOf.set(request, parts.requests.add(request.method, request.url, clock.now()))
    count(parts.counters, request)
    done()
  })
  const lost = faultHooks(app, parts.faults, clock, request => !isControl(request))
  app.addHook('onResponse', (request, reply, done) => {
    const entry = entryOf.get(request)
    if (entry && !lost.has(request)) entry.status = reply.statusCode
    done()
  })
  const controls: FastifyPluginCallback = (scope, _options, done) => {
    controlRoutes(scope, clock, parts)
    control?.(scope)
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

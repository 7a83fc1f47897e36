import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import { parseRef, type Ref } from './domain/facts.ts'
import { MINUTE, SECOND } from './domain/time.ts'
import { httpApp } from './http/app.ts'
import { storedViews } from './http/stored.ts'
import { explainPerson } from './pipeline/explain.ts'
import type { Services } from './services.ts'

export interface ListenOptions {
  host: string
  /** 0: a free one. */
  port: number
  /** Seconds between two refreshes of an open page. */
  refreshSeconds?: number
  /** Health goes red when the last round is older, in the CRMs' time. Default: three polling intervals, a minute at least. */
  roundMs?: number
}

/** Opens the port for pages and API; closed with the services. Returns the address to open in a browser. */
export async function listen(services: Services, options: ListenOptions): Promise<string> {
  const { config, crms, db, log, now, policy } = services
  const { host, port, refreshSeconds, roundMs = Math.max(3 * config.pollMs, MINUTE) } = options
  const server = fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    trustProxy: false,
    bodyLimit: 1_048_576,
    requestTimeout: 30 * SECOND,
    forceCloseConnections: true,
  })
  services.onClose(() => server.close())
  await server.register(
    httpApp({
      views: storedViews(db, { minimumN: policy.minimumN, neglect: policy.neglect }),
      explain: (person, at) => explainPerson(db, person, at),
      now,
      link: (ref: Ref) => crms.find(crm => crm.vendor === parseRef(ref).vendor)?.url(ref) ?? null,
      timeZone: policy.timezone,
      limits: { roundMs },
      ...(refreshSeconds !== undefined && { refreshSeconds }),
    }),
  )
  return await server.listen({ host, port })
}

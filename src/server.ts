import { type FastifyBaseLogger, fastify, LogController } from 'fastify'
import { parseRef, type Ref } from './domain/facts.ts'
import { MINUTE, SECOND } from './domain/time.ts'
import { type Drift, driftOf, readPolicyFile } from './draft.ts'
import { httpApp } from './http/app.ts'
import { storedConnections } from './http/connections.ts'
import { storedViews } from './http/stored.ts'
import type { HubSpotWebhook } from './http/webhooks/hubspot.ts'
import { VALID_MS } from './http/webhooks/signature.ts'
import { explainPerson } from './pipeline/explain.ts'
import { budgetRules, type Services } from './services.ts'
import { readAccounts } from './store/explain.ts'
import { storeHints, takeDelivery } from './store/hints.ts'
import { readPolicyAt, readVersions } from './store/policies.ts'

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
  const { config, connectors, crms, db, log, now } = services
  const { timezone } = (await readPolicyAt(db))(now())
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
      views: storedViews(db, { budget: vendor => budgetRules(config, vendor) }),
      explain: (person, question) => explainPerson(db, person, question),
      now,
      link: (ref: Ref) => crms.find(crm => crm.vendor === parseRef(ref).vendor)?.url(ref) ?? null,
      connections: storedConnections(db, connectors, config.publicUrl, now),
      timeZone: timezone,
      drift: () => drift(services),
      limits: { roundMs },
      ...(config.webhooks && { webhook: webhook(services, config.webhooks) }),
      ...(refreshSeconds !== undefined && { refreshSeconds }),
    }),
  )
  return await server.listen({ host, port })
}

/** Hints are kept in one transaction with the signature that brought them; then a worker is woken, without waiting for it. */
function webhook({ db, log, queue }: Services, own: { secret: string; publicUrl: string }): HubSpotWebhook {
  const wake = () =>
    queue().then(
      opened => opened.wake('fetch', { vendor: 'hubspot' }),
      error => log.warn({ err: error }, 'the queue is away; hints wait for it'),
    )
  return {
    ...own,
    portal: async () => (await readAccounts(db)).hubspot ?? null,
    take: async (signature, hints) => {
      const taken = await db.tx(async tx => {
        // Twice as long as a signature is valid: it may be from as long before its time as after.
        if (!(await takeDelivery(tx, signature, Date.now(), 2 * VALID_MS))) return false
        await storeHints(tx, 'hubspot', hints)
        return true
      })
      if (taken && hints.length > 0) void wake()
      return taken
    },
  }
}

/** Whether the policy file says something else than what was published; one that is being edited says nothing yet. */
async function drift({ config, db, now }: Services): Promise<Drift | null> {
  if (config.policyFile === null) return null
  const draft = await readPolicyFile(config.policyFile).catch(() => null)
  return draft && driftOf(draft, await readVersions(db), now())
}

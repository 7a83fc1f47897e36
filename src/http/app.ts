import type { FastifyInstance, FastifyPluginAsync } from 'fastify'
import type { Ref } from '../domain/facts.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import type { PersonExplanation, Question } from '../pipeline/explain.ts'
import { loadAssets } from './assets.ts'
import { type Connections, noConnections } from './connections.ts'
import type { Context } from './context.ts'
import { answerErrors } from './errors.ts'
import { secure } from './headers.ts'
import { defaultLimits, type HealthLimits, type PolicyDrift } from './health.ts'
import { clockOf } from './pages/format.ts'
import { usualPeriod } from './questions.ts'
import { apiRoutes } from './routes/api.ts'
import { connectionRoutes } from './routes/connections.ts'
import { healthRoute } from './routes/health.ts'
import { neglectRoutes } from './routes/neglect.ts'
import { pageRoutes } from './routes/pages.ts'
import { personRoutes } from './routes/person.ts'
import { shared } from './shared.ts'
import type { Views } from './views.ts'
import { type HubSpotWebhook, hubspotWebhook } from './webhooks/hubspot.ts'

export interface HttpNeeds {
  /** What to show: `storedViews(db)` of stored.ts. */
  views: Views
  /** The instant for which verdicts hold and by which rounds are stamped (the twins' virtual clock in the demo). Default: this machine's. */
  now?: () => Instant
  /** This machine's clock, only for keeping answers a moment and for the age of signatures. Default Date.now; tests give another. */
  machineNow?: () => Instant
  /** Why the verdicts on a person are what they are: `(person, question) => explainPerson(db, person, question)`. Default: nobody is known. */
  explain?: (person: number, question: Question) => Promise<PersonExplanation | null>
  /** The page of a record in its CRM: `ref => crms.find(c => c.vendor === parseRef(ref).vendor)?.url(ref) ?? null`. */
  link(ref: Ref): string | null
  /** How the CRMs are connected: `storedConnections(…)` of connections.ts. Default: none is. */
  connections?: Connections
  /** Seconds between two refreshes of an open page; 0: it stands still. Default 15; the demo takes 2. */
  refreshSeconds?: number
  /** When health turns red, by the clock of `now`. Default: a round older than 3 minutes; take three times the polling interval. */
  limits?: Partial<HealthLimits>
  /** Whether the policy file says something else than what was published. Default: it does not. */
  drift?: () => Promise<PolicyDrift | null>
  /** Takes what HubSpot tells. Default: there is no such address. */
  webhook?: HubSpotWebhook
  /** IANA zone in which times are written. Default UTC; take the policy's `timezone`. */
  timeZone?: string
  /** How long /health waits for the database before it says so (default 3 s). */
  patienceMs?: number
}

/**
 * The pages and the API as a Fastify plugin; it opens no port and reads no environment.
 *
 *     const server = fastify({ loggerInstance: log, trustProxy: false, bodyLimit: 1_048_576, requestTimeout: 30_000 })
 *     await server.register(httpApp({ views: storedViews(db), link, now, timeZone }))
 *     await server.listen({ host, port })
 *
 * Routes: `GET /`, `/main`, `/dropped?reason=&after=`, `/assets/:file`, `/api/overview`, `/api/overdue?after=&owner=&limit=`,
 * `/api/neglect?reason=&after=&limit=`, `/api/delays?from=&to=&by=source`, `/api/sync`, `/health`,
 * `/people/:id?at=&hindsight=`, `/api/people/:id/explanation?at=&hindsight=`, `POST /webhooks/hubspot` where wanted.
 * `GET /connections`, `GET /connections/:vendor/callback`, `POST /connections/:vendor/connect` and `/disconnect`.
 * There is no sign-in: listen on a loopback address, or put a proxy that authenticates in front.
 */
export function httpApp(needs: HttpNeeds): FastifyPluginAsync {
  return async (app: FastifyInstance) => {
    const context = contextOf(needs)
    secure(app)
    answerErrors(app, context.assets)
    pageRoutes(app, context)
    neglectRoutes(app, context)
    apiRoutes(app, context)
    personRoutes(app, context)
    healthRoute(app, context)
    if (needs.webhook) hubspotWebhook(app, needs.webhook, needs.machineNow ?? Date.now)
    connectionRoutes(app, context)
  }
}

/** So many dropped leads are on the overview; the others are a click away. */
const DROPPED = 5

function contextOf(needs: HttpNeeds): Context {
  const {
    views,
    link,
    timeZone = 'UTC',
    refreshSeconds = 15,
    machineNow = Date.now,
    now = machineNow,
  } = needs
  // Half a refresh: a page never shows a number older than one and a half of its refreshes.
  const keepMs = Math.min(Math.max(refreshSeconds, 1) * SECOND, 15 * SECOND) / 2
  return {
    views,
    overview: shared(() => views.overview(now()), keepMs, machineNow),
    neglect: shared(
      () => views.neglect({ after: null, reason: 'open', limit: DROPPED }, now()),
      keepMs,
      machineNow,
    ),
    delays: shared(() => views.delays(usualPeriod(now())), keepMs, machineNow),
    sync: shared(() => views.sync(), keepMs, machineNow),
    drift: shared(async () => (await needs.drift?.()) ?? null, keepMs, machineNow),
    explain: async (person, asked) => (await needs.explain?.(person, { ...asked, now: now() })) ?? null,
    now,
    since: now(),
    link,
    connections: needs.connections ?? noConnections,
    limits: { ...defaultLimits, ...needs.limits },
    patienceMs: needs.patienceMs ?? 3 * SECOND,
    refreshSeconds,
    clock: clockOf(timeZone),
    timeZone,
    assets: loadAssets(),
  }
}

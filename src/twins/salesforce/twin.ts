import { performance } from 'node:perf_hooks'
import type { VirtualClock } from '../clock.ts'
import { type TwinApp, twinApp } from '../http.ts'
import type { Sink } from '../scenario/types.ts'
import { calendarRoutes } from './calendars.ts'
import { controlRoutes } from './control.ts'
import { Database } from './database.ts'
import { engineOf } from './engine.ts'
import { Organisation } from './organisation.ts'
import { pageRoutes } from './pages/routes.ts'
import { people } from './people.ts'
import { dataRoutes } from './rest/data.ts'
import { oauthRoutes } from './rest/oauth.ts'
import { ScenarioSink } from './scenario.ts'
import { type Client, Sessions } from './sessions.ts'

export interface SalesforceTwinOptions {
  clock: VirtualClock
  /** Where the records are kept: a path that does not exist yet, or `:memory:`. */
  file: string
  /** The connected app's consumer key and secret; by default `leadtime` and `leadtime-secret`. */
  client?: Client
  /** The refresh token the connected app was given; by default `leadtime-refresh`. */
  refreshToken?: string
  /** How long an access token lives unused, in real seconds; by default two hours. */
  sessionSeconds?: number
  /** A monotonic source of real milliseconds for it. */
  real?: () => number
}

export interface SalesforceTwin {
  /** Not listening yet. */
  app: TwinApp
  sink: Sink
  /** Stops listening and closes the file; may be called again. */
  close(): Promise<void>
}

const CLIENT: Client = { id: 'leadtime', secret: 'leadtime-secret' }
const REFRESH_TOKEN = 'leadtime-refresh'
const SESSION_SECONDS = 7200

/** A Salesforce organisation that clients cannot tell from a real one as far as Leadtime uses it. */
export function salesforceTwin(options: SalesforceTwinOptions): SalesforceTwin {
  const { clock, file, client = CLIENT, refreshToken = REFRESH_TOKEN } = options
  const { sessionSeconds = SESSION_SECONDS, real = () => performance.now() } = options
  const database = new Database(file)
  const organisation = new Organisation(database, clock.now())
  const sessions = new Sessions({
    organisationId: organisation.id,
    client,
    refreshToken,
    seconds: sessionSeconds,
    real,
  })
  const app = twinApp({
    vendor: 'salesforce',
    clock,
    people: (after, limit) => people(database, after, limit),
    state: () => ({ records: database.counts() }),
  })
  const now = () => clock.now()
  const engine = engineOf(organisation, app, { now, real })
  const unfollow = clock.onAdvance(at => {
    organisation.settle(at)
    engine.ingestJobs.settle()
  })
  oauthRoutes(app, { organisation, sessions, now })
  dataRoutes(app, { ...engine, sessions })
  pageRoutes(app, { organisation, database, now })
  calendarRoutes(app, organisation)
  controlRoutes(app, engine)
  app.delete('/_twin/sessions', () => ({ ended: sessions.revokeAll() }))
  app.addHook('onClose', (_app, done) => {
    unfollow()
    database.close()
    done()
  })
  return { app, sink: new ScenarioSink(organisation), close: () => app.close() }
}

import type { KeyObject } from 'node:crypto'
import { performance } from 'node:perf_hooks'
import type { VirtualClock } from '../clock.ts'
import { type TwinApp, twinApp } from '../http.ts'
import type { Sink } from '../scenario/types.ts'
import { calendarRoutes } from './calendars.ts'
import { controlRoutes } from './control.ts'
import { Database } from './database.ts'
import { engineOf } from './engine.ts'
import { changeEvents } from './events/events.ts'
import { cometdRoutes } from './events/routes.ts'
import { type Client, ConnectedApp } from './oauth/app.ts'
import { certificateRoutes } from './oauth/certificate.ts'
import { Organisation } from './organisation.ts'
import { pageRoutes } from './pages/routes.ts'
import { people } from './people.ts'
import { dataRoutes } from './rest/data.ts'
import { oauthRoutes } from './rest/oauth.ts'
import { ScenarioSink } from './scenario.ts'
import { user } from './schema/organization.ts'
import { Sessions } from './sessions.ts'

export interface SalesforceTwinOptions {
  clock: VirtualClock
  /** Where the records are kept: a path that does not exist yet, or `:memory:`. */
  file: string
  /** The connected app's consumer key and secret; by default `leadtime` and `leadtime-secret`. */
  client?: Client
  /** The refresh token the connected app was given; by default `leadtime-refresh`. */
  refreshToken?: string
  /** Each use of a refresh token gives a new one and ends the old; by default they stay. */
  rotates?: boolean
  /** Of the certificate that was uploaded to the connected app, for assertions. */
  publicKey?: KeyObject
  /** The callback addresses of the connected app; by default any of this machine. */
  callbacks?: readonly string[]
  /** How long an access token lives unused, in real seconds; by default two hours. */
  sessionSeconds?: number
  /** A monotonic source of real milliseconds for it. */
  real?: () => number
}

export interface SalesforceTwin {
  /** Not listening yet. */
  app: TwinApp
  sink: Sink
  /** The user whom clients of the connected app are. */
  username(): string
  /** Stops listening and closes the file; may be called again. */
  close(): Promise<void>
}

const CLIENT: Client = { id: 'leadtime', secret: 'leadtime-secret' }
const REFRESH_TOKEN = 'leadtime-refresh'
const SESSION_SECONDS = 7200

/** A Salesforce organisation that clients cannot tell from a real one as far as Leadtime uses it. */
export function salesforceTwin(options: SalesforceTwinOptions): SalesforceTwin {
  const { clock, file, client = CLIENT, refreshToken = REFRESH_TOKEN } = options
  const { sessionSeconds = SESSION_SECONDS, real = () => performance.now(), rotates = false } = options
  const { publicKey, callbacks } = options
  const database = new Database(file)
  const organisation = new Organisation(database, clock.now())
  const sessions = new Sessions({
    organisationId: organisation.id,
    seconds: sessionSeconds,
    real,
  })
  const username = () => String(database.get(user, organisation.apiUserId)?.Username)
  const connectedApp = new ConnectedApp(
    { client, refreshToken, publicKey, callbacks, rotates, username, wall: Date.now },
    chain => sessions.revokeOf(chain),
  )
  const app = twinApp({
    vendor: 'salesforce',
    clock,
    people: (after, limit) => people(database, after, limit),
    state: () => ({ records: database.counts() }),
  })
  const now = () => clock.now()
  const engine = engineOf(organisation, app, { now, real })
  const events = changeEvents({ ...engine, sessions, real })
  const unfollow = clock.onAdvance(at => {
    organisation.settle(at)
    engine.ingestJobs.settle()
    events.log.expire()
  })
  oauthRoutes(app, { organisation, connectedApp, sessions, now })
  dataRoutes(app, { ...engine, sessions })
  pageRoutes(app, { organisation, database, now })
  calendarRoutes(app, organisation)
  cometdRoutes(app, events)
  certificateRoutes(app, connectedApp)
  controlRoutes(app, engine, events)
  app.delete('/_twin/sessions', () => ({ ended: sessions.revokeAll() }))
  app.delete('/_twin/grants', () => ({ ended: connectedApp.revokeAll() }))
  app.addHook('onClose', (_app, done) => {
    unfollow()
    events.clients.drop()
    database.close()
    done()
  })
  return { app, sink: new ScenarioSink(organisation), username, close: () => app.close() }
}

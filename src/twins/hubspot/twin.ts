import { performance } from 'node:perf_hooks'
import type { VirtualClock } from '../clock.ts'
import { type TwinApp, twinApp } from '../http.ts'
import { notFound } from './errors.ts'
import { handRoutes } from './hand.ts'
import { OAuth, type OAuthApp } from './oauth.ts'
import { OBJECTS } from './objects.ts'
import { authorizePage } from './pages/authorize.ts'
import { pages } from './pages/pages.ts'
import { openPortal } from './portal.ts'
import { api } from './routes/api.ts'
import { HubspotScenario, type LinkOf } from './scenario.ts'
import { change, SETTINGS } from './settings.ts'
import { RecordStore } from './store.ts'
import { Webhooks } from './webhooks/webhooks.ts'

export interface HubspotTwinOptions {
  clock: VirtualClock
  /** Path of a new SQLite file, or `:memory:`. */
  file: string
  /** The access token to accept; without it any bearer token will do. */
  token?: string
  /** The OAuth app that may sign in; without it any client will do. */
  oauthApp?: OAuthApp
  /** Each use of a refresh token gives a new one and ends the old; by default they stay, as HubSpot's do. */
  rotates?: boolean
  /** A monotonic source of real milliseconds for the life of tokens. */
  real?: () => number
  /** Answers 429 beyond 190 calls in 10 s and 5 searches in 1 s of real time. */
  enforceLimits?: boolean
  /** Virtual seconds before a changed record is found by search. */
  searchLagSeconds?: number
  /** Salesforce ids of a person, for scenarios with a connector. */
  linkOf?: LinkOf
}

export interface HubspotTwin {
  /** Not yet listening. */
  app: TwinApp
  sink: HubspotScenario
  /** Whom the portal tells of changes; nobody yet. */
  webhooks: Webhooks
  /** Stops the server and closes the file; more than once does nothing more. */
  close(): Promise<void>
}

/** A HubSpot account over HTTP with records in SQLite, empty until its sink is filled. */
export function hubspotTwin(options: HubspotTwinOptions): HubspotTwin {
  const { clock, file, token, enforceLimits = false, searchLagSeconds = 0, linkOf } = options
  const { oauthApp, rotates = false, real = () => performance.now() } = options
  const store = new RecordStore(file)
  const oauth = new OAuth({ token, app: oauthApp, rotates, real })
  const webhooks = new Webhooks(store.feed, clock)
  const app = twinApp({
    vendor: 'hubspot',
    clock,
    people: (after, limit) => sink.people.list(after, limit),
    control: scope => {
      webhooks.routes(scope)
      handRoutes(scope, portal)
      scope.get('/lists', () => ({ lists: portal.lists.all() }))
      scope.post('/lists', request => portal.lists.put(request.body, clock.now()))
      scope.get('/settings', () => portal.settings)
      scope.post('/settings', request => change(portal.settings, request.body))
    },
    state: () => ({
      people: sink.people.count(),
      records: Object.fromEntries(OBJECTS.map(({ type, plural }) => [plural, store.count(type)])),
    }),
  })
  const settings = { ...SETTINGS, enforceLimits, searchLagSeconds }
  const portal = openPortal(store, clock, app, settings)
  const sink = new HubspotScenario(portal, linkOf)
  const settle = () => sink.settle(clock.now())
  app.register((scope, _options, done) => {
    api(scope, portal, { oauth, settle })
    done()
  })
  app.register((scope, _options, done) => {
    scope.addHook('onRequest', (_request, _reply, next) => {
      settle()
      next()
    })
    pages(scope, portal)
    authorizePage(scope, portal, oauth)
    done()
  })
  app.delete('/_twin/sessions', () => ({ ended: oauth.expireAll() }))
  app.delete('/_twin/grants', () => ({ ended: oauth.revokeAll() }))
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(notFound().body()))
  const close = async () => {
    webhooks.clear()
    await app.close()
    store.close()
  }
  return { app, sink, webhooks, close }
}

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { VirtualClock } from './clock.ts'
import { linkOf } from './host/link.ts'
import type { Fault } from './http/faults.ts'
import type { TwinApp } from './http.ts'
import { PORTAL_ID } from './hubspot/portal.ts'
import { hubspotTwin } from './hubspot/twin.ts'
import { certifiedKey } from './salesforce/oauth/certificate.ts'
import { salesforceTwin } from './salesforce/twin.ts'
import { type GenerateOptions, generateScenario } from './scenario/generate.ts'
import { type Loaded, loadScenario } from './scenario/load.ts'
import { type ReadOptions, readScenario } from './scenario/read.ts'
import type { Company, Scenario } from './scenario/types.ts'

const LOOPBACK = '127.0.0.1'
const EVERYWHERE = '0.0.0.0'
const CLIENT = { id: 'leadtime', secret: 'leadtime-secret' }
const TOKEN = 'pat-na1-leadtime'

export interface TwinsOptions {
  /** A scenario folder, or what to generate. */
  scenario: string | GenerateOptions
  /** 0 or nothing for a free one. */
  salesforcePort?: number | undefined
  hubspotPort?: number | undefined
  /** Address to listen on; this machine only when left out. */
  host?: string | undefined
  /** Folder for the twins' files; the system's temporary folder when left out. */
  storage?: string | undefined
  /** Armed before the twins listen, each in the twins that have it. */
  faults?: readonly Fault[] | undefined
  /** Address that the HubSpot twin tells of every change, signed with {@link Twins.clientSecret}. */
  webhook?: string | undefined
  /** PEM of the certificate that the connected app of Salesforce holds: clients may sign in by JWT. */
  certificate?: string | undefined
  /** Virtual seconds until HubSpot's search finds a change. */
  searchLagSeconds?: number | undefined
  warn?: ReadOptions['warn']
  /** How far: rows of a file read, or people loaded. */
  progress?: ((what: string, done: number) => void) | undefined
  signal?: AbortSignal | undefined
}

export interface Twins {
  salesforceUrl: string
  hubspotUrl: string
  portalId: number
  clientId: string
  clientSecret: string
  /** Of the integration user in Salesforce, who signs in by JWT. */
  username: string
  /** HubSpot's access token. */
  token: string
  clock: VirtualClock
  company: Company
  /** How many people were loaded, and how many events are still to come. */
  people: number
  pending(): number
  /** Stops both servers and removes their files; more than once does nothing more. */
  close(): Promise<void>
}

/**
 * Both CRMs on this machine, filled and listening on 127.0.0.1, their clock standing at the scenario's `now`.
 * @throws ScenarioError for a bad folder, RangeError for options that generate nothing or a certificate that is none,
 * EADDRINUSE
 */
export async function startTwins(options: TwinsOptions): Promise<Twins> {
  const undo: (() => unknown)[] = []
  const close = async () => {
    const errors: unknown[] = []
    for (let step = undo.pop(); step; step = undo.pop()) {
      try {
        await step()
      } catch (error) {
        errors.push(error)
      }
    }
    if (errors.length > 0) throw errors[0]
  }
  try {
    return await start(options, undo, close)
  } catch (error) {
    await close().catch(() => undefined)
    throw error
  }
}

async function start(
  options: TwinsOptions,
  undo: (() => unknown)[],
  close: () => Promise<void>,
): Promise<Twins> {
  const scenario = await openScenario(options)
  const { company } = scenario
  undo.push(() => scenario.close())
  const dir = makeFolder(options.storage ?? tmpdir(), undo)
  const clock = new VirtualClock(company.now)
  undo.push(() => clock.stand())
  const salesforce = salesforceTwin({
    clock,
    file: join(dir, 'salesforce.sqlite'),
    client: CLIENT,
    rotates: true,
    ...(options.certificate !== undefined && { publicKey: certifiedKey(options.certificate) }),
  })
  undo.push(() => salesforce.close())
  const hubspot = hubspotTwin({
    clock,
    file: join(dir, 'hubspot.sqlite'),
    token: TOKEN,
    oauthApp: { clientId: CLIENT.id, clientSecret: CLIENT.secret },
    linkOf: linkOf(salesforce.app),
    ...(options.searchLagSeconds !== undefined && { searchLagSeconds: options.searchLagSeconds }),
  })
  undo.push(() => hubspot.close())
  for (const { app } of [salesforce, hubspot]) app.get('/_twin/company', () => companyCard(company))
  const loaded = await loadScenario({
    scenario,
    sinks: [salesforce.sink, hubspot.sink],
    clock,
    file: join(dir, 'pending.sqlite'),
    progress: people => options.progress?.('people loaded', people),
    signal: options.signal,
  })
  undo.push(() => loaded.close())
  if (options.webhook !== undefined) hubspot.webhooks.add({ url: options.webhook, secret: CLIENT.secret })
  for (const fault of options.faults ?? []) {
    for (const { app } of [salesforce, hubspot]) if (app.faults.concerns(fault)) app.faults.add(fault)
  }
  scenario.close()
  return {
    salesforceUrl: await listen(salesforce.app, options.host, options.salesforcePort),
    hubspotUrl: await listen(hubspot.app, options.host, options.hubspotPort),
    portalId: PORTAL_ID,
    clientId: CLIENT.id,
    clientSecret: CLIENT.secret,
    username: salesforce.username(),
    token: TOKEN,
    clock,
    company,
    ...counts(loaded),
    close,
  }
}

function openScenario({ scenario, warn, progress }: TwinsOptions): Promise<Scenario> | Scenario {
  if (typeof scenario !== 'string') return generateScenario(scenario)
  const read: ReadOptions = { progress: (rows, file) => progress?.(`rows of ${file} read`, rows) }
  return readScenario(scenario, warn ? { ...read, warn } : read)
}

/** A folder of the twins' own, gone when they close and also when the process ends without closing them. */
function makeFolder(parent: string, undo: (() => unknown)[]): string {
  mkdirSync(parent, { recursive: true })
  const dir = mkdtempSync(join(parent, 'leadtime-twins-'))
  const remove = () => rmSync(dir, { recursive: true, force: true })
  process.once('exit', remove)
  undo.push(() => {
    process.off('exit', remove)
    remove()
  })
  return dir
}

/** The address under which it is reached from this machine. */
async function listen(app: TwinApp, host = LOOPBACK, port = 0): Promise<string> {
  await app.listen({ host, port })
  const { port: given } = app.server.address() as AddressInfo
  return `http://${host === EVERYWHERE ? LOOPBACK : host}:${given}`
}

function counts(loaded: Loaded) {
  return { people: loaded.people, pending: () => loaded.pending() }
}

/** What a visitor may know of the company beforehand: who is who. */
function companyCard({ name, description, timeZone, start, now, users, campaigns }: Company) {
  return { name, description, timeZone, start, now, users, campaigns }
}

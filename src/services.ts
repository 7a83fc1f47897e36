import { dirname } from 'node:path'
import { type IcsReader, icsReader } from './calendars/reader.ts'
import { Cleanup } from './cleanup.ts'
import { type Config, ConfigError } from './config.ts'
import { connectors, signIns } from './connectors.ts'
import type { Crm } from './crm/crm.ts'
import { type BudgetRules, VENDOR_LIMITS } from './domain/budget.ts'
import { parseRef, type Ref, type Vendor } from './domain/facts.ts'
import type { Instant } from './domain/time.ts'
import { driftOf, driftWords, readPolicyFile } from './draft.ts'
import { type Log, logger } from './log.ts'
import { SharedBudget } from './pipeline/budget.ts'
import type { Connector } from './pipeline/connections.ts'
import { adopt } from './pipeline/publish.ts'
import { extraFields } from './policy/fields.ts'
import { policyInForce } from './policy/policy.ts'
import type { Draft } from './policy/versions.ts'
import type { Backend } from './queue/backend.ts'
import { Holds } from './queue/hold.ts'
import type { JobQueue } from './queue/queue.ts'
import { checkKeys } from './store/credentials.ts'
import { type Database, openDatabase } from './store/db.ts'
import { migrate } from './store/migrate.ts'
import { readVersions } from './store/policies.ts'

/** Everything a verb works with, made once. */
export interface Services {
  readonly config: Config
  readonly db: Database
  readonly crms: readonly Crm[]
  /** How each CRM that the environment names is signed in to. */
  readonly connectors: readonly Connector[]
  /** Reads the iCalendar data that the policy names. */
  readonly ics: IcsReader
  readonly log: Log
  /** The instant for which verdicts hold, in the CRMs' time; the demo's runs fast. */
  readonly now: () => Instant
  /** CRMs that this process leaves alone, as they refused its credentials. */
  readonly holds: Holds
  /** Where the queue lives. */
  readonly store: () => Promise<Backend>
  /** Opens the queue at the first call. Throws QueueError. */
  readonly queue: () => Promise<JobQueue>
  /** Runs `step` at close, before what exists already is closed. */
  onClose(step: () => Promise<unknown>): void
  /** Closes everything, last first, whatever fails. Idempotent; nothing is left running. */
  close(): Promise<void>
}

export interface Overrides {
  now?: () => Instant
  /** Instead of those the environment names. */
  crms?: readonly Crm[]
  ics?: IcsReader
  log?: Log
  /** Keeps this queue apart from others in the same store; tests use it. */
  queueNamespace?: string
}

const DRIFT_REMEDY = '`leadtime policy diff` shows how, `leadtime policy publish` puts it in force'

/**
 * Opens the database (our own PostgreSQL when none is configured), brings it up to date and makes the CRMs.
 * Opens no connection to a CRM or the queue before it is needed. What was opened is closed again if a later part throws.
 */
export async function services(config: Config, overrides: Overrides = {}): Promise<Services> {
  const cleanup = new Cleanup()
  try {
    return await open(config, overrides, cleanup)
  } catch (error) {
    await cleanup.run().catch(() => undefined)
    throw error
  }
}

async function open(config: Config, overrides: Overrides, cleanup: Cleanup): Promise<Services> {
  const log = overrides.log ?? logger(config.logLevel)
  const now = overrides.now ?? Date.now
  const draft = await readPolicyFile(config.policyFile)
  const db = await database(config, log, cleanup)
  await migrate(db)
  await checkKeys(db, config.keys)
  const versions = await adopt(db, draft, now())
  const drift = config.policyFile === null ? null : driftOf(draft, versions, now())
  if (drift) log.warn(`${draft.file} differs from ${driftWords(drift)}: ${DRIFT_REMEDY}`)
  const ics = overrides.ics ?? icsReader({ folder: dirname(config.policyFile ?? '.') })
  const crms = overrides.crms ?? (await adapters(config, db, speltBy(versions, now())))
  for (const crm of crms) cleanup.add(() => crm.close())
  const store = once(() => backendOf(config, db, overrides.queueNamespace))
  const queue = once(async () => {
    const { openQueue } = await import('./queue/queue.ts')
    const opened = await openQueue(await store(), log)
    cleanup.add(() => opened.close())
    return opened
  })
  return {
    ...{ config, db, crms, ics, log, now, store, queue, holds: new Holds(now) },
    connectors: await connectors(config, db),
    onClose: step => cleanup.add(step),
    close: () => cleanup.run(),
  }
}

/** Starts or finds PostgreSQL and opens it; the schema is left as it is. */
export async function database(config: Config, log: Log, cleanup: Cleanup): Promise<Database> {
  const url = config.databaseUrl ?? (await embedded(config, log, cleanup))
  const db = await openDatabase(url, { log: message => log.warn(message) })
  cleanup.add(() => db.close())
  return db
}

async function embedded(config: Config, log: Log, cleanup: Cleanup): Promise<string> {
  const { startEmbedded } = await import('./store/embedded.ts')
  const server = await startEmbedded(config.dataDir, message => log.info(message))
  cleanup.add(() => server.stop())
  return server.url
}

/** What the policy says of names in the CRMs. */
export interface Spellings {
  /** Of our own fields. */
  prefix: string
  /** Those that the policy names; a handoff of the past is judged by the fields that its own version names. */
  fields: ReturnType<typeof extraFields>
}

const speltBy = (versions: readonly (Draft & { effective: Instant })[], now: Instant): Spellings => ({
  prefix: policyInForce(versions)(now).policy.write.prefix,
  fields: extraFields(versions.map(version => version.policy)),
})

/** As published, or as the policy file says while nothing is; publishes nothing. @throws PolicyError */
export async function spellings(config: Config, db: Database): Promise<Spellings> {
  const versions = await readVersions(db)
  if (versions.length > 0) return speltBy(versions, Date.now())
  return speltBy([{ ...(await readPolicyFile(config.policyFile)), effective: 0 }], Date.now())
}

/** The CRMs the environment names, their SDKs loaded only here. */
export async function adapters(config: Config, db: Database, { prefix, fields }: Spellings): Promise<Crm[]> {
  const { salesforce, hubspot } = signIns(config, db)
  const budget = (vendor: Vendor) => new SharedBudget(db, vendor, budgetRules(config, vendor))
  const crms: Promise<Crm>[] = []
  if (salesforce) {
    const options = { ...salesforce, prefix, fields: fields.salesforce, budget: budget('salesforce') }
    crms.push(import('./crm/salesforce/adapter.ts').then(adapter => adapter.salesforce(options)))
  }
  if (hubspot) {
    const options = { ...hubspot, prefix, fields: fields.hubspot, budget: budget('hubspot') }
    crms.push(import('./crm/hubspot/adapter.ts').then(adapter => adapter.hubspot(options)))
  }
  return await Promise.all(crms)
}

/** How much of a CRM's calls the environment allows us. */
export function budgetRules({ budget }: Config, vendor: Vendor): BudgetRules {
  const { reserve, pauseAt, resumeBelow } = budget
  return { share: budget[vendor], reserve, pauseAt, resumeBelow, ...VENDOR_LIMITS[vendor] }
}

/**
 * The pages of records in the CRMs that the environment names, without asking them anything.
 * @param accounts what each CRM calls its account, as the database knows it
 */
export async function recordLinks(
  { salesforce, hubspot }: Config,
  accounts: Readonly<Record<string, string>>,
): Promise<(ref: Ref) => string | null> {
  const lightning = salesforce && (await import('./crm/salesforce/link.ts')).recordPage
  const portal = accounts.hubspot
  const contacts = hubspot && portal ? (await import('./crm/hubspot/link.ts')).recordPage : null
  return ref =>
    parseRef(ref).vendor === 'salesforce'
      ? (lightning?.(salesforce!.loginUrl, ref) ?? null)
      : (contacts?.(hubspot!.uiUrl, portal!, ref) ?? null)
}

/** For verbs that make no sense without a CRM. */
export function needCrm({ salesforce, hubspot }: Config): void {
  if (salesforce || hubspot) return
  throw new ConfigError(
    'no CRM is connected; set SALESFORCE_LOGIN_URL, SALESFORCE_CLIENT_ID and SALESFORCE_CLIENT_SECRET, ' +
      'or HUBSPOT_TOKEN (.env.example explains them), or try leadtime demo',
  )
}

async function backendOf(config: Config, db: Database, namespace?: string): Promise<Backend> {
  const { backend } = await import('./queue/backend.ts')
  return backend({
    databaseUrl: db.url,
    redisUrl: config.redisUrl,
    ...(namespace !== undefined && { namespace }),
  })
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

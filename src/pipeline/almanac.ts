import { SourceError } from '../calendars/errors.ts'
import { sourceName } from '../calendars/reader.ts'
import { CrmError, Refused } from '../crm/errors.ts'
import { type AlmanacSource, almanacYears, sourcesOf } from '../domain/almanac.ts'
import { HOUR, type Instant, MINUTE } from '../domain/time.ts'
import { policyInForce } from '../policy/policy.ts'
import { forgetSources, keepRead, noteUnread, readTried, refreshing, type Tried } from '../store/almanac.ts'
import type { Queryable } from '../store/db.ts'
import { readVersions } from '../store/policies.ts'
import type { Context } from './context.ts'

/** How often what others keep is read again; a file is looked at each round. */
const EVERY = 6 * HOUR
/** How soon after it could not be read. */
const AGAIN = 15 * MINUTE
/** Sources read at the same time. */
const AT_ONCE = 8

/**
 * Reads what calendars take from outside and what is due to be read; what has changed has everybody judged again. A
 * source that cannot be read keeps what was last read of it, is told of, and stops nothing.
 * @returns whether anything has changed
 * @throws DatabaseUnavailable
 */
export async function refreshAlmanac(context: Context): Promise<boolean> {
  const { db, now } = context
  const sources = await sourcesInUse(db)
  await forgetSources(db, keysOf(sources))
  if (sources.length === 0) return false
  let changed = false
  await refreshing(db, async () => {
    const tried = await readTried(db)
    const due = sources.filter(source => isDue(source, tried.get(source.key), now()))
    for (let first = 0; first < due.length; first += AT_ONCE) {
      context.signal.throwIfAborted()
      const some = due.slice(first, first + AT_ONCE)
      const done = await Promise.all(some.map(source => refresh(context, source, tried.get(source.key))))
      changed ||= done.includes(true)
    }
  })
  return changed
}

/** Whether everything that the policy takes from outside was tried at least once: before that a verdict would be premature. */
export async function isAlmanacTried(db: Queryable): Promise<boolean> {
  const keys = keysOf(await sourcesInUse(db))
  if (keys.length === 0) return true
  const tried = await readTried(db)
  return keys.every(key => tried.has(key))
}

/** What any version that holds for some instant takes from outside: a handoff of the past is still held to its own. */
async function sourcesInUse(db: Queryable): Promise<AlmanacSource[]> {
  const versions = await readVersions(db)
  if (versions.length === 0) return []
  const at = policyInForce(versions)
  return sourcesOf([...new Set(versions.map(version => at(version.effective).policy))])
}

const keysOf = (sources: readonly AlmanacSource[]): string[] => sources.map(source => source.key)

function isDue(source: AlmanacSource, tried: Tried | undefined, now: Instant): boolean {
  if (tried === undefined || now < tried.triedAt) return true
  if (source.kind === 'ics' && !source.address.startsWith('https://')) return true
  return now - tried.triedAt >= (tried.error === null ? EVERY : AGAIN)
}

async function refresh(context: Context, source: AlmanacSource, before: Tried | undefined): Promise<boolean> {
  const { db, log, now, signal } = context
  const name = nameOf(source)
  const reading = await read(context, source).catch((error: unknown): Failure => {
    signal.throwIfAborted()
    return failureOf(error)
  })
  const { error } = reading
  // Told once; the page says it for as long as it lasts.
  if (error !== null && error !== before?.error)
    log.warn({ source: name, reason: error }, 'a calendar cannot be read in full')
  if ('data' in reading)
    return await keepRead(db, { source: source.key, name, data: reading.data, error }, now())
  await noteUnread(db, { source: source.key, name, ...reading }, now())
  return false
}

interface Failure {
  error: string
  needsPerson: boolean
}

/** Whatever it is: a calendar must not keep promises from being watched. */
function failureOf(error: unknown): Failure {
  if (error instanceof SourceError) return { error: error.message, needsPerson: error.needsPerson }
  if (error instanceof CrmError) return { error: error.message, needsPerson: error instanceof Refused }
  return {
    error: `it could not be read (${error instanceof Error ? error.name : 'unknown'})`,
    needsPerson: true,
  }
}

function nameOf(source: AlmanacSource): string {
  if (source.kind === 'ics') return sourceName(source)
  return source.kind === 'business_hours' ? 'Salesforce business hours' : 'Salesforce holidays'
}

interface Reading {
  data: object
  /** What is missing all the same; null: nothing. */
  error: string | null
}

async function read(context: Context, source: AlmanacSource): Promise<Reading> {
  const { crms, signal, now, ics } = context
  const years = almanacYears(now())
  if (source.kind === 'ics') {
    if (!ics)
      throw new SourceError('nothing reads iCalendar data here', 'start the service with its policy file')
    return { data: await ics.read(source, years, signal), error: null }
  }
  const calendars = crms.find(crm => crm.calendars)?.calendars
  if (!calendars)
    throw new SourceError('Salesforce is not connected', 'connect it, or take it out of the policy')
  if (source.kind === 'salesforce_holidays')
    return { data: await calendars.holidays(years, signal), error: null }
  const found = await calendars.businessHours(signal)
  return { data: found, error: missing(source.names, Object.keys(found)) }
}

function missing(names: readonly string[], found: readonly string[]): string | null {
  const wanted = names.filter(name => !found.includes(name)).map(name => JSON.stringify(name))
  if (wanted.length === 0) return null
  const there = found.length === 0 ? 'it has none that are open' : `it has ${found.join(', ')}`
  return `Salesforce has no active business hours called ${wanted.join(', ')}; ${there}. Nine to five is used instead`
}

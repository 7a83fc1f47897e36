import type { Crm } from '../crm/crm.ts'
import { AuthExpired, CrmError, Refused } from '../crm/errors.ts'
import type { Vendor } from '../domain/facts.ts'
import { type Instant, SECOND } from '../domain/time.ts'
import { lengthWords } from '../domain/wording.ts'

/** One thing that was looked at. */
export interface Check {
  /** `salesforce` …; what is no CRM's has `service`. */
  of: Vendor | 'service'
  name:
    | 'environment'
    | 'database'
    | 'keys'
    | 'policy'
    | 'sign-in'
    | 'account'
    | 'rights and fields'
    | 'clock'
    | 'API calls'
    | 'change events'
  /** `bad`: a sync does not work, or not in full. `warn`: it does, for now. `skipped`: another check has to pass first. */
  state: 'ok' | 'warn' | 'bad' | 'skipped'
  /** How it is, in one line. */
  says: string
  /** What to do, one line each; empty when there is nothing. */
  remedies: string[]
}

/** Seconds matter little to us, minutes do: assertions hold for three, signatures of webhooks for five. */
const SKEW = 30 * SECOND
/** Below this share of the day's calls somebody should know who else uses them. */
const SCARCE = 0.2

/**
 * Looks at one CRM from the sign-in on; writes nothing.
 * @param held the account whose records the database holds; null: none yet
 * @param how it is signed in to, for people
 * @param machine this machine's clock
 */
export async function examine(
  crm: Crm,
  { held, how }: { held: string | null; how: string },
  machine: () => Instant,
  signal: AbortSignal,
): Promise<Check[]> {
  const check = checkOf(crm.vendor)
  const account = await attempt(crm.account(signal))
  if (account instanceof CrmError) {
    const words = account instanceof AuthExpired ? 'refused' : 'not possible'
    const failed = check('sign-in', 'bad', `by ${how}: ${words}`, [spoken(account)])
    const skipped = (['account', 'rights and fields', 'clock', 'API calls'] as const).map(name =>
      check(name, 'skipped', 'needs a sign-in'),
    )
    return [failed, ...skipped]
  }
  return [
    check('sign-in', 'ok', `by ${how}`),
    accountCheck(check, account, held),
    ...(await vitalChecks(check, crm, machine, signal)),
    fieldCheck(check, await crm.check(signal)),
    ...(crm.events ? [eventCheck(check, await crm.events.check(signal))] : []),
  ]
}

type Make = ReturnType<typeof checkOf>

const checkOf =
  (of: Check['of']) =>
  (name: Check['name'], state: Check['state'], says: string, remedies: string[] = []): Check => ({
    ...{ of, name, state, says, remedies },
  })

/** A check of what is no CRM's. */
export const serviceCheck = checkOf('service')

function accountCheck(check: Make, account: string, held: string | null): Check {
  if (held === null) return check('account', 'ok', `${account}; the database holds no records of it yet`)
  if (held === account) return check('account', 'ok', `${account}, the one whose records the database holds`)
  return check('account', 'bad', `${account}, but the database holds records of ${held}`, [
    'correct the credentials, or give this account a database of its own',
  ])
}

async function vitalChecks(
  check: Make,
  crm: Crm,
  machine: () => Instant,
  signal: AbortSignal,
): Promise<Check[]> {
  const sent = machine()
  const vitals = await attempt(crm.vitals(signal))
  const between = (sent + machine()) / 2
  if (vitals instanceof CrmError) {
    const remedy = [spoken(vitals)]
    return [check('clock', 'warn', 'not told', remedy), check('API calls', 'warn', 'not told', remedy)]
  }
  return [clockCheck(check, vitals.serverTime, between), callsCheck(check, vitals.calls)]
}

function clockCheck(check: Make, server: Instant | null, machine: Instant): Check {
  if (server === null) return check('clock', 'ok', 'the server does not tell its own')
  const ahead = machine - server
  if (Math.abs(ahead) <= SKEW) return check('clock', 'ok', 'within 30 s of the server’s')
  const by = lengthWords(Math.abs(ahead), 'elapsed')
  return check('clock', 'warn', `this machine’s is ${by} ${ahead > 0 ? 'ahead of' : 'behind'} the server’s`, [
    'let a time service set it (timedatectl set-ntp true); sign-ins and due times depend on it',
  ])
}

const number = new Intl.NumberFormat('en-GB')

function callsCheck(check: Make, calls: { used: number; limit: number } | null): Check {
  if (!calls || calls.limit <= 0) return check('API calls', 'ok', 'no daily limit is told')
  const left = calls.limit - calls.used
  const says = `${number.format(left)} of ${number.format(calls.limit)} left today`
  if (left > SCARCE * calls.limit) return check('API calls', 'ok', says)
  const remedy = 'see which integrations use them, or raise POLL_SECONDS until they come back'
  return check('API calls', left > 0 ? 'warn' : 'bad', says, [remedy])
}

function fieldCheck(check: Make, problems: readonly string[]): Check {
  if (problems.length === 0) return check('rights and fields', 'ok', 'all there')
  const says = problems.length === 1 ? 'one is not right' : `${problems.length} are not right`
  return check('rights and fields', 'bad', says, problems.map(withoutVendor))
}

/** Without them a sync does all the same, a minute later. */
function eventCheck(check: Make, problems: readonly string[]): Check {
  if (problems.length === 0) return check('change events', 'ok', 'told for every object')
  return check('change events', 'warn', 'not told for every object', problems.map(withoutVendor))
}

const withoutVendor = (problem: string) => problem.replace(/^(salesforce|hubspot): /, '')

/** What a CRM said, with what to do. */
function spoken(error: CrmError): string {
  const detail = withoutVendor(error.message)
  return error instanceof AuthExpired || error instanceof Refused ? detail : `${detail}; try again in a while`
}

async function attempt<T>(work: Promise<T>): Promise<T | CrmError> {
  try {
    return await work
  } catch (error) {
    if (error instanceof CrmError) return error
    throw error
  }
}

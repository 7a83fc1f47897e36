import type { Vendor } from '../domain/facts.ts'
import { type Instant, MINUTE } from '../domain/time.ts'
import { eventTroubles } from './events.ts'
import { mirrorTroubles } from './mirror.ts'
import type { CalendarState, CrmState, SyncState } from './views.ts'

/** Something that keeps the numbers from being current. */
export interface Trouble {
  code:
    | 'database'
    | 'round_too_old'
    | 'first_round'
    | 'credentials_refused'
    | 'other_account'
    | 'crm_unreachable'
    | 'request_refused'
    | 'judging_behind'
    | 'policy_differs'
    | 'calendar_unread'
    | 'slower_reading'
    | 'mirror_differs'
    | 'mirror_doubtful'
    | 'mirror_unchecked'
    | 'events_missed'
    | 'events_untold'
  vendor: Vendor | null
  /** True when nothing gets better until somebody acts. */
  needsPerson: boolean
  /** One line: what is wrong, and what to do. Without hosts, ids or payloads. */
  title: string
  remedy: string
  /** Whether a promise may be broken without our seeing it: health goes red. */
  red: boolean
}

export interface HealthLimits {
  /** A round that ended longer ago than this is too old. */
  roundMs: Instant
  /** More changes than this waiting to be judged mean that the database cannot keep up. */
  waiting: number
}

/** Three rounds at the default pace of a minute, and a backlog that takes more than a round to work off. */
export const defaultLimits: HealthLimits = { roundMs: 3 * MINUTE, waiting: 20_000 }

export const VENDOR_NAMES: Record<Vendor, string> = { salesforce: 'Salesforce', hubspot: 'HubSpot' }

/** What is wrong, the worst first. `since` is when this process started. */
export function troubles(
  state: SyncState,
  { now, since, limits }: { now: Instant; since: Instant; limits: HealthLimits },
): Trouble[] {
  const found = state.crms.flatMap(crm => crmTrouble(crm) ?? [])
  found.push(...state.crms.flatMap(crm => mirrorTroubles(crm, now, since)))
  found.push(...state.crms.flatMap(crm => eventTroubles(crm, now)))
  found.push(...state.crms.flatMap(detours))
  if (now - (state.lastRound ?? since) > limits.roundMs) found.push(OLD_ROUND)
  else if (state.lastRound === null) found.push(FIRST_ROUND)
  if (state.waiting > limits.waiting) found.push(BEHIND)
  found.push(...state.calendars.map(calendarTrouble))
  return found.sort((a, b) => Number(b.needsPerson) - Number(a.needsPerson))
}

const OLD_ROUND: Trouble = {
  code: 'round_too_old',
  vendor: null,
  needsPerson: false,
  title: 'No round has ended for a while',
  remedy: 'The numbers below are older than they look. If this stays, check that a worker runs.',
  red: true,
}

const FIRST_ROUND: Trouble = {
  code: 'first_round',
  vendor: null,
  needsPerson: false,
  title: 'The CRMs are being read for the first time',
  remedy: 'The numbers below are not complete yet; they grow as records come in.',
  red: false,
}

const BEHIND: Trouble = {
  code: 'judging_behind',
  vendor: null,
  needsPerson: false,
  title: 'The database is behind',
  remedy: 'More leads changed than could be judged so far. The numbers catch up by themselves.',
  red: false,
}

/** The policy file says something else than the version published last. */
export interface PolicyDrift {
  version: number
}

export const policyDiffers = ({ version }: PolicyDrift): Trouble => ({
  code: 'policy_differs',
  vendor: null,
  needsPerson: false,
  title: `The policy file differs from version ${version}`,
  remedy:
    'What is published holds. leadtime policy diff shows how it differs, leadtime policy publish puts it in force.',
  red: false,
})

export const NO_DATABASE: Trouble = {
  code: 'database',
  vendor: null,
  needsPerson: true,
  title: 'The database does not answer',
  remedy: 'Start it, or correct DATABASE_URL.',
  red: true,
}

/** Working time may be off by a holiday or two; every promise is still watched. */
function calendarTrouble({ name, error, needsPerson, fetchedAt }: CalendarState): Trouble {
  const instead = fetchedAt === null ? 'Nothing is known of it yet' : 'What was last read is used'
  return {
    code: 'calendar_unread',
    vendor: null,
    needsPerson,
    title: `A calendar is not read in full: ${name}`,
    remedy: `${sentence(error)} ${instead}.`,
    red: false,
  }
}

/** With a capital and a full stop. */
export const sentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`

/** Nothing is lost by it, but somebody who waits for the end should know. */
const detours = ({ vendor, objects }: CrmState): Trouble[] =>
  objects.flatMap(({ object, detour }) =>
    detour === null
      ? []
      : [
          {
            ...{ code: 'slower_reading', vendor, needsPerson: false, red: false },
            title: `A first reading goes the slow way: ${object.replaceAll('_', ' ')}`,
            remedy: `Its bulk job came to nothing (${detour}). It is read by ranges: nothing is lost, but it takes longer and more calls.`,
          },
        ],
  )

/** What was refused, why, and the remedy: `list deals: HTTP 403 …`, without the kind of error and the vendor. */
const refusal = (text: string): string => text.replace(/^Refused: \w+: /, '')

function crmTrouble({ vendor, trouble }: CrmState): Trouble | null {
  const name = VENDOR_NAMES[vendor]
  switch (trouble?.kind) {
    case 'credentials':
      return {
        code: 'credentials_refused',
        vendor,
        needsPerson: true,
        title: `${name} refuses our credentials`,
        remedy: `Nothing is read from or written to ${name} until somebody renews them.`,
        red: true,
      }
    case 'other_account':
      return {
        code: 'other_account',
        vendor,
        needsPerson: true,
        title: `The ${name} credentials open another account`,
        remedy: 'Somebody has to correct them, or give that account a database of its own.',
        red: true,
      }
    case 'refused':
      return {
        code: 'request_refused',
        vendor,
        needsPerson: true,
        title: `${name} refuses a request`,
        remedy: `${refusal(trouble.text)}. Somebody has to put it right; what it does not concern goes on.`,
        red: true,
      }
    case 'unreachable':
      return {
        code: 'crm_unreachable',
        vendor,
        needsPerson: false,
        title: `${name} does not answer`,
        remedy: 'It is tried again every round; nothing is lost. The numbers stand still until then.',
        red: true,
      }
    default:
      return null
  }
}

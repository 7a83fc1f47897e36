import type { Certificate } from '../domain/certificate.ts'
import type { ObjectName, Ref, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Budgeted } from '../pipeline/budgeted.ts'
import type { DelayReport, Period } from '../pipeline/delays.ts'
import type { Neglected, NeglectQuestion } from '../pipeline/neglect.ts'
import type { Heard } from '../store/hints.ts'

/**
 * Everything the pages and the API show, as typed data. The routes know no SQL and no CRM:
 * src/http/stored.ts answers from the database, tests answer from memory.
 * Each method throws when the database cannot answer.
 */
export interface Views {
  overview(now: Instant): Promise<Overview>
  overdue(question: OverdueQuestion): Promise<OverduePage>
  sync(): Promise<SyncState>
  neglect(question: NeglectQuestion, now: Instant): Promise<Neglected>
  delays(period: Period): Promise<DelayReport>
}

export interface OverdueQuestion {
  /** Where the last page ended; null: from the most overdue on. */
  after: OverduePosition | null
  /** Only this owner's; `none`: only those nobody owns; null: everybody's. */
  owner: Ref | 'none' | null
  /** Rows of one page, 1 to 200. */
  limit: number
}

/** Rows are ordered by due time, then by handoff; a position stays valid when rows come and go. */
export interface OverduePosition {
  due: Instant
  handoff: string
  person: number
}

export interface OverduePage {
  rows: OverdueLead[]
  /** Null on the last page. */
  next: OverduePosition | null
  /** How many there are in all for this owner, all pages together. */
  total: number
  /** Everybody who has an overdue lead now, most first; `ref` null: nobody owns them. Not narrowed by `owner`. */
  owners: { ref: Ref | null; name: string; overdue: number }[]
}

/** One overdue handoff, shown by its promise that fell due first. */
export interface OverdueLead {
  position: OverduePosition
  name: string | null
  company: string | null
  owner: { ref: Ref; name: string } | null
  source: string | null
  /** Name of the promise that was broken, as in the policy. */
  promise: string
  /** Overdue since. */
  due: Instant
  /** The words the rep reads in the CRM. */
  reason: string | null
  /** The person's records: leads and contacts. */
  records: Ref[]
}

export interface Overview {
  /** Handoffs with a promise overdue now, and all open ones. */
  overdue: number
  open: number
  all: Figures
  /** Every month from the first handoff to now, oldest first; a month's handoffs are those with T1 in it (UTC). */
  months: (Figures & { month: string })[]
  sources: (Figures & { source: string | null })[]
  reps: (Figures & { rep: Ref | null; name: string })[]
  /** Below this many, figures are shown as counts only (policy). */
  minimumN: number
  /** Days after which a month's conversion is mature: no handoff of it is younger. */
  matureDays: number
}

/** The numbers of a group of handoffs; void ones are not among them. */
export interface Figures {
  /** Handoffs: persons who became an MQL. */
  mql: number
  /** Of those, how many reached SQL until now, and how many won a deal. */
  sql: number
  won: number
  /** The promise `first_attempt`: kept in time ÷ decided (met, met late, overdue or missed). */
  onTime: { met: number; decided: number }
  /** T2 → T3 of those that were followed up, elapsed hours; an attempt before the assignment is `negative`, left out of the rest. */
  followUpHours: Spread
}

/** Completed only; percentiles by linear interpolation. Null when n is 0. */
export interface Spread {
  n: number
  negative: number
  median: number | null
  p90: number | null
}

/** Stamps are of the clock that runs the rounds, but `lastChange`, which is the CRM's own, and where it says so. */
export interface SyncState {
  /** This machine's clock, by which calls are counted and deliveries come in. */
  machineNow: Instant
  /** Everything was looked at since then; null: something has never been read to its end. */
  lastRound: Instant | null
  /** Error of the last round, without anything private; null: it went through. */
  lastError: { at: Instant; text: string } | null
  crms: CrmState[]
  /** Changes that wait to be linked or judged. */
  waiting: number
  /** Calendars outside that could not be read, or not all of them. */
  calendars: CalendarState[]
}

export interface CalendarState {
  /** Where the policy names it; no address. */
  name: string
  error: string
  /** False: it may pass by itself. */
  needsPerson: boolean
  /** When what is used in its place was read; null: nothing is. */
  fetchedAt: Instant | null
}

export interface CrmState {
  vendor: Vendor
  /** What keeps us from reading or writing; null: nothing. */
  trouble: {
    kind: 'credentials' | 'unreachable' | 'other_account' | 'refused' | 'rate_limited'
    since: Instant
    text: string
  } | null
  objects: ObjectState[]
  /** How its change events come; left out where nobody listens. */
  events?: EventsState
  /** Null: nothing was called. By this machine's clock. */
  budget: Budgeted | null
  /** By this machine's clock. */
  heard: Heard
}

export interface EventsState {
  /** The last sign of life. */
  heardAt: Instant
  /** Objects whose changes are told. */
  told: ObjectName[]
  /** Objects whose changes are not, and why. */
  untold: { object: ObjectName; reason: string }[]
  /** Objects of which changes were lost and that have not been read since. */
  missed: ObjectName[]
}

export interface ObjectState {
  object: ObjectName
  /** Newest change seen, by the CRM's stamp; null: no record yet. */
  lastChange: Instant | null
  /** When we last looked. */
  lastRead: Instant | null
  records: number
  /** How it last compared with the CRM, record by record; null: not yet. */
  certificate: Certificate | null
  /** Nobody looked from then until lately, so long that a deletion may have left no trace; null once it was compared. */
  blindSince: Instant | null
  /** Why its first reading, which is under way, goes a slower way than it might; null: it does not. */
  detour: string | null
  /** Records whose fields we still have to write; null: we do not write to this object. */
  pending: number | null
  /** Records that refused our values and wait for a person or for new values. */
  errors: number | null
}

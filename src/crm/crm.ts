import type { BusinessHours, Closed, Years } from '../domain/almanac.ts'
import type { OwnedField, OwnedFields } from '../domain/desired.ts'
import type { Fact, IdentityKey, Membership, ObjectName, Ref, Vendor } from '../domain/facts.ts'
import type { Rep } from '../domain/handoff.ts'
import type { Paces } from '../domain/polling.ts'
import type { Instant } from '../domain/time.ts'

/** JSON as stored in a mirror. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * Where a scan of one object stands; stored in the transaction that stores the page. Opaque outside its adapter, but for
 * `detour`: why the scan under way goes a slower way than it might.
 */
export type Cursor = { [key: string]: Json }

/** One CRM record, translated. A pure function of what the vendor returned. */
export interface PulledRecord {
  object: ObjectName
  id: string
  /** The fields we use, in a fixed key order, without stamps and without our own fields: an echo of our write leaves it equal. */
  fields: { [key: string]: Json }
  modifiedAt: Instant
  deleted: boolean
  facts: Fact[]
  /** Person-like records only: what ties it to a human. */
  identity: IdentityKey[]
  memberships: Membership[]
  /** Our own fields as the CRM shows them now; null on objects that have none. */
  owned: Partial<OwnedFields> | null
  /** Present on users and queues. */
  rep?: Rep
}

export interface Page {
  records: PulledRecord[]
  /** Safe to store with these records: a scan started from it sees everything after them. */
  cursor: Cursor
  /** Of a scan whose end is known: records so far, these among them, and in all. */
  progress?: { done: number; total: number }
  /** From here on the scan goes a slower way than it might; why, in one line. Its cursors keep it, this says it once. */
  detour?: string
}

/** One record as a census counts it. */
export interface CensusRecord {
  id: string
  /** What {@link PulledRecord.modifiedAt} would be. */
  stamp: Instant
  deleted: boolean
  /** Those of its {@link PulledRecord.fields} whose change moves no stamp, as far as counting tells them. */
  unstamped?: PulledRecord['fields']
}

export interface CensusPage {
  records: CensusRecord[]
  /** Where to go on after these; null: that was all. */
  cursor: Cursor | null
  /** The server's clock when it answered; null: it does not say. */
  date: Instant | null
}

/** New values for our own fields of one record; absolute values, addressed by id. Absent fields stay as they are. */
export interface Change {
  id: string
  fields: Partial<OwnedFields>
}

/** What became of one {@link Change}. `unknown`: the CRM may or may not have applied it; read before writing again. */
export type WriteResult = { id: string } & (
  | { result: 'written' }
  | {
      result: 'rejected'
      reason: string
      field: string | null
      /** The same change may pass in a while (a lock, a rate limit). */
      transient: boolean
    }
  | { result: 'gone' }
  | { result: 'unknown'; reason: string }
)

/** Requests sent, and records received or written, since the adapter was made; sign-ins are not among them. */
export interface Traffic {
  reads: { calls: number; records: number }
  writes: { calls: number; records: number }
}

/** How a connection does, as the server says. */
export interface Vitals {
  /** Its clock when it answered, in whole seconds; null: it does not say. */
  serverTime: Instant | null
  /** API calls of the account today, everybody's together; null: it does not say. */
  calls: { used: number; limit: number } | null
}

/**
 * Working hours and holidays that an organisation keeps. Both are read whole: one that was deleted leaves no trace.
 * Throw Refused when this user may not see them.
 */
export interface OrganisationCalendars {
  /** By name; those in use that are open at some time of the week. */
  businessHours(signal: AbortSignal): Promise<Record<string, BusinessHours>>
  /** By the wall clock of whoever observes them; what repeats without end for these years. */
  holidays(years: Years, signal: AbortSignal): Promise<Closed[]>
}

/** How a CRM's telling of changes to one object stands. */
export interface StreamState {
  object: ObjectName
  /** Where it goes on, opaque; null: with what is new. */
  position: string | null
  /** Why it is not told; null: it is. */
  refusal: string | null
}

/** What was told at once. */
export interface Heard {
  /** To be read by id. */
  records: { object: ObjectName; id: string }[]
  /** To be asked for changes at once: they may have changed without being told. */
  ask: ObjectName[]
  /** Those among them of which changes are known to be lost. */
  missed: ObjectName[]
  /** To be stored with the above and not before it: what is listened to from these positions comes after it. */
  streams: StreamState[]
}

/** A CRM that tells of changes as they happen. Nothing depends on it: whatever it leaves out, `changes` finds. */
export interface ChangeEvents {
  readonly objects: readonly ObjectName[]
  /**
   * Listens from where each object's stream was left until the signal is aborted or an error ends it. What is handed out
   * first says which streams there are; an empty one is a sign of life. At least once.
   */
  listen(positions: ReadonlyMap<ObjectName, string | null>, signal: AbortSignal): AsyncIterable<Heard>
  /** Why changes would not be told, each with its remedy; empty: fine. */
  check(signal: AbortSignal): Promise<string[]>
}

/** A scan that goes on from where the last one ended. */
export interface Scan {
  object: ObjectName
  cursor: Cursor
}

/** What a scan may leave for a later one, to save calls. */
export interface Patience {
  /**
   * What changes rarely and costs calls of its own may have been read so many milliseconds ago; 0: it is read now.
   * In HubSpot: deletions, which only a list of their own shows, what the stages mean, and which properties there are.
   */
  rareMs: number
}

/**
 * What we need of any CRM. Both adapters pass one contract suite.
 * Every method throws only the errors of errors.ts.
 */
export interface Crm {
  readonly vendor: Vendor
  /** The objects it offers, in the order in which a first sync should read them: users before leads. */
  readonly objects: readonly ObjectName[]
  /** Objects that carry our fields, in write order. */
  readonly writable: readonly ObjectName[]
  /** Fields of ours this vendor has; the others of {@link OwnedFields} are not written there. */
  readonly ownedFields: readonly OwnedField[]
  /** Records per write call at the vendor's limit. */
  readonly writeBatch: number

  /**
   * Every record of `object` that is new or changed since `cursor` (null: all), deleted ones included, page by page.
   * At least once: repeats are possible, gaps are not, also not at equal timestamps or when records change while paging.
   * Ends when it has caught up with the instant at which it was called.
   */
  changes(
    object: ObjectName,
    cursor: Cursor | null,
    signal: AbortSignal,
    patience?: Patience,
  ): AsyncGenerator<Page>

  /**
   * Reads the first pages of several scans together, where that saves calls; `changes` called next from these cursors
   * hands them out. Left out by a vendor that has no such call.
   */
  ahead?(scans: readonly Scan[], signal: AbortSignal): Promise<void>

  /** How often each object is worth asking for changes; one that is not named, as usual. */
  readonly paces?: Paces

  /**
   * Every record of `object` that the CRM shows now, ids and stamps only, in order of id: a fraction of what reading them
   * costs. `cursor` goes on where an earlier census ended; null: from the beginning. Of records that are deleted, those
   * the CRM still lists, among the others or after them. A record created, deleted or moved while it counts may be there
   * or not, or there twice: whoever finds it missing asks for it with `fetch` before believing so. An object this user
   * cannot see has no records.
   */
  census(object: ObjectName, cursor: Cursor | null, signal: AbortSignal): AsyncIterable<CensusPage>

  /** Objects of which the CRM drops what is old: one that is missing there need not be deleted. */
  readonly ageing: readonly ObjectName[]

  /** These records as they are now. A record that does not exist is absent from the answer; a deleted one is there if the CRM still shows it. */
  fetch(object: ObjectName, ids: readonly string[], signal: AbortSignal): Promise<PulledRecord[]>

  /**
   * Writes our fields; at most `writeBatch` changes, each id once. One result per change, in any order.
   * Idempotent. Never creates a record. A record that no longer exists is `gone`.
   */
  write(object: ObjectName, changes: readonly Change[], signal: AbortSignal): Promise<WriteResult[]>

  /** What the vendor calls the account that the credentials open (organisation id, portal id). Asked once, then known. */
  account(signal: AbortSignal): Promise<string>

  /** Everything that would keep a sync from working: missing fields, rights, wrong credentials; each with its remedy. Empty: fine. */
  check(signal: AbortSignal): Promise<string[]>

  /** One call that reads no record. */
  vitals(signal: AbortSignal): Promise<Vitals>

  /** The page of a record in the CRM's own user interface. */
  url(ref: Ref): string

  /** Left out by a vendor that keeps none. */
  readonly calendars?: OrganisationCalendars

  /** Left out where it is not turned on, or there is none to listen to. */
  readonly events?: ChangeEvents

  traffic(): Traffic
  close(): Promise<void>
}

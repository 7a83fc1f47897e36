import type {
  CensusPage,
  Change,
  Crm,
  Cursor,
  OrganisationCalendars,
  Page,
  PulledRecord,
  Traffic,
  WriteResult,
} from '../../../src/crm/crm.ts'
import { Unavailable } from '../../../src/crm/errors.ts'
import type { OwnedField, OwnedFields } from '../../../src/domain/desired.ts'
import { type Fact, type ObjectName, type Ref, ref, type Vendor } from '../../../src/domain/facts.ts'
import type { Paces } from '../../../src/domain/polling.ts'
import type { Instant } from '../../../src/domain/time.ts'

export const OWNED: readonly OwnedField[] = [
  'overdue',
  'status',
  'due',
  'reason',
  'mqlAt',
  'assignedAt',
  'firstAttemptAt',
  'sqlAt',
  'attempts',
  'followUpMinutes',
  'followUpHours',
  'mqlToSqlHours',
  'handoff',
  'outcome',
  'feedbackReason',
  'feedbackNote',
]

/** One value that a write really changed. */
export interface Effect {
  ref: Ref
  field: OwnedField
  from: unknown
  to: unknown
}

/** How the next write goes. */
type Fault =
  | { kind: 'throw'; error: Error; applied: boolean }
  | { kind: 'unknown'; applied: boolean }
  | { kind: 'wait'; until: Promise<void>; reached: () => void }

/** A CRM in memory: records in order of their stamp, our own fields beside them. */
export class FakeCrm implements Crm {
  readonly vendor: Vendor
  readonly objects: readonly ObjectName[]
  readonly writable: readonly ObjectName[]
  readonly ownedFields = OWNED
  readonly writeBatch = 10
  readonly effects: Effect[] = []
  readonly faults: Fault[] = []
  /** Records whose values are rejected. */
  readonly rejected = new Set<string>()
  pageSize = 50
  accountName = '1'
  /** Thrown by the next page read after so many. */
  readFault: { after: number; error: Error } | null = null
  calendars?: OrganisationCalendars
  ageing: readonly ObjectName[] = []
  /** Records that a census leaves out, as if it had been cut short. */
  readonly uncounted = new Set<Ref>()
  /** The server's time; each census says it. */
  clock: Instant | null = null
  paces?: Paces
  /** Objects whose scans were begun, in order. */
  readonly asked: ObjectName[] = []
  #records = new Map<Ref, PulledRecord>()
  #stamp = Date.parse('2026-11-02T00:00:00Z')
  #traffic: Traffic = { reads: { calls: 0, records: 0 }, writes: { calls: 0, records: 0 } }

  constructor(vendor: Vendor, objects: readonly ObjectName[], writable: readonly ObjectName[]) {
    this.vendor = vendor
    this.objects = objects
    this.writable = writable
  }

  /** Stores a record as its CRM would: with a new stamp. */
  put(record: Partial<PulledRecord> & { object: ObjectName; id: string }): Ref {
    const name = ref(this.vendor, record.object, record.id)
    const before = this.#records.get(name)
    const owned = this.writable.includes(record.object)
      ? { ...(before?.owned ?? blank()), ...record.owned }
      : null
    this.#records.set(name, {
      fields: {},
      facts: [],
      identity: [],
      memberships: [],
      deleted: false,
      ...record,
      owned,
      modifiedAt: this.#tick(),
    })
    return name
  }

  /** Somebody edits our fields, or the record is simply touched. */
  touch(name: Ref, owned: Partial<OwnedFields> = {}): void {
    const record = this.#records.get(name)!
    this.#records.set(name, { ...record, owned: { ...record.owned, ...owned }, modifiedAt: this.#tick() })
  }

  remove(name: Ref): void {
    this.#records.delete(name)
  }

  shown(name: Ref): Partial<OwnedFields> | null {
    return this.#records.get(name)?.owned ?? null
  }

  #tick(): Instant {
    this.#stamp += 1_000
    return this.#stamp
  }

  async *changes(object: ObjectName, cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<Page> {
    this.asked.push(object)
    const since = typeof cursor?.stamp === 'number' ? cursor.stamp : 0
    const all = [...this.#records.values()]
      .filter(record => record.object === object && record.modifiedAt > since)
      .sort((a, b) => a.modifiedAt - b.modifiedAt)
    for (let at = 0; at < all.length; at += this.pageSize) {
      signal.throwIfAborted()
      if (this.readFault !== null && this.readFault.after-- === 0) throw this.readFault.error
      const records = all.slice(at, at + this.pageSize)
      this.#traffic.reads.calls++
      this.#traffic.reads.records += records.length
      await Promise.resolve()
      yield { records: structuredClone(records), cursor: { stamp: records.at(-1)!.modifiedAt } }
    }
  }

  async *census(object: ObjectName, cursor: Cursor | null, signal: AbortSignal): AsyncGenerator<CensusPage> {
    const last = typeof cursor?.last === 'string' ? cursor.last : ''
    const all = [...this.#records.entries()]
      .filter(([name, record]) => record.object === object && record.id > last && !this.uncounted.has(name))
      .map(([, { id, modifiedAt, deleted }]) => ({ id, stamp: modifiedAt, deleted }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
    for (let at = 0; at === 0 || at < all.length; at += this.pageSize) {
      signal.throwIfAborted()
      if (this.readFault !== null && this.readFault.after-- === 0) throw this.readFault.error
      const records = all.slice(at, at + this.pageSize)
      this.#traffic.reads.calls++
      await Promise.resolve()
      const more = at + this.pageSize < all.length
      yield { records, cursor: more ? { last: records.at(-1)!.id } : null, date: this.clock }
    }
  }

  /** A record as the CRM has it, with the stamp it had before: what no cursor sees. */
  slip(name: Ref, change: Partial<PulledRecord>): void {
    this.#records.set(name, { ...this.#records.get(name)!, ...change })
  }

  fetch(object: ObjectName, ids: readonly string[]): Promise<PulledRecord[]> {
    this.#traffic.reads.calls++
    const found = ids.flatMap(id => this.#records.get(ref(this.vendor, object, id)) ?? [])
    this.#traffic.reads.records += found.length
    return Promise.resolve(structuredClone(found))
  }

  async write(object: ObjectName, changes: readonly Change[]): Promise<WriteResult[]> {
    this.#traffic.writes.calls++
    this.#traffic.writes.records += changes.length
    const fault = this.faults.shift()
    if (fault?.kind === 'wait') {
      fault.reached()
      await fault.until
    }
    if ((fault?.kind === 'throw' || fault?.kind === 'unknown') && fault.applied) {
      for (const change of changes) this.#apply(object, change)
    }
    if (fault?.kind === 'throw') throw fault.error
    if (fault?.kind === 'unknown')
      return changes.map(({ id }) => ({ id, result: 'unknown', reason: 'time-out' }))
    return changes.map(change => {
      if (this.rejected.has(change.id)) {
        return { id: change.id, result: 'rejected', reason: 'rule', field: null, transient: false }
      }
      return { id: change.id, result: this.#apply(object, change) }
    })
  }

  #apply(object: ObjectName, { id, fields }: Change): 'written' | 'gone' {
    const name = ref(this.vendor, object, id)
    const record = this.#records.get(name)
    if (record === undefined || record.deleted) return 'gone'
    for (const [field, to] of Object.entries(fields) as [OwnedField, unknown][]) {
      this.effects.push({ ref: name, field, from: record.owned?.[field] ?? null, to })
    }
    this.touch(name, fields)
    return 'written'
  }

  account(): Promise<string> {
    return Promise.resolve(this.accountName)
  }

  check(): Promise<string[]> {
    return Promise.resolve([])
  }

  url(name: Ref): string {
    return `http://fake/${name}`
  }

  async vitals() {
    return { serverTime: null, calls: null }
  }

  traffic(): Traffic {
    return this.#traffic
  }

  close(): Promise<void> {
    return Promise.resolve()
  }
}

const blank = (): Partial<OwnedFields> => ({ overdue: false })

export const unavailable = (vendor: Vendor) => new Unavailable(vendor, 'update', 'no answer')

/** A HubSpot contact that became an MQL at `mqlAt` (null: it never did), owned by `owner`. */
export function contact(id: string, mqlAt: Instant | null, options: { email?: string; owner?: Ref } = {}) {
  const self = ref('hubspot', 'contact', id)
  const email = options.email ?? `person${id}@example.com`
  const createdAt = Date.parse('2026-10-01T00:00:00Z')
  const facts: Fact[] = [
    {
      key: 'created',
      kind: 'created',
      at: createdAt,
      subject: self,
      origin: 'record',
      profile: profile(email),
    },
    owned(self, createdAt, options.owner ?? null),
  ]
  if (mqlAt !== null) facts.push(entered(self, mqlAt))
  const identity = [
    { key: self, reason: 'self' as const },
    { key: `email:${email}`, reason: 'email' as const },
  ]
  return { object: 'contact' as const, id, fields: { email }, facts, identity }
}

const owned = (self: Ref, at: Instant, owner: Ref | null): Fact => ({
  key: 'owner_now',
  kind: 'owner_now',
  at,
  subject: self,
  origin: 'record',
  owner,
})

const entered = (self: Ref, at: Instant): Fact => ({
  key: `lifecycle:${at}`,
  kind: 'field',
  field: 'lifecycle',
  value: 'marketingqualifiedlead',
  from: 'lead',
  at,
  subject: self,
  origin: 'history',
})

const profile = (email: string) => ({
  email,
  name: 'Ada',
  company: null,
  country: null,
  source: 'Search',
  campaign: null,
})

/** A Salesforce lead with the same address, linked by e-mail. */
export function lead(id: string, options: { email?: string; owner?: Ref } = {}) {
  const self = ref('salesforce', 'lead', id)
  const { facts, identity, fields } = contact(id, null, options)
  return {
    object: 'lead' as const,
    id,
    fields,
    facts: facts.map(fact => ({ ...fact, subject: self })),
    identity: [{ key: self, reason: 'self' as const }, identity[1]!],
  }
}

/** A call out, logged as a Salesforce task about `about`. */
export function call(id: string, about: Ref, at: Instant, actor: Ref | null) {
  const fact: Fact = {
    key: 'activity',
    kind: 'activity',
    channel: 'call',
    direction: 'out',
    outcome: 'connected',
    actor,
    automated: false,
    loggedAt: at,
    at,
    subject: about,
    origin: 'record',
  }
  return { object: 'task' as const, id, fields: { at }, facts: [fact] }
}

/** A Salesforce user. */
export function user(id: string, active = true) {
  const self = ref('salesforce', 'user', id)
  return {
    object: 'user' as const,
    id,
    rep: { ref: self, name: `User ${id}`, email: `${id}@sales.example`, timeZone: null, active, human: true },
  }
}

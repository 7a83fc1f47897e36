import type { CensusPage, Change, Crm, Page, PulledRecord } from '../../../src/crm/crm.ts'
import { type Fact, type Ref, ref } from '../../../src/domain/facts.ts'
import { HOUR, type Instant } from '../../../src/domain/time.ts'

/** HubSpot with contacts only, in memory: what it was told to show, and what was written to it. */
export class MemoryCrm implements Crm {
  readonly vendor = 'hubspot'
  readonly objects = ['contact'] as const
  readonly writable = ['contact'] as const
  readonly ownedFields = ['overdue', 'status', 'handoff'] as const
  readonly writeBatch = 100
  readonly written: Change[] = []
  /** Thrown by the next reading instead of an answer. */
  failures: Error[] = []
  reads = 0
  #records: PulledRecord[] = []

  /** Somebody became an MQL at `at`. */
  mql(id: string, at: Instant): void {
    this.#records.push(contact(id, at))
  }

  /** It is gone, and no reading tells. */
  forget(id: string): void {
    this.#records = this.#records.filter(record => record.id !== id)
  }

  async *changes(_object: string, cursor: { [key: string]: unknown } | null): AsyncGenerator<Page> {
    this.reads++
    const failure = this.failures.shift()
    if (failure) throw failure
    const from = Number(cursor?.at ?? 0)
    if (from < this.#records.length) {
      yield { records: this.#records.slice(from), cursor: { at: this.#records.length } }
    }
  }

  readonly ageing = []

  async *census(): AsyncIterable<CensusPage> {
    const records = this.#records.map(({ id, modifiedAt }) => ({ id, stamp: modifiedAt, deleted: false }))
    yield { records, cursor: null, date: null }
  }

  async fetch(_object: string, ids: readonly string[]): Promise<PulledRecord[]> {
    return this.#records.filter(record => ids.includes(record.id))
  }

  async write(_object: string, changes: readonly Change[]) {
    this.written.push(...changes)
    return changes.map(({ id }) => ({ id, result: 'written' as const }))
  }

  account = async () => '1'
  check = async () => []
  vitals = async () => ({ serverTime: null, calls: null })
  url = (of: Ref) => `https://example.com/${of}`
  traffic = () => ({
    reads: { calls: this.reads, records: 0 },
    writes: { calls: 0, records: this.written.length },
  })
  close = async () => undefined
}

function contact(id: string, at: Instant): PulledRecord {
  const self = ref('hubspot', 'contact', id)
  const profile = {
    email: `${id}@example.com`,
    name: id,
    company: null,
    country: null,
    source: 'web',
    campaign: null,
  }
  const facts: Fact[] = [
    { key: 'created', at: at - HOUR, subject: self, origin: 'record', kind: 'created', profile },
    {
      ...{ key: 'mql', at, subject: self, origin: 'history', kind: 'field' },
      ...{ field: 'lifecycle', value: 'marketingqualifiedlead', from: 'lead' },
    } as Fact,
  ]
  const identity = [
    { key: self, reason: 'self' as const },
    { key: `email:${profile.email}`, reason: 'email' as const },
  ]
  return {
    ...{ object: 'contact', id, fields: { email: profile.email }, modifiedAt: at, deleted: false },
    ...{ facts, identity, memberships: [], owned: { overdue: false, status: null, handoff: null } },
  }
}

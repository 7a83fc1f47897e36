import type { PersonRecords as PersonIds } from '../http/parts.ts'
import type { Person } from '../scenario/types.ts'
import type { RecordStore } from './store.ts'
import type { PersonRecords } from './world.ts'

/** Which contact a person of the scenario is; the profile of one nothing has happened to yet. */
export class People {
  readonly #store: RecordStore

  constructor(store: RecordStore) {
    this.#store = store
  }

  add({ person, contact }: PersonRecords, profile: Person): void {
    const insert = this.#store.sql('INSERT INTO person VALUES (?, ?, ?)')
    insert.run(person, contact?.id ?? null, contact ? null : JSON.stringify(profile))
  }

  /** @throws Error for a person who was never loaded */
  load(person: string): { records: PersonRecords; profile: Person } {
    const row = this.#store.sql('SELECT contact, profile FROM person WHERE person = ?').get(person)
    if (!row) throw new Error(`person ${person} is not in the HubSpot twin; load the scenario's people first`)
    const profile = row.profile === null ? NOBODY : (JSON.parse(row.profile as string) as Person)
    const contact = row.contact === null ? null : (this.#store.get('contact', row.contact as number) ?? null)
    const ids = contact ? this.#store.associated('contact', contact.id, 'deal') : []
    const records = { person, contact, deals: this.#store.getAll('deal', ids), activities: [] }
    return { records, profile }
  }

  /** The person has become a contact. */
  met({ person, contact }: PersonRecords): void {
    const update = this.#store.sql(
      'UPDATE person SET contact = ?, profile = NULL WHERE person = ? AND contact IS NULL',
    )
    update.run(contact!.id, person)
  }

  /** The contact has been merged into another. */
  follow(old: number, id: number): void {
    this.#store.sql('UPDATE person SET contact = ? WHERE contact = ?').run(id, old)
  }

  /** In order of key, from `after` exclusive, with the ids of their records. */
  list(after: string, limit: number): PersonIds[] {
    const rows = this.#store
      .sql('SELECT person, contact FROM person WHERE person > ? ORDER BY person LIMIT ?')
      .all(after, limit)
    return rows.map(row => ({
      person: row.person as string,
      records: this.#recordsOf(row.contact as number | null),
    }))
  }

  #recordsOf(contact: number | null): PersonIds['records'] {
    if (contact === null) return []
    const deals = this.#store.associated('contact', contact, 'deal')
    return [
      { object: 'contact', id: String(contact) },
      ...deals.map(id => ({ object: 'deal', id: String(id) })),
    ]
  }

  count(): number {
    return this.#store.sql('SELECT count(*) AS n FROM person').get()!.n as number
  }
}

const NOBODY: Person = {
  person: '',
  email: '',
  first_name: '',
  last_name: '',
  company: '',
  account: '',
  country: '',
  source: '',
  campaign: '',
  job_title: '',
}

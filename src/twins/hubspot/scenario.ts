import type { Company, Person, ScenarioEvent, Sink } from '../scenario/types.ts'
import { mergeContacts } from './merge.ts'
import { PendingChanges } from './pending.ts'
import { People } from './people.ts'
import type { Portal } from './portal.ts'
import { assign, change, iso, newRecord, type Rec } from './record.ts'
import { reduce, secondLife } from './reduce.ts'
import { type PersonRecords, UI, type World } from './world.ts'

/** The Salesforce ids of a person, where the connector knows them. */
export type LinkOf = (person: string) => { lead?: string; contact?: string } | undefined

const PEOPLE_PER_TRANSACTION = 4000

/** Shows a scenario's events the way HubSpot would: the same reducer fills the portal and follows it live. */
export class HubspotScenario implements Sink {
  readonly people: People
  readonly #portal: Portal
  readonly #pending: PendingChanges
  readonly #linkOf: LinkOf | undefined
  #company: Company | undefined
  #users = new Map<string, boolean>()
  #campaigns = new Map<string, string>()
  #loading = false
  #unsaved = 0

  constructor(portal: Portal, linkOf?: LinkOf) {
    this.#portal = portal
    this.#linkOf = linkOf
    this.people = new People(portal.store)
    this.#pending = new PendingChanges(portal.store)
  }

  begin(company: Company): void {
    this.#company = company
    this.#users = new Map(company.users.map(user => [user.user, user.works_in === 'hubspot']))
    this.#campaigns = new Map(company.campaigns.map(({ campaign, name }) => [campaign, name]))
    this.#portal.owners.load(company.users, company.start)
    this.#portal.account = { name: company.name, timeZone: company.timeZone }
    this.#loading = true
    this.#portal.store.db.exec('BEGIN')
  }

  person(person: Person, events: readonly ScenarioEvent[]): void {
    let records: PersonRecords = { person: person.person, contact: null, deals: [], activities: [] }
    const world = this.#world(this.#loaded().now)
    for (const event of events) {
      const again = secondLife(records, event, world)
      if (again) this.#save(records, event.at)
      records = again ?? records
      reduce(records, person, event, world)
    }
    this.#save(records, events.at(-1)?.at ?? 0)
    this.people.add(records, person)
    if (++this.#unsaved % PEOPLE_PER_TRANSACTION === 0) this.#portal.store.db.exec('COMMIT; BEGIN')
  }

  end(): void {
    this.#loading = false
    this.#portal.store.db.exec('COMMIT')
    this.#portal.store.index()
  }

  apply(person: string, event: ScenarioEvent): void {
    this.#portal.store.transaction(() => {
      this.#catchUp(event.at)
      if (event.event === 'merged') this.#merge(person, event)
      else this.#applyOne(person, event)
    })
  }

  /** Shows what has reached HubSpot by now; the twin does this before it answers a request. */
  settle(now: number): void {
    if (!this.#loading) this.#catchUp(now)
  }

  #applyOne(person: string, event: ScenarioEvent): void {
    const known = this.people.load(person)
    const before = known.records.contact
    const world = this.#world(this.#portal.clock.now())
    const records = secondLife(known.records, event, world) ?? known.records
    reduce(records, known.profile, event, world)
    this.#save(records, event.at)
    if (!before) this.people.met(records)
    else if (records.contact!.id !== before.id) this.people.follow(before.id, records.contact!.id)
  }

  /** @throws Error when the survivor is not a person of the scenario */
  #merge(person: string, event: ScenarioEvent): void {
    const lost = this.people.load(person).records.contact
    const kept = this.people.load(event.detail).records.contact
    if (!lost || !kept || lost.id === kept.id) return
    const merged = mergeContacts(this.#portal.store, kept, lost, event.at)
    this.people.follow(lost.id, merged.id)
    this.people.follow(kept.id, merged.id)
  }

  #catchUp(now: number): void {
    for (const { person, name, value, at } of this.#pending.take(now)) {
      const { contact } = this.people.load(person).records
      if (!contact) continue
      this.#sync(contact, name, value, at)
      this.#portal.store.save(contact)
    }
  }

  #sync(contact: Rec, name: string, value: string, at: number): void {
    const source = this.#loaded().connector ? 'SALESFORCE' : UI
    const changed = change(contact, name, value, at, source)
    if (changed && name === 'hubspot_owner_id') {
      assign(contact, 'hubspot_owner_assigneddate', value === '' ? '' : iso(at))
    }
  }

  #save({ person, contact, deals, activities }: PersonRecords, at: number): void {
    if (!contact) return
    const { store } = this.#portal
    this.#link(person, contact, at)
    store.save(contact)
    for (const deal of deals) {
      store.save(deal)
      store.associate(contact, deal)
    }
    for (const activity of activities) {
      store.save(activity)
      store.associate(contact, activity)
    }
  }

  #link(person: string, contact: Rec, at: number): void {
    const link = this.#loaded().connector ? this.#linkOf?.(person) : undefined
    if (link?.lead !== undefined) change(contact, 'salesforceleadid', link.lead, at, 'SALESFORCE')
    if (link?.contact !== undefined) change(contact, 'salesforcecontactid', link.contact, at, 'SALESFORCE')
  }

  #world(now: number): World {
    const { store, owners, pipeline, definitions } = this.#portal
    const { connector, hubspotLagSeconds } = this.#loaded()
    return {
      create: (type, at, key = '') => newRecord(type, store.nextId(type), at, key === '' ? null : key),
      dealByKey: key => store.select('deal', 'key = ?', [key])[0],
      ownerId: user => owners.idOf(user),
      logsHere: user => connector || this.#users.get(user) === true,
      campaignName: campaign => this.#campaigns.get(campaign) || campaign,
      stageId: name => pipeline.stageId(name),
      isContactProperty: name => definitions.get('contact', name) !== undefined,
      needContactProperty: name => definitions.need('contact', name),
      synced: (records, name, value, at) => {
        const later = at + hubspotLagSeconds * 1000
        if (later <= now) this.#sync(records.contact!, name, value, later)
        else this.#pending.add({ at: later, person: records.person, name, value })
      },
    }
  }

  /** @throws Error when no company has been announced */
  #loaded(): Company {
    if (!this.#company) throw new Error('the HubSpot twin has no company yet; call begin first')
    return this.#company
  }
}

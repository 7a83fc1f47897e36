import type { EventName, Person, ScenarioEvent } from '../scenario/types.ts'
import { describeActivity } from './activities.ts'
import { closeDeal, moveDeal, openDeal } from './deals.ts'
import { advanceStage, enterStage, rankOf, resetStage } from './lifecycle.ts'
import type { ObjectType } from './objects.ts'
import { assign, change, iso, type Rec, touch, versionsOf } from './record.ts'
import { trafficSource } from './source.ts'
import { type PersonRecords, UI, WORKFLOW, type World } from './world.ts'

interface Step {
  records: PersonRecords
  contact: Rec
  event: ScenarioEvent
  world: World
}

const EFFECTS: Record<EventName, (step: Step) => void> = {
  inquiry: ({ contact, event }) => convert(contact, event),
  mql: ({ contact, event }) => resetStage(contact, 'marketingqualifiedlead', event.at, WORKFLOW),
  assigned: step => step.world.synced(step.records, 'hubspot_owner_id', ownerOf(step), step.event.at),
  call: step => log(step, 'call'),
  email: step => log(step, 'email'),
  meeting: step => log(step, 'meeting'),
  accepted: ({ records, event, world }) => world.synced(records, 'hs_lead_status', 'IN_PROGRESS', event.at),
  rejected: ({ records, event, world }) => world.synced(records, 'hs_lead_status', 'UNQUALIFIED', event.at),
  recycled: ({ contact, event }) => resetStage(contact, 'lead', event.at, UI),
  sql: ({ contact, event }) => qualify(contact, event.at),
  opportunity: deal,
  stage: deal,
  won: deal,
  lost: deal,
  updated: update,
  merged: () => undefined,
  deleted: ({ contact, event }) => archive(contact, event.at, event.at),
  restored: ({ contact, event }) => archive(contact, null, event.at),
}

/** Applies one event to the person's records. `merged` concerns two people and is not for here. */
export function reduce(records: PersonRecords, person: Person, event: ScenarioEvent, world: World): void {
  const contact = records.contact ?? born(person, event.at, world)
  records.contact = contact
  EFFECTS[event.event]({ records, contact, event, world })
}

const BEGINNINGS: readonly EventName[] = ['inquiry', 'mql', 'opportunity', 'won', 'lost']

/** Somebody deleted who comes back by themselves is a new contact, for one in the bin cannot change. */
export function secondLife(
  records: PersonRecords,
  { event, at }: ScenarioEvent,
  world: World,
): PersonRecords | null {
  const old = records.contact
  if (!old || old.archivedAt === null || !BEGINNINGS.includes(event)) return null
  const contact = world.create('contact', at)
  for (const name of PROFILE) assign(contact, name, old.properties[name] ?? '')
  assign(contact, 'lifecyclestage', 'lead')
  assign(contact, 'hs_v2_date_entered_lead', iso(at))
  return { ...records, contact, activities: [] }
}

const PROFILE = [
  ...['email', 'firstname', 'lastname', 'company', 'country', 'jobtitle'],
  ...['hs_analytics_source', 'hs_analytics_source_data_1', 'hs_analytics_source_data_2'],
]

const ownerOf = ({ event, world }: Step): string => world.ownerId(event.actor)

function archive(contact: Rec, archivedAt: number | null, at: number): void {
  contact.archivedAt = archivedAt
  touch(contact, at)
}

function born(person: Person, at: number, world: World): Rec {
  const contact = world.create('contact', at)
  const values = {
    email: person.email.toLowerCase(),
    firstname: person.first_name,
    lastname: person.last_name,
    company: person.company,
    country: person.country,
    jobtitle: person.job_title,
    hs_analytics_source: trafficSource(person.source),
    hs_analytics_source_data_1: person.source,
    hs_analytics_source_data_2: world.campaignName(person.campaign),
    lifecyclestage: 'lead',
    hs_v2_date_entered_lead: iso(at),
  }
  for (const [name, value] of Object.entries(values)) assign(contact, name, value)
  return contact
}

function convert(contact: Rec, { at, detail }: ScenarioEvent): void {
  const count = Number(contact.properties.num_conversion_events ?? 0) + 1
  change(contact, 'num_conversion_events', String(count), at, 'FORM')
  change(contact, 'recent_conversion_date', iso(at), at, 'FORM', true)
  change(contact, 'recent_conversion_event_name', detail, at, 'FORM', true)
  if (count > 1) return
  change(contact, 'first_conversion_date', iso(at), at, 'FORM')
  change(contact, 'first_conversion_event_name', detail, at, 'FORM')
}

/** A repeated `sql` is no change; one after a deal was opened takes the contact back, as the event says. */
function qualify(contact: Rec, at: number): void {
  if (contact.properties.lifecyclestage !== 'salesqualifiedlead') {
    resetStage(contact, 'salesqualifiedlead', at, UI)
  }
}

function log({ records, contact, event, world }: Step, type: ObjectType): void {
  if (!world.logsHere(event.actor) && !isHereAlone(records, contact)) return
  const activity = world.create(type, event.at)
  describeActivity(activity, event, world.ownerId(event.actor))
  records.activities.push(activity)
  const last = contact.properties.notes_last_updated ?? ''
  if (iso(event.at) > last) assign(contact, 'notes_last_updated', iso(event.at))
  touch(contact, event.at)
}

/** Salesforce has nobody before they become MQL or have a deal; until then whatever happens can only be logged here. */
const isHereAlone = ({ deals }: PersonRecords, contact: Rec): boolean =>
  deals.length === 0 &&
  !versionsOf(contact, 'lifecyclestage').some(([stage]) => stage === 'marketingqualifiedlead')

function deal({ records, contact, event, world }: Step): void {
  const { at } = event
  const known = dealOf(records, event, world)
  if (!known && event.event === 'stage') return
  const target = known ?? openDeal(contact, event, world)
  if (!records.deals.includes(target)) {
    records.deals.push(target)
    assign(contact, 'num_associated_deals', String(records.deals.length))
    touch(contact, at)
  }
  if (!known) advanceStage(contact, 'opportunity', at, WORKFLOW)
  if (event.event === 'won' || event.event === 'lost') closeDeal(target, event, world)
  else if (known) moveDeal(target, event, world)
  if (event.event === 'won') advanceStage(contact, 'customer', at, WORKFLOW)
}

/** The deal an event names; without a name, the person's last one that is open. */
function dealOf(records: PersonRecords, event: ScenarioEvent, world: World): Rec | undefined {
  if (event.deal !== '') {
    return records.deals.find(one => one.key === event.deal) ?? world.dealByKey(event.deal)
  }
  if (event.event === 'opportunity') return undefined
  return records.deals.findLast(one => one.properties.hs_is_closed !== 'true')
}

const COLUMN: Record<string, string> = {
  first_name: 'firstname',
  last_name: 'lastname',
  job_title: 'jobtitle',
  source: 'hs_analytics_source_data_1',
  campaign: 'hs_analytics_source_data_2',
  owner: 'hubspot_owner_id',
}

/** `field=value`, `hubspot.field=value`; what is for Salesforce is not for us, nor what may be meant for it. */
function update({ contact, event, world }: Step): void {
  const { detail, at } = event
  const split = detail.indexOf('=')
  const field = detail.slice(0, split).trim()
  if (split < 1 || field.startsWith('salesforce.')) return
  const plain = field.replace(/^hubspot\./, '')
  const name = COLUMN[plain] ?? plain
  if (plain !== field) world.needContactProperty(name)
  const value = updated(name, detail.slice(split + 1).trim(), world)
  if (!world.isContactProperty(name)) return
  if (name === 'lifecyclestage') {
    if (value === '' || rankOf(value) >= 0) enterStage(contact, value, at, UI)
    return
  }
  change(contact, name, value, at, UI)
  if (name === 'hs_analytics_source_data_1') {
    change(contact, 'hs_analytics_source', trafficSource(value), at, UI)
  }
}

function updated(name: string, value: string, world: World): string {
  if (name === 'email') return value.toLowerCase()
  if (name === 'hubspot_owner_id') return world.ownerId(value) || value
  return name === 'hs_analytics_source_data_2' ? world.campaignName(value) : value
}

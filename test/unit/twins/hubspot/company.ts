import { VirtualClock } from '../../../../src/twins/clock.ts'
import type { Rec } from '../../../../src/twins/hubspot/record.ts'
import { type HubspotTwinOptions, hubspotTwin } from '../../../../src/twins/hubspot/twin.ts'
import type { PersonRecords } from '../../../../src/twins/hubspot/world.ts'
import type { Company, EventName, Person, ScenarioEvent, User } from '../../../../src/twins/scenario/types.ts'

export const NOW = Date.UTC(2026, 10, 18, 15)
export const HOUR = 3_600_000

const user = (key: string, more: Partial<User> = {}): User => ({
  user: key,
  name: `Rep ${key.toUpperCase()}`,
  email: `${key}@reps.example.com`,
  manager: '',
  role: 'rep',
  time_zone: 'UTC',
  active: true,
  works_in: 'hubspot',
  ...more,
})

export const company = (more: Partial<Company> = {}): Company => ({
  name: 'Acme',
  description: '',
  timeZone: 'Europe/Berlin',
  start: NOW - 1000 * HOUR,
  now: NOW,
  connector: false,
  hubspotLagSeconds: 0,
  users: [user('ann'), user('bob', { works_in: 'salesforce' }), user('old', { active: false })],
  accounts: [],
  campaigns: [
    { campaign: 'spring', name: 'Spring fair', type: '', start: '', end: '', cost: null, owner: '' },
  ],
  ...more,
})

export const person = (key: string, more: Partial<Person> = {}): Person => ({
  person: key,
  email: `${key}@Example.com`,
  first_name: 'Ada',
  last_name: key,
  company: 'Engines Ltd',
  account: '',
  country: 'GB',
  source: 'paid_search',
  campaign: 'spring',
  job_title: 'CTO',
  ...more,
})

let seq = 0

/** An event so many hours before now. */
export const event = (
  key: string,
  hoursAgo: number,
  name: EventName,
  more: Partial<ScenarioEvent> = {},
): ScenarioEvent => ({
  seq: seq++,
  person: key,
  at: NOW - hoursAgo * HOUR,
  event: name,
  actor: '',
  direction: '',
  outcome: '',
  amount: null,
  deal: '',
  detail: '',
  ...more,
})

/** A twin filled with people and their events, not listening. */
export function filled(
  people: [Person, ScenarioEvent[]][],
  more: Partial<Company> = {},
  options: Partial<HubspotTwinOptions> = {},
) {
  const clock = new VirtualClock(NOW)
  const twin = hubspotTwin({ clock, file: ':memory:', ...options })
  twin.sink.begin(company(more))
  for (const [one, events] of people) twin.sink.person(one, events)
  twin.sink.end()
  return { clock, ...twin }
}

/** The records of a person as the twin keeps them. */
export function recordsOf(
  { sink }: ReturnType<typeof filled>,
  key: string,
): PersonRecords & { contact: Rec } {
  const { records } = sink.people.load(key)
  if (!records.contact) throw new Error(`${key} is no contact`)
  return { ...records, contact: records.contact }
}

import { Database } from '../../../../src/twins/salesforce/database.ts'
import { Organisation } from '../../../../src/twins/salesforce/organisation.ts'
import { ScenarioSink } from '../../../../src/twins/salesforce/scenario.ts'
import { objectNamed } from '../../../../src/twins/salesforce/schema.ts'
import type { Row } from '../../../../src/twins/salesforce/values.ts'
import type { Company, EventName, Person, ScenarioEvent, User } from '../../../../src/twins/scenario/types.ts'

export const START = Date.UTC(2026, 0, 1)
const HOUR = 3_600_000

export function user(key: string, more: Partial<User> = {}): User {
  return {
    user: key,
    name: `Rep ${key}`,
    email: `${key}@reps.example.com`,
    manager: '',
    role: 'rep',
    time_zone: 'Europe/Berlin',
    active: true,
    works_in: 'salesforce',
    ...more,
  }
}

export function company(more: Partial<Company> = {}): Company {
  return {
    name: 'test',
    description: '',
    timeZone: 'Europe/Berlin',
    start: START,
    now: START + 1000 * HOUR,
    connector: false,
    hubspotLagSeconds: 0,
    users: [user('ann'), user('bob'), user('hub', { works_in: 'hubspot' })],
    accounts: [],
    campaigns: [],
    ...more,
  }
}

export function person(key: string, more: Partial<Person> = {}): Person {
  return {
    person: key,
    email: `${key}@leads.example.com`,
    first_name: 'Pat',
    last_name: key,
    company: `Company ${key}`,
    account: '',
    country: 'DE',
    source: 'web',
    campaign: '',
    job_title: 'Buyer',
    ...more,
  }
}

/** An event so many hours after the start. */
export function event(name: EventName, hours: number, more: Partial<ScenarioEvent> = {}): ScenarioEvent {
  return {
    seq: hours,
    person: 'p',
    at: START + hours * HOUR,
    event: name,
    actor: '',
    direction: '',
    outcome: '',
    amount: null,
    deal: '',
    detail: '',
    ...more,
  }
}

export const at = (hours: number) => START + hours * HOUR

/** An organisation in memory, filled through the sink. */
export class World {
  readonly database = new Database(':memory:')
  readonly organisation = new Organisation(this.database, START)
  readonly sink = new ScenarioSink(this.organisation)

  /** One person's events in bulk. */
  load(events: readonly ScenarioEvent[], who = person('p'), where = company()): this {
    this.sink.begin(where)
    this.sink.person(who, events)
    this.sink.end()
    return this
  }

  /** The same events one by one, as a running clock brings them. */
  live(events: readonly ScenarioEvent[], who = person('p'), where = company()): this {
    this.load([], who, where)
    for (const one of events) this.sink.apply(who.person, one)
    return this
  }

  rows(object: string): Row[] {
    return this.database.sql
      .prepare(`SELECT * FROM "${objectNamed(object)!.name}" ORDER BY Id`)
      .all() as Row[]
  }

  row(object: string): Row {
    const rows = this.rows(object)
    if (rows.length !== 1) throw new Error(`${rows.length} rows of ${object} instead of one`)
    return rows[0]!
  }

  owner(key: string): string {
    return this.organisation.userId(key)
  }

  close(): void {
    this.database.close()
  }
}

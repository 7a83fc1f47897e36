import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Chance } from './random.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Zones with and without daylight saving, one of them with half an hour of it, one where midnight is skipped. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Santiago',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
] as const

/** Weeks in which some of these zones change their clocks. */
const STARTS = ['2026-03-02', '2026-08-24', '2026-10-12', '2026-06-01'].map(day => Date.parse(day))

export interface HistoriesOptions {
  people: number
  /** Share of people who are merged into another. */
  merges?: number
  /** Share of the events after which `now` lies. */
  now?: number
}

interface Row {
  person: string
  at: number
  /** Written as a date: that day's start in the scenario's zone. */
  day: boolean
  event: string
  actor: string
  direction: string
  outcome: string
  amount: string
  deal: string
  detail: string
}

const EVENTS = {
  ...{ inquiry: 8, mql: 14, assigned: 18, call: 14, email: 12, meeting: 10, accepted: 6, rejected: 6 },
  ...{
    recycled: 5,
    sql: 5,
    opportunity: 3,
    stage: 2,
    won: 2,
    lost: 2,
    updated: 3,
    deleted: 1.5,
    restored: 0,
  },
}

/** Writes a scenario in which anything may happen to anybody at any time, in any order. */
export function writeHistories(dir: string, seed: number, options: HistoriesOptions): void {
  const chance = new Chance(seed)
  const timeZone = chance.of(ZONES)
  const start = chance.of(STARTS)
  const span = chance.of([6, 20, 45]) * DAY
  const now = start + Math.floor((span * (options.now ?? 0.85)) / SECOND) * SECOND
  const users = usersOf(chance, () => iso(start + chance.whole(0, span / SECOND) * SECOND))
  const people = Array.from({ length: options.people }, (_, i) => personOf(i, chance))
  const rows: Row[] = people.flatMap(({ person, email }) => {
    const others = people.filter(other => other.person !== person).map(other => other.person)
    return new Life(person, chance, { start, span, users: users.map(user => user.user) }).rows(
      chance.is(options.merges ?? 0) ? chance.of(others) : null,
      email !== '' && !email.startsWith('info@'),
    )
  })
  mkdirSync(dir, { recursive: true })
  const settings = {
    ...{ name: `seed ${seed}`, description: '', timeZone, start: iso(start), now: iso(now) },
    connector: chance.is(0.5),
    hubspotLagSeconds: 0,
  }
  writeFileSync(join(dir, 'scenario.json'), JSON.stringify(settings))
  table(dir, 'users.csv', users)
  table(dir, 'people.csv', people)
  table(dir, 'campaigns.csv', [
    { campaign: 'c1', name: 'Spring fair', type: 'Event', start: '', end: '', cost: '', owner: '' },
  ])
  const events = chance.shuffled(rows).map(({ day, ...row }) => ({
    ...row,
    at: day ? iso(row.at).slice(0, 10) : iso(row.at),
  }))
  table(dir, 'events.csv', events)
}

const iso = (at: number): string => new Date(at).toISOString()

/** Some work all the time, some have left before, some leave while it goes on. */
function usersOf(chance: Chance, sometime: () => string) {
  const user = (key: string, works_in: string, active: boolean, left = '') => ({
    ...{ user: key, name: `${key} Rep`, email: `${key}@reps.example.com`, manager: '', role: 'rep' },
    ...{ time_zone: chance.of([...ZONES, '']), active: String(active), works_in, left },
    ...{ team: chance.of(['EMEA', 'Americas', '']), country: chance.of(['DE', '']) },
  })
  return [
    ...[user('sam', 'salesforce', true), user('sue', 'salesforce', true), user('sol', '', true)],
    ...[user('hal', 'hubspot', true), user('hue', 'hubspot', true)],
    ...[user('gone', 'salesforce', false), user('left', 'hubspot', false)],
    ...[user('quits', 'salesforce', true, sometime()), user('moves', 'hubspot', true, sometime())],
  ]
}

function personOf(index: number, chance: Chance) {
  const name = `p${index}`
  const email = chance.weighted({ plain: 80, capitals: 10, none: 5, shared: 5 })
  const emails = {
    ...{ plain: `${name}@leads.example.com`, capitals: `P${index}@Leads.Example.com`, none: '' },
    shared: `info@${name}.example.com`,
  }
  return {
    ...{ person: name, email: emails[email], first_name: chance.of(['Ada', '']), last_name: `Lead ${index}` },
    ...{
      company: chance.of(['Alder Bank', 'Blue, Foods', '']),
      account: '',
      country: chance.of(['DE', 'US', '']),
    },
    ...{
      source: chance.of(['Webinar', 'organic_search', '']),
      campaign: chance.of(['c1', '']),
      job_title: '',
    },
  }
}

interface World {
  start: number
  span: number
  users: readonly string[]
}

/** What happens to one person. */
class Life {
  readonly #person: string
  readonly #chance: Chance
  readonly #world: World
  readonly #instants: number[] = []
  #deals = 0

  constructor(person: string, chance: Chance, world: World) {
    this.#person = person
    this.#chance = chance
    this.#world = world
  }

  rows(mergedInto: string | null, ownAddress: boolean): Row[] {
    const chance = this.#chance
    const rows = Array.from({ length: chance.whole(1, chance.of([6, 14, 30])) }, () =>
      this.#row(chance.weighted(EVENTS)),
    )
    if (chance.is(0.8)) rows.push(this.#row('mql'))
    const deleted = rows.filter(row => row.event === 'deleted')
    for (const { at, day } of deleted) {
      if (day || chance.is(0.4))
        rows.push({ ...this.#row('restored'), day: false, at: at + DAY + chance.whole(0, 90) * HOUR })
    }
    if (mergedInto !== null) rows.push({ ...this.#row('merged'), detail: mergedInto })
    return withoutGone(rows, ownAddress && chance.is(0.3))
  }

  #row(event: string): Row {
    const chance = this.#chance
    const day = chance.is(0.06)
    const at = day ? Math.floor(this.#at() / DAY) * DAY : this.#at()
    const logged = event === 'call' || event === 'meeting'
    const actor = !logged && chance.is(0.12) ? '' : chance.of(this.#world.users)
    const row: Row = {
      person: this.#person,
      at,
      day,
      event,
      actor,
      direction: '',
      outcome: '',
      amount: '',
      deal: '',
      detail: '',
    }
    return { ...row, ...this.#cells(event) }
  }

  #cells(event: string): Partial<Row> {
    const chance = this.#chance
    const amount = chance.is(0.5) ? String(chance.whole(1, 900) * 100) : ''
    switch (event) {
      case 'call':
        return {
          direction: chance.of(['in', 'out', '']),
          outcome: chance.of(['', 'connected', 'voicemail', 'no_answer', 'automated']),
        }
      case 'email':
        return {
          direction: chance.of(['in', 'out', '']),
          outcome: chance.of(['', 'replied', 'bounced', 'automated', 'sequence']),
        }
      case 'meeting':
        return { outcome: chance.of(['', 'held', 'held', 'no_show', 'scheduled', 'cancelled', 'automated']) }
      case 'rejected':
      case 'recycled':
        return { detail: chance.of(['', 'no budget', 'too early: call again in May']) }
      case 'opportunity':
        return {
          deal: `${this.#person}-d${++this.#deals}`,
          amount,
          detail: chance.of(['', 'Qualification', 'Proposal']),
        }
      case 'stage':
        return { deal: this.#deal(), amount, detail: chance.of(['Proposal', 'Negotiation']) }
      case 'won':
      case 'lost':
        return { deal: chance.is(0.4) ? '' : this.#deal(), amount }
      case 'updated':
        return {
          detail: chance.of([
            'source=Referral',
            'hubspot.source=Partner',
            'salesforce.company=List',
            'company=New Name',
            'campaign=c1',
          ]),
        }
      default:
        return {}
    }
  }

  #deal(): string {
    return `${this.#person}-d${this.#chance.whole(1, Math.max(1, this.#deals + 1))}`
  }

  /** Often the very instant of something else, a second from it, or where a limit lies. */
  #at(): number {
    const chance = this.#chance
    const near = this.#instants.length > 0 && chance.is(0.45)
    const offset = near ? chance.of(OFFSETS) * chance.of([1, -1]) + chance.of([0, 0, SECOND, -SECOND]) : 0
    const at = near
      ? chance.of(this.#instants) + offset
      : this.#world.start + chance.whole(0, this.#world.span / SECOND) * SECOND
    this.#instants.push(at)
    return at
  }
}

/**
 * Nothing happens to somebody who was deleted until they are restored, except (`again`) that they become MQL again and
 * live a second life.
 */
function withoutGone(rows: readonly Row[], again: boolean): Row[] {
  if (!rows.some(row => row.event === 'deleted')) return [...rows]
  const sorted = rows.map(row => ({ ...row, day: false })).sort((a, b) => a.at - b.at)
  let gone = false
  let left = again ? 1 : 0
  return sorted.filter((row, index) => {
    const twin = sorted.some((other, place) => place !== index && other.at === row.at)
    if (row.event === 'deleted' || row.event === 'restored') {
      if (twin || gone === (row.event === 'deleted')) return false
      gone = !gone
      return true
    }
    if (
      gone &&
      row.event === 'mql' &&
      left > 0 &&
      !sorted.some((one, place) => place > index && one.event === 'restored')
    ) {
      left--
      gone = false
    }
    return !gone
  })
}

const OFFSETS = [0, 0, 0, SECOND, 30 * SECOND, 2 * MINUTE, HOUR, 4 * HOUR, 24 * HOUR, 48 * HOUR, 7 * DAY]

function table(dir: string, file: string, rows: readonly object[]): void {
  const quoted = (value: unknown) => (/[",]/.test(String(value)) ? `"${value}"` : String(value))
  const lines = rows.map(row => Object.values(row).map(quoted).join(','))
  writeFileSync(join(dir, file), `${[Object.keys(rows[0]!).join(','), ...lines].join('\n')}\n`)
}

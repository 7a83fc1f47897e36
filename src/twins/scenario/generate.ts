import { makeLife, type World } from './generator/life.ts'
import { makeAccounts, makeCampaigns } from './generator/market.ts'
import { Random } from './generator/random.ts'
import { makeStaff } from './generator/staff.ts'
import type { Company, Scenario } from './types.ts'

const DAY = 24 * 3_600_000
/** A Wednesday afternoon in Europe, morning in America. */
const NOW = Date.UTC(2026, 10, 18, 15)
const LAG_SECONDS = 240
/** So that something arrives every few seconds of a demo, however small its company. */
const LEAST_LIVE = 24

export interface GenerateOptions {
  /** 1 to 2,000,000. */
  people: number
  seed: number
  /** Milliseconds since the epoch; a fixed weekday when left out. */
  now?: number
  /** Days of history before `now`; 120 when left out. */
  days?: number
  /** Also tell the day after `now`, which the twins show as their clock passes it. */
  live?: boolean
  /** Activities in both CRMs, and the Salesforce ids on HubSpot's contacts. */
  connector?: boolean
}

/**
 * A made-up company: the same options give the same people and events. Each person is computed when asked
 * for, so that memory does not grow with their number.
 * @throws RangeError for options that make no company
 */
export function generateScenario(options: GenerateOptions): Scenario {
  const { people, seed, now = NOW, days = 120, live = false } = options
  check(options, days)
  const start = now - days * DAY
  const random = new Random(seed)
  const staff = makeStaff(random, people)
  const accounts = makeAccounts(random, people)
  const campaigns = makeCampaigns(random, staff.marketers, start, now)
  const company: Company = {
    name: `generated-${people}-${seed}`,
    description: `A made-up company of ${people} people over ${days} days`,
    timeZone: 'America/New_York',
    start,
    now,
    connector: options.connector ?? false,
    hubspotLagSeconds: LAG_SECONDS,
    users: staff.users,
    accounts,
    campaigns,
  }
  const fresh = live
    ? Math.min(Math.floor(people / 4), Math.max(LEAST_LIVE, Math.round((people / days) * 1.5)))
    : 0
  const world: World = {
    seed,
    staff,
    accounts,
    campaigns,
    until: live ? now + DAY : now,
    arrival: (own, index) =>
      index >= people - fresh ? now + own.float() * DAY : arrival(own, start, now - start),
  }
  return {
    company,
    size: { people, events: null },
    people: () => lives(world, people),
    close: () => undefined,
  }
}

function* lives(world: World, people: number) {
  let seq = 0
  for (let index = 0; index < people; index++) {
    const life = makeLife(world, index)
    for (const event of life.events) event.seq = ++seq
    yield life
  }
}

/** Any time of the window, at night and on weekends less often. */
function arrival(random: Random, start: number, length: number): number {
  for (let tries = 0; ; tries++) {
    const at = start + random.float() * length
    const moment = new Date(at)
    const quiet = moment.getUTCDay() % 6 === 0 || moment.getUTCHours() < 6
    if (!quiet || tries >= 2 || random.chance(0.25)) return at
  }
}

function check({ people, seed, now = NOW }: GenerateOptions, days: number): void {
  if (!Number.isInteger(people) || people < 1 || people > 2_000_000) {
    throw new RangeError(`${people} people cannot be generated; choose a whole number from 1 to 2000000`)
  }
  if (!Number.isInteger(seed) || seed < 0) {
    throw new RangeError(`seed ${seed} cannot be used; choose a whole number from 0`)
  }
  if (!(days > 0 && days <= 3650)) throw new RangeError(`${days} days of history; choose 1 to 3650`)
  if (!Number.isInteger(now / 1000)) throw new RangeError(`now ${now} is not a whole second`)
}

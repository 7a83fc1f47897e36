import type { Account, Campaign, Person, ScenarioEvent } from '../types.ts'
import { tellDeal } from './deal.ts'
import { tellHandoff } from './handoff.ts'
import { SOURCES, type Source } from './market.ts'
import { Random } from './random.ts'
import { type Rep, type Staff, ZONES } from './staff.ts'
import { Story } from './story.ts'
import { companyName, domainOf, FIRST_NAMES, FORMS, JOB_TITLES, LAST_NAMES } from './words.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

export interface World {
  seed: number
  staff: Staff
  accounts: readonly Account[]
  campaigns: readonly Campaign[]
  /** When this person first shows interest. */
  arrival(random: Random, index: number): number
  /** Nothing is told after this instant. */
  until: number
}

/** The n-th person with everything that happens to them: a pure function of the world and n. */
export function makeLife(world: World, index: number): { person: Person; events: ScenarioEvent[] } {
  const random = new Random(world.seed, index + 1)
  const source = random.weighted(SOURCES)
  const person = makePerson(world, random, index, source)
  const story = new Story(person.person)
  tellLife(world, random, story, person, source, world.arrival(random, index))
  return { person, events: story.tell(world.until) }
}

function makePerson({ accounts, campaigns }: World, random: Random, index: number, source: Source): Person {
  const first = random.pick(FIRST_NAMES)
  const last = random.pick(LAST_NAMES)
  const account = random.chance(0.6) ? random.pick(accounts) : null
  const company = account?.name ?? companyName(random.int(0, 4000))
  const local = `${first}.${last}.${index + 1}`
  const campaign = random.pick(campaigns.filter(({ type }) => type === source.campaign).concat(NO_CAMPAIGN))
  return {
    person: `p${String(index + 1).padStart(7, '0')}`,
    email: `${random.chance(0.06) ? local : local.toLowerCase()}@${account?.domain ?? domainOf(company)}`,
    first_name: first,
    last_name: last,
    company,
    account: account?.account ?? '',
    country: account?.country ?? random.pick(random.weighted(ZONES).countries),
    source: source.source,
    campaign: campaign.campaign,
    job_title: random.pick(JOB_TITLES),
  }
}

const NO_CAMPAIGN: Campaign = { campaign: '', name: '', type: '', start: '', end: '', cost: null, owner: '' }

function tellLife(
  world: World,
  random: Random,
  story: Story,
  person: Person,
  source: Source,
  arrival: number,
): void {
  let mql = arrival
  if (!random.chance(0.05)) {
    story.add(arrival, 'inquiry', { detail: random.pick(FORMS) })
    mql += random.chance(0.6) ? random.around(12 * MINUTE, 1) : random.around(40 * HOUR, 1)
    if (random.chance(0.15))
      story.add(arrival + random.float() * 20 * DAY, 'inquiry', { detail: random.pick(FORMS) })
  }
  if (random.chance(source.mql * 1.05)) {
    tellHandoffs(world, random, story, person, source, mql)
    if (random.chance(0.04)) disagree(random, story, person, mql + random.float() * 20 * DAY + 10 * MINUTE)
  }
  if (random.chance(0.004)) remove(random, story)
}

/** Up to three handoffs: a recycled lead may show interest again weeks later. */
function tellHandoffs(
  world: World,
  random: Random,
  story: Story,
  person: Person,
  source: Source,
  first: number,
): void {
  const nextRep = () => pickRep(world.staff.reps, random, person.country)
  let mql = first
  let owner: Rep | null = null
  for (let number = 1; number <= 3 && mql <= world.until; number++) {
    const ending = tellHandoff({ random, story, source, nextRep }, mql, owner)
    owner = ending.owner ?? owner
    if (ending.outcome === 'sql' && ending.owner) {
      tellDeal(random, story, ending.owner, ending.at, `${person.person}-d${number}`)
    }
    if (ending.outcome !== 'recycled' || !random.chance(0.4)) return
    mql = story.last + 5 * DAY + random.around(14 * DAY, 0.7)
    story.add(mql - random.int(5, 300) * MINUTE, 'inquiry', { detail: random.pick(FORMS) })
  }
}

/** Mostly someone in a zone that serves the country. */
function pickRep(reps: readonly Rep[], random: Random, country: string): Rep {
  const zones = ZONES.filter(({ countries }) => (countries as readonly string[]).includes(country))
  const near = reps.filter(rep => zones.some(({ zone }) => zone === rep.time_zone))
  return random.weighted(near.length > 0 && random.chance(0.75) ? near : reps)
}

/** Somebody corrects one CRM and not the other. */
function disagree(random: Random, story: Story, { email, company, job_title }: Person, at: number): void {
  const detail = random.pick([
    `salesforce.company=${company} Inc.`,
    `hubspot.company=${company} Ltd`,
    `salesforce.email=${email.charAt(0).toUpperCase()}${email.slice(1)}`,
    `hubspot.job_title=Senior ${job_title}`,
    `job_title=Acting ${job_title}`,
  ])
  story.add(at, 'updated', { detail })
}

/** After all else has happened; now and then somebody takes it back. */
function remove(random: Random, story: Story): void {
  const at = story.last + HOUR + random.float() * 10 * DAY
  story.add(at, 'deleted')
  if (random.chance(0.25)) story.add(at + HOUR + random.float() * 2 * DAY, 'restored')
}

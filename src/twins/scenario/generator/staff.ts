import type { User } from '../types.ts'
import type { Random } from './random.ts'
import { FIRST_NAMES, LAST_NAMES } from './words.ts'

export interface Rep extends User {
  /** Median working hours to a first attempt. */
  pace: number
  /** Share of leads this rep lets drop. */
  drops: number
  weight: number
}

export interface Staff {
  users: User[]
  reps: Rep[]
  marketers: User[]
}

export const ZONES = [
  { zone: 'America/New_York', countries: ['US', 'CA'], team: 'Americas', weight: 30 },
  { zone: 'America/Chicago', countries: ['US', 'MX'], team: 'Americas', weight: 20 },
  { zone: 'Europe/Berlin', countries: ['DE', 'AT', 'CH', 'PL'], team: 'EMEA', weight: 18 },
  { zone: 'Europe/London', countries: ['GB', 'IE', 'NL'], team: 'EMEA', weight: 14 },
  { zone: 'Asia/Kolkata', countries: ['IN', 'SG'], team: 'APAC', weight: 10 },
  { zone: 'America/Sao_Paulo', countries: ['BR', 'AR'], team: 'Americas', weight: 8 },
] as const

const PEOPLE_PER_REP = 220
const REPS_PER_MANAGER = 8

/** Reps in six zones, their managers and the marketers; the number of reps grows with the people. */
export function makeStaff(random: Random, people: number): Staff {
  const count = Math.min(400, Math.max(6, Math.round(people / PEOPLE_PER_REP)))
  const marketers = Array.from({ length: count > 20 ? 4 : 2 }, (_, n) =>
    makeUser(random, `marketer${n + 1}`, 'marketer', '', n),
  )
  const managers = Array.from({ length: Math.ceil(count / REPS_PER_MANAGER) }, (_, n) =>
    makeUser(random, `manager${n + 1}`, 'manager', '', n),
  )
  const reps = Array.from({ length: count }, (_, n) => makeRep(random, n, count))
  return { users: [...marketers, ...managers, ...reps.map(userOf)], reps, marketers }
}

function makeRep(random: Random, n: number, count: number): Rep {
  const manager = `manager${Math.floor(n / REPS_PER_MANAGER) + 1}`
  const user = makeUser(
    random,
    `rep${String(n + 1).padStart(3, '0')}`,
    n % 3 === 1 ? 'sdr' : 'rep',
    manager,
    n,
  )
  const inactive = n === count - 1
  const slow = n % 7 === 3
  return {
    ...user,
    active: !inactive,
    works_in: n % 5 === 4 ? 'hubspot' : 'salesforce',
    pace: slow ? 5 + random.float() * 3 : 0.4 + random.float() * 1.1,
    drops: slow ? 0.09 : 0.015,
    weight: inactive ? 0.15 : 1,
  }
}

function makeUser(random: Random, user: string, role: string, manager: string, n: number): User {
  const name = `${random.pick(FIRST_NAMES)} ${random.pick(LAST_NAMES)}`
  const zone = n < ZONES.length ? ZONES[n]! : random.weighted(ZONES)
  const email = `${user}@leadtime-demo.example.com`
  return {
    ...{ user, name, email, manager, role, time_zone: zone.zone, active: true, works_in: 'salesforce' },
    ...{ team: zone.team, country: zone.countries[0], left: null },
  }
}

function userOf({ pace: _pace, drops: _drops, weight: _weight, ...user }: Rep): User {
  return user
}

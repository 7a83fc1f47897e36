import type { Account, Campaign, User } from '../types.ts'
import type { Random } from './random.ts'
import { ZONES } from './staff.ts'
import { companyName, domainOf, INDUSTRIES } from './words.ts'

/** Where people come from: how many (weight) and how good (the share of worked leads that qualifies). */
export interface Source {
  source: string
  weight: number
  mql: number
  quality: number
  campaign: string
}

export const SOURCES: readonly Source[] = [
  { source: 'Organic Search', weight: 26, mql: 0.7, quality: 0.36, campaign: 'Content' },
  { source: 'Paid Search', weight: 21, mql: 0.66, quality: 0.27, campaign: 'Advertisement' },
  { source: 'Webinar', weight: 14, mql: 0.68, quality: 0.24, campaign: 'Webinar' },
  { source: 'Paid Social', weight: 13, mql: 0.5, quality: 0.11, campaign: 'Advertisement' },
  { source: 'Trade Show', weight: 9, mql: 0.6, quality: 0.21, campaign: 'Trade Show' },
  { source: 'Referral', weight: 7, mql: 0.88, quality: 0.58, campaign: 'Partners' },
  { source: 'Purchased List', weight: 6, mql: 0.45, quality: 0.04, campaign: 'Email' },
  { source: '', weight: 4, mql: 0.6, quality: 0.2, campaign: '' },
]

const MOST_ACCOUNTS = 5000

export function makeCampaigns(
  random: Random,
  marketers: readonly User[],
  start: number,
  now: number,
): Campaign[] {
  const types = [...new Set(SOURCES.map(source => source.campaign).filter(Boolean))]
  return types.flatMap(type =>
    [1, 2].map(n => ({
      campaign: `${type.toLowerCase().replaceAll(' ', '-')}-${n}`,
      name: `${type} ${n === 1 ? 'spring' : 'autumn'} series`,
      type,
      start: day(start),
      end: day(now),
      cost: random.int(4, 60) * 1000,
      owner: random.pick(marketers).user,
    })),
  )
}

export function makeAccounts(random: Random, people: number): Account[] {
  const count = Math.min(MOST_ACCOUNTS, Math.max(20, Math.round(people / 4)))
  return Array.from({ length: count }, (_, n) => {
    const name = companyName(n)
    const employees = Math.round(random.around(180, 1.3)) + 5
    return {
      account: `account${n + 1}`,
      name,
      domain: domainOf(name),
      industry: random.pick(INDUSTRIES),
      employees,
      annual_revenue: employees * random.int(80, 320) * 1000,
      country: random.pick(random.weighted(ZONES).countries),
      target: random.chance(0.15),
    }
  })
}

function day(at: number): string {
  return new Date(at).toISOString().slice(0, 10)
}

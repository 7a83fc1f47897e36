import type { FieldNames } from '../policy/policy.ts'
import { valueAt } from './changes.ts'
import { historyOf, lifeOf, numberOf } from './conditions.ts'
import type { Deal } from './deals.ts'
import type { Profile, Ref } from './facts.ts'
import type { Directory } from './handoff.ts'
import { belongs, type Passage } from './passage.ts'
import type { Instant } from './time.ts'
import type { RecordLife, Timeline } from './timeline.ts'

/** How the group of handoffs nobody owns is called. */
export const NOBODY = '(none)'

export interface Dimensions {
  source: string | null
  campaign: string | null
  country: string | null
  /** From the fields that the policy names for them; null: empty, or it names none. */
  segment: string | null
  score: number | null
}

/** As the record that became MQL has them; what it leaves empty comes from the others. */
export function dimensionsOf({ opened, t1, policy }: Passage, line: Timeline): Dimensions {
  const { records, campaigns } = line
  const ordered = opened.record ? [opened.record, ...records] : records
  const { segment, score } = policy.dimensions
  return {
    source: firstOf(ordered, 'source'),
    campaign: firstOf(ordered, 'campaign') ?? campaignAt(campaigns, t1),
    country: firstOf(ordered, 'country'),
    segment: valuesAt(t1, ordered, segment, line)[0] ?? null,
    score:
      valuesAt(t1, ordered, score, line)
        .map(numberOf)
        .find(one => one !== null) ?? null,
  }
}

/**
 * What the records still there had in a field at an instant, those with nothing in it left out. A record made only
 * after that (the lead that the connector makes of an MQL) has what it was made with.
 */
function valuesAt(
  at: Instant,
  records: readonly RecordLife[],
  names: FieldNames,
  { deals }: Timeline,
): string[] {
  return records.flatMap(record => {
    const name = names[record.vendor]
    const history = name === undefined ? undefined : historyOf(record, name)
    if (!history) return []
    const { from, to } = lifeOf(record, deals)
    if (to !== null && to <= at) return []
    const value = valueAt(history[1], Math.max(at, from))?.trim()
    return value ? [value] : []
  })
}

function firstOf(records: readonly RecordLife[], field: keyof Profile): string | null {
  for (const { profile } of records) {
    const value = profile?.[field]
    if (value !== null && value !== undefined && value !== '') return value
  }
  return null
}

/** The campaign last responded to by then. */
function campaignAt(campaigns: Timeline['campaigns'], at: Instant): string | null {
  let last: { at: Instant; name: string } | null = null
  for (const one of campaigns) {
    if (one.at <= at && (!last || one.at > last.at || (one.at === last.at && one.name < last.name)))
      last = one
  }
  return last?.name ?? null
}

export interface DealMarks {
  opportunityAt: Instant | null
  wonAt: Instant | null
  lostAt: Instant | null
  dealOwner: Ref | null
  wonMinor: number | null
}

/** What became of the deals, each step belonging to the last handoff begun by then. */
export function dealMarks(
  passage: Passage,
  deals: readonly Deal[],
  directory: Directory,
  now: Instant,
): DealMarks {
  const has = (at: Instant | null): at is Instant => at !== null && at <= now && belongs(passage, at)
  const opened = deals.filter(deal => has(deal.openedAt))
  const won = deals.filter(deal => has(deal.wonAt)).sort((a, b) => a.wonAt! - b.wonAt!)
  const lost = deals.filter(deal => has(deal.lostAt)).map(deal => deal.lostAt!)
  const led = once(won)[0] ?? once(opened)[0]
  const owner = led?.owner ? directory.get(led.owner) : undefined
  return {
    opportunityAt: opened[0]?.openedAt ?? null,
    wonAt: won[0]?.wonAt ?? null,
    lostAt: lost.length > 0 ? Math.min(...lost) : null,
    dealOwner: owner?.human ? owner.ref : null,
    wonMinor: sum(once(won)),
  }
}

/** A deal kept in both CRMs is one deal: Salesforce's are taken where there are any. */
function once(deals: readonly Deal[]): readonly Deal[] {
  const sales = deals.filter(deal => deal.vendor === 'salesforce')
  return sales.length > 0 ? sales : deals
}

function sum(won: readonly Deal[]): number | null {
  const amounts = won.map(deal => deal.amountMinor).filter(amount => amount !== null)
  return amounts.length === 0 ? null : amounts.reduce((total, amount) => total + amount, 0)
}

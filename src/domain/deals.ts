import type { Fact, Ref, Vendor } from './facts.ts'
import type { Instant } from './time.ts'

/** A deal over its life. A win or loss without a known opening opened it. */
export interface Deal {
  ref: Ref
  vendor: Vendor
  openedAt: Instant
  dayPrecise: boolean
  /** `<ref>#<key>` of the fact that opened it. */
  id: string
  wonAt: Instant | null
  lostAt: Instant | null
  /** Integer minor units, as of the win where that says so. */
  amountMinor: number | null
  owner: Ref | null
}

type DealFact = Extract<Fact, { kind: 'deal' }>

const earlier = (a: DealFact, b: DealFact): number => a.at - b.at || (a.key < b.key ? -1 : 1)

/** The deal these facts tell of; null when it was deleted or nothing is known of it. */
export function dealOf(ref: Ref, vendor: Vendor, facts: readonly Fact[]): Deal | null {
  if (facts.some(fact => fact.kind === 'deleted')) return null
  const steps = facts.filter(fact => fact.kind === 'deal').sort(earlier)
  const first = steps.find(fact => fact.step === 'opened') ?? steps[0]
  if (!first) return null
  const won = steps.find(fact => fact.step === 'won')
  const lost = steps.find(fact => fact.step === 'lost')
  const openedAt = steps[0]!.at
  return {
    ref,
    vendor,
    openedAt,
    dayPrecise: steps[0]!.dayPrecise === true,
    id: `${first.source ?? first.subject}#${first.key}`,
    wonAt: won?.at ?? null,
    lostAt: lost?.at ?? null,
    amountMinor: won?.amountMinor ?? first.amountMinor,
    owner: won?.owner ?? first.owner,
  }
}

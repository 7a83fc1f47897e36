import { type Fact, idOf, type Ref, type Vendor } from './facts.ts'
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
  /** Each time it was won or lost, again after it was taken up again too. */
  closings: Instant[]
  /** Integer minor units, as of the win where that says so. */
  amountMinor: number | null
  owner: Ref | null
}

type DealFact = Extract<Fact, { kind: 'deal' }>

const earlier = (a: DealFact, b: DealFact): number => a.at - b.at || (idOf(a) < idOf(b) ? -1 : 1)

/** A step that repeats the one before it is a change of something else, the amount. */
function closingsOf(steps: readonly DealFact[]): Instant[] {
  const closing = ({ step }: DealFact, place: number) =>
    (step === 'won' || step === 'lost') && steps[place - 1]?.step !== step
  return steps.filter(closing).map(({ at }) => at)
}

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
    id: idOf(first),
    wonAt: won?.at ?? null,
    lostAt: lost?.at ?? null,
    closings: closingsOf(steps),
    amountMinor: won?.amountMinor ?? first.amountMinor,
    owner: won?.owner ?? first.owner,
  }
}

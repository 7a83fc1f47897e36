import { NOBODY } from '../domain/dimensions.ts'
import type { Queryable } from '../store/db.ts'
import { type Group, readGroups, readTotals, type Totals } from '../store/measures.ts'

/** Handoffs of one group and how many of them went how far. */
export interface Counts {
  mql: number
  sql: number
  won: number
}

/** What the handoffs amount to now. Handoffs without a value of a dimension are under `(empty)`, those nobody owns under `(none)`. */
export interface Measures extends Totals {
  bySource: Record<string, Counts>
  /** `YYYY-MM` of T1, UTC. */
  byMonth: Record<string, Counts>
  /** By the owner's ref. */
  byRep: Record<string, Counts>
  byCampaign: Record<string, Counts>
}

/** Conversion and latency of all handoffs. @throws DatabaseUnavailable */
export async function measure(db: Queryable): Promise<Measures> {
  const [totals, groups] = await Promise.all([readTotals(db), readGroups(db)])
  const by = (dimension: Group['dimension'], none: string) =>
    Object.fromEntries(
      groups
        .filter(group => group.dimension === dimension)
        .map(({ value, mql, sql, won }) => [value ?? none, { mql, sql, won }]),
    )
  return {
    ...totals,
    bySource: by('source', '(empty)'),
    byMonth: by('month', '(empty)'),
    byRep: by('rep', NOBODY),
    byCampaign: by('campaign', '(empty)'),
  }
}

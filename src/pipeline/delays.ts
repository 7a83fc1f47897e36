import type { SpanName } from '../domain/delay.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from '../store/db.ts'
import { type DelayRow, readDelays } from '../store/delays.ts'
import type { Spread } from '../store/measures.ts'

/** Handoffs with T1 from `from` until before `to`. */
export interface Period {
  from: Instant
  to: Instant
}

/** Durations in milliseconds, of those that are completed. */
export interface DelayGroup {
  /** From the inquiry (the MQL without one) to the first owner. */
  system: Spread
  /** From there to the first attempt. */
  rep: Spread
  /** In order of the way; `share` is of the sum of all the systems' delays, 0…1. */
  spans: (Spread & { span: SpanName; share: number })[]
}

export interface DelayReport extends Period {
  all: DelayGroup
  /** Most handoffs first. */
  sources: (DelayGroup & { source: string | null })[]
}

const ORDER: readonly SpanName[] = [
  'form',
  'marketing',
  'form_and_marketing',
  'connector',
  'routing',
  'connector_and_routing',
]

/** What the systems and what the reps took, over a period. @throws DatabaseUnavailable */
export async function delays(db: Queryable, { from, to }: Period): Promise<DelayReport> {
  const rows = await readDelays(db, from, to)
  const bySource = Map.groupBy(
    rows.filter(row => row.level === 'group'),
    row => row.source,
  )
  const sources = [...bySource].map(([source, own]) => ({ source, ...group(own) }))
  return {
    ...{ from, to },
    all: group(rows.filter(row => row.level === 'all')),
    sources: sources.sort((a, b) => b.system.n - a.system.n),
  }
}

function group(rows: readonly DelayRow[]): DelayGroup {
  const of = (span: DelayRow['span']) => rows.find(row => row.span === span)
  const whole = of('system')?.sum ?? 0
  return {
    system: spread(of('system')),
    rep: spread(of('rep')),
    spans: ORDER.flatMap(span => {
      const row = of(span)
      return row ? [{ span, ...spread(row), share: whole === 0 ? 0 : (row.sum ?? 0) / whole }] : []
    }),
  }
}

const spread = (row?: DelayRow): Spread => ({
  n: row?.n ?? 0,
  negative: row?.negative ?? 0,
  mean: row?.mean ?? null,
  median: row?.median ?? null,
  p90: row?.p90 ?? null,
})

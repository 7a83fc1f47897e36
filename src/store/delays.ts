import type { SpanName } from '../domain/delay.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import type { Spread } from './measures.ts'
import { sql } from './sql.ts'

/** One span, or the systems' delay as a whole, of a group of handoffs, in milliseconds. */
export interface DelayRow extends Spread {
  /** `group`: of one source; `all`: of everybody. */
  level: 'all' | 'group'
  source: string | null
  span: SpanName | 'system'
  /** Of all the durations that are not negative; spans' sums add up to that of `system`. */
  sum: number | null
}

/**
 * How long each span took, of the handoffs with T1 from `from` until before `to` that have got an owner; void ones are left
 * out. Overall and by source, in one pass along handoff_t1. The spans are those of {@link delaysOf}.
 */
export async function readDelays(db: Queryable, from: Instant, to: Instant): Promise<DelayRow[]> {
  const { rows } = await db.query<DelayRow>(sql`
    with length as (
      select nullif(source, '') as source, span, extract(epoch from took)::float8 * 1000 as ms
      from handoff cross join lateral (values
        ('form', hubspot_at - t0),
        ('marketing', t1 - hubspot_at),
        ('form_and_marketing', case when hubspot_at is null then t1 - t0 end),
        ('connector', salesforce_at - t1),
        ('routing', t2 - salesforce_at),
        ('connector_and_routing', case when salesforce_at is null then t2 - t1 end),
        ('system', t2 - coalesce(t0, t1)),
        ('rep', t3 - t2)) as taken (span, took)
      where t1 >= ${new Date(from)}::timestamptz and t1 < ${new Date(to)}::timestamptz
        and t2 is not null and took is not null and outcome is distinct from 'void')
    select case grouping(source) when 1 then 'all' else 'group' end as level, source, span,
      count(*) filter (where ms >= 0) as n, count(*) filter (where ms < 0) as negative,
      sum(ms) filter (where ms >= 0) as sum, avg(ms) filter (where ms >= 0) as mean,
      percentile_cont(0.5) within group (order by ms) filter (where ms >= 0) as median,
      percentile_cont(0.9) within group (order by ms) filter (where ms >= 0) as p90
    from length group by grouping sets ((span), (source, span)) order by level, source nulls last, span`)
  return rows
}

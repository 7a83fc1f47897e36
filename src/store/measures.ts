import type { Ref } from '../domain/facts.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Completed durations; percentiles by linear interpolation. Negative ones are counted and left out of the rest. */
export interface Spread {
  n: number
  negative: number
  mean: number | null
  median: number | null
  p90: number | null
}

/** How many handoffs reached each stage, and how long it took. */
export interface Totals {
  people: number
  handoffs: number
  /** Handoffs with a promise overdue now. */
  overdue: number
  reached: Record<'mql' | 'sal' | 'sql' | 'opportunity' | 'won' | 'lost', number>
  mqlToWonDays: Spread
  mqlToSqlHours: Spread
  followUpHours: Spread
}

/** A group of handoffs: those of one source, month of T1 (`YYYY-MM`, UTC), owner or campaign; null: none. */
export interface Group {
  dimension: 'source' | 'month' | 'rep' | 'campaign'
  value: string | Ref | null
  mql: number
  sql: number
  won: number
}

interface Row extends Record<`${'won' | 'sql' | 'follow'}_${keyof Spread}`, number | null> {
  people: number
  handoffs: number
  overdue: number
  mql: number
  sal: number
  sql: number
  opportunity: number
  won: number
  lost: number
}

/** The numbers of all handoffs together; void ones are left out of what was reached. */
export async function readTotals(db: Queryable): Promise<Totals> {
  const { rows } = await db.query<Row>(sql`
    with one as materialized (
      select t1, t6, sal_at, opportunity_at, won_at, lost_at,
        extract(epoch from won_at - t1)::float8 / 86400 as won,
        extract(epoch from t6 - t1)::float8 / 3600 as sql,
        extract(epoch from t3 - t2)::float8 / 3600 as follow
      from handoff where outcome is distinct from 'void')
    select (select count(*) from person) as people, (select count(*) from handoff) as handoffs,
      (select count(distinct (handoff, person)) from promise where state = 'overdue') as overdue,
      count(*) as mql, count(coalesce(sal_at, t6)) as sal, count(t6) as sql, count(opportunity_at) as opportunity,
      count(won_at) as won, count(lost_at) as lost,
      count(*) filter (where won >= 0) as won_n, count(*) filter (where won < 0) as won_negative,
      avg(won) filter (where won >= 0) as won_mean,
      percentile_cont(0.5) within group (order by won) filter (where won >= 0) as won_median,
      percentile_cont(0.9) within group (order by won) filter (where won >= 0) as won_p90,
      count(*) filter (where sql >= 0) as sql_n, count(*) filter (where sql < 0) as sql_negative,
      avg(sql) filter (where sql >= 0) as sql_mean,
      percentile_cont(0.5) within group (order by sql) filter (where sql >= 0) as sql_median,
      percentile_cont(0.9) within group (order by sql) filter (where sql >= 0) as sql_p90,
      count(*) filter (where follow >= 0) as follow_n, count(*) filter (where follow < 0) as follow_negative,
      avg(follow) filter (where follow >= 0) as follow_mean,
      percentile_cont(0.5) within group (order by follow) filter (where follow >= 0) as follow_median,
      percentile_cont(0.9) within group (order by follow) filter (where follow >= 0) as follow_p90
    from one`)
  const row = rows[0]!
  const { people, handoffs, overdue, mql, sal, sql: qualified, opportunity, won, lost } = row
  return {
    ...{ people, handoffs, overdue },
    reached: { mql, sal, sql: qualified, opportunity, won, lost },
    mqlToWonDays: spread(row, 'won'),
    mqlToSqlHours: spread(row, 'sql'),
    followUpHours: spread(row, 'follow'),
  }
}

function spread(row: Row, name: 'won' | 'sql' | 'follow'): Spread {
  return {
    n: row[`${name}_n`] ?? 0,
    negative: row[`${name}_negative`] ?? 0,
    mean: row[`${name}_mean`],
    median: row[`${name}_median`],
    p90: row[`${name}_p90`],
  }
}

/** The same handoffs by source, month, owner and campaign, in one pass; void ones are left out. */
export async function readGroups(db: Queryable): Promise<Group[]> {
  const { rows } = await db.query<Group>(sql`
    with one as (
      select coalesce(source, '') as source, coalesce(campaign, '') as campaign, coalesce(owner, '') as rep,
        to_char(t1 at time zone 'UTC', 'YYYY-MM') as month, t6, won_at
      from handoff where outcome is distinct from 'void')
    select case when grouping(source) = 0 then 'source' when grouping(month) = 0 then 'month'
        when grouping(rep) = 0 then 'rep' else 'campaign' end as dimension,
      nullif(coalesce(source, month, rep, campaign), '') as value,
      count(*) as mql, count(t6) as sql, count(won_at) as won
    from one group by grouping sets ((source), (month), (rep), (campaign))
    order by dimension, value nulls last`)
  return rows
}

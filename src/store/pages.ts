import type { ObjectName, Ref, Vendor } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** One overdue handoff: its promise that fell due first, and who it is about. */
export interface OverdueRow {
  handoff: string
  person: number
  due: Instant
  promise: string
  owner: Ref | null
  ownerName: string | null
  source: string | null
  name: string | null
  company: string | null
  reason: string | null
  /** The records that show the verdict first. */
  records: Ref[]
}

/**
 * Overdue handoffs in the order of their due time, those after `after` only; read along promise_overdue.
 * `owner` null: everybody's; 'none': those that nobody owns.
 */
export async function readOverdue(
  db: Queryable,
  after: { due: Instant; handoff: string; person: number } | null,
  owner: Ref | 'none' | null,
  limit: number,
): Promise<OverdueRow[]> {
  const due = after ? new Date(after.due).toISOString() : '-infinity'
  const { rows } = await db.query<OverdueRow>(sql`
    with page as (
      select promise.handoff, promise.due_at as due, promise.name as promise,
        promise.person, handoff.owner, nullif(handoff.source, '') as source
      from promise join handoff on handoff.opened_by = promise.handoff and handoff.person = promise.person
      where promise.state = 'overdue' and (promise.due_at, promise.handoff, promise.person) > (${due}::timestamptz, ${after?.handoff ?? ''}, ${after?.person ?? 0}::bigint)
        and (${owner}::text is null or handoff.owner is not distinct from nullif(${owner}::text, 'none'))
        and not exists (
          select from promise earlier where earlier.handoff = promise.handoff and earlier.person = promise.person and earlier.state = 'overdue'
            and (earlier.due_at, earlier.name) < (promise.due_at, promise.name))
      order by promise.due_at, promise.handoff, promise.person limit ${limit})
    select page.handoff, page.person, page.due, page.promise, page.owner, page.source, who.name, who.company, shown.reason,
      coalesce(shown.records, '{}') as records, (select name from rep where ref = page.owner) as "ownerName"
    from page
    left join lateral (
      select coalesce(data -> 'profile' ->> 'name', data -> 'profile' ->> 'email') as name,
        data -> 'profile' ->> 'company' as company
      from person_record join fact on fact.source = person_record.ref and fact.kind = 'created'
      where person_record.person = page.person
      order by data -> 'profile' ->> 'name' is null, data -> 'profile' ->> 'company' is null, fact.source desc limit 1
    ) who on true
    left join lateral (
      select (array_agg(desired ->> 'reason' order by person_record.ref) filter (where desired ->> 'reason' is not null))[1] as reason,
        array_agg(person_record.ref order by desired is null, record.deleted_at is not null, person_record.ref desc) as records
      from person_record left join target using (ref) left join record using (ref)
      where person_record.person = page.person
    ) shown on true
    order by page.due, page.handoff, page.person`)
  return rows
}

/** Who has how many overdue handoffs, most first; `owner` null: nobody owns them. */
export async function readOverdueOwners(
  db: Queryable,
): Promise<{ owner: Ref | null; name: string | null; overdue: number }[]> {
  const { rows } = await db.query<{ owner: Ref | null; name: string | null; overdue: number }>(sql`
    select handoff.owner, rep.name, count(*) as overdue
    from (select distinct handoff, person from promise where state = 'overdue') late
      join handoff on handoff.opened_by = late.handoff and handoff.person = late.person left join rep on rep.ref = handoff.owner
    group by handoff.owner, rep.name order by overdue desc, rep.name nulls last`)
  return rows
}

/** Figures of one group of handoffs; the group of all has neither month, source nor owner and `level` 'all'. */
export interface FiguresRow {
  level: 'all' | 'month' | 'source' | 'owner'
  month: string | null
  source: string | null
  owner: Ref | null
  ownerName: string | null
  mql: number
  open: number
  sql: number
  won: number
  met: number
  decided: number
  followedUp: number
  negative: number
  median: number | null
  p90: number | null
}

/** Everything the overview counts, in one pass: in all, per month of T1 (UTC), per source and per owner. Void handoffs do not count. */
export async function readFigures(db: Queryable): Promise<FiguresRow[]> {
  const { rows } = await db.query<FiguresRow>(sql`
    with one as (
      select to_char(t1 at time zone 'UTC', 'YYYY-MM') as month, nullif(source, '') as source, owner,
        outcome is null as open, t6 is not null as sql, won_at is not null as won, promise.state,
        extract(epoch from t3 - t2) / 3600 as hours
      from handoff left join promise
        on promise.handoff = opened_by and promise.person = handoff.person and promise.name = 'first_attempt'
      where outcome is distinct from 'void'
    ), grouped as (
      select grouping(month, source, owner) as level, month, source, owner, count(*) as mql,
        count(*) filter (where open) as open, count(*) filter (where sql) as sql, count(*) filter (where won) as won,
        count(*) filter (where state = 'met') as met,
        count(*) filter (where state in ('met', 'met_late', 'overdue', 'missed')) as decided,
        count(*) filter (where hours >= 0) as followed_up, count(*) filter (where hours < 0) as negative,
        percentile_cont(0.5) within group (order by hours) filter (where hours >= 0) as median,
        percentile_cont(0.9) within group (order by hours) filter (where hours >= 0) as p90
      from one group by grouping sets ((), (month), (source), (owner)))
    select case level when 7 then 'all' when 3 then 'month' when 5 then 'source' else 'owner' end as level,
      month, source, owner, (select name from rep where ref = owner) as "ownerName", mql, open, sql, won, met, decided,
      followed_up as "followedUp", negative, median, p90
    from grouped order by level, mql desc, month, source, owner`)
  return rows
}

/** How far the reading of one object has come, and what is still to be written to it. */
export interface ObjectRow {
  vendor: Vendor
  object: ObjectName
  records: number
  lastChange: Instant | null
  scannedAt: Instant | null
  blindSince: Instant | null
  /** Why its reading, which is under way, goes a slower way than it might. */
  detour: string | null
  /** Until when it was as fresh as it has to be: it was read, or not worth asking. */
  freshAt: Instant | null
  pending: number
  refused: number
}

/** Every object that was ever read. What waits is found by the indexes over what waits, never among all targets. */
export async function readObjects(db: Queryable): Promise<ObjectRow[]> {
  const { rows } = await db.query<ObjectRow>(sql`
    with waiting as (
      select vendor, object, next_at from target where desired <> acked and claimed_by is null and not doubt
      union all select vendor, object, next_at from target where doubt and claimed_by is null
      union all select vendor, object, next_at from target where claimed_by is not null
    ), counted as (
      select vendor, object, count(*) filter (where next_at is distinct from 'infinity') as pending,
        count(*) filter (where next_at = 'infinity') as refused
      from waiting group by vendor, object)
    select cursor.vendor, cursor.object, cursor.records, cursor.last_change as "lastChange",
      cursor.scanned_at as "scannedAt", cursor.blind_since as "blindSince", cursor.value ->> 'detour' as detour,
      case when cursor.scanned_at is not null then greatest(cursor.scanned_at, cursor.fresh_at) end as "freshAt",
      coalesce(pending, 0) as pending, coalesce(refused, 0) as refused
    from cursor left join counted on counted.vendor = cursor.vendor and counted.object = cursor.object`)
  return rows
}

/** Marks that wait to be linked or judged, counted up to `limit`. */
export async function countWaiting(db: Queryable, limit: number): Promise<number> {
  const { rows } = await db.query<{ waiting: number }>(sql`
    select (select count(*) from (select from stale_record limit ${limit}) records)
      + (select count(*) from (select from stale_person limit ${limit}) persons) as waiting`)
  return rows[0]?.waiting ?? 0
}

/** The newest run that failed and was not followed by a good one of its kind (`round`, `pull hubspot`, …); null: none. */
export async function readFailedRun(db: Queryable): Promise<{ at: Instant; error: string } | null> {
  const { rows } = await db.query<{ at: Instant; error: string }>(sql`
    with last as (
      select distinct on (kind) id, finished_at as at, error from run
      where finished_at is not null and id > (select max(id) - 200 from run) order by kind, id desc)
    select at, error from last where error is not null order by id desc limit 1`)
  return rows[0] ?? null
}

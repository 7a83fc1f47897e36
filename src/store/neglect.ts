import type { Ref } from '../domain/facts.ts'
import type { DropReason } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'
import type { NeglectRule } from '../policy/policy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** A dropped handoff and who it is about. */
export interface DroppedRow {
  handoff: string
  person: number
  reason: DropReason
  since: Instant
  owner: Ref | null
  ownerName: string | null
  source: string | null
  name: string | null
  company: string | null
  /** The records that show the verdict first. */
  records: Ref[]
}

export interface DroppedPosition {
  since: Instant
  handoff: string
  person: number
}

/**
 * Handoffs dropped for one of these reasons, the latest first: they are the warmest. Those after `after` only; read along
 * handoff_dropped.
 */
export async function readDropped(
  db: Queryable,
  after: DroppedPosition | null,
  reasons: readonly DropReason[],
  limit: number,
): Promise<DroppedRow[]> {
  const since = after ? new Date(after.since).toISOString() : 'infinity'
  const { rows } = await db.query<DroppedRow>(sql`
    with page as (
      select opened_by as handoff, person, dropped as reason, dropped_since as since, owner, nullif(source, '') as source
      from handoff
      where dropped is not null and dropped = any(${reasons}::text[])
        and (dropped_since, opened_by, person) < (${since}::timestamptz, ${after?.handoff ?? ''}, ${after?.person ?? 0}::bigint)
      order by dropped_since desc, opened_by desc, person desc limit ${limit})
    select page.*, (select name from rep where ref = page.owner) as "ownerName", who.name, who.company,
      coalesce(shown.records, '{}') as records
    from page
    left join lateral (
      select coalesce(data -> 'profile' ->> 'name', data -> 'profile' ->> 'email') as name,
        data -> 'profile' ->> 'company' as company
      from person_record join fact on fact.source = person_record.ref and fact.kind = 'created'
      where person_record.person = page.person
      order by data -> 'profile' ->> 'name' is null, data -> 'profile' ->> 'company' is null, fact.source desc limit 1
    ) who on true
    left join lateral (
      select array_agg(person_record.ref order by desired is null, record.deleted_at is not null, person_record.ref desc) as records
      from person_record left join target using (ref) left join record using (ref)
      where person_record.person = page.person
    ) shown on true
    order by page.since desc, page.handoff desc, page.person desc`)
  return rows
}

/** How many handoffs are dropped, by reason; counted in handoff_dropped alone. */
export async function countDropped(db: Queryable): Promise<Partial<Record<DropReason, number>>> {
  const { rows } = await db.query<{ reason: DropReason; count: number }>(sql`
    select dropped as reason, count(*) as count from handoff where dropped is not null group by dropped`)
  return Object.fromEntries(rows.map(({ reason, count }) => [reason, count]))
}

/** A rep who leaves too many of their leads without an attempt. */
export interface FallingRow {
  rep: Ref
  name: string | null
  /** Handoffs of theirs whose first attempt fell due inside the window. */
  due: number
  /** Those of them still without one. */
  without: number
  /** When the first of these fell due. */
  since: Instant
}

/**
 * Reps who are falling behind as of `now`, the worst first. What is excused or void, or fell due outside the window, counts
 * for nobody; what nobody owns, or somebody inactive, is dropped instead. Read along promise_first_attempt_due.
 */
export async function readFalling(
  db: Queryable,
  { windowMs, limit, minimumDue }: Pick<NeglectRule, 'windowMs' | 'limit' | 'minimumDue'>,
  now: Instant,
): Promise<FallingRow[]> {
  const [from, to] = [new Date(now - windowMs), new Date(now)]
  const { rows } = await db.query<FallingRow>(sql`
    select owner as rep, rep.name, count(*) as due, count(*) filter (where until_at is null) as without,
      min(due_at) filter (where until_at is null) as since
    from promise join handoff on handoff.opened_by = promise.handoff and handoff.person = promise.person
      left join rep on rep.ref = owner
    where promise.name = 'first_attempt' and due_at > ${from}::timestamptz and due_at <= ${to}::timestamptz
      and state not in ('excused', 'void') and owner is not null and rep.active is distinct from false
    group by owner, rep.name
    having count(*) >= ${minimumDue}::integer
      and count(*) filter (where until_at is null) > ${limit}::float8 * count(*)
    order by count(*) filter (where until_at is null)::float8 / count(*) desc, due desc, rep.name, owner`)
  return rows
}

import type { Ref } from '../domain/facts.ts'
import type { Directory, Rep } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { justAfter, LATEST } from './known.ts'
import { sql } from './sql.ts'

/**
 * Stores users and queues; rows that say the same are left alone, what others said is kept as past. Since when somebody
 * has been inactive is kept from the first reading that said so: a later one has the stamp of a later change.
 * Returns the refs that changed.
 */
export async function upsertReps(tx: Queryable, reps: readonly Rep[], now: Instant): Promise<Ref[]> {
  const time = new Date(now)
  const { rows } = await tx.query<{ ref: Ref }>(sql`
    with new as materialized (
      select row.ref, row.name, row.email, row.time_zone, row.active, row.human, row.team, row.country,
        case when not row.active then coalesce(rep.inactive_since, row.inactive_since) end as inactive_since
      from unnest(
        ${reps.map(rep => rep.ref)}::text[], ${reps.map(rep => rep.name)}::text[],
        ${reps.map(rep => rep.email)}::text[], ${reps.map(rep => rep.timeZone)}::text[],
        ${reps.map(rep => rep.active)}::boolean[], ${reps.map(rep => rep.human)}::boolean[],
        ${reps.map(rep => rep.team ?? null)}::text[], ${reps.map(rep => rep.country ?? null)}::text[],
        ${reps.map(inactiveSince)}::timestamptz[]
      ) as row (ref, name, email, time_zone, active, human, team, country, inactive_since)
        left join rep on rep.ref = row.ref collate "C"
    ), past as (
      insert into rep_past (ref, rep, name, email, time_zone, active, human, inactive_since, team, country, known_at, known_until)
      select old.ref, old.rep, old.name, old.email, old.time_zone, old.active, old.human, old.inactive_since, old.team,
        old.country, old.known_at, ${time}::timestamptz
      from new join rep old on old.ref = new.ref collate "C"
      where (old.name, old.email, old.time_zone, old.active, old.human, old.team, old.country, old.inactive_since)
        is distinct from (new.name, new.email, new.time_zone, new.active, new.human, new.team, new.country, new.inactive_since)
        and old.known_at < ${time}::timestamptz)
    insert into rep (ref, rep, name, email, time_zone, active, human, team, country, inactive_since, known_at)
    select ref, ref, name, email, time_zone, active, human, team, country, inactive_since, ${time}::timestamptz
    from new order by ref
    on conflict (ref) do update set name = excluded.name, email = excluded.email, time_zone = excluded.time_zone,
      active = excluded.active, human = excluded.human, team = excluded.team, country = excluded.country,
      inactive_since = excluded.inactive_since, known_at = excluded.known_at
    where (rep.name, rep.email, rep.time_zone, rep.active, rep.human, rep.team, rep.country, rep.inactive_since)
      is distinct from (excluded.name, excluded.email, excluded.time_zone, excluded.active, excluded.human,
        excluded.team, excluded.country, excluded.inactive_since)
    returning ref`)
  return rows.map(row => row.ref)
}

const inactiveSince = ({ inactiveSince: since }: Rep): Date | null => (since == null ? null : new Date(since))

/** Joins HubSpot owners to the Salesforce users with their e-mail address. Returns the refs that changed. */
export async function joinReps(tx: Queryable, now: Instant): Promise<Ref[]> {
  const time = new Date(now)
  const { rows } = await tx.query<{ ref: Ref }>(sql`
    with joined as materialized (
      select own.ref, coalesce((
        select other.ref from rep other
        where own.ref like 'hubspot:%' and other.ref like 'salesforce:user:%' and lower(other.email) = lower(own.email)
        order by other.human desc, other.active desc, other.ref limit 1), own.ref) as rep
      from rep own
    ), past as (
      insert into rep_past (ref, rep, name, email, time_zone, active, human, inactive_since, team, country, known_at, known_until)
      select old.ref, old.rep, old.name, old.email, old.time_zone, old.active, old.human, old.inactive_since, old.team,
        old.country, old.known_at, ${time}::timestamptz
      from joined join rep old using (ref)
      where old.rep <> joined.rep and old.known_at < ${time}::timestamptz)
    update rep set rep = joined.rep, known_at = ${time} from joined
    where rep.ref = joined.ref and rep.rep <> joined.rep
    returning rep.ref`)
  return rows.map(row => row.ref)
}

/** Persons whose verdicts these reps can change: somebody says they own, or did something for, one of their records. */
export async function personsOfReps(tx: Queryable, refs: readonly Ref[]): Promise<number[]> {
  const { rows } = await tx.query<{ person: number }>(sql`
    with who as materialized (
      select ref from rep where rep in (select rep from rep where ref = any(${refs}::text[]))
      union select unnest(${refs}::text[])),
    about as materialized (
      select distinct subject as ref from who join fact on coalesce(data ->> 'actor', data ->> 'owner') = who.ref
      where kind in ('activity', 'owner', 'owner_now', 'deal'))
    select person from about join person_record using (ref)
    union select person from about join membership on membership.deal = about.ref
      join person_record on person_record.ref = membership.member`)
  return rows.map(row => row.person)
}

type RepRow = Omit<Rep, 'ref' | 'timeZone' | 'inactiveSince'> & {
  ref: Ref
  rep: Ref
  time_zone: string | null
  inactive_since: Instant | null
}

/**
 * Every ref of a user or queue → who that is, by what was known at an instant; by default all that is known. What
 * Salesforce leaves open of a team or country, HubSpot fills in.
 */
export async function readDirectory(db: Queryable, knownAt: Instant = LATEST): Promise<Directory> {
  const after = justAfter(knownAt)
  const { rows } = await db.query<RepRow>(sql`
    with held as materialized (
      select * from rep_ever where known_at < ${after}::timestamptz and known_until >= ${after}::timestamptz)
    select own.ref, own.rep, own.name, own.email, own.time_zone, own.active, own.human, own.inactive_since,
      coalesce(own.team, (select min(team) from held other where other.rep = own.ref)) as team,
      coalesce(own.country, (select min(country) from held other where other.rep = own.ref)) as country
    from held own order by own.known_at`)
  const own = new Map<Ref, Rep>(rows.map(row => [row.ref, toRep(row)]))
  return new Map(rows.map(row => [row.ref, own.get(row.rep) ?? own.get(row.ref)!]))
}

function toRep({ rep: _, time_zone: timeZone, inactive_since: since, ...rest }: RepRow): Rep {
  return { ...rest, timeZone, inactiveSince: since }
}

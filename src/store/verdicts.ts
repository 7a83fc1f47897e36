import type { Ref } from '../domain/facts.ts'
import type { Outcome, PromiseState } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** One handoff with its verdicts, as stored. */
export interface VerdictRow {
  openedBy: string
  person: number
  /** The person's records, sorted. */
  refs: Ref[]
  email: string | null
  number: number
  owner: Ref | null
  source: string | null
  campaign: string | null
  /** T0…T7. */
  instants: (Instant | null)[]
  attempts: number
  outcome: Outcome | null
  promises: {
    name: string
    state: PromiseState
    kind: 'elapsed' | 'working'
    due: Instant | null
    warn: Instant | null
    countedMs: number | null
  }[]
}

interface Row extends Omit<VerdictRow, 'instants' | 'promises'> {
  [instant: `t${number}`]: Instant | null
  promises:
    | (Omit<VerdictRow['promises'][number], 'due' | 'warn'> & { due: string | null; warn: string | null })[]
    | null
}

/** Where a page ended; handoffs are ordered by person, then by their opening fact. */
export interface VerdictPosition {
  person: number
  openedBy: string
}

/** The next handoffs after `after`, at most `limit`. */
export async function readVerdicts(
  db: Queryable,
  after: VerdictPosition,
  limit: number,
): Promise<VerdictRow[]> {
  const { rows } = await db.query<Row>(sql`
    with page as (
      select * from handoff where (person, opened_by) > (${after.person}::bigint, ${after.openedBy})
      order by person, opened_by limit ${limit})
    select opened_by as "openedBy", person, number, owner, source, campaign, attempts, outcome,
      t0, t1, t2, t3, t4, t5, t6, t7,
      (select array_agg(ref order by ref) from person_record where person_record.person = page.person) as refs,
      (select data -> 'profile' ->> 'email' from person_record
         join fact on fact.source = person_record.ref and fact.kind = 'created'
         where person_record.person = page.person and data -> 'profile' ->> 'email' is not null
         order by source limit 1) as email,
      (select json_agg(json_build_object('name', name, 'state', state, 'kind', kind, 'due', due_at,
          'warn', warn_at, 'countedMs', counted_ms) order by name)
         from promise where handoff = opened_by and promise.person = page.person) as promises
    from page order by person, opened_by`)
  return rows.map(({ t0, t1, t2, t3, t4, t5, t6, t7, promises, ...row }) => ({
    ...row,
    instants: [t0, t1, t2, t3, t4, t5, t6, t7] as (Instant | null)[],
    promises: (promises ?? []).map(promise => ({
      ...promise,
      due: promise.due === null ? null : Date.parse(promise.due),
      warn: promise.warn === null ? null : Date.parse(promise.warn),
    })),
  }))
}

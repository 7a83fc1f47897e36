import type { Handoff, PromiseVerdict } from '../domain/handoff.ts'
import { iso } from '../domain/time.ts'
import { jsonText } from './copy.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** Milliseconds as the columns hold them. */
const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))

function handoffRow(person: number, handoff: Handoff) {
  const { openedBy: opened_by, number, owner, attempts, outcome } = handoff
  const { source, campaign, country, segment, score } = handoff
  return {
    ...{ opened_by, person, number, owner, source, campaign, country, segment, score, attempts, outcome },
    t0: iso(handoff.t0),
    t1: iso(handoff.t1),
    t2: iso(handoff.t2),
    t3: iso(handoff.t3),
    t4: iso(handoff.t4),
    t5: iso(handoff.t5),
    t6: iso(handoff.t6),
    t7: iso(handoff.t7),
    follow_up_ms: whole(handoff.followUpWorkingMs),
    ended_at: iso(handoff.endedAt),
    sal_at: iso(handoff.salAt),
    opportunity_at: iso(handoff.opportunityAt),
    won_at: iso(handoff.wonAt),
    lost_at: iso(handoff.lostAt),
    deal_owner: handoff.dealOwner,
    won_minor: handoff.wonMinor,
    feedback_reason: handoff.feedbackReason,
    feedback_note: handoff.feedbackNote,
    day_precise: handoff.dayPrecise,
    hubspot_at: iso(handoff.hubspotAt),
    salesforce_at: iso(handoff.salesforceAt),
    dropped: handoff.dropped?.reason ?? null,
    dropped_since: iso(handoff.dropped?.since ?? null),
  }
}

function promiseRow(person: number, handoff: string, promise: PromiseVerdict) {
  const { name, tier, state, excuse, kind, from, until, warnAt, dueAt } = promise
  return {
    ...{ person, handoff, name, tier, state, excuse, kind },
    from_at: iso(from),
    until_at: iso(until),
    warn_at: iso(warnAt),
    due_at: iso(dueAt),
    counted_ms: whole(promise.countedMs),
    lead_ms: whole(promise.leadMs),
    rep_ms: whole(promise.repMs),
    paused_ms: whole(promise.pausedMs),
  }
}

/** All verdicts on one person as the rows they become. */
export interface VerdictRows {
  person: number
  handoffs: ReturnType<typeof handoffRow>[]
  promises: ReturnType<typeof promiseRow>[]
}

export function verdictRows(person: number, handoffs: readonly Handoff[]): VerdictRows {
  return {
    person,
    handoffs: handoffs.map(handoff => handoffRow(person, handoff)),
    promises: handoffs.flatMap(({ openedBy, promises }) =>
      promises.map(promise => promiseRow(person, openedBy, promise)),
    ),
  }
}

/**
 * Makes `verdicts` all that is known of these persons' handoffs; rows that say the same are left alone.
 * @param before those of them who may have rows already
 * @returns rows changed, by table
 */
export async function replaceHandoffs(
  tx: Queryable,
  verdicts: readonly VerdictRows[],
  before: readonly number[],
): Promise<{ handoff: number; promise: number }> {
  const handoffs = verdicts.flatMap(rows => rows.handoffs)
  const [handoffRows, promiseRows] = [jsonText(handoffs), jsonText(verdicts.flatMap(rows => rows.promises))]
  const counts = { handoff: 0, promise: 0 }
  if (before.length > 0) {
    counts.promise += await removePromises(tx, before, promiseRows)
    counts.handoff += await removeHandoffs(tx, before, handoffRows)
  }
  if (handoffs.length > 0) {
    counts.handoff += await upsertHandoffs(tx, handoffRows)
    counts.promise += await upsertPromises(tx, promiseRows)
  }
  return counts
}

async function removePromises(tx: Queryable, persons: readonly number[], kept: string): Promise<number> {
  const { count } = await tx.query(sql`
    delete from promise using handoff
    where handoff.person = any(${persons}::bigint[])
      and promise.handoff = handoff.opened_by and promise.person = handoff.person
      and (promise.handoff, promise.person, promise.name) not in (
        select handoff, person, name from json_populate_recordset(null::promise, ${kept}::json))`)
  return count
}

async function removeHandoffs(tx: Queryable, persons: readonly number[], kept: string): Promise<number> {
  const { count } = await tx.query(sql`
    delete from handoff where person = any(${persons}::bigint[]) and (opened_by, person) not in (
      select opened_by, person from json_populate_recordset(null::handoff, ${kept}::json))`)
  return count
}

async function upsertHandoffs(tx: Queryable, rows: string): Promise<number> {
  const { count } = await tx.query(sql`
    insert into handoff (opened_by, person, number, t0, t1, t2, t3, t4, t5, t6, t7, owner, source, campaign, country,
      segment, score, attempts, follow_up_ms, outcome, ended_at, sal_at, opportunity_at, won_at, lost_at, deal_owner, won_minor,
      feedback_reason, feedback_note, day_precise, hubspot_at, salesforce_at, dropped, dropped_since)
    select opened_by, person, number, t0, t1, t2, t3, t4, t5, t6, t7, owner, source, campaign, country,
      segment, score, attempts, follow_up_ms, outcome, ended_at, sal_at, opportunity_at, won_at, lost_at, deal_owner, won_minor,
      feedback_reason, feedback_note, day_precise, hubspot_at, salesforce_at, dropped, dropped_since
    from json_populate_recordset(null::handoff, ${rows}::json) order by opened_by, person
    on conflict (opened_by, person) do update set number = excluded.number, t0 = excluded.t0,
      t1 = excluded.t1, t2 = excluded.t2, t3 = excluded.t3, t4 = excluded.t4, t5 = excluded.t5, t6 = excluded.t6,
      t7 = excluded.t7, owner = excluded.owner, source = excluded.source, campaign = excluded.campaign,
      country = excluded.country, segment = excluded.segment, score = excluded.score, attempts = excluded.attempts,
      follow_up_ms = excluded.follow_up_ms, outcome = excluded.outcome, ended_at = excluded.ended_at, sal_at = excluded.sal_at, opportunity_at = excluded.opportunity_at,
      won_at = excluded.won_at, lost_at = excluded.lost_at, deal_owner = excluded.deal_owner,
      won_minor = excluded.won_minor, feedback_reason = excluded.feedback_reason,
      feedback_note = excluded.feedback_note, day_precise = excluded.day_precise,
      hubspot_at = excluded.hubspot_at, salesforce_at = excluded.salesforce_at, dropped = excluded.dropped,
      dropped_since = excluded.dropped_since
    where (handoff.*) is distinct from (excluded.*)`)
  return count
}

async function upsertPromises(tx: Queryable, rows: string): Promise<number> {
  const { count } = await tx.query(sql`
    insert into promise (person, handoff, name, tier, state, excuse, kind, from_at, until_at, warn_at, due_at,
      counted_ms, lead_ms, rep_ms, paused_ms)
    select person, handoff, name, tier, state, excuse, kind, from_at, until_at, warn_at, due_at,
      counted_ms, lead_ms, rep_ms, paused_ms
    from json_populate_recordset(null::promise, ${rows}::json) order by handoff, person, name
    on conflict (handoff, person, name) do update set tier = excluded.tier, state = excluded.state,
      excuse = excluded.excuse, kind = excluded.kind, from_at = excluded.from_at, until_at = excluded.until_at, warn_at = excluded.warn_at,
      due_at = excluded.due_at, counted_ms = excluded.counted_ms, lead_ms = excluded.lead_ms, rep_ms = excluded.rep_ms,
      paused_ms = excluded.paused_ms
    where (promise.*) is distinct from (excluded.*)`)
  return count
}

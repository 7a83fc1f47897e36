import { LANES } from '../../domain/budget.ts'
import type { Instant } from '../../domain/time.ts'
import { type Budgeted, oursOf } from '../../pipeline/budgeted.ts'
import type { CrmState } from '../views.ts'
import { ago, type Clock, count, duration } from './format.ts'
import { type Html, html } from './html.ts'

const WAITS = { flags: 'What reps see waits', changes: 'What changed waits', backfill: 'First readings wait' }

/** What a CRM's API calls went to and how long the rest lasts, and whether it tells of changes by itself. */
export function callsLine({ budget, heard }: CrmState, now: Instant, clock: Clock): Html {
  return html`${budget && html`<p class="small">${spent(budget)} ${outlook(budget, now)}</p>`}
${heard.lastAt !== null && html`<p class="small">Webhooks: last heard of a change ${clock.since(heard.lastAt, ago(now - heard.lastAt))}${heard.waiting > 0 && html`, ${count(heard.waiting)} still to be read`}.</p>`}`
}

function spent(budget: Budgeted): Html {
  const { vendor, ceilings, reserve, used, limit, isTold } = budget
  const day = vendor === 'hubspot' ? 'today' : 'in 24 hours'
  const everybody = isTold
    ? html`everybody ${count(used)} of ${count(limit)}`
    : html`the CRM has not told its limit, ${count(limit)} is assumed`
  return html`API calls ${day}: ours ${count(oursOf(budget))} of at most ${count(Math.round(ceilings.flags))}, the last ${count(Math.round(reserve))} of them for what reps see; ${everybody}.`
}

function outlook({ vendor, rate, expected, stops, closedUntil }: Budgeted, now: Instant): Html {
  const at = vendor === 'hubspot' ? 'by midnight' : 'a day'
  const waits = LANES.flatMap(lane => {
    const then = stops[lane]
    if (then === null) return []
    return [` ${WAITS[lane]} ${then <= now ? 'now' : `in ${duration(then - now)}`}.`]
  })
  return html`At ${count(Math.round(rate))} an hour it will be ${count(expected)} ${at}.${waits}${
    closedUntil !== null && html` The CRM asked to wait for ${duration(closedUntil - now)}.`
  }`
}

import { SPAN_LABELS } from '../../domain/delay.ts'
import type { ExplainedHandoff } from '../../domain/explain.ts'
import type { Ref } from '../../domain/facts.ts'
import { nearestToBreach } from '../../domain/show.ts'
import type { Instant } from '../../domain/time.ts'
import { lengthWords } from '../../domain/wording.ts'
import type { PersonExplanation } from '../../pipeline/explain.ts'
import { type Asked, askedQuery } from '../moment.ts'
import { type Clock, clockOf } from './format.ts'
import { type Html, html, type Piece, webAddress } from './html.ts'
import { promiseBars } from './promises.ts'
import { timelineSection } from './timeline.ts'

export type Link = (ref: Ref) => string | null

/** Which instant is shown; the date today, `2026-11-24`, and the clock of the zone in which dates begin. */
interface View extends Asked {
  today: string
  clock: Clock
}

/** Why the verdicts on one person are what they are: who it is, how things stand, what was counted, what happened. */
export function personBody(told: PersonExplanation, link: Link, view: View): Html {
  const handoffs = told.handoffs.toReversed()
  const zone = handoffs[0]?.zone ?? 'UTC'
  return html`<header class="top">
<a class="brand" href="/">Leadtime</a>
<nav aria-label="On this page"><a href="#handoff">Promises</a><a href="#timeline">Timeline</a><a href="#records">Records</a></nav>
</header>
<main class="person">
${pastBanner(told, view)}
${header(told, view)}
<div id="handoff">${handoffs.map((handoff, index) => handoffSection(handoff, told.asOf, index === 0))}</div>
${timelineSection(told.timeline, clockOf(zone), zone, link)}
${recordsSection(told, link)}
</main>`
}

/** Who looks at the past must not take it for the present. */
function pastBanner({ person, asOf }: PersonExplanation, { at, hindsight, clock }: View): Html | null {
  if (at === null) return null
  const then = clock.full(asOf)
  const other = html`<a href="/people/${person}${askedQuery({ at, hindsight: !hindsight })}">${hindsight ? 'From what was known then' : 'From what is known now'}</a>`
  const said = hindsight
    ? html`<strong>As judged on ${then},</strong> from what is known now.`
    : html`<strong>As it stood on ${then},</strong> from what was known then.`
  return html`<p class="banner past" role="status"><span>${said}</span> ${other} <a href="/people/${person}">Back to now</a></p>`
}

/** Asks for the start of another day. */
const anotherDay = ({ person }: PersonExplanation, { hindsight, today }: View): Html =>
  html`<details class="when"><summary>another day</summary><form action="/people/${person}"><label>Start of <input type="date" name="at" max="${today}" required></label>${hindsight && html`<input type="hidden" name="hindsight" value="true">`}<button>Show</button></form></details>`

function header(told: PersonExplanation, view: View): Html {
  const { name, company, email, owner, source, summary, handoffs, asOf } = told
  const last = handoffs.at(-1)
  const late = last?.promises.some(promise => promise.state === 'overdue') === true
  const nearest = last && nearestToBreach(last.promises)
  const whole = last ? clockOf(last.zone).full(asOf) : clockOf('UTC').full(asOf)
  return html`<div class="who${late && ' bad'}">
<h1>${name ?? 'No name'}</h1>
<p class="of">${[company, email].filter(Boolean).join(' · ')}</p>
<p class="verdict" data-state="${nearest?.state ?? 'none'}">${summary}</p>
<dl class="traits"><div><dt>Owner</dt><dd>${owner?.name ?? 'Nobody'}</dd></div><div><dt>Source</dt><dd>${source ?? '(empty)'}</dd></div><div><dt>As of</dt><dd>${whole}${anotherDay(told, view)}</dd></div></dl>
</div>`
}

function handoffSection(handoff: ExplainedHandoff, asOf: Instant, latest: boolean): Html {
  const { number, outcome, endedAt, zone, policy, campaign, segment, score, attempts, feedback } = handoff
  const clock = clockOf(zone)
  const title = `handoff-${number}`
  const how = endedAt === null ? 'open' : html`${outcome}, ${clock.moment(endedAt)}`
  const about = [
    campaign && `Campaign ${campaign}.`,
    segment && `Segment ${segment}.`,
    score !== null && `Score ${score} at the MQL.`,
    `${attempts === 1 ? '1 attempt' : `${attempts} attempts`} by sales.`,
    `Held to policy “${policy.name}”. Times in ${zone}.`,
  ]
  return html`<section aria-labelledby="${title}">
<h2 id="${title}">Handoff ${number} <span class="state">${how}</span></h2>
<p class="small">${about.filter(Boolean).join(' ')}</p>
${feedback && html`<p class="small">Sales said: ${[feedback.reason, feedback.note].filter(Boolean).join(': ')}</p>`}
${handoff.dropped && html`<p class="dropped">${handoff.dropped.words}.</p>`}
${promiseBars(handoff, asOf, clock)}
${milestones(handoff, latest, clock)}
${delayDetails(handoff, latest)}
</section>`
}

function milestones(
  { milestones: all, owners, number }: ExplainedHandoff,
  open: boolean,
  clock: Clock,
): Html {
  return html`<details id="steps-${number}"${open && html` open`}><summary>Steps of the handoff</summary>
<table class="steps"><thead><tr><th scope="col">Step</th><th scope="col">When</th><th scope="col">Why</th></tr></thead><tbody>
${all.map(
  ({ label, at, dayPrecise, why }) =>
    html`<tr${at === null && html` class="quiet"`}><th scope="row">${label}</th><td>${moment(at, dayPrecise, clock)}</td><td>${why}</td></tr>`,
)}
${owners.map(
  ({ from, to, owner }) =>
    html`<tr><th scope="row">Owner</th><td>${clock.moment(from)}</td><td>${owner?.name ?? 'nobody'}${to !== null && html`, until ${clock.moment(to)}`}</td></tr>`,
)}
</tbody></table></details>`
}

function delayDetails({ delays: { system, systemMs, rep }, number }: ExplainedHandoff, open: boolean): Html {
  const line = (label: string, ms: number, running: boolean) =>
    html`<tr><th scope="row">${label}</th><td>${lengthWords(ms, 'elapsed')}${running && html` <span class="quiet">so far</span>`}</td></tr>`
  const whole = system.some(span => span.running)
  return html`<details id="delay-${number}"${open && html` open`}><summary>Where the time went</summary>
<table class="spent"><thead><tr><th scope="col">Span</th><th scope="col">Took</th></tr></thead><tbody>
${system.map(({ name, ms, running }) => line(SPAN_LABELS[name], ms, running))}
${line('In all until the first owner', systemMs, whole)}
${rep && line(SPAN_LABELS.rep, rep.ms, rep.running)}
</tbody></table></details>`
}

function moment(at: number | null, dayPrecise: boolean, clock: Clock): Piece {
  if (at === null) return '–'
  return dayPrecise
    ? html`${clock.moment(at)} <span class="quiet">(the day is known)</span>`
    : clock.moment(at)
}

function recordsSection({ records }: PersonExplanation, link: Link): Html {
  return html`<section id="records" aria-labelledby="records-title">
<h2 id="records-title">Records</h2>
<p class="small">What both CRMs hold of this person, and why it is one person.</p>
<ul class="records">${records.map(({ ref, kind, why, deleted }) => {
    const address = webAddress(link(ref) ?? '')
    const shown = address ? html`<a href="${address}" rel="noreferrer" target="_blank">${kind}</a>` : kind
    return html`<li><span class="name">${shown}</span>${deleted && html`<span class="state bad">deleted</span>`}<span class="sub">${why}</span></li>`
  })}</ul>
</section>`
}

import type { Ref } from '../../domain/facts.ts'
import type { DropReason } from '../../domain/handoff.ts'
import { DROPPED_WORDS } from '../../domain/neglect.ts'
import type { Instant } from '../../domain/time.ts'
import { DROP_REASONS, type Neglected, type NeglectQuestion } from '../../pipeline/neglect.ts'
import { neglectQuery } from '../questions.ts'
import { type Clock, count, duration, plural } from './format.ts'
import { type Html, html, type Piece } from './html.ts'
import { links } from './overdue.ts'

interface Shown {
  asOf: Instant
  clock: Clock
  link(ref: Ref): string | null
}

type Reason = NeglectQuestion['reason']

const address = (reason: Reason): string => `/dropped${neglectQuery({ reason, after: null })}`

/** The latest leads that nobody takes care of but could; the rest is a click away. */
export function droppedSection(neglect: Neglected, shown: Shown): Html {
  const { rows, counts, rule } = neglect
  const closed = counts.closed_without_attempt
  return html`<section id="dropped" aria-labelledby="dropped-title" data-live="dropped">
<h2 id="dropped-title">Dropped</h2>
<p class="small">Open leads without an owner for ${duration(rule.unownedMs)}, with an inactive owner, or with no activity for ${duration(rule.idleMs)}; the latest first.</p>
${rows.length === 0 ? html`<p class="none">No open lead is dropped.</p>` : table(rows, shown)}
<p class="pager"><span>${rows.length > 0 && `${count(rows.length)} of ${count(counts.open)}`}</span>${
    counts.open > rows.length && html`<a href="${address('open')}">Show all</a>`
  }${closed > 0 && html`<a href="${address('closed_without_attempt')}">${count(closed)} closed without an attempt</a>`}</p>
</section>`
}

/** All of them, page by page. */
export function droppedBody(neglect: Neglected, question: NeglectQuestion, shown: Shown): Html {
  const { rows, counts, next } = neglect
  const { reason, after } = question
  const total = reason === null ? counts.open + counts.closed_without_attempt : counts[reason]
  const first = after && html`<a href="${address(reason)}">Back to the first</a>`
  const more = next && html`<a href="/dropped${neglectQuery({ reason, after: next })}">Next</a>`
  return html`<header class="top"><a class="brand" href="/">Leadtime</a></header>
<main>
<section aria-labelledby="dropped-title">
<div class="head"><h1 class="title" id="dropped-title">Dropped</h1>${filter(counts, reason)}</div>
<p class="small">Leads that nobody takes care of, the latest first. As of ${shown.clock.full(shown.asOf)}.</p>
${rows.length === 0 ? html`<p class="none">None.</p>` : table(rows, shown)}
<p class="pager"><span>${count(rows.length)} of ${count(total)}</span>${first}${more}</p>
</section>
</main>`
}

function filter(counts: Neglected['counts'], chosen: Reason): Html {
  const option = (value: DropReason | 'open', words: string) =>
    html`<option value="${value}"${value === chosen && html` selected`}>${words} (${count(counts[value])})</option>`
  return html`<form class="filter" method="get" action="/dropped">
<label for="reason">Why</label>
<select id="reason" name="reason">
<option value="">Any reason</option>
${option('open', 'Still open')}
${DROP_REASONS.map(reason => option(reason, DROPPED_WORDS[reason]))}
</select>
<button type="submit">Show</button>
</form>`
}

const table = (rows: Neglected['rows'], shown: Shown): Html => html`<table class="cards">
<caption class="hidden">${plural(rows.length, 'dropped lead')}, the latest first</caption>
<thead><tr><th scope="col">Lead</th><th scope="col">For</th><th scope="col">Why</th><th scope="col">Owner</th><th scope="col">Source</th><th scope="col">Open in</th></tr></thead>
<tbody>
${rows.map(row => line(row, shown))}
</tbody></table>`

function line(lead: Neglected['rows'][number], { asOf, clock, link }: Shown): Html {
  const none = (words: string): Piece => html`<span class="quiet">${words}</span>`
  return html`<tr>
<th scope="row"><a class="name" href="/people/${lead.person}">${lead.name ?? 'No name'}</a><span class="sub">${lead.company}</span></th>
<td class="since">${duration(asOf - lead.since)}<span class="sub">since ${clock.moment(lead.since)}</span></td>
<td class="why">${DROPPED_WORDS[lead.reason]}</td>
<td data-label="Owner">${lead.owner?.name ?? none('nobody')}</td>
<td data-label="Source">${lead.source ?? none('(empty)')}</td>
<td class="links">${links(lead, link)}</td>
</tr>
`
}

import { parseRef, type Ref } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import { VENDOR_NAMES } from '../health.ts'
import { type OverdueFilter, query } from '../position.ts'
import type { OverdueLead, OverduePage } from '../views.ts'
import { type Clock, count, duration } from './format.ts'
import { type Html, html, type Piece, webAddress } from './html.ts'

export interface OverdueContext {
  filter: OverdueFilter
  asOf: Instant
  clock: Clock
  /** False on the first day, when nothing is overdue because there is nothing. */
  anyLead: boolean
  /** The page of a record in its CRM; null when that CRM is not connected. */
  link(ref: Ref): string | null
}

/** Who is overdue now, the longest first. The filter works without JavaScript; the list alone is refreshed. */
export function overdueSection(page: OverduePage, context: OverdueContext): Html {
  return html`<section id="overdue" aria-labelledby="overdue-title">
<div class="head"><h2 id="overdue-title">Overdue now</h2>${ownerFilter(page, context.filter)}</div>
<div data-live="overdue">${page.rows.length === 0 ? nobody(context) : list(page, context)}</div>
</section>`
}

function ownerFilter({ owners }: OverduePage, { owner }: OverdueFilter): Piece {
  if (owners.length === 0 && !owner) return null
  const options = owners.map(o => ({ value: o.ref ?? 'none', name: o.name, overdue: o.overdue }))
  if (owner && !options.some(o => o.value === owner)) {
    options.push({ value: owner, name: 'Selected owner', overdue: 0 })
  }
  return html`<form class="filter" method="get" action="/#overdue">
<label for="owner">Owner</label>
<select id="owner" name="owner" data-submit>
<option value="">Everyone</option>
${options.map(
  o =>
    html`<option value="${o.value}"${o.value === owner && html` selected`}>${o.name} (${count(o.overdue)})</option>`,
)}
</select>
<button type="submit">Show</button>
</form>`
}

function nobody({ filter: { owner, after }, anyLead }: OverdueContext): Html {
  if (after)
    return html`<p class="empty">No more. <a href="/${query({ owner, after: null })}#overdue">Back to the first</a></p>`
  if (owner)
    return html`<p class="empty">Nothing of theirs is overdue. <a href="/#overdue">Show everyone</a></p>`
  if (!anyLead)
    return html`<p class="empty">Nobody has become an MQL yet, as far as the CRMs have been read.</p>`
  return html`<p class="empty">Every lead has been followed up in time, or still has time.</p>`
}

function list(page: OverduePage, context: OverdueContext): Html {
  return html`<table class="cards">
<caption class="hidden">Leads overdue now, the longest first</caption>
<thead><tr><th scope="col">Lead</th><th scope="col">Overdue</th><th scope="col">Why</th><th scope="col">Owner</th><th scope="col">Source</th><th scope="col">Open in</th></tr></thead>
<tbody>
${page.rows.map(row => line(row, context))}
</tbody></table>
${pager(page, context.filter)}`
}

function line(lead: OverdueLead, { asOf, clock, link }: OverdueContext): Html {
  return html`<tr>
<th scope="row"><a class="name" href="/people/${lead.position.person}">${lead.name ?? 'No name'}</a><span class="sub">${lead.company}</span></th>
<td class="late"><strong>${duration(asOf - lead.due)}</strong><span class="sub">since ${clock.moment(lead.due)}</span></td>
<td class="why">${why(lead)}</td>
<td data-label="Owner">${lead.owner?.name ?? html`<span class="quiet">nobody</span>`}</td>
<td data-label="Source">${lead.source ?? html`<span class="quiet">(empty)</span>`}</td>
<td class="links">${links(lead, link)}</td>
</tr>
`
}

/** The words of the CRM without "Overdue since …: ", which stands in the column beside. */
export function why({ reason, promise }: Pick<OverdueLead, 'reason' | 'promise'>): string {
  const words = /^Overdue [^\n]*?: (.+)$/s.exec(reason ?? '')?.[1] ?? reason
  return words ? words.charAt(0).toUpperCase() + words.slice(1) : `Past due: ${promise.replaceAll('_', ' ')}`
}

/** One link a CRM: the newest kind of record that the person has there. */
export function links(lead: Pick<OverdueLead, 'name' | 'records'>, link: OverdueContext['link']): Html[] {
  const seen = new Set<string>()
  return lead.records.flatMap(ref => {
    const { vendor } = parseRef(ref)
    const address = webAddress(link(ref) ?? '')
    if (!address || seen.has(vendor)) return []
    seen.add(vendor)
    const who = lead.name ?? 'this lead'
    return html`<a href="${address}" rel="noreferrer" target="_blank" aria-label="${who} in ${VENDOR_NAMES[vendor]}">${VENDOR_NAMES[vendor]}</a> `
  })
}

function pager({ rows, next, total }: OverduePage, { owner, after }: OverdueFilter): Html {
  const more =
    next && html`<a href="/${query({ owner, after: next })}#overdue">Next ${count(rows.length)}</a>`
  const first = after && html`<a href="/${query({ owner, after: null })}#overdue">Back to the first</a>`
  return html`<p class="pager"><span>${count(rows.length)} of ${count(total)}</span>${first}${more}</p>`
}

import type { Instant } from '../../domain/time.ts'
import type { Figures, Overview } from '../views.ts'
import { trendChart } from './chart.ts'
import { count, monthName, percent } from './format.ts'
import { medianFollowUp } from './headline.ts'
import { type Html, html, type Piece } from './html.ts'
import { isMature } from './maturity.ts'

/** At most so many months are drawn, and so many rows shown before the rest folds away. */
const MONTHS = 18
const ROWS = 12

const SIZES = [
  { name: 'wide', width: 1040, height: 250 },
  { name: 'narrow', width: 358, height: 220 },
] as const

/** MQL→SQL per month as a chart, then everything per source and per rep. */
export async function conversionSection(view: Overview, now: Instant): Promise<Html> {
  const months = view.months.slice(-MONTHS)
  return html`<section id="conversion" aria-labelledby="conversion-title" data-live="conversion">
<h2 id="conversion-title">MQL to SQL by month</h2>
<p class="small">Of the people who became an MQL in a month, the share that has reached SQL so far. Months with fewer than ${view.minimumN} MQLs have no point.</p>
${months.length === 0 ? html`<p class="empty">No handoff yet.</p>` : await trend(months, view, now)}
</section>
${
  months.length > 0 &&
  html`${groups(
    'source',
    'By source',
    view,
    view.sources.map(s => ({ ...s, label: s.source ?? '(empty)' })),
  )}
${groups(
  'rep',
  'By rep',
  view,
  view.reps.map(r => ({ ...r, label: r.name })),
)}`
}`
}

async function trend(months: Overview['months'], view: Overview, now: Instant): Promise<Html> {
  const points = months.map(m => ({
    month: m.month,
    part: m.sql,
    whole: m.mql,
    mature: isMature(m.month, view.matureDays, now),
  }))
  const drawn = await Promise.all(
    SIZES.map(
      async size =>
        html`<div class="chart ${size.name}">${await trendChart(points, view.minimumN, size)}</div>`,
    ),
  )
  return html`<figure>${legend(view.matureDays)}${drawn}
<details id="months"><summary>The same as a table</summary>
<div class="scroll" tabindex="0" role="region" aria-label="MQL to SQL by month, table"><table>
<thead><tr><th scope="col">Month</th><th scope="col">MQLs</th><th scope="col">SQLs</th><th scope="col">Share</th><th scope="col">Complete</th></tr></thead>
<tbody>${points.map(
    p =>
      html`<tr><th scope="row">${monthName(p.month, true)}</th><td>${count(p.whole)}</td><td>${count(p.part)}</td><td>${share(p.part, p.whole, view.minimumN)}</td><td>${p.mature ? 'yes' : 'not yet'}</td></tr>`,
  )}</tbody></table></div></details></figure>`
}

/** The signs differ in shape, so they can be told apart without colour. */
const legend = (matureDays: number): Html => html`<ul class="legend">
<li><svg aria-hidden="true" viewBox="0 0 24 10"><path class="line" d="M0 5h24"/><circle class="dot-full" cx="12" cy="5" r="3.5"/></svg>complete</li>
<li><svg aria-hidden="true" viewBox="0 0 24 10"><path class="line open" d="M0 5h24"/><circle class="dot-open" cx="12" cy="5" r="3.5"/></svg>can still rise: younger than ${matureDays} days</li>
<li><svg aria-hidden="true" viewBox="0 0 24 10"><rect class="band" width="24" height="10" rx="2"/></svg>95\u00a0% interval</li>
</ul>`

const NONE = html`<span class="quiet" title="too few for a figure">–</span>`

const share = (part: number, whole: number, minimumN: number): Piece =>
  whole >= minimumN ? (percent(part, whole) ?? NONE) : NONE

function groups(
  id: string,
  title: string,
  { minimumN }: Overview,
  rows: readonly (Figures & { label: string })[],
): Html {
  const first = rows.slice(0, ROWS)
  const rest = rows.slice(ROWS)
  return html`<section aria-labelledby="${id}-title" data-live="${id}">
<h2 id="${id}-title">${title}</h2>
${table(title, first, minimumN)}
${
  rest.length > 0 &&
  html`<details id="${id}-rest"><summary>${count(rest.length)} more</summary>${table(`${title}, the rest`, rest, minimumN)}</details>`
}
</section>`
}

const table = (title: string, rows: readonly (Figures & { label: string })[], minimumN: number): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${title}, table"><table class="groups">
<thead><tr><th scope="col"><span class="hidden">Name</span></th><th scope="col">MQLs</th><th scope="col"><abbr title="First attempt within the promise, of those decided">On time</abbr></th><th scope="col"><abbr title="Median time from assignment to first attempt">Follow-up</abbr></th><th scope="col">SQLs</th><th scope="col">MQL to SQL</th><th scope="col">Won</th></tr></thead>
<tbody>
${rows.map(
  row => html`<tr><th scope="row">${row.label}</th><td>${count(row.mql)}</td><td>${onTime(row, minimumN)}</td><td>${
    medianFollowUp(row, minimumN) ?? NONE
  }</td><td>${count(row.sql)}</td><td>${share(row.sql, row.mql, minimumN)}</td><td>${count(row.won)}</td></tr>
`,
)}</tbody></table></div>`

/** A share with a bar as long as it; the bar says nothing that the number does not. */
function onTime({ onTime: { met, decided } }: Figures, minimumN: number): Piece {
  if (decided < minimumN || decided === 0) return NONE
  return html`<span class="meter"><svg aria-hidden="true" viewBox="0 0 100 4" preserveAspectRatio="none"><rect class="rail" width="100" height="4"/><rect class="fill" width="${((100 * met) / decided).toFixed(1)}" height="4"/></svg>${percent(met, decided)}</span>`
}

import { SPAN_LABELS } from '../../domain/delay.ts'
import { DAY } from '../../domain/time.ts'
import type { DelayGroup, DelayReport } from '../../pipeline/delays.ts'
import { count, duration, percent, plural } from './format.ts'
import { type Html, html, type Piece } from './html.ts'

/** What the systems took, span by span, and what the reps took, apart. */
export function delaySection({ all, sources, from, to }: DelayReport, minimumN: number): Html {
  const days = Math.round((to - from) / DAY)
  return html`<section id="delay" aria-labelledby="delay-title" data-live="delay">
<h2 id="delay-title">Delay by span</h2>
<p class="small">From the inquiry (the MQL without one) to the first owner, of the ${plural(all.system.n, 'MQL')} of the last ${count(days)} days that have got one; and from there to the first attempt, which is the rep’s. Elapsed, completed only.</p>
${
  all.system.n === 0
    ? html`<p class="none">No MQL of this time has got an owner yet.</p>`
    : html`${bar(all)}
${table(all, minimumN)}
${bySource(sources, minimumN)}`
}
</section>`
}

type Span = DelayGroup['spans'][number]

/** Which pattern of the drawing belongs to a span: its place on the way. */
const PLACES: Record<string, number> = {
  form: 1,
  marketing: 2,
  form_and_marketing: 2,
  connector: 3,
  routing: 4,
  connector_and_routing: 4,
}

/** Thinner where two spans are one. */
function piece({ span }: Span, x: number, width: number, height: number): Html {
  const [y, thick] = span.includes('_and_') ? [height / 4, height / 2] : [0, height]
  return html`<rect class="span-${PLACES[span]}" x="${x.toFixed(2)}%" y="${y}" width="${width.toFixed(2)}%" height="${thick}"/>`
}

/** A span's part of the whole; the drawing says nothing that the table does not. */
function bar({ spans }: DelayGroup): Html {
  let at = 0
  const drawn = spans.map(span => {
    const x = at
    at += span.share
    return piece(span, 100 * x, 100 * span.share, 14)
  })
  const words = spans.map(span => `${SPAN_LABELS[span.span]} ${percent(span.share, 1)}`).join(', ')
  return html`<svg class="spans" width="100%" height="14" role="img" aria-label="${words}">${drawn}</svg>
<ul class="legend">${spans.map(
    span =>
      html`<li><svg aria-hidden="true" viewBox="0 0 24 10">${piece(span, 0, 100, 10)}</svg>${SPAN_LABELS[span.span]} ${percent(span.share, 1)}</li>`,
  )}</ul>`
}

const NONE = html`<span class="quiet" title="too few for a figure">–</span>`

/** A length, where there are enough cases for one. */
const length = (n: number, ms: number | null, minimumN: number): Piece =>
  n < minimumN || ms === null ? NONE : duration(ms)

type Figures = DelayGroup['system']

function table({ spans, system, rep }: DelayGroup, minimumN: number): Html {
  const row = (label: string, { n, negative, mean, median, p90 }: Figures, kind = '') => html`<tr${
    kind && html` class="${kind}"`
  }><th scope="row">${label}${negative > 0 && html`<span class="sub">${plural(negative, 'attempt')} before the assignment left out</span>`}</th><td>${count(n)}</td>${[
    median,
    p90,
    mean,
  ].map(ms => html`<td>${length(n, ms, minimumN)}</td>`)}</tr>
`
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Delay by span, table"><table class="groups delays">
<thead><tr><th scope="col">Span</th><th scope="col">MQLs</th><th scope="col">Median</th><th scope="col">90\u00a0% within</th><th scope="col">Mean</th></tr></thead>
<tbody>
${spans.map(span => row(SPAN_LABELS[span.span], span))}${row('In all until the first owner', system, 'sum')}${row(SPAN_LABELS.rep, rep)}</tbody></table></div>`
}

const bySource = (sources: DelayReport['sources'], minimumN: number): Html =>
  html`<details id="delay-sources"><summary>By source</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Delay by source, table"><table>
<thead><tr><th scope="col">Source</th><th scope="col">MQLs</th><th scope="col">Until the first owner, median</th><th scope="col">To the first attempt, median</th></tr></thead>
<tbody>${sources.map(
    ({ source, system, rep }) =>
      html`<tr><th scope="row">${source ?? '(empty)'}</th><td>${count(system.n)}</td><td>${length(system.n, system.median, minimumN)}</td><td>${length(rep.n, rep.median, minimumN)}</td></tr>`,
  )}</tbody></table></div></details>`

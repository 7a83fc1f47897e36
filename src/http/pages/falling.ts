import type { Neglected } from '../../pipeline/neglect.ts'
import { query } from '../position.ts'
import { type Clock, count, duration, percent } from './format.ts'
import { type Html, html } from './html.ts'

/** Reps who leave too many of their leads without an attempt, the worst first. */
export function fallingSection({ falling, rule }: Neglected, clock: Clock): Html {
  const window = duration(rule.windowMs)
  return html`<section id="falling" aria-labelledby="falling-title" data-live="falling">
<h2 id="falling-title">Falling behind</h2>
<p class="small">Reps who have not tried more than ${percent(rule.limit, 1)} of the leads whose first attempt fell due in the last ${window}; at least ${count(rule.minimumDue)} due.</p>
${falling.length === 0 ? html`<p class="none">Nobody is falling behind.</p>` : list({ falling }, clock)}
</section>`
}

const list = ({ falling }: Pick<Neglected, 'falling'>, clock: Clock): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="Falling behind, table"><table class="falling">
<thead><tr><th scope="col">Rep</th><th scope="col">Due</th><th scope="col">No attempt</th><th scope="col">Share</th><th scope="col">Since</th></tr></thead>
<tbody>
${falling.map(
  ({ rep, name, due, without, share, since }) =>
    html`<tr><th scope="row"><a href="/${query({ owner: rep, after: null })}#overdue">${name}</a></th><td>${count(due)}</td><td>${count(without)}</td><td class="late"><strong>${percent(share, 1)}</strong></td><td>${clock.moment(since)}</td></tr>
`,
)}</tbody></table></div>`

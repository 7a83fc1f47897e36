import { HOUR, type Instant } from '../../domain/time.ts'
import type { Figures, Overview } from '../views.ts'
import { type Clock, count, duration, percent, plural } from './format.ts'
import { type Html, html } from './html.ts'
import { wilson } from './interval.ts'

/** The three numbers, each with what it means and how fresh it is. */
export function headline(view: Overview, asOf: Instant, clock: Clock): Html {
  return html`<section class="headline" data-live="headline" aria-label="At a glance">
${overdue(view, asOf, clock)}
${followUp(view)}
${conversion(view)}
</section>`
}

function overdue(view: Overview, asOf: Instant, clock: Clock): Html {
  const none = view.overdue === 0
  return html`<div class="lead figure${none ? '' : ' bad'}">
<h1 data-overdue="${view.overdue}"><span class="big">${none ? 'No' : count(view.overdue)}</span> ${view.overdue === 1 ? 'lead is' : 'leads are'} overdue</h1>
<p class="of">of ${count(view.open)} open</p>
<p class="small">Open leads with a promise past its due time. As of ${clock.full(asOf)}.</p>
</div>`
}

function followUp({ all, minimumN }: Overview): Html {
  const { n, negative, median, p90 } = all.followUpHours
  const early = negative > 0 && html` ${plural(negative, 'attempt')} before the assignment left out.`
  const enough = n >= minimumN && median !== null && p90 !== null
  return html`<div class="figure">
<h2>Follow-up time</h2>
${
  enough
    ? html`<p class="big">${withUnit(hours(median))}</p><p class="of">median; 90\u00a0% within ${hours(p90)}</p>`
    : html`<p class="big">${count(n)}</p><p class="of">followed up; too few for a median</p>`
}
<p class="small">From a salesperson owning the lead to the first attempt, elapsed. Completed only, n\u00a0=\u00a0${count(n)}.${early}</p>
</div>`
}

function conversion({ all, minimumN }: Overview): Html {
  const ends = wilson(all.sql, all.mql)
  const enough = all.mql >= minimumN && ends !== null
  return html`<div class="figure">
<h2>MQL to SQL</h2>
${
  enough
    ? html`<p class="big">${withUnit(percent(all.sql, all.mql) ?? '')}</p><p class="of">${count(all.sql)} of ${count(all.mql)} MQLs</p>`
    : html`<p class="big">${count(all.sql)}</p><p class="of">of ${plural(all.mql, 'MQL')}; too few for a share</p>`
}
<p class="small">MQLs that have reached SQL so far, all months.${
    enough &&
    html` 95\u00a0% interval ${percent(ends.low, 1)} to ${percent(ends.high, 1)}; recent ones still have time.`
  }</p>
</div>`
}

/** `5.4 h` with the unit set smaller. */
function withUnit(figure: string): Html {
  const [number, unit] = figure.split('\u00a0')
  return html`${number}<span class="unit">\u00a0${unit}</span>`
}

const hours = (value: number): string => duration(value * HOUR)

/** Median follow-up of a group for a table cell: a value, or nothing when there are too few. */
export const medianFollowUp = ({ followUpHours }: Figures, minimumN: number): string | null =>
  followUpHours.median !== null && followUpHours.n >= minimumN ? hours(followUpHours.median) : null

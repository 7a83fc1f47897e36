import type { ToldHappening } from '../../domain/explain.ts'
import type { Ref } from '../../domain/facts.ts'
import { kindOfRecord } from '../../domain/wording.ts'
import { pageOf } from '../../pipeline/answer.ts'
import { type Clock, plural } from './format.ts'
import { type Html, html, webAddress } from './html.ts'

/** More than this many are folded, but for the latest. */
const SHOWN = 60

type Link = (ref: Ref) => string | null

/** Everything known of a person, oldest first. */
export function timelineSection(
  timeline: readonly ToldHappening[],
  clock: Clock,
  zone: string,
  link: Link,
): Html {
  const list = (part: readonly ToldHappening[]) =>
    html`<ol class="timeline">${part.map(one => happening(one, clock, link))}</ol>`
  const older = timeline.slice(0, -SHOWN)
  return html`<section id="timeline" aria-labelledby="timeline-title">
<h2 id="timeline-title">Timeline</h2>
<p class="small">When it happened, by the CRMs’ own stamps. Times in ${zone}.</p>
${older.length > 0 && html`<details id="older"><summary>${plural(older.length, 'earlier event')}</summary>${list(older)}</details>`}
${list(timeline.slice(-SHOWN))}
</section>`
}

function happening(one: ToldHappening, clock: Clock, link: Link): Html {
  const { at, dayPrecise, future, words, by, note, marks, counts } = one
  const page = pageOf(one)
  const address = webAddress(link(page) ?? '')
  const counted = [counts?.attempt && 'an attempt', counts?.contact && 'a contact']
    .filter(Boolean)
    .join(' and ')
  const asides = [
    counted && `counts as ${counted}`,
    note,
    dayPrecise && 'only the day is known',
    future && 'has not happened yet',
  ].filter(Boolean)
  const record = kindOfRecord(one.record)
  return html`<li${marks.length > 0 && html` class="key"`}>
<span class="at">${clock.moment(at)}</span>
<span class="what">${words}${by && html` <span class="quiet">by ${by.name}</span>`}${marks.map(mark => html` <span class="mark">${mark}</span>`)}${asides.length > 0 && html`<span class="sub">${asides.join('; ')}</span>`}</span>
<span class="from">${address ? html`<a href="${address}" rel="noreferrer" target="_blank">${record}</a>` : record}</span>
</li>
`
}

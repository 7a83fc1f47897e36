import type { ExplainedHandoff, ExplainedPromise } from '../../domain/explain.ts'
import type { CountedInterval } from '../../domain/intervals.ts'
import type { Instant } from '../../domain/time.ts'
import { leftOutWords, lengthWords } from '../../domain/wording.ts'
import { type Clock, clockOf, plural } from './format.ts'
import { type Html, html } from './html.ts'

const STATES: Record<ExplainedPromise['state'], { words: string; tone: '' | ' good' | ' bad' }> = {
  not_started: { words: 'not started', tone: '' },
  running: { words: 'running', tone: '' },
  due_soon: { words: 'due soon', tone: '' },
  overdue: { words: 'overdue', tone: ' bad' },
  met: { words: 'kept in time', tone: ' good' },
  met_late: { words: 'kept late', tone: ' bad' },
  missed: { words: 'missed', tone: ' bad' },
  excused: { words: 'excused', tone: '' },
  void: { words: 'void', tone: '' },
}

/** Each promise with what was counted drawn against its due time. */
export const promiseBars = (
  { promises, number, endedAt }: ExplainedHandoff,
  asOf: Instant,
  clock: Clock,
): Html =>
  html`<div class="promises">${promises.map(one => promise(one, `${number}-${one.name}`, endedAt ?? asOf, clock))}</div>`

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)

function promise(one: ExplainedPromise, id: string, end: Instant, clock: Clock): Html {
  const { name, state, words, agreed, kind, countedMs, pausedMs, dueMs } = one
  const { words: said, tone } = STATES[state]
  const limit = dueMs === null ? '' : ` of ${lengthWords(dueMs, kind)}`
  const paused = pausedMs ? `, ${lengthWords(pausedMs, kind)} paused` : ''
  const counted =
    countedMs === null ? 'nothing counted yet' : `${lengthWords(countedMs, kind)}${limit}${paused}`
  return html`<article class="promise" aria-labelledby="p-${id}">
<h3 id="p-${id}">${capital(name.replaceAll('_', ' '))} <span class="state${tone}">${said}</span><span class="counted">${counted}</span></h3>
${bar(one, end, clock)}
<p>${words}</p>
<p class="small">${capital(agreed)}.</p>
${one.intervals.length > 0 && counting(one, id, clock)}
</article>`
}

/** Shares of the axis in percent, two decimals. */
const share = (part: number, whole: number): string => `${Math.round((10_000 * part) / whole) / 100}%`

/** The axis runs from the start of the clock to its due time or to where it stands, whichever is later. */
function bar(
  { from, until, warnAt, dueAt, state, intervals }: ExplainedPromise,
  end: Instant,
  clock: Clock,
): Html | null {
  if (from === null || dueAt === null) return null
  const stands = until ?? end
  const [first, last] = [Math.min(from, stands), Math.max(dueAt, stands, from + 1)]
  const x = (at: Instant) => share(at - first, last - first)
  const label = `Started ${words(from)}, due ${words(dueAt)}, ${until === null ? 'counted until' : 'kept'} ${words(stands)}`
  const right = dueAt - first > (last - first) / 2
  return html`<svg class="bar" width="100%" height="34" role="img" aria-label="${label}"><rect class="rail" x="0" y="0" width="100%" height="10" rx="3"/>${pieces(
    intervals,
    dueAt,
    state,
  ).map(
    ({ from: start, to, tone }) =>
      html`<rect class="${tone}" x="${x(start)}" y="0" width="${share(to - start, last - first)}" height="10"/>`,
  )}${warnAt !== null && html`<rect class="warn" x="${x(warnAt)}" y="0" width="1" height="10"/>`}<svg class="tick" x="${x(dueAt)}" y="0" overflow="visible"><rect class="due" x="${right ? -2 : 0}" y="-3" width="2" height="16"/><text x="0" y="28" text-anchor="${right ? 'end' : 'start'}">due ${words(dueAt)}</text></svg></svg>`

  function words(at: Instant): string {
    return String(clock.moment(at)).replace(/<[^>]+>/g, '')
  }
}

/** Cut at the due time: what was counted after it is late. What was left out is drawn as time that stood still. */
function pieces(intervals: readonly CountedInterval[], dueAt: Instant, state: ExplainedPromise['state']) {
  return intervals.flatMap(({ from, to, leftOut }) => {
    const cut = Math.min(Math.max(dueAt, from), to)
    if (leftOut) return [{ from, to, tone: 'still' }]
    return [
      { from, to: cut, tone: 'fill' },
      { from: cut, to, tone: state === 'void' ? 'fill' : 'late' },
    ].filter(piece => piece.from < piece.to)
  })
}

function counting({ name, intervals, kind, countedMs }: ExplainedPromise, id: string, clock: Clock): Html {
  return html`<details id="c-${id}"><summary>What was counted: ${plural(intervals.length, 'interval')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Counted for ${name.replaceAll('_', ' ')}, handoff ${id.split('-')[0]}"><table class="intervals"><thead><tr><th scope="col">From</th><th scope="col">To</th><th scope="col">Counted</th><th scope="col">Owned by</th></tr></thead><tbody>
${intervals.map(one => {
  const local = one.zone === null ? clock : zoned(one.zone)
  const calendar = one.zone !== null && html`<span class="sub">Calendar ${one.calendar}, ${one.zone}</span>`
  const said = one.leftOut
    ? html`not counted<span class="sub">${lengthWords(one.leftOut.ms, kind)}, ${leftOutWords(one.leftOut)}</span>`
    : lengthWords(one.countedMs, kind)
  return html`<tr${one.leftOut && html` class="quiet"`}><td>${local.moment(one.from)}</td><td>${local.moment(one.to)}</td><td>${said}</td><td>${one.owner?.name ?? 'nobody'}${calendar}</td></tr>`
})}
</tbody><tfoot><tr><th scope="row" colspan="2">In all</th><td>${lengthWords(countedMs ?? 0, kind)}</td><td></td></tr></tfoot></table></div></details>`
}

const clocks = new Map<string, Clock>()

function zoned(zone: string): Clock {
  const clock = clocks.get(zone) ?? clockOf(zone)
  clocks.set(zone, clock)
  return clock
}

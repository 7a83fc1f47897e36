import { type DelaySpan, SPAN_LABELS } from '../domain/delay.ts'
import type { ExplainedHandoff, ExplainedPromise, ToldHappening } from '../domain/explain.ts'
import type { Ref } from '../domain/facts.ts'
import type { CountedInterval } from '../domain/intervals.ts'
import type { Instant } from '../domain/time.ts'
import { kindOfRecord, leftOutWords, lengthWords } from '../domain/wording.ts'
import { localWords, type Zone, zoneOf } from '../domain/zone.ts'
import { pageOf } from '../pipeline/answer.ts'
import type { PersonExplanation } from '../pipeline/explain.ts'

const WIDTH = 100

type Link = (ref: Ref) => string | null

/** The present, or a past instant judged from what was known then or, in hindsight, from what is known now. */
type View = 'now' | 'past' | 'hindsight'

function pastLines(view: View, at: string): string[] {
  if (view === 'now') return []
  const said = view === 'past' ? 'As it stood on' : 'As judged on'
  return wrap(`${said} ${at}, from what ${view === 'past' ? 'was known then' : 'is known now'}.`, 0)
}

/** An explanation in plain words, at most 100 columns wide but for addresses. */
export function explanationText(told: PersonExplanation, link: Link, view: View): string {
  const { name, company, email, person, handoffs, timeline, summary, records } = told
  const listed = new Set(records.map(record => record.ref))
  const zone = zoneOf(handoffs.at(-1)?.zone ?? 'UTC')
  const lines = [
    [name ?? 'No name', company, email, `person ${person}`].filter(Boolean).join(' · '),
    ...pastLines(view, `${localWords(told.asOf, zone)} (${zone.name})`),
    ...wrap(summary, 0),
    '',
    'Records, and why they are one person',
    ...records.flatMap(({ kind, why, ref, deleted }) => [
      ...wrap(`${kind}${deleted ? ', deleted' : ''}: ${why}`, 2),
      `    ${link(ref) ?? ref}`,
    ]),
    ...handoffs.flatMap(handoff => handoffLines(handoff, view === 'now' ? 'now' : 'then')),
    '',
    `What happened (times in ${zone.name})`,
    ...timeline.flatMap(happening =>
      happeningLines(happening, zone, ref => (listed.has(ref) ? null : link(ref))),
    ),
  ]
  return `${lines.join('\n')}\n`
}

/** @param present what to call the instant of the explanation */
function handoffLines(handoff: ExplainedHandoff, present: string): string[] {
  const { number, outcome, endedAt, owner, policy, milestones, owners, promises } = handoff
  const { source, campaign, segment, score } = handoff
  const zone = zoneOf(handoff.zone)
  const ended = endedAt === null ? 'open' : `ended as ${outcome} on ${localWords(endedAt, zone)}`
  const where = [
    source && `source ${source}`,
    campaign && `campaign ${campaign}`,
    segment && `segment ${segment}`,
    score !== null && `score ${score}`,
  ]
  const from = where.filter(Boolean).join(', ')
  const about = [`owner ${owner?.name ?? 'nobody'}`, from, `policy ${policy.name}`, `times in ${zone.name}`]
  return [
    '',
    `Handoff ${number}, ${ended}`,
    ...wrap(about.filter(Boolean).join(' · '), 2),
    ...milestones.flatMap(({ label, at, dayPrecise, why }) =>
      columns([label, at === null ? '–' : when(at, zone, dayPrecise), why], [22, 23], 2),
    ),
    ...owners.map(
      ({ from, to, owner: who }) => `  ${span(from, to, zone, present)}  owned by ${who?.name ?? 'nobody'}`,
    ),
    ...delayLines(handoff),
    ...(handoff.dropped ? ['', ...wrap(handoff.dropped.words, 2)] : []),
    ...promises.flatMap(promise => promiseLines(promise, zone)),
  ]
}

function delayLines({ delays: { system, systemMs, rep } }: ExplainedHandoff): string[] {
  const line = (label: string, ms: number, note = '') =>
    `  ${label.padEnd(30)}${lengthWords(ms, 'elapsed')}${note}`
  const spanLine = ({ name, ms, running }: DelaySpan) => line(SPAN_LABELS[name], ms, running ? ' so far' : '')
  const sum = system.length > 1 ? [line('In all until the first owner', systemMs)] : []
  return ['', ...system.map(spanLine), ...sum, ...(rep ? [spanLine(rep)] : [])]
}

export const STATES: Record<ExplainedPromise['state'], string> = {
  not_started: 'not started',
  running: 'running',
  due_soon: 'due soon',
  overdue: 'OVERDUE',
  met: 'kept in time',
  met_late: 'kept late',
  missed: 'missed',
  excused: 'excused',
  void: 'void',
}

function promiseLines(promise: ExplainedPromise, zone: Zone): string[] {
  const { name, tier, state, words, agreed, countedMs, kind, intervals } = promise
  const counted = countedMs === null ? 'nothing yet' : lengthWords(countedMs, kind)
  return [
    '',
    `  Promise ${name} (${tier}): ${STATES[state]}`,
    ...wrap(words, 4),
    ...wrap(`Agreed: ${agreed}. Counted: ${counted}${intervals.length > 0 ? ', namely' : ''}`, 4),
    ...shortened(intervals).flatMap(one => (typeof one === 'string' ? [one] : pieceLines(one, kind, zone))),
  ]
}

function pieceLines(
  { from, to, owner, calendar, zone, countedMs, leftOut }: CountedInterval,
  kind: 'elapsed' | 'working',
  local: Zone,
): string[] {
  const named = calendar === null || calendar === 'default' ? '' : `, ${calendar}`
  const where = zone === null ? '' : `${named}, ${zone}`
  const why = leftOut ? `; ${lengthWords(leftOut.ms, kind)} not counted, ${leftOutWords(leftOut)}` : ''
  const when = span(from, to, zone === null ? local : zoneOf(zone))
  const whose = `${owner?.name ?? 'nobody'}${where}${why}`
  return columns([when, leftOut ? '–' : lengthWords(countedMs, kind), whose], [49, 12], 6)
}

/** A long list is cut in the middle; --json has all of it. */
function shortened(intervals: readonly CountedInterval[]): (CountedInterval | string)[] {
  if (intervals.length <= 14) return [...intervals]
  const rest = `      … ${intervals.length - 12} more, in --json …`
  return [...intervals.slice(0, 6), rest, ...intervals.slice(-6)]
}

function happeningLines(happening: ToldHappening, zone: Zone, link: Link): string[] {
  const { at, dayPrecise, words, by, note, marks, counts, future, record } = happening
  const counted = [counts?.attempt && 'an attempt', counts?.contact && 'a contact']
    .filter(Boolean)
    .join(' and ')
  const asides = [
    marks.join(', '),
    counted && `counts as ${counted}`,
    note,
    future && 'has not happened yet',
  ].filter(Boolean)
  const said = `${words}${by ? `, by ${by.name}` : ''}${asides.length > 0 ? ` [${asides.join('; ')}]` : ''}`
  const page = link(pageOf(happening))
  return [
    ...columns([when(at, zone, dayPrecise), `${said} (${kindOfRecord(record)})`], [23], 2),
    ...(page ? [`${' '.repeat(25)}${page}`] : []),
  ]
}

function when(at: Instant, zone: Zone, dayPrecise: boolean): string {
  const words = localWords(at, zone)
  return dayPrecise ? words.slice(0, -6) : words
}

const span = (from: Instant, to: Instant | null, zone: Zone, present = 'now'): string =>
  `${localWords(from, zone)} – ${to === null ? present : localWords(to, zone)}`.padEnd(47)

/** Cells side by side; the last one wraps below itself. */
function columns(cells: readonly string[], widths: readonly number[], indent: number): string[] {
  const before = cells.slice(0, -1).map((cell, index) => cell.padEnd(widths[index]!))
  const head = `${' '.repeat(indent)}${before.join('')}`
  const [first = '', ...more] = wrap(cells.at(-1)!, head.length)
  return [head + first.trimStart(), ...more]
}

/** Breaks a text at blanks into lines with this indent. A word longer than a line stays whole. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/)) {
    if (line && indent + line.length + 1 + word.length > WIDTH) {
      lines.push(line)
      line = word
    } else line = line ? `${line} ${word}` : word
  }
  return [...lines, line].map(one => ' '.repeat(indent) + one)
}

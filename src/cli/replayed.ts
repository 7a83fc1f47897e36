import { dateOf } from '../domain/moment.ts'
import type { Dimension, Pair, Tallies, VerdictChange } from '../domain/replay.ts'
import { dueIn, inState, type Tally } from '../domain/tally.ts'
import { type Instant, MINUTE } from '../domain/time.ts'
import { lengthWords } from '../domain/wording.ts'
import { localWords, zoneOf } from '../domain/zone.ts'
import type { Question } from '../pipeline/compare.ts'
import type { Replay } from '../pipeline/replay.ts'
import { figuresOf, nameOf, reasonsOf } from '../pipeline/replay-answer.ts'
import { STATES } from './explanation.ts'
import { table } from './table.ts'

const GROUPS = 10
const CHANGES = 20

/** A replay for somebody who wants to know at once what changes, by how much, and for whom. */
export function replayText({ comparison, directory }: Replay, question: Question, file: string): string {
  const { handoffs, changed, changes, promises, overdue, only, groups, whys, first } = comparison
  const zone = question.versions[0]!.timezone
  const when = (at: Instant) => momentWords(at, zone)
  const reasons = reasonsOf(whys)
  const minimum = question.policy.minimumN
  const lines = [
    `Handoffs from ${when(question.from)} to ${when(question.to)} (${zone}), as of ${localWords(question.asOf, zoneOf(zone))}:`,
    `as agreed (${question.versions.map(({ name }) => name).join(', ')}) → under ${file}`,
    '',
    ...(changes === 0 ? ['Nothing changes.', ''] : []),
    ...table([
      ['handoffs', shift(handoffs, many), lost(only)],
      ['with another verdict', many(changed), ''],
      ['overdue now', shift(overdue, many), ''],
    ]),
    '',
    ...table([HEAD, ...[...promises].map(([name, pair]) => [name, ...cells(pair, minimum)])]),
    ...(reasons.length > 0 ? ['', 'Why'] : []),
    ...table(
      reasons.slice(0, GROUPS).map(({ promise, why, n }) => [many(n), promise ?? 'handoff', why]),
      ['right'],
    ),
    ...more(reasons.length - GROUPS),
    ...groupLines('By rep, the most changed first', 'rep', groups, minimum, rep => nameOf(rep, directory)),
    ...groupLines('By source, the most changed first', 'source', groups, minimum, source => source),
    ...whoLines(first, changes),
  ]
  return `${lines.join('\n')}\n`
}

const many = (n: number): string => n.toLocaleString('en')

const HEAD = ['', 'kept in time', 'overdue now', 'late or missed', 'median to keep it']

/** `72 → 118 (+46)`, or only what stays. */
function shift({ before, after }: Pair<number>, words: (n: number) => string): string {
  if (before === after) return words(after)
  const sign = after > before ? '+' : '−'
  return `${words(before)} → ${words(after)} (${sign}${words(Math.abs(after - before))})`
}

function lost({ before, after }: Pair<number>): string {
  const said = [before > 0 && `${many(before)} no longer one`, after > 0 && `${many(after)} new`]
  return said.filter(Boolean).join(', ')
}

/** Compliance, overdue, late or missed, median; each before → after. */
function cells({ before, after }: Pair<Tally>, minimum: number): string[] {
  const of = (count: (tally: Tally) => number) => ({ before: count(before), after: count(after) })
  return [
    complianceWords(before, after, minimum),
    shift(
      of(tally => inState(tally, 'overdue')),
      many,
    ),
    shift(
      of(tally => inState(tally, 'met_late', 'missed')),
      many,
    ),
    medianWords(before, after, minimum),
  ]
}

function complianceWords(before: Tally, after: Tally, minimum: number): string {
  const [was, is] = [figuresOf(before, minimum).compliance, figuresOf(after, minimum).compliance]
  if (was !== null && is !== null) {
    const [from, to] = [Math.round(was * 100), Math.round(is * 100)]
    return shift({ before: from, after: to }, n => `${n} %`).replace(/ %\)$/, ')')
  }
  const words = (tally: Tally, share: number | null) => {
    if (share !== null) return `${Math.round(share * 100)} %`
    if (Object.keys(tally.states).length === 0) return 'not promised'
    return `${many(inState(tally, 'met'))} of ${many(dueIn(tally))}`
  }
  return unlessSame(words(before, was), words(after, is))
}

function medianWords(before: Tally, after: Tally, minimum: number): string {
  const words = (tally: Tally) => {
    const { elapsed, working } = figuresOf(tally, minimum).medianMinutes
    const said = [
      elapsed === null ? null : lengthWords(elapsed * MINUTE, 'elapsed'),
      working === null ? null : `${lengthWords(working * MINUTE, 'working')} of work`,
    ]
    return said.filter(one => one !== null).join(', ') || '–'
  }
  return unlessSame(words(before), words(after))
}

const unlessSame = (before: string, after: string): string =>
  before === after ? after : `${before} → ${after}`

/** Those whose figures move, and the promises on which they do. */
function groupLines(
  title: string,
  dimension: Dimension,
  groups: Record<Dimension, ReadonlyMap<string, Tallies>>,
  minimum: number,
  name: (value: string) => string,
): string[] {
  const moved = [...groups[dimension]]
    .flatMap(([value, tallies]) =>
      [...tallies].map(([promise, pair]) => ({ value, promise, pair, by: moves(pair) })),
    )
    .filter(({ by }) => by > 0)
    .sort((a, b) => b.by - a.by || (name(a.value) < name(b.value) ? -1 : 1))
  if (moved.length === 0) return []
  const rows = moved
    .slice(0, GROUPS)
    .map(({ value, promise, pair }) => [name(value), promise, ...cells(pair, minimum).slice(0, 3)])
  return ['', title, ...table([['', ...HEAD.slice(0, 4)], ...rows]), ...more(moved.length - GROUPS)]
}

/** How many verdicts are in another state than before, at the least. */
function moves({ before, after }: Pair<Tally>): number {
  const states = Object.keys({ ...before.states, ...after.states }) as (keyof Tally['states'])[]
  return states.reduce((sum, state) => sum + Math.abs(inState(after, state) - inState(before, state)), 0)
}

const more = (left: number): string[] => (left > 0 ? [`  … ${many(left)} more, in --json`] : [])

/** The first who get another verdict; a promise that came or went as a whole would drown them. */
function whoLines(first: readonly VerdictChange[], changes: number): string[] {
  const shown = first
    .filter(({ promise, state }) => promise === null || (state.before !== null && state.after !== null))
    .slice(0, CHANGES)
  if (shown.length === 0) return []
  const rows = shown.map(({ person, handoff, promise, state, why }) => [
    `person ${person}`,
    `handoff ${handoff.after ?? handoff.before}`,
    promise ?? '',
    promise === null ? '' : `${STATES[state.before!]} → ${STATES[state.after!]}`,
    why,
  ])
  const rest = changes > shown.length ? `, for example (--changes FILE: all ${many(changes)} changes)` : ''
  return ['', `Who${rest}`, ...table(rows), '', 'leadtime explain person:N tells the rest about one of them.']
}

/** A date where the instant is the start of one. */
function momentWords(at: Instant, zone: string): string {
  const words = localWords(at, zoneOf(zone))
  return words.endsWith('00:00') ? dateOf(at, zone) : words
}

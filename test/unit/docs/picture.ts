import type { ExplainedPromise } from '../../../src/domain/explain.ts'
import type { CountedInterval } from '../../../src/domain/intervals.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { leftOutWords, lengthWords } from '../../../src/domain/wording.ts'
import { localWords, type Zone } from '../../../src/domain/zone.ts'

/** A point of the line of time: `◆due`. */
interface Mark {
  at: Instant
  label: string
}

/** How much time a column is, and how far apart the hours written above are (0: days only). */
const SCALES = [
  { column: 5 * MINUTE, hours: 1 },
  { column: 15 * MINUTE, hours: 2 },
  { column: 30 * MINUTE, hours: 3 },
  { column: HOUR, hours: 6 },
  { column: 2 * HOUR, hours: 12 },
  { column: 4 * HOUR, hours: 0 },
  { column: 8 * HOUR, hours: 0 },
  { column: DAY, hours: 0 },
]
const COLUMNS = 68
const WIDTH = 80

/** Columns of local time from one instant on. */
interface Axis {
  begin: Instant
  column: number
  hours: number
  count: number
  zone: Zone
}

/** `Mon 23 Nov 22:40`, with seconds and what is smaller where there are any. */
export function shortWords(at: Instant, zone: Zone): string {
  const [weekday, day, month, , clock] = localWords(at, zone).split(' ')
  const rest = at % MINUTE
  return `${weekday} ${day} ${month} ${clock}${rest ? `:${(rest / 1_000).toFixed(3).padStart(6, '0')}` : ''}`
}

/** What is drawn below the line of time. */
export interface Marks {
  named: readonly Mark[]
  /** Attempts, where a promise asks for so many. */
  attempts: readonly Instant[]
}

/** A promise as a line of local time, and each piece of time below it, exactly. Nothing has started: nothing to draw. */
export function pictureOf(promise: ExplainedPromise, { named, attempts }: Marks, zone: Zone): string[] {
  const { intervals } = promise
  if (promise.from === null) return []
  const instants = [...attempts, ...named.map(({ at }) => at)]
  const axis = axisOf(instants, zone)
  const tries = attempts.length > 0 ? [attemptsOn(axis, attempts)] : []
  const pieces = intervals.flatMap(one => pieceOf(one, zone))
  return [...scaleOf(axis), bar(axis, intervals), ...tries, ...marksOn(axis, named), '', ...pieces]
}

function axisOf(instants: readonly Instant[], zone: Zone): Axis {
  const [first, last] = [Math.min(...instants), Math.max(...instants)]
  for (const { column, hours } of SCALES) {
    const offset = zone.offset(first)
    const begin = Math.floor((first + offset) / column) * column - offset
    const count = Math.floor((last - begin) / column) + 1
    if (count <= COLUMNS) return { begin, column, hours, count, zone }
  }
  throw new Error('a story too long for a picture')
}

/** Days, and hours below them. */
function scaleOf(axis: Axis): string[] {
  const narrow = DAY / axis.column < 11
  const day = (at: Instant) =>
    localWords(at, axis.zone)
      .split(' ')
      .slice(0, narrow ? 1 : 3)
      .join(' ')
  const midnights = turns(axis, DAY, day)
  const days = written(axis, [...firstDay(axis, midnights[0]?.at, day(axis.begin)), ...midnights])
  const clock = (at: Instant) => localWords(at, axis.zone).slice(-5)
  return axis.hours === 0 ? [days] : [days, written(axis, turns(axis, axis.hours * HOUR, clock))]
}

/** The day of the first column, as far as there is room before the next. */
function firstDay({ begin, column }: Axis, midnight: Instant | undefined, label: string): Mark[] {
  const room = midnight === undefined ? COLUMNS : (midnight - begin) / column
  if (room > label.length) return [{ at: begin, label }]
  return room > 3 ? [{ at: begin, label: label.slice(0, 3) }] : []
}

/** The columns in which a local time that is a multiple of `step` begins. */
function turns({ begin, column, count, zone }: Axis, step: number, label: (at: Instant) => string): Mark[] {
  const local = (at: Instant) => at + zone.offset(at)
  return Array.from({ length: count }, (_, index) => begin + index * column).flatMap(at => {
    const turn = Math.floor(local(at + column - 1) / step) * step
    return turn > local(at - 1) ? [{ at, label: label(turn - zone.offset(at + column - 1)) }] : []
  })
}

/** Labels where there is room for them. */
function written({ begin, column }: Axis, labels: readonly Mark[]): string {
  let line = ''
  for (const { at, label } of labels) {
    const place = Math.floor((at - begin) / column)
    if (line === '' || place > line.length) line = line.padEnd(place) + label
  }
  return line
}

function bar({ begin, column, count }: Axis, intervals: readonly CountedInterval[]): string {
  const [first, last] = [intervals[0]?.from ?? 0, intervals.at(-1)?.to ?? 0]
  const cell = (at: Instant) => {
    const share = (some: readonly CountedInterval[]) =>
      some.reduce(
        (sum, { from, to }) => sum + Math.max(0, Math.min(to, at + column) - Math.max(from, at)),
        0,
      ) / column
    if (share(intervals.filter(one => !one.leftOut)) >= 0.5) return '█'
    if (share(intervals.filter(one => one.leftOut)) >= 0.5) return '░'
    return at >= first && at < last ? '·' : ' '
  }
  return Array.from({ length: count }, (_, index) => cell(begin + index * column))
    .join('')
    .trimEnd()
}

function attemptsOn({ begin, column }: Axis, attempts: readonly Instant[]): string {
  const places = attempts.map(at => Math.floor((at - begin) / column))
  return Array.from({ length: Math.max(...places) + 1 }, (_, place) =>
    places.includes(place) ? '+' : ' ',
  ).join('')
}

/** Each mark below the column it lies in, on as many lines as it takes. */
function marksOn({ begin, column }: Axis, marks: readonly Mark[]): string[] {
  const lines: string[] = []
  for (const { at, label } of marks.toSorted((a, b) => a.at - b.at)) {
    const place = Math.floor((at - begin) / column)
    const free = lines.findIndex(line => line.length < place)
    const line = free < 0 ? lines.length : free
    lines[line] = (lines[line] ?? '').padEnd(place) + label
  }
  return lines
}

function pieceOf(interval: CountedInterval, zone: Zone): string[] {
  const { from, to, owner, calendar, countedMs, leftOut } = interval
  const length = lengthWords(leftOut?.ms ?? countedMs, calendar === null ? 'elapsed' : 'working')
  const span = `${shortWords(from, zone)} – ${shortWords(to, zone)}`
  const start = `${leftOut ? '░' : '█'} ${span.padEnd(35)} ${length.padEnd(11)} `
  const said = wrapped(leftOut ? leftOutWords(leftOut) : (owner?.name ?? 'nobody'), WIDTH - start.length)
  return said.map((line, index) => (index === 0 ? start : ' '.repeat(start.length)) + line)
}

/** Lines of at most so many characters. */
export function wrapped(text: string, width = WIDTH): string[] {
  const lines = ['']
  for (const word of text.split(' ')) {
    const line = lines.at(-1)!
    if (line !== '' && line.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`
  }
  return lines
}

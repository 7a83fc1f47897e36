import { DROPPED_WORDS } from '../domain/neglect.ts'
import { DAY, HOUR, type Instant } from '../domain/time.ts'
import { localWords, type Zone, zoneOf } from '../domain/zone.ts'
import type { FallingRep, Neglected } from '../pipeline/neglect.ts'

/** Who is falling behind and who was dropped, as two tables at most 100 columns wide. */
export function neglectText(found: Neglected, now: Instant, timeZone: string): string {
  const { falling, rows, counts, rule } = found
  const zone = zoneOf(timeZone)
  const closed = counts.closed_without_attempt
  const lines = [
    `Falling behind: more than ${Math.round(100 * rule.limit)} % of the leads due in the last ${ago(rule.windowMs)} without an attempt`,
    ...(falling.length === 0 ? ['  nobody'] : fallingTable(falling, zone)),
    '',
    `Dropped: ${counts.open} open, the latest first`,
    ...(rows.length === 0 ? ['  none'] : droppedTable(rows, now)),
    ...(counts.open > rows.length ? [`  … ${counts.open - rows.length} more`] : []),
    ...(closed > 0 ? ['', `${closed} more were closed without an attempt.`] : []),
  ]
  return `${lines.join('\n')}\n`
}

const fallingTable = (falling: readonly FallingRep[], zone: Zone): string[] =>
  table(
    [
      ['Rep', 'Due', 'No attempt', 'Share', `Since (${zone.name})`],
      ...falling.map(({ name, due, without, share, since }) => [
        name,
        `${due}`,
        `${without}`,
        `${Math.round(100 * share)} %`,
        localWords(since, zone),
      ]),
    ],
    [26, 5, 12, 8, 40],
    [1, 2, 3],
  )

const droppedTable = (rows: Neglected['rows'], now: Instant): string[] =>
  table(
    [
      ['Lead', 'Person', 'Why', 'For', 'Owner'],
      ...rows.map(({ name, company, person, reason, since, owner }) => [
        [name ?? 'No name', company].filter(Boolean).join(', '),
        `${person}`,
        DROPPED_WORDS[reason],
        ago(now - since),
        owner?.name ?? 'nobody',
      ]),
    ],
    [38, 8, 19, 9, 22],
    [1, 3],
  )

/** Cells under their headings; what is too long ends in `…`. Columns in `right` hold numbers. */
function table(rows: readonly string[][], widths: readonly number[], right: readonly number[]): string[] {
  return rows.map(cells => {
    const fitted = cells.map((cell, column) => {
      const width = widths[column]! - 2
      const text = cell.length > width ? `${cell.slice(0, width - 1)}…` : cell
      return right.includes(column) ? text.padStart(width) : text.padEnd(width)
    })
    return `  ${fitted.join('  ')}`.trimEnd()
  })
}

/** `9 h`, `15 days`. */
function ago(ms: number): string {
  const [whole, unit] = ms < 2 * DAY ? [Math.floor(ms / HOUR), 'h'] : [Math.floor(ms / DAY), 'days']
  return `${whole} ${unit}`
}

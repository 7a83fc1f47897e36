import type { Block, WeeklyHours } from '../domain/calendar.ts'
import { MINUTE } from '../domain/time.ts'

export const WEEKDAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof WEEKDAYS)[number]

/** Each weekday with its blocks as written, `09:00-17:00`. */
export type WrittenHours = Readonly<Partial<Record<Weekday, readonly string[] | undefined>>>

const WRITTEN = /^([01]\d|2[0-4]):([0-5]\d)\s*-\s*([01]\d|2[0-4]):([0-5]\d)$/
const MINUTES_A_DAY = 1_440

/** Reads `09:00-17:00` as minutes after midnight; null when it is no such thing, or empty. A shift may end after midnight. */
export function readBlock(text: string): { from: number; to: number } | null {
  const match = WRITTEN.exec(text.trim())
  if (!match) return null
  const [from, to] = [Number(match[1]) * 60 + Number(match[2]), Number(match[3]) * 60 + Number(match[4])]
  if (from >= MINUTES_A_DAY || to > MINUTES_A_DAY || from === to) return null
  return { from, to }
}

/** Cuts a shift over midnight in two. */
function onDays(day: number, { from, to }: { from: number; to: number }): Block[] {
  if (from < to) return [{ day, from, to }]
  const evening = { day, from, to: MINUTES_A_DAY }
  return to === 0 ? [evening] : [evening, { day: (day % 7) + 1, from: 0, to }]
}

/**
 * The written hours as sorted blocks.
 * @throws RangeError on overlapping blocks, naming the weekday; on hours without any block
 */
export function weeklyHours(written: WrittenHours): WeeklyHours {
  const blocks = WEEKDAYS.flatMap((weekday, index) =>
    (written[weekday] ?? []).flatMap(text => onDays(index + 1, readBlock(text)!)),
  ).sort((a, b) => a.day - b.day || a.from - b.from)
  if (blocks.length === 0) throw new RangeError('no working hours at all')
  blocks.forEach((block, index) => {
    const previous = blocks[index - 1]
    if (previous?.day === block.day && previous.to > block.from) {
      throw new RangeError(`overlapping blocks on ${WEEKDAYS[block.day - 1]}`)
    }
  })
  return { blocks }
}

/** The mean length of a day on which there is work: what a "working day" amounts to. */
export function workingDayMs(hours: WeeklyHours): number {
  const days = new Set(hours.blocks.map(block => block.day))
  const minutes = hours.blocks.reduce((sum, block) => sum + block.to - block.from, 0)
  return (minutes * MINUTE) / days.size
}

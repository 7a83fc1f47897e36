import { describe, expect, test } from 'vitest'
import { EMPTY_ALMANAC } from '../../../src/domain/almanac.ts'
import { absences, closuresIn, holidaysOf, reasonsBetween } from '../../../src/domain/closures.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'
import type { Holiday } from '../../../src/policy/policy.ts'

const UTC = zoneOf('UTC')
const NOON = Date.UTC(2026, 11, 24, 12)
const closed = (from: number, to: number, name: string | null = null) =>
  ({ wall: true, from: NOON + from * HOUR, to: NOON + to * HOUR, name }) as const
const within = (holidays: ReturnType<typeof closed>[], absences: ReturnType<typeof closed>[] = []) =>
  reasonsBetween(UTC, { holidays, absences }, { from: NOON, to: NOON + 4 * HOUR }).map(
    ({ from, to, why }) => `${(from - NOON) / HOUR} to ${(to - NOON) / HOUR} ${why}`,
  )

describe('closures with their reasons', () => {
  test('are those that overlap the window, and none that only touch it', () => {
    expect(within([closed(-2, 0, 'a'), closed(-2, 1, 'b'), closed(3, 5, 'c'), closed(4, 5, 'd')])).toEqual([
      '-2 to 1 holiday: b',
      '3 to 5 holiday: c',
    ])
  })

  test('come in order of start, end and words, whatever they were', () => {
    const holidays = [closed(2, 3, 'b'), closed(2, 3, 'a'), closed(1, 3)]
    const sorted = ['1 to 2 time off', '1 to 3 holiday', '2 to 3 holiday: a', '2 to 3 holiday: b']
    expect(within(holidays, [closed(1, 2)])).toEqual(sorted)
    expect(within(holidays.toReversed(), [closed(1, 2)])).toEqual(sorted)
  })
})

describe('a calendar of somebody', () => {
  const away = { wall: false, from: NOON, to: NOON + HOUR, name: 'Surgery' }

  test('is nothing while nobody has read it, and keeps its reasons to itself', () => {
    expect(absences([], ['unread'], EMPTY_ALMANAC)).toEqual([])
    const read = { ...EMPTY_ALMANAC, ics: { read: [away] } }
    expect(absences([{ from: NOON, to: NOON + HOUR }], ['read'], read)).toEqual([
      closed(0, 1),
      { ...away, name: null },
    ])
  })

  test('closes nothing for no time, nor in years in which nobody kept a CRM', () => {
    expect(closuresIn(UTC, { ...away, to: NOON })).toEqual([])
    expect(closuresIn(UTC, { ...away, from: Date.UTC(1980, 0), to: Date.UTC(1981, 0) })).toEqual([])
    const since = { ...away, from: Date.UTC(1980, 0), to: Date.UTC(1990, 0, 2) }
    expect(closuresIn(UTC, since)).toEqual([{ from: Date.UTC(1990, 0), to: since.to }])
    const until = { ...away, from: Date.UTC(2060, 11, 31), to: Date.UTC(2080, 0) }
    expect(closuresIn(UTC, until)).toEqual([{ from: until.from, to: Date.UTC(2061, 0) }])
  })

  test('closes by its own instants, wherever its owner is', () => {
    expect(closuresIn(zoneOf('Europe/Berlin'), away)).toEqual([{ from: away.from, to: away.to }])
  })
})

describe('a holiday of the policy', () => {
  const day = { month: 2, day: 29, from: 0, to: 1_440, name: null }
  const starts = (...days: Holiday[]) =>
    holidaysOf([{ days, ics: ['unknown'], salesforce: false }], EMPTY_ALMANAC).map(({ from }) => from)

  test('of one year closes that year alone', () => {
    expect(starts({ ...day, year: 2028 })).toEqual([Date.UTC(2028, 1, 29)])
  })

  test('of every year is left out where the day is missing', () => {
    const all = starts({ ...day, year: null })
    expect(all).toHaveLength(18)
    expect(all).toContain(Date.UTC(2028, 1, 29))
    expect(all).not.toContain(Date.UTC(2027, 1, 28) + DAY)
    expect(starts({ ...day, day: 28, year: null })).toHaveLength(71)
  })
})

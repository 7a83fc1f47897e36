import { EMPTY_ALMANAC } from '../../src/domain/almanac.ts'
import { type Calendar, calendarOf } from '../../src/domain/calendar.ts'
import { closuresIn, holidaysOf } from '../../src/domain/closures.ts'
import { DAY, MINUTE } from '../../src/domain/time.ts'
import { zoneOf } from '../../src/domain/zone.ts'
import { weeklyHours } from '../../src/policy/hours.ts'
import type { Holiday } from '../../src/policy/policy.ts'
import { Minutes } from '../oracle/minutes.ts'
import { type Figure, median } from './figure.ts'

const ZONE = 'Europe/Berlin'
const FIRST = 2017
const YEARS = 10
const WEEK = 7
const DAYS_OFF = 40

const start = Date.UTC(FIRST, 0, 1)
const random = lcg(1)

/** The same numbers in every run: 0 up to 1. */
function lcg(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32
    return state / 2 ** 32
  }
}

/** A split day, Monday to Friday. */
const office = (() => {
  const days = Object.fromEntries(
    ['mon', 'tue', 'wed', 'thu', 'fri'].map(day => [day, ['09:00-12:30', '13:30-18:00']]),
  )
  return weeklyHours(days)
})()

/** Forty days off a year, holidays and time off together. */
const daysOff: Holiday[] = Array.from({ length: YEARS * DAYS_OFF }, (_, index) => {
  const date = new Date(start + (Math.floor(index / DAYS_OFF) * 365 + (index % DAYS_OFF) * 9) * DAY)
  const [year, month, day] = [date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate()]
  return { year, month, day, from: 0, to: 1_440, name: null }
})

function prepare(): Calendar {
  const closed = holidaysOf([{ days: daysOff, ics: [], salesforce: false }], EMPTY_ALMANAC)
  // Hours are a new object each time, so that nothing is known of them.
  return calendarOf({ ...office }, ZONE).without(closed.flatMap(one => closuresIn(zoneOf(ZONE), one)))
}

/** Microseconds of one call, as the median over runs of many. */
function timed(runs: number, times: number, work: (index: number) => unknown): number {
  const each = Array.from({ length: runs }, () => {
    const from = performance.now()
    for (let index = 0; index < times; index++) work(index)
    return ((performance.now() - from) * 1_000) / times
  })
  return median(each)
}

/** Calendar: durations over ten years against walking the minutes of one week with Temporal. */
export async function durationsAgainstTemporal(quick: boolean): Promise<Figure> {
  const calendar = prepare()
  const pairs = Array.from(
    { length: 1_024 },
    () => [instant(), instant()].sort((a, b) => a - b) as [number, number],
  )
  const pair = (index: number) => pairs[index % pairs.length]!
  const worked = pairs.map(([from, to]) => calendar.workingBetween(from, to))
  const times = quick ? 10_000 : 100_000
  const between = timed(15, times, index => calendar.workingBetween(...pair(index)))
  const add = timed(15, times, index => calendar.addWorking(pair(index)[0], worked[index % pairs.length]!))
  const prepared = timed(15, quick ? 10 : 50, prepare)
  const walk = timed(3, 1, () => new Minutes(ZONE, start, WEEK).walk(({ ofWeek }) => ofWeek < 2_400))
  return {
    what: 'durations over ten years while one week is walked minute by minute with Temporal',
    ratio: walk / between,
    mark: 1_000,
    atLeast: true,
    exact: false,
    details: [
      `working time between two instants ${between.toFixed(2)} µs, adding it ${add.toFixed(2)} µs (wanted < 5 µs at the median)`,
      `a calendar of ten years with ${daysOff.length} days off is prepared in ${(prepared / 1_000).toFixed(2)} ms (wanted < 1 ms)`,
      `walking a week with Temporal ${(walk / 1_000).toFixed(1)} ms`,
    ],
  }
}

const instant = (): number => start + Math.floor((random() * YEARS * 365 * DAY) / MINUTE) * MINUTE

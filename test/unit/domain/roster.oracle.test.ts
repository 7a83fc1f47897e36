import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readIcs } from '../../../src/calendars/ics.ts'
import { EMPTY_ALMANAC } from '../../../src/domain/almanac.ts'
import type { Rep } from '../../../src/domain/handoff.ts'
import { Roster } from '../../../src/domain/roster.ts'
import { DAY, MINUTE, SECOND } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import { WEEKDAYS, weeklyHours } from '../../../src/policy/hours.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { Minutes, type WallMinute } from '../../oracle/minutes.ts'

/** Changes of the clock, a day that was skipped, and 29 February in a year with one and in one without. */
const WINDOWS = [
  ['Europe/Berlin', '2026-03-26'],
  ['Europe/Berlin', '2026-10-22'],
  ['America/New_York', '2026-03-05'],
  ['America/New_York', '2026-10-29'],
  ['Australia/Lord_Howe', '2026-04-02'],
  ['Australia/Lord_Howe', '2026-10-01'],
  ['Asia/Kolkata', '2028-02-26'],
  ['Europe/Berlin', '2027-02-25'],
  ['America/Sao_Paulo', '2018-11-02'],
  ['America/Sao_Paulo', '2019-02-14'],
  ['Pacific/Apia', '2011-12-28'],
] as const

const DAYS = 5
const WEEK = 7 * 1_440
const rep: Rep = {
  ...{ ref: 'salesforce:user:ada', name: 'Ada', email: 'Ada@example.com' },
  ...{ timeZone: null, active: true, human: true },
}

interface Shift {
  /** Minutes after Monday 00:00. */
  from: number
  length: number
}

interface Holiday {
  year: number | null
  month: number
  day: number
  from: number
  to: number
}

interface Event {
  kind: 'date' | 'floating' | 'utc' | 'zone'
  /** By the clock of its kind: milliseconds since 1970-01-01T00:00. */
  local: number
  minutes: number
  whose: 'region' | 'person'
}

/** The zone of events in a zone: not the one of the person. */
const ELSEWHERE = 'America/New_York'

const covers = ({ from, length }: Shift, minute: number): boolean => (minute - from + WEEK) % WEEK < length

const shift = fc.record({ from: fc.nat(WEEK - 1), length: fc.integer({ min: 1, max: 720 }) })
/** Split days and shifts over midnight; those that overlap an earlier one are left out. */
const shifts = fc.array(shift, { minLength: 1, maxLength: 10 }).map(all => {
  const kept: Shift[] = []
  for (const one of all)
    if (kept.every(other => !covers(other, one.from) && !covers(one, other.from))) kept.push(one)
  return kept
})

function caseIn(start: number) {
  const day = fc.integer({ min: -1, max: DAYS }).map(index => new Date(start + index * DAY))
  const dated = fc
    .tuple(day, fc.boolean())
    .map(([date, yearly]) => [
      yearly ? null : date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
    ])
  const leap = fc.constant([null, 2, 29])
  const part = fc.oneof(
    fc.constant([0, 1_440]),
    fc.tuple(fc.nat(1_439), fc.integer({ min: 1, max: 1_440 })).filter(([from, to]) => from < to),
  )
  const holiday = fc.tuple(fc.oneof(dated, leap), part).map(([[year, month, dayOf], [from, to]]) => {
    return { year, month, day: dayOf, from, to } as Holiday
  })
  const local = fc.integer({ min: -1_440, max: (DAYS + 1) * 1_440 }).map(minute => start + minute * MINUTE)
  const timeOff = fc
    .tuple(local, fc.oneof(fc.integer({ min: 1, max: 600 }), fc.constantFrom(1_440, 4_320)))
    .map(([from, minutes]) => ({ from, to: from + minutes * MINUTE }))
  const event: fc.Arbitrary<Event> = fc.record({
    kind: fc.constantFrom('date', 'floating', 'utc', 'zone'),
    local,
    minutes: fc.integer({ min: 1, max: 2_880 }),
    whose: fc.constantFrom('region', 'person'),
  })
  const second = fc.nat(DAYS * 86_400 - 1).map(seconds => start + seconds * SECOND)
  return fc.record({
    shifts,
    holidays: fc.array(holiday, { maxLength: 3 }),
    timeOff: fc.array(timeOff, { maxLength: 2 }),
    events: fc.array(event, { maxLength: 3 }),
    instants: fc.tuple(second, second),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  })
}

type Case = ReturnType<typeof caseIn> extends fc.Arbitrary<infer C> ? C : never

const stamp = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace(/[-:]/g, '')
/** Whole days of the kind `date`. */
const span = ({ kind, local, minutes }: Event) =>
  kind === 'date'
    ? { from: Math.floor(local / DAY) * DAY, to: (Math.floor(local / DAY) + 1) * DAY }
    : { from: local, to: local + minutes * MINUTE }

function vevent(event: Event): string {
  const { from, to } = span(event)
  const form = {
    date: (ms: number) => `;VALUE=DATE:${stamp(ms).slice(0, 8)}`,
    floating: (ms: number) => `:${stamp(ms)}`,
    utc: (ms: number) => `:${stamp(ms)}Z`,
    zone: (ms: number) => `;TZID=${ELSEWHERE}:${stamp(ms)}`,
  }[event.kind]
  return ['BEGIN:VEVENT', `DTSTART${form(from)}`, `DTEND${form(to)}`, 'END:VEVENT'].join('\n')
}

const written = (minute: number) =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

/** The case as a policy and an almanac say it. */
function calendarOf({ shifts, holidays, timeOff, events }: Case, zone: string, year: number) {
  const hours: Record<string, string[]> = {}
  for (const { from, length } of shifts) {
    const to = (from + length) % 1_440
    const day = WEEKDAYS[Math.floor(from / 1_440)]!
    hours[day] = [...(hours[day] ?? []), `${written(from % 1_440)}-${to === 0 ? '24:00' : written(to)}`]
  }
  const ics = (whose: Event['whose']) =>
    readIcs(
      `BEGIN:VCALENDAR\n${events
        .filter(one => one.whose === whose)
        .map(vevent)
        .join('\n')}\nEND:VCALENDAR`,
      { first: year - 1, last: year + 1 },
    ).closed
  const policy: Policy = {
    ...defaultPolicy,
    timezone: zone,
    calendars: [{ ...defaultPolicy.calendars[0]!, hours: weeklyHours(hours), holidays: ['here'] }],
    holidays: {
      here: { days: holidays.map(one => ({ ...one, name: null })), ics: ['region'], salesforce: false },
    },
    people: [
      { email: 'ada@example.com', team: null, country: null, timezone: null, timeOff, ics: ['person'] },
    ],
  }
  const almanac = { ...EMPTY_ALMANAC, ics: { region: ics('region'), person: ics('person') } }
  return new Roster(policy, almanac).dutyOf(rep).calendar
}

/** The case as a person with a calendar on the wall would say it, of one minute. */
function isWorked({ shifts, holidays, timeOff, events }: Case): (wall: WallMinute) => boolean {
  const onShift = new Uint8Array(WEEK)
  for (const { from, length } of shifts)
    for (let minute = from; minute < from + length; minute++) onShift[minute % WEEK] = 1
  const free = events.map(event => {
    const { from, to } = span(event)
    const local = (ms: number) => Temporal.PlainDateTime.from(new Date(ms).toISOString().slice(0, 19))
    const instant = (ms: number) =>
      event.kind === 'zone' ? local(ms).toZonedDateTime(ELSEWHERE).epochMilliseconds : ms
    const wall = event.kind === 'date' || event.kind === 'floating'
    return { wall, from: instant(from), to: instant(to) }
  })
  return ({ at, date, minute, ofWeek, sinceEpoch }) => {
    const [year, monthDay] = [Math.floor(date / 10_000), date % 10_000]
    const local = sinceEpoch * MINUTE
    return (
      onShift[ofWeek] === 1 &&
      !holidays.some(
        one =>
          (one.year ?? year) === year &&
          one.month * 100 + one.day === monthDay &&
          one.from <= minute &&
          minute < one.to,
      ) &&
      !timeOff.some(({ from, to }) => from <= local && local < to) &&
      !free.some(({ wall, from, to }) => from <= (wall ? local : at) && (wall ? local : at) < to)
    )
  }
}

describe('working time is the same as walking the minutes', () => {
  test.each(WINDOWS)(
    'in %s around %s',
    (zone, day) => {
      const minutes = new Minutes(zone, Date.parse(`${day}T00:00:00Z`), DAYS)
      const year = Number(day.slice(0, 4))
      const property = fc.property(caseIn(minutes.start), one => {
        const worked = minutes.walk(isWorked(one))
        const calendar = calendarOf(one, zone, year)
        const [from, to] = one.instants
        expect(calendar.workingBetween(from, to)).toBe(worked(from, to))

        const left = worked(from, minutes.end - 1)
        const ms = Math.round((left * one.share) / SECOND) * SECOND
        if (ms <= 0 || ms > left) return
        const reached = calendar.addWorking(from, ms)
        expect(worked(from, reached)).toBe(ms)
        expect(worked(from, reached - 1)).toBe(ms - 1)
      })
      fc.assert(property, { numRuns: 1_000, seed: 1 })
    },
    120_000,
  )
})

import { describe, expect, test } from 'vitest'
import { Calendar, calendarOf, type WeeklyHours } from '../../../src/domain/calendar.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { zoneOf } from '../../../src/domain/zone.ts'

const OFFICE: WeeklyHours = { blocks: [1, 2, 3, 4, 5].map(day => ({ day, from: 540, to: 1_020 })) }
const at = (text: string) => Date.parse(text)
const office = (zone: string) => calendarOf(OFFICE, zone)

describe('working time of an office in Berlin', () => {
  const berlin = office('Europe/Berlin')

  test('counts inside the hours only', () => {
    expect(berlin.workingBetween(at('2026-11-24T08:12:00Z'), at('2026-11-24T10:12:00Z'))).toBe(2 * HOUR)
    expect(berlin.workingBetween(at('2026-11-24T19:00:00Z'), at('2026-11-24T23:00:00Z'))).toBe(0)
  })

  test('skips nights and weekends', () => {
    expect(berlin.workingBetween(at('2026-11-20T15:00:00Z'), at('2026-11-23T09:00:00Z'))).toBe(2 * HOUR)
  })

  test('is signed', () => {
    expect(berlin.workingBetween(at('2026-11-24T10:00:00Z'), at('2026-11-24T09:00:00Z'))).toBe(-HOUR)
  })

  test('what arrives outside hours starts counting at the next open instant', () => {
    expect(berlin.addWorking(at('2026-11-21T12:00:00Z'), HOUR)).toBe(at('2026-11-23T09:00:00Z'))
  })

  test('is reached at the first instant: the end of a day, not the next morning', () => {
    expect(berlin.addWorking(at('2026-11-23T08:00:00Z'), 40 * HOUR)).toBe(at('2026-11-27T16:00:00Z'))
  })

  test('nothing is reached at once, outside hours too', () => {
    expect(berlin.addWorking(at('2026-11-21T12:00:00Z'), 0)).toBe(at('2026-11-21T12:00:00Z'))
  })

  test('years are as exact as hours', () => {
    const from = at('2016-01-04T08:00:00Z')
    expect(berlin.workingBetween(from, at('2026-01-05T08:00:00Z'))).toBe(522 * 40 * HOUR)
    expect(berlin.addWorking(from, 522 * 40 * HOUR)).toBe(at('2026-01-02T16:00:00Z'))
  })
})

describe('when the clocks change', () => {
  const night: WeeklyHours = { blocks: [{ day: 7, from: 60, to: 240 }] }
  const nightIn = (zone: string, from: string, to: string) =>
    calendarOf(night, zone).workingBetween(at(from), at(to))

  test('a skipped hour is not worked', () => {
    expect(nightIn('Europe/Berlin', '2026-03-28T12:00:00Z', '2026-03-29T12:00:00Z')).toBe(2 * HOUR)
  })

  test('a repeated hour is worked twice', () => {
    expect(nightIn('Europe/Berlin', '2026-10-24T12:00:00Z', '2026-10-25T12:00:00Z')).toBe(4 * HOUR)
  })

  test('Lord Howe moves by half an hour', () => {
    expect(nightIn('Australia/Lord_Howe', '2026-04-04T00:00:00Z', '2026-04-05T00:00:00Z')).toBe(3.5 * HOUR)
  })

  test('Apia had no 30 December 2011', () => {
    const friday: WeeklyHours = { blocks: [{ day: 5, from: 0, to: 1_440 }] }
    const apia = calendarOf(friday, 'Pacific/Apia')
    expect(apia.workingBetween(at('2011-12-29T00:00:00Z'), at('2012-01-03T00:00:00Z'))).toBe(0)
  })

  test('office hours keep their wall time, so the UTC hour moves', () => {
    const berlin = office('Europe/Berlin')
    expect(berlin.addWorking(at('2026-10-23T14:00:00Z'), 2 * HOUR)).toBe(at('2026-10-26T09:00:00Z'))
  })
})

describe('closures', () => {
  const christmas = { from: at('2026-12-24T23:00:00Z'), to: at('2026-12-25T23:00:00Z') }
  const closed = (...closures: { from: number; to: number }[]) => office('Europe/Berlin').without(closures)

  test('a holiday is not worked', () => {
    const from = at('2026-12-24T08:00:00Z')
    expect(closed(christmas).workingBetween(from, at('2026-12-28T09:00:00Z'))).toBe(9 * HOUR)
    expect(closed(christmas).addWorking(from, 9 * HOUR)).toBe(at('2026-12-28T09:00:00Z'))
  })

  test('overlapping and repeated ones count once, in any order', () => {
    const more = { from: christmas.from + HOUR, to: christmas.to + DAY }
    const same = closed(more, christmas, christmas)
    expect(same.workingBetween(at('2026-12-21T00:00:00Z'), at('2026-12-29T00:00:00Z'))).toBe(40 * HOUR)
  })

  test('one that ends before it begins closes nothing', () => {
    const backwards = closed({ from: christmas.to, to: christmas.from })
    expect(backwards.workingBetween(at('2026-12-21T00:00:00Z'), at('2026-12-28T00:00:00Z'))).toBe(40 * HOUR)
  })

  test('what ends exactly where one begins is reached before it', () => {
    const afternoon = { from: at('2026-11-24T13:00:00Z'), to: at('2026-11-24T16:00:00Z') }
    expect(closed(afternoon).addWorking(at('2026-11-24T08:00:00Z'), 5 * HOUR)).toBe(afternoon.from)
  })
})

test('the calendar of some hours in a zone is prepared once and shared', () => {
  const berlin = office('Europe/Berlin')
  expect(office('Europe/Berlin')).toBe(berlin)
  expect(office('UTC')).not.toBe(berlin)
  expect(office('Europe/Berlin')).toBe(berlin)
  expect(berlin.without([])).toBe(berlin)
})

test('hours without a block are refused', () => {
  expect(() => Calendar.of({ blocks: [] }, zoneOf('UTC'))).toThrow(RangeError)
})

test('an unknown zone is refused', () => {
  expect(() => zoneOf('Mars/Base')).toThrow(RangeError)
})

import { describe, expect, test } from 'vitest'
import { readIcs } from '../../../src/calendars/ics.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'

const YEARS = { first: 2024, last: 2028 }
const at = (text: string) => Date.parse(text)

/** A calendar with one event of these lines. */
const calendar = (...events: string[][]) =>
  [
    ...['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:-//test//EN'],
    ...events.flatMap((lines, index) => [
      'BEGIN:VEVENT',
      ...(lines.some(line => line.startsWith('UID')) ? [] : [`UID:${index}`]),
      ...lines,
      'END:VEVENT',
    ]),
    'END:VCALENDAR',
  ].join('\r\n')

const closed = (...events: string[][]) => readIcs(calendar(...events), YEARS).closed
const starts = (...events: string[][]) =>
  closed(...events).map(({ from }) => new Date(from).toISOString().slice(0, 16))

describe('an event', () => {
  test('on a date is that day by the wall clock of whoever observes it, and carries its name', () => {
    const event = ['DTSTART;VALUE=DATE:20261225', 'SUMMARY:Christmas\\, first day']
    const from = at('2026-12-25T00:00Z')
    expect(closed(event)).toEqual([{ wall: true, from, to: from + DAY, name: 'Christmas, first day' }])
  })

  test('over several dates ends before its last one', () => {
    const [one] = closed(['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20261227'])
    expect(one).toMatchObject({ from: at('2026-12-24T00:00Z'), to: at('2026-12-27T00:00Z') })
  })

  test('without a zone is by the wall clock', () => {
    const [one] = closed(['DTSTART:20261126T120000', 'DTEND:20261126T170000'])
    expect(one).toMatchObject({ wall: true, from: at('2026-11-26T12:00Z'), to: at('2026-11-26T17:00Z') })
  })

  test('in UTC is at that instant for everybody', () => {
    const [one] = closed(['DTSTART:20261126T120000Z', 'DURATION:PT90M'])
    expect(one).toMatchObject({ wall: false, from: at('2026-11-26T12:00Z'), to: at('2026-11-26T13:30Z') })
  })

  test('in a zone of IANA is at the instant its clock shows that time', () => {
    const [one] = closed([
      'DTSTART;TZID=America/New_York:20260710T090000',
      'DTEND;TZID=Europe/Berlin:20260710T170000',
    ])
    expect(one).toMatchObject({ wall: false, from: at('2026-07-10T13:00Z'), to: at('2026-07-10T15:00Z') })
  })

  test.each([
    ['cancelled', 'STATUS:CANCELLED'],
    ['marked as free', 'TRANSP:TRANSPARENT'],
    ['without an end', 'SUMMARY:a reminder'],
  ])('%s closes nothing', (_, line) => {
    expect(closed(['DTSTART:20261126T120000', line])).toEqual([])
  })
})

test('a zone that the calendar defines is understood, as Outlook writes them', () => {
  const zone = [
    ...['BEGIN:VTIMEZONE', 'TZID:W. Europe Standard Time', 'BEGIN:STANDARD', 'DTSTART:16010101T030000'],
    ...['TZOFFSETFROM:+0200', 'TZOFFSETTO:+0100', 'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10', 'END:STANDARD'],
    ...['BEGIN:DAYLIGHT', 'DTSTART:16010101T020000', 'TZOFFSETFROM:+0100', 'TZOFFSETTO:+0200'],
    ...['RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3', 'END:DAYLIGHT', 'END:VTIMEZONE', 'BEGIN:VEVENT'],
  ].join('\r\n')
  const event = [
    'DTSTART;TZID=W. Europe Standard Time:20260320T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=WEEKLY;COUNT=3',
  ]
  const { closed } = readIcs(calendar(event).replace('BEGIN:VEVENT', zone), YEARS)
  expect(closed.map(one => one.from)).toEqual(
    ['2026-03-20T08:00Z', '2026-03-27T08:00Z', '2026-04-03T07:00Z'].map(at),
  )
})

describe('an event that repeats', () => {
  const weekly = (...more: string[]) => [
    'DTSTART;TZID=Europe/Berlin:20260320T090000',
    'DURATION:PT1H',
    'RRULE:FREQ=WEEKLY;COUNT=3',
    ...more,
  ]

  test('keeps its wall time when the clocks change', () => {
    expect(starts(weekly())).toEqual(['2026-03-20T08:00', '2026-03-27T08:00', '2026-04-03T07:00'])
  })

  test.each([
    ['in its zone', 'EXDATE;TZID=Europe/Berlin:20260327T090000'],
    ['in UTC', 'EXDATE:20260327T080000Z'],
    ['by its date', 'EXDATE;VALUE=DATE:20260327'],
  ])('leaves out exceptions written %s', (_, line) => {
    expect(starts(weekly(line))).toEqual(['2026-03-20T08:00', '2026-04-03T07:00'])
  })

  test('moves an occurrence to where another event puts it, or drops it when that is cancelled', () => {
    const id = 'RECURRENCE-ID;TZID=Europe/Berlin:20260327T090000'
    const moved = ['UID:a', id, 'DTSTART;TZID=Europe/Berlin:20260328T100000', 'DURATION:PT1H']
    expect(starts(weekly('UID:a'), moved)).toEqual([
      '2026-03-20T08:00',
      '2026-03-28T09:00',
      '2026-04-03T07:00',
    ])
    expect(starts(weekly('UID:a'), [...moved, 'STATUS:CANCELLED'])).toEqual([
      '2026-03-20T08:00',
      '2026-04-03T07:00',
    ])
  })

  test('has further dates', () => {
    expect(starts(weekly('RDATE;TZID=Europe/Berlin:20260401T090000'))).toContain('2026-04-01T07:00')
  })

  test('reaches its last occurrence when that is written in UTC', () => {
    const event = ['DTSTART;TZID=Europe/Berlin:20260601T090000', 'DURATION:PT1H']
    expect(starts([...event, 'RRULE:FREQ=DAILY;UNTIL=20260603T070000Z'])).toHaveLength(3)
    expect(starts([...event, 'RRULE:FREQ=DAILY;UNTIL=20260603'])).toHaveLength(3)
  })

  test('for ever is written out for the years asked for', () => {
    const yearly = ['DTSTART;VALUE=DATE:19901003', 'RRULE:FREQ=YEARLY']
    expect(starts(yearly)).toEqual([2024, 2025, 2026, 2027, 2028].map(year => `${year}-10-03T00:00`))
  })

  test('on 29 February comes in leap years', () => {
    expect(starts(['DTSTART;VALUE=DATE:20240229', 'RRULE:FREQ=YEARLY'])).toEqual([
      '2024-02-29T00:00',
      '2028-02-29T00:00',
    ])
  })

  test('on the fourth Thursday of November is Thanksgiving', () => {
    expect(starts(['DTSTART;VALUE=DATE:20241128', 'RRULE:FREQ=YEARLY;BYMONTH=11;BYDAY=4TH'])).toEqual(
      ['2024-11-28', '2025-11-27', '2026-11-26', '2027-11-25', '2028-11-23'].map(day => `${day}T00:00`),
    )
  })
})

test('several calendars in one text are one', () => {
  const one = calendar(['DTSTART;VALUE=DATE:20260101'])
  expect(readIcs(`\uFEFF${one}\r\n${one}`, YEARS).closed).toHaveLength(2)
})

test('what began before the years and reaches into them counts', () => {
  expect(starts(['DTSTART;VALUE=DATE:20231230', 'DTEND;VALUE=DATE:20240103'])).toEqual(['2023-12-30T00:00'])
})

test('an hour is an hour', () => {
  const [one] = closed(['DTSTART:20261126T120000Z', 'DTEND:20261126T130000Z'])
  expect(one!.to - one!.from).toBe(HOUR)
})

describe('what is no calendar is refused in one line', () => {
  const event = (...lines: string[]) => calendar(['DTSTART:20260101T100000', 'DURATION:PT1H', ...lines])
  test.each([
    ['an ICS that is HTML', '<!DOCTYPE html><p>Sign in</p>', /web page \(HTML\).*\.ics/],
    ['nothing', '', /not iCalendar/],
    ['JSON', '{"error":"secret"}', /not iCalendar/],
    ['a torn file', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nsecret words', /not well-formed.*again/],
    ['a date that is none', calendar(['DTSTART:secret']), /not well-formed/],
    ['a rule that is none', event('RRULE:FREQ=SECRET'), /not well-formed/],
    ['a rule within a day', event('RRULE:FREQ=MINUTELY'), /repeats within a day/],
    ['an unknown zone', calendar(['DTSTART;TZID=Mars/Base:20260101T100000']), /time zone.*IANA/],
  ])('%s', (_, text, said) => {
    expect(() => readIcs(text, YEARS)).toThrow(said)
    expect(() => readIcs(text, YEARS)).not.toThrow(/secret|\n/)
  })
})

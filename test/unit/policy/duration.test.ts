import { expect, test } from 'vitest'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import { durationMs, readDuration } from '../../../src/policy/duration.ts'

test.each([
  ['30m', 30, 'minutes'],
  ['1 min', 1, 'minutes'],
  ['1 minute', 1, 'minutes'],
  ['90 minutes', 90, 'minutes'],
  ['4h', 4, 'hours'],
  ['1 hour', 1, 'hours'],
  ['1.25 hours', 1.25, 'hours'],
  ['7d', 7, 'days'],
  ['1 day', 1, 'days'],
  ['2 days', 2, 'days'],
  ['1 working day', 1, 'working days'],
  [' 5 Working Days ', 5, 'working days'],
])('%j is %d %s', (text, amount, unit) => {
  expect(readDuration(text)).toEqual({ amount, unit })
})

test.each(['', 'h', '4', '0h', '-4h', 'about 4h', '4h or so', '4 weeks', '4..5h', '1_000h'])(
  '%j is none',
  text => {
    expect(readDuration(text)).toBeNull()
  },
)

test('wall-clock time has days, working time has working days, and both have hours', () => {
  const length = (text: string) =>
    (['elapsed', 'working'] as const).map(kind => durationMs(readDuration(text)!, kind, 6 * HOUR))
  expect(length('30m')).toEqual([30 * MINUTE, 30 * MINUTE])
  expect(length('1.5h')).toEqual([90 * MINUTE, 90 * MINUTE])
  expect(length('2d')).toEqual([2 * DAY, null])
  expect(length('2 working days')).toEqual([null, 12 * HOUR])
})

import { expect, test } from 'vitest'
import { HOUR } from '../../../src/domain/time.ts'
import { readBlock, weeklyHours, workingDayMs } from '../../../src/policy/hours.ts'

test.each([
  ['09:30-17:15', 570, 1_035],
  [' 09:00 -17:00 ', 540, 1_020],
  ['09:00- 17:00', 540, 1_020],
  ['22:00-06:00', 1_320, 360],
  ['12:00-24:00', 720, 1_440],
  ['22:00-00:00', 1_320, 0],
])('%j is from minute %d to %d', (text, from, to) => {
  expect(readBlock(text)).toEqual({ from, to })
})

test.each([
  ...['', '9-17', '09:00', 'x09:00-17:00', '09:00-17:00x', '25:00-26:00', '09:60-17:00', '09:00-09:00'],
  ...['24:00-09:00', '24:30-09:00', '09:00-24:30', '24:10-24:20'],
])('%j is no block of hours', text => {
  expect(readBlock(text)).toBeNull()
})

test('a week is in order, and a shift over midnight is cut in two', () => {
  expect(
    weeklyHours({ tue: ['14:00-17:00', '09:00-12:00'], mon: ['22:00-06:00'], sun: ['22:00-02:00'] }),
  ).toEqual({
    blocks: [
      { day: 1, from: 0, to: 120 },
      { day: 1, from: 1_320, to: 1_440 },
      { day: 2, from: 0, to: 360 },
      { day: 2, from: 540, to: 720 },
      { day: 2, from: 840, to: 1_020 },
      { day: 7, from: 1_320, to: 1_440 },
    ],
  })
  expect(weeklyHours({ mon: ['22:00-00:00'] })).toEqual({ blocks: [{ day: 1, from: 1_320, to: 1_440 }] })
})

test('a working day is as long as the mean of the days on which there is work', () => {
  expect(workingDayMs(weeklyHours({ mon: ['09:00-12:00', '13:00-17:00'], fri: ['09:00-12:00'] }))).toBe(
    5 * HOUR,
  )
})

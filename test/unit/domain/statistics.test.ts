import { expect, test } from 'vitest'
import { durations, mean, percentile } from '../../../src/domain/statistics.ts'

test('percentiles lie between values, by linear interpolation', () => {
  expect(percentile([1, 2, 3, 4], 0.5)).toBe(2.5)
  expect(percentile([10, 20, 30, 40, 50], 0.9)).toBe(46)
  expect(percentile([7], 0.9)).toBe(7)
  expect(percentile([1, 2], 0)).toBe(1)
  expect(percentile([1, 2], 1)).toBe(2)
})

test('a percentile of nothing, or beyond all, is refused', () => {
  expect(() => percentile([], 0.5)).toThrow(/no values/)
  expect(() => percentile([1], 1.1)).toThrow(/1\.1/)
  expect(() => percentile([1], -0.1)).toThrow(/-0\.1/)
  expect(() => percentile([1], Number.NaN)).toThrow(/NaN/)
})

test('the mean of nothing is unknown', () => {
  expect(mean([])).toBeNull()
  expect(mean([1, 2, 6])).toBe(3)
})

test('negative durations are counted and left out, zero is not negative', () => {
  expect(durations([30, -5, 10, 0, 20])).toEqual({ n: 4, negative: 1, mean: 15, median: 15, p90: 27 })
})

test('without a duration there is nothing to say', () => {
  const nothing = { mean: null, median: null, p90: null }
  expect(durations([])).toEqual({ n: 0, negative: 0, ...nothing })
  expect(durations([-1, -2])).toEqual({ n: 0, negative: 2, ...nothing })
})

test('the input stays as it was', () => {
  const values = [3, 1, 2]
  durations(values)
  expect(values).toEqual([3, 1, 2])
})

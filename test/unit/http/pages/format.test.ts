import { describe, expect, test } from 'vitest'
import { DAY, HOUR, MINUTE, SECOND } from '../../../../src/domain/time.ts'
import { clockOf, count, duration, monthName, percent, plural } from '../../../../src/http/pages/format.ts'

const spaced = (text: string | null) => text?.replaceAll('\u00a0', ' ') ?? null

describe('duration', () => {
  test.each([
    [0, '0 s'],
    [59 * SECOND + 999, '59 s'],
    [MINUTE, '1 min'],
    [HOUR - 1, '59 min'],
    [HOUR, '1 h'],
    [5.37 * HOUR, '5.4 h'],
    [48 * HOUR - 1, '48 h'],
    [2 * DAY, '2 days'],
    [3.14 * DAY, '3.1 days'],
    [1234.4 * DAY, '1,234 days'],
    [-90 * MINUTE, '−1.5 h'],
  ])('%d ms is %s', (ms, words) => expect(spaced(duration(ms))).toBe(words))
})

describe('percent', () => {
  test.each([
    [0, 10, '0 %'],
    [1, 30, '3.3 %'],
    [1, 3, '33 %'],
    [30, 30, '100 %'],
    [0, 0, null],
  ])('%d of %d is %s', (part, whole, words) => expect(spaced(percent(part, whole))).toBe(words))
})

test('counts have separators, words follow them', () => {
  expect(count(1234567)).toBe('1,234,567')
  expect([plural(1, 'lead'), plural(2, 'lead'), plural(0, 'person', 'people')]).toEqual([
    '1 lead',
    '2 leads',
    '0 people',
  ])
})

test('an instant is written in the zone, and in UTC for machines', () => {
  const at = Date.UTC(2026, 4, 12, 22, 30)
  expect(String(clockOf('Asia/Tokyo').moment(at))).toBe(
    '<time datetime="2026-05-12T22:30:00.000Z">Wed 13 May, 07:30</time>',
  )
})

test('a month says its year in January and where asked', () => {
  expect([monthName('2026-05', false), monthName('2026-01', false), monthName('2025-09', true)]).toEqual([
    'May',
    'Jan 26',
    'Sep 25',
  ])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { dateOf, readMoment } from '../../../src/domain/moment.ts'

const read = (text: string, zone = 'Europe/Athens') => {
  const at = readMoment(text)?.(zone)
  return at === undefined ? null : new Date(at).toISOString()
}

test.each([
  ['2026-11-24T09:12:00Z', '2026-11-24T09:12:00.000Z'],
  ['2026-11-24T09:12Z', '2026-11-24T09:12:00.000Z'],
  ['2026-11-24T09:12:00.1239Z', '2026-11-24T09:12:00.123Z'],
  ['2026-11-24T09:12:00+02:00', '2026-11-24T07:12:00.000Z'],
  ['2026-11-24T09:12:00-05:30', '2026-11-24T14:42:00.000Z'],
  ['2026-11-24', '2026-11-23T22:00:00.000Z'],
  ['2026-07-24', '2026-07-23T21:00:00.000Z'],
  ['2028-02-29', '2028-02-28T22:00:00.000Z'],
])('%s is %s', (text, instant) => {
  expect(read(text)).toBe(instant)
})

test('a day that has no midnight begins when its clocks begin', () => {
  expect(read('2026-09-06', 'America/Santiago')).toBe('2026-09-06T04:00:00.000Z')
})

test.each([
  ...[
    '',
    ' ',
    'now',
    'yesterday',
    '2026',
    '2026-11',
    '24.11.2026',
    '2026-13-01',
    '2026-02-29',
    '2026-11-24T09:12:00',
  ],
  ...['2026-11-24 09:12:00Z', '2026-11-24T25:00:00Z', '2026-11-24T09:12:60Z', '2026-11-24T09:12:00+25:00'],
  ...[
    '2026-11-24T09:12:00Z[UTC]',
    '20261124T091200Z',
    '1764000000',
    '+012026-11-24',
    '2026-11-24T09:12:00z',
    '2026-11-24\n',
    '+002026-11-24T09:12:00Z',
  ],
])('%j is no instant', text => {
  expect(readMoment(text)).toBeNull()
})

test('every instant that is written is read back, and the date of a day is its own', () => {
  const instants = fc.integer({ min: Date.UTC(1, 0, 2), max: Date.UTC(9998, 0) })
  const zones = fc.constantFrom('UTC', 'Europe/Athens', 'America/Santiago', 'Pacific/Apia')
  fc.assert(
    fc.property(instants, zones, (at, zone) => {
      expect(readMoment(new Date(at).toISOString())?.(zone)).toBe(at)
      const date = dateOf(at, zone)
      const start = readMoment(date)!(zone)
      expect(start).toBeLessThanOrEqual(at)
      expect(dateOf(start, zone)).toBe(date)
    }),
    { numRuns: 300, seed: 3 },
  )
})

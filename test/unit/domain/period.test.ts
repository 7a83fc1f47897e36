import { expect, test } from 'vitest'
import { lastQuarter } from '../../../src/domain/period.ts'
import { iso } from '../../../src/domain/time.ts'

test.each([
  ['2026-11-26T09:00:00Z', 'UTC', '2026-07-01T00:00:00.000Z', '2026-10-01T00:00:00.000Z'],
  ['2026-01-01T00:00:00Z', 'UTC', '2025-10-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  ['2026-03-31T23:59:59Z', 'UTC', '2025-10-01T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
  // Already April in Berlin, where the clocks have changed; still March in New York.
  ['2026-03-31T22:30:00Z', 'Europe/Berlin', '2025-12-31T23:00:00.000Z', '2026-03-31T22:00:00.000Z'],
  ['2026-03-31T22:30:00Z', 'America/New_York', '2025-10-01T04:00:00.000Z', '2026-01-01T05:00:00.000Z'],
])('the last full quarter at %s in %s', (at, zone, from, to) => {
  const quarter = lastQuarter(Date.parse(at), zone)
  expect([iso(quarter.from), iso(quarter.to)]).toEqual([from, to])
})

test('what has no instant has none in words', () => {
  expect(iso(null)).toBeNull()
})

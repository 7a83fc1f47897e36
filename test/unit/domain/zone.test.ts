import fc from 'fast-check'
import { expect, test } from 'vitest'
import { localWords, Zone, zoneOf } from '../../../src/domain/zone.ts'

test('an instant in words, by the wall clock of the zone', () => {
  const at = Date.parse('2026-11-26T08:12:45Z')
  expect(localWords(at, zoneOf('Europe/Berlin'))).toBe('Thu 26 Nov 2026 09:12')
  expect(localWords(at, zoneOf('America/New_York'))).toBe('Thu 26 Nov 2026 03:12')
  expect(localWords(at, zoneOf('Asia/Kolkata'))).toBe('Thu 26 Nov 2026 13:42')
})

test.each([
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Pacific/Apia',
  'UTC',
])('offsets of %s are those of Temporal', name => {
  const zone = zoneOf(name)
  const any = fc.integer({ min: Date.UTC(1991, 0) / 1_000, max: Date.UTC(2045, 0) / 1_000 })
  fc.assert(
    fc.property(any, seconds => {
      const local = Temporal.Instant.fromEpochMilliseconds(seconds * 1_000).toZonedDateTimeISO(name)
      expect(zone.offset(seconds * 1_000)).toBe(local.offsetNanoseconds / 1e6)
    }),
    { numRuns: 300, seed: 3 },
  )
})

test('an offset changes at its very instant', () => {
  const zone = zoneOf('Europe/Berlin')
  const change = Date.parse('2026-03-29T01:00:00Z')
  expect(zone.offset(change) - zone.offset(change - 1)).toBe(3_600_000)
})

test('a segment ends where the next begins, before anybody asked for a later instant too', () => {
  const zone = new Zone('Europe/Berlin')
  expect(zone.end(0)).toBe(Date.parse('1990-03-25T01:00:00Z'))
  expect(zone.end(1)).toBe(Date.parse('1990-09-30T01:00:00Z'))
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  agrees,
  type Certificate,
  checksum,
  doubt,
  EMPTY,
  isStale,
  NOTHING,
  type Pair,
  standing,
  withPair,
  withRecord,
} from '../../../src/domain/certificate.ts'
import type { Ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'

const UNTIL = 1_000
const stamp = fc.integer({ min: 0, max: 1_200 })
const seen = fc.option(fc.record({ stamp, deleted: fc.boolean() }))
const pair = fc.record({
  ref: fc.integer({ min: 1, max: 60 }).map((n): Ref => `hubspot:contact:${n}`),
  crm: seen,
  mirror: seen,
  alike: fc.boolean(),
})
const pairs = fc.uniqueArray(pair, { selector: ({ ref }) => ref, maxLength: 40 })
const record = fc.tuple(
  fc.integer({ min: 1 }).map((n): Ref => `salesforce:lead:${n}`),
  fc.integer({ min: 0 }),
)
const records = fc.uniqueArray(record, { selector: ([ref]) => ref })

const digest = (all: readonly [Ref, number][]) =>
  all.reduce((sum, [ref, at]) => withRecord(sum, ref, at), EMPTY)

describe('a checksum', () => {
  test('does not depend on the order of records', () => {
    fc.assert(
      fc.property(records, fc.integer(), (all, seed) => {
        const shuffled = all.toSorted(([a], [b]) => (hash(a, seed) < hash(b, seed) ? -1 : 1))
        expect(digest(shuffled)).toEqual(digest(all))
      }),
    )
  })

  test('differs when one stamp, one id or one record does', () => {
    fc.assert(
      fc.property(records, record, fc.integer({ min: 1 }), (all, [ref, at], later) => {
        const rest = all.filter(([other]) => other !== ref)
        const whole = checksum(digest([...rest, [ref, at]]))
        expect(checksum(digest([...rest, [ref, at + later]]))).not.toBe(whole)
        expect(checksum(digest([...rest, [`${ref}0`, at]]))).not.toBe(whole)
        expect(checksum(digest(rest))).not.toBe(whole)
      }),
    )
  })

  test('of 100,000 stamps of one record are all different', () => {
    const sums = new Set<string>()
    for (let i = 0; i < 100_000; i++) sums.add(checksum(withRecord(EMPTY, 'hubspot:contact:51', i)))
    expect(sums.size).toBe(100_000)
  })

  test('has 16 digits', () => {
    expect(checksum(EMPTY)).toBe('0000000000000000')
    // Certificates are read long after: the same records have the same sum in every version.
    const one = withRecord(EMPTY, 'hubspot:contact:51', UNTIL)
    expect([one.records, checksum(one)]).toEqual([1, '430daded4238cf81'])
    const two = withRecord(one, 'salesforce:lead:00Q', UNTIL)
    expect([two.records, checksum(two)]).toEqual([2, '50ecbed50fb5af85'])
    expect(checksum(withRecord(EMPTY, 'hubspot:contact:51', UNTIL))).toMatch(/^[0-9a-f]{16}$/)
  })
})

const hash = (ref: Ref, seed: number) => Math.imul(Number(ref.split(':')[2]) ^ seed, 0x9e3779b1)

/** The comparison as one would write it down, set by set and without a thought for its cost. */
function slowly(all: readonly Pair[], until: number, ageing: boolean) {
  const late = all.filter(({ crm, mirror }) =>
    [crm, mirror].some(side => side !== null && side.stamp > until),
  )
  const nowhere = all.filter(({ crm, mirror }) => crm === null && (mirror === null || mirror.deleted))
  const settled = all.filter(one => !late.includes(one) && !nowhere.includes(one))
  const aged = settled.filter(({ crm }) => ageing && crm === null)
  const compared = settled.filter(one => !aged.includes(one))
  const same = compared.filter(
    ({ crm, mirror, alike }) => alike && JSON.stringify(crm) === JSON.stringify(mirror),
  )
  const living = (side: 'crm' | 'mirror') =>
    compared.flatMap((one): [Ref, number][] =>
      one[side] === null || one[side].deleted ? [] : [[one.ref, one[side].stamp]],
    )
  return {
    crm: digest(living('crm')),
    mirror: digest(living('mirror')),
    remaining: compared.length - same.length,
    unsettled: late.filter(one => !nowhere.includes(one)).length,
  }
}

describe('a comparison', () => {
  test('is what comparing set by set gives', () => {
    fc.assert(
      fc.property(pairs, fc.boolean(), (all, ageing) => {
        const sum = all.reduce((so, one) => withPair(so, one, UNTIL, ageing), NOTHING)
        expect(sum).toEqual(slowly(all, UNTIL, ageing))
      }),
    )
  })

  test('agrees exactly when no settled pair differs', () => {
    fc.assert(
      fc.property(pairs, all => {
        const sum = all.reduce((so, one) => withPair(so, one, UNTIL, false), NOTHING)
        expect(agrees({ ...certificate, ...sum })).toBe(slowly(all, UNTIL, false).remaining === 0)
      }),
    )
  })

  const one = { stamp: 5, deleted: false }
  test.each([
    [{ crm: one, mirror: one, alike: true }, 'agrees'],
    [{ crm: one, mirror: one, alike: false }, 'stale'],
    [{ crm: { ...one, stamp: 6 }, mirror: one, alike: true }, 'stale'],
    [{ crm: one, mirror: { ...one, stamp: 6 }, alike: true }, 'stale'],
    [{ crm: { ...one, deleted: true }, mirror: one, alike: true }, 'stale'],
    [{ crm: one, mirror: null, alike: true }, 'missing'],
    [{ crm: null, mirror: one, alike: true }, 'vanished'],
    [{ crm: null, mirror: { ...one, deleted: true }, alike: true }, 'agrees'],
    [{ crm: { ...one, stamp: 11 }, mirror: null, alike: true }, 'unsettled'],
    [{ crm: null, mirror: { ...one, stamp: 11 }, alike: true }, 'unsettled'],
    [{ crm: { ...one, stamp: 10 }, mirror: null, alike: true }, 'missing'],
  ] as const)('%j: %s', (seenAs, expected) => {
    expect(standing({ ref: 'hubspot:contact:1', ...seenAs }, 10, false)).toBe(expected)
  })
})

const certificate: Certificate = {
  ...{ vendor: 'hubspot', object: 'contact', from: null, until: UNTIL, ...NOTHING },
  ...{ healed: { missing: 0, stale: 0, vanished: 0 }, stopped: null, endedAt: UNTIL, seconds: 1, calls: 1 },
}

test('a certificate that was stopped agrees with nothing', () => {
  expect(agrees(certificate)).toBe(true)
  expect(agrees({ ...certificate, stopped: 'the CRM shows none of the 3 records we know' })).toBe(false)
  expect(agrees({ ...certificate, remaining: 1 })).toBe(false)
  expect(agrees({ ...certificate, mirror: { ...EMPTY, records: 1 } })).toBe(false)
  expect(agrees({ ...certificate, mirror: { ...EMPTY, low: 1 } })).toBe(false)
})

test('a certificate holds for two days', () => {
  expect(isStale(certificate, UNTIL + 2 * DAY)).toBe(false)
  expect(isStale(certificate, UNTIL + 2 * DAY + HOUR)).toBe(true)
})

test.each([
  [{ counted: 0, alive: 0, vanished: 0 }, null],
  [{ counted: 0, alive: 1, vanished: 1 }, 'the CRM shows none of the 1 records we know'],
  [{ counted: 5, alive: 30, vanished: 25 }, null],
  [{ counted: 5, alive: 31, vanished: 26 }, 'the CRM does not show 26 of the 31 records we know'],
  [{ counted: 900, alive: 1_000, vanished: 100 }, null],
  [{ counted: 899, alive: 1_000, vanished: 101 }, 'the CRM does not show 101 of the 1000 records we know'],
])('%j: %s', (vanishing, expected) => {
  expect(doubt(vanishing)).toBe(expected)
})

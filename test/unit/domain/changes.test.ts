import { describe, expect, test } from 'vitest'
import { type Change, settle, valueAt } from '../../../src/domain/changes.ts'

const change = (
  at: number,
  value: string | null,
  from: string | null,
  more: Partial<Change<string>> = {},
) => ({
  ...{ at, dayPrecise: false, id: `${at}-${value}`, value, from, origin: 'history' as const },
  ...more,
})
const now = (value: string) => change(10, value, null, { id: 'now', origin: 'record' })
const told = (list: readonly Change<string>[]) => list.map(({ at, value }) => [at, value])

describe('the history of a field', () => {
  test('without any is the present value all along', () => {
    expect(told(settle({ changes: [], now: now('a') }, 10))).toEqual([[10, 'a']])
    expect(settle({ changes: [], now: null }, 10)).toEqual([])
  })

  test('starts with what the first change left, from the creation on', () => {
    const changes = [change(30, 'b', 'a'), change(20, 'a', 'z')]
    expect(told(settle({ changes, now: now('b') }, 10))).toEqual([
      [10, 'z'],
      [20, 'a'],
      [30, 'b'],
    ])
  })

  test('does not start earlier than known', () => {
    expect(told(settle({ changes: [change(20, 'a', null)], now: null }, 10))).toEqual([[20, 'a']])
    expect(told(settle({ changes: [change(20, 'a', 'z')], now: null }, null))).toEqual([[20, 'a']])
    expect(told(settle({ changes: [change(10, 'a', 'z')], now: null }, 10))).toEqual([[10, 'a']])
  })

  test('starts, if nobody knows the creation, where the record shows its present value', () => {
    expect(told(settle({ changes: [change(20, 'a', 'z')], now: now('a') }, null))).toEqual([
      [10, 'z'],
      [20, 'a'],
    ])
  })

  test('starts with a value known to the instant, by the fact of the present one if there is one', () => {
    const first = change(20, 'a', 'z', { dayPrecise: true })
    const start = { at: 10, dayPrecise: false, value: 'z', from: null }
    expect(settle({ changes: [first], now: now('a') }, 10)[0]).toMatchObject({ ...start, id: 'now' })
    expect(settle({ changes: [first], now: null }, 10)[0]).toMatchObject({ ...start, id: '20-a:from' })
  })

  test('is the same in whatever order it comes, by name where nothing tells what led to what', () => {
    const apart = [change(20, 'b', null, { id: '2' }), change(20, 'a', null, { id: '1' })]
    const after = [change(30, 'c', 'a'), ...apart, change(15, 'x', null)]
    for (const order of [after, after.toReversed()]) {
      expect(settle({ changes: order, now: null }, null).map(({ value }) => value)).toEqual([
        ...['x', 'a', 'b', 'c'],
      ])
    }
  })

  test('follows what led to what at equal instants', () => {
    const changes = [change(20, 'c', 'b'), change(20, 'a', null), change(20, 'b', 'a')]
    for (const order of [changes, [...changes].reverse()]) {
      expect(settle({ changes: order, now: null }, 10).map(({ value }) => value)).toEqual(['a', 'b', 'c'])
    }
  })

  test('follows it whatever the facts are called, and only within the instant', () => {
    const named = (at: number, id: string, value: string, from: string) => change(at, value, from, { id })
    const changes = [
      named(15, '9', 'z', 'c'),
      ...[named(20, '1', 'c', 'b'), named(20, '2', 'b', 'a'), named(20, '3', 'a', 'z')],
      ...[named(30, '4', 'a', 'b'), named(30, '5', 'b', 'c')],
    ]
    for (const order of [changes, changes.toReversed()]) {
      const values = settle({ changes: order, now: null }, null).map(({ value }) => value)
      expect(values).toEqual(['z', 'a', 'b', 'c', 'b', 'a'])
    }
    const idle = [named(20, '1', 'b', 'a'), named(20, '2', 'a', 'a')]
    expect(settle({ changes: idle, now: null }, null).at(-1)!.value).toBe('b')
    const circle = [named(20, '1', 'b', 'a'), named(20, '2', 'a', 'b')]
    expect(settle({ changes: circle, now: null }, null)).toEqual(circle)
  })
})

describe('a change only seen by us', () => {
  const observed = (at: number, value: string) => change(at, value, null, { origin: 'observed' })

  test('counts where the vendor’s history is silent', () => {
    expect(told(settle({ changes: [observed(40, 'b')], now: null }, null))).toEqual([[40, 'b']])
    const changes = [change(20, 'a', null), observed(40, 'b')]
    expect(told(settle({ changes, now: null }, 10))).toEqual([
      [20, 'a'],
      [40, 'b'],
    ])
  })

  test('is dropped where it knows the same change', () => {
    const changes = [change(20, 'a', null), change(38, 'b', 'a'), observed(40, 'b')]
    expect(told(settle({ changes, now: null }, 10))).toEqual([
      [20, 'a'],
      [38, 'b'],
    ])
  })
})

test('a value holds from its very instant', () => {
  const history = [change(20, 'a', null), change(30, null, 'a')]
  expect([19, 20, 29, 30].map(at => valueAt(history, at))).toEqual([undefined, 'a', 'a', null])
})

import { describe, expect, test } from 'vitest'
import type { Change } from '../../../src/domain/changes.ts'
import { type Ref, ref } from '../../../src/domain/facts.ts'
import { isActive, ownerSpans } from '../../../src/domain/owners.ts'
import type { RecordLife } from '../../../src/domain/timeline.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type { Policy } from '../../../src/policy/policy.ts'
import { COMPANY, directory, QUEUE, sf } from './world.ts'

const everybody = directory(COMPANY)

type Told<T> = [at: number, value: T | null, origin?: Change<T>['origin']]

const changes = <T extends string>(all: Told<T>[]): Change<T>[] =>
  all.map(([at, value, origin = 'history']) => ({
    ...{ at, value, origin, from: null, dayPrecise: false, id: `${at}` },
  }))

/** A record made at 0, unless it says otherwise, with its owners. */
const record = (
  vendor: RecordLife['vendor'],
  object: RecordLife['object'],
  owners: Told<Ref>[],
  more: Partial<RecordLife> = {},
): RecordLife => ({
  ...{ ref: ref(vendor, object, 'p1'), vendor, object, createdAt: 0, createdId: '', deletedAt: null },
  ...{ profile: null, owners: changes(owners), fields: new Map(), conversion: null, ...more },
})

const lead = (owners: Told<Ref>[], more: Partial<RecordLife> = {}) =>
  record('salesforce', 'lead', owners, more)
const status = (...all: Told<string>[]) => ({ fields: new Map([['status' as const, changes(all)]]) })
const CLOSED = 'Closed - Not Converted'

/** From when on whom, by their names. */
const owned = (records: readonly RecordLife[], policy: Policy = defaultPolicy) =>
  ownerSpans(records, everybody, () => policy).map(({ from, owner }) => [from, owner?.name ?? null])

describe('a lead has a say', () => {
  test('until a millisecond after it was closed, and again when it is taken up', () => {
    const ada: Told<Ref>[] = [[10, sf('ada')]]
    expect(owned([lead(ada, status([20, CLOSED]))])).toEqual([
      [10, 'ada'],
      [21, null],
    ])
    expect(owned([lead(ada, status([20, CLOSED], [30, 'Open']))]).at(-1)).toEqual([30, 'ada'])
    expect(owned([lead(ada, status([20, 'Working']))])).toEqual([[10, 'ada']])
  })

  test('whatever closes other fields', () => {
    const { stages } = defaultPolicy
    const rejected = [
      ...stages.rejected,
      { preset: 'field', vendor: 'hubspot', field: 'lead_status', values: ['Open'] },
      { preset: 'condition', all: [{ vendor: 'salesforce', name: 'Status', test: 'is', values: ['Open'] }] },
    ] as const
    const policy = { ...defaultPolicy, stages: { ...stages, rejected } }
    expect(owned([lead([[10, sf('ada')]], status([20, 'Open']))], policy)).toEqual([[10, 'ada']])
  })

  test.each([
    ['deleted', { deletedAt: 20 }],
    ['converted', { conversion: { at: 20, dayPrecise: false, id: '', deal: null } }],
  ])('until a millisecond after it was %s', (_, more) => {
    expect(owned([lead([[10, sf('ada')]], more)])).toEqual([
      [10, 'ada'],
      [21, null],
    ])
  })
})

describe('a Salesforce contact has a say', () => {
  const contact = record('salesforce', 'contact', [[15, sf('bob')]])

  test('where nothing else speaks', () => {
    expect(owned([contact])).toEqual([[15, 'bob']])
  })

  test('not while a lead is open', () => {
    expect(owned([contact, lead([[10, sf('ada')]])])).toEqual([[10, 'ada']])
    expect(owned([contact, lead([[10, sf('ada')]], status([12, CLOSED]))]).at(-1)).toEqual([15, 'bob'])
  })

  test('not where the history of HubSpot tells, be it only in part', () => {
    const told = record('hubspot', 'contact', [
      [10, sf('eve'), 'observed'],
      [12, sf('ada')],
    ])
    expect(owned([told, contact]).at(-1)).toEqual([12, 'ada'])
    const shown = record('hubspot', 'contact', [[12, sf('ada'), 'record']])
    expect(owned([shown, contact]).at(-1)).toEqual([15, 'bob'])
  })
})

describe('where records disagree', () => {
  const contact = (owners: Told<Ref>[], createdAt: number | null = 0) =>
    record('hubspot', 'contact', owners, { createdAt })

  test('the one that was assigned last is right', () => {
    expect(owned([contact([[20, sf('bob')]]), lead([[10, sf('ada')]])]).at(-1)).toEqual([20, 'bob'])
    expect(owned([contact([[10, sf('bob')]]), lead([[20, sf('ada')]])]).at(-1)).toEqual([20, 'ada'])
  })

  test('of two at once one that was given counts before one made so, else the lead', () => {
    const made = { createdAt: 10 }
    expect(owned([contact([[10, sf('bob')]]), lead([[10, sf('ada')]], made)])).toEqual([[10, 'bob']])
    expect(owned([contact([[10, sf('bob')]], 10), lead([[10, sf('ada')]])])).toEqual([[10, 'ada']])
    expect(owned([contact([[10, sf('bob')]]), lead([[10, sf('ada')]])])).toEqual([[10, 'ada']])
    expect(owned([contact([[10, sf('bob')]], 10), lead([[10, sf('ada')]], made)])).toEqual([[10, 'ada']])
  })

  test('a queue takes the person away where it was given to it, not where it was made so', () => {
    const ada = contact([[10, sf('ada')]])
    expect(owned([ada, lead([[15, QUEUE]])]).at(-1)).toEqual([15, null])
    expect(owned([ada, lead([[15, QUEUE]], { createdAt: 15 })])).toEqual([[10, 'ada']])
    expect(owned([ada, lead([[15, QUEUE]], { createdAt: null })])).toEqual([[10, 'ada']])
  })

  test('an emptied field and a user nobody knows say nothing', () => {
    expect(owned([contact([[20, null]]), lead([[10, sf('ada')]])])).toEqual([[10, 'ada']])
    expect(owned([lead([[10, sf('nobody')]])])).toEqual([])
  })
})

test('of whom only that they left is known, they never were with us', () => {
  const ada = { ...everybody.get(sf('ada'))!, active: false }
  expect([-1, 19, 20].map(at => isActive({ ...ada, inactiveSince: 20 }, at))).toEqual([true, true, false])
  expect(isActive({ ...ada, inactiveSince: null }, -1)).toBe(false)
})

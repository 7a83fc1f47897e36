import { expect, test } from 'vitest'
import type { Fact } from '../../../src/domain/facts.ts'
import { observe, untold } from '../../../src/pipeline/observe.ts'

const base = { at: 1, subject: 'salesforce:lead:1', origin: 'record' } as const
const owner = (value: Fact['subject'] | null): Fact => ({
  ...base,
  key: 'owner',
  kind: 'owner_now',
  owner: value,
})
const status = (value: string | null): Fact => ({
  ...base,
  key: 'status',
  kind: 'field_now',
  field: 'status',
  value,
})
const seen = (facts: Fact[], before: Fact[]) => observe(untold(facts), 50, before)

test('an unchanged record shows nothing new', () => {
  expect(seen([owner(null), status('New')], [owner(null), status('New')])).toEqual([])
})

test('a first reading has nothing to compare with', () => {
  expect(seen([owner(null), status('New')], [])).toEqual([])
})

test('a change is placed at the stamp of the record, each field by itself', () => {
  const changes = seen([owner('salesforce:user:2'), status('Working')], [owner(null), status('New')])
  expect(changes).toEqual([
    {
      ...{ key: 'observed:owner:50', at: 50, subject: 'salesforce:lead:1', origin: 'observed' },
      ...{ kind: 'owner', owner: 'salesforce:user:2', from: null },
    },
    {
      ...{ key: 'observed:status:50', at: 50, subject: 'salesforce:lead:1', origin: 'observed' },
      ...{ kind: 'field', field: 'status', value: 'Working', from: 'New' },
    },
  ])
})

test("where the record's own history tells of the field, it is left to it", () => {
  const history: Fact = {
    ...base,
    key: 'h',
    origin: 'history',
    kind: 'field',
    field: 'status',
    value: 'Working',
    from: 'New',
  }
  expect(seen([status('Working'), history], [status('New')])).toEqual([])
})

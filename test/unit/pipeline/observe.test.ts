import { expect, test } from 'vitest'
import type { PulledRecord } from '../../../src/crm/crm.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { observe } from '../../../src/pipeline/observe.ts'

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
const record = (...facts: Fact[]): PulledRecord => ({
  object: 'lead',
  id: '1',
  fields: {},
  modifiedAt: 50,
  deleted: false,
  facts,
  identity: [],
  memberships: [],
  owned: null,
})

test('an unchanged record shows nothing new', () => {
  expect(observe(record(owner(null), status('New')), [owner(null), status('New')])).toEqual([])
})

test('a first reading has nothing to compare with', () => {
  expect(observe(record(owner(null), status('New')), [])).toEqual([])
})

test('a change is placed at the stamp of the record, each field by itself', () => {
  const seen = observe(record(owner('salesforce:user:2'), status('Working')), [owner(null), status('New')])
  expect(seen).toEqual([
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
  expect(observe(record(status('Working'), history), [status('New')])).toEqual([])
})

import { expect, test } from 'vitest'
import type { PulledRecord } from '../../../src/crm/crm.ts'
import type { Fact } from '../../../src/domain/facts.ts'
import { encode, encodeAll } from '../../../src/pipeline/encode.ts'

const fact: Fact = {
  key: 'name',
  kind: 'campaign',
  name: 'Spring',
  at: 5,
  subject: 'salesforce:lead:1',
  origin: 'record',
}
const record: PulledRecord = {
  object: 'lead',
  id: '1',
  fields: { a: 1 },
  modifiedAt: 10,
  deleted: false,
  facts: [fact],
  identity: [{ key: 'salesforce:lead:1', reason: 'self' }],
  memberships: [{ deal: 'salesforce:deal:1', member: 'salesforce:lead:1' }],
  owned: { overdue: false },
}
const hash = (change: Partial<PulledRecord>) => encode('salesforce', { ...record, ...change }).row.hash

test('an echo of our own write does not change the hash', () => {
  expect(hash({ modifiedAt: 99, owned: { overdue: true } })).toBe(hash({}))
})

test.each<Partial<PulledRecord>>([
  { fields: { a: 2 } },
  { deleted: true },
  { facts: [] },
  { facts: [{ ...fact, at: 6 }] },
  { facts: [{ ...fact, name: 'Autumn' }] },
  { identity: [] },
  { memberships: [] },
  { rep: { ref: 'salesforce:user:1', name: 'A', email: null, timeZone: null, active: true, human: true } },
])('anything we use changes the hash: %j', change => {
  expect(hash(change)).not.toBe(hash({}))
})

test('a key given twice is stored once, as given last', () => {
  const { facts } = encode('salesforce', { ...record, facts: [fact, { ...fact, name: 'Autumn' }] })
  expect(facts.map(row => row.data)).toEqual(['{"name":"Autumn"}'])
})

test('of a record read twice the later reading counts', () => {
  const newer = { ...record, modifiedAt: 11, fields: { a: 2 } }
  for (const order of [
    [record, newer],
    [newer, record],
  ]) {
    expect(encodeAll('salesforce', order).get('salesforce:lead:1')?.row.modifiedAt).toBe(11)
  }
})

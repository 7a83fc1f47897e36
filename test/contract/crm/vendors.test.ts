import { afterEach, expect, test } from 'vitest'
import { type Bench, bench, event, HOUR, idsIn, idsOf, mqls, NOW, scan } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

test('salesforce: a locator that expired is replaced by a new query after the last row', async () => {
  at = await bench('salesforce', mqls(4_100, 0))
  const body = [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }]
  at.fault({ path: '/query/0r8', status: 400, body, times: 1, skip: 1 })
  const { records } = await scan(at.crm, 'lead')
  expect(records).toHaveLength(4_100)
  expect(idsOf(records)).toEqual(await idsIn(at))
})

test('fault 1, hubspot: more changes at one instant than a search can give', async () => {
  at = await bench('hubspot', mqls(10_250, 0))
  const { records } = await scan(at.crm, 'contact', { since: NOW - 72 * HOUR })
  expect(records).toHaveLength(10_250)
  expect(idsOf(records)).toEqual(await idsIn(at))
})

test('fault 2, salesforce: 5,000 changes within one second, with the end of a page among them', async () => {
  at = await bench('salesforce', mqls(5_000, 0))
  const { records, pages } = await scan(at.crm, 'lead', { since: NOW - 72 * HOUR })
  expect(pages).toHaveLength(3)
  expect(idsOf(records)).toEqual(await idsIn(at))
  const [first] = pages
  expect(idsOf([...first!.records, ...(await scan(at.crm, 'lead', first!.cursor)).records])).toHaveLength(
    5_000,
  )
})

test('fault 15, hubspot: a contact merged away is told of when it is asked for', async () => {
  at = await bench('hubspot', mqls(3, 1000))
  const ids = idsOf((await scan(at.crm, 'contact')).records)
  at.sink.apply('p00001', event('p00001', NOW, 'merged', { detail: 'p00002' }))
  const asked = await at.crm.fetch('contact', [...ids, '999999'], never)
  expect(asked.filter(record => record.deleted).map(({ facts }) => facts)).toEqual([[], []])
  expect(asked.filter(record => !record.deleted)).toHaveLength(1)
})

test('hubspot: the old paths still work', async () => {
  at = await bench('hubspot', mqls(60, 1000), { api: 'v3' })
  const { cursor, records } = await scan(at.crm, 'contact')
  at.sink.apply('p00007', event('p00007', NOW, 'accepted', { actor: 'ann' }))
  expect((await scan(at.crm, 'contact', cursor)).records).toHaveLength(1)
  const [written] = await at.crm.write(
    'contact',
    [{ id: records[0]?.id ?? '', fields: { overdue: true } }],
    never,
  )
  expect(written?.result).toBe('written')
  expect(Object.keys(at.app.counters.state().calls).filter(call => call.includes('2026-09'))).toEqual([])
})

test('fault 15, hubspot: merged contacts lead to their survivor', async () => {
  at = await bench('hubspot', mqls(3, 1000))
  const first = await scan(at.crm, 'contact')
  at.clock.set(NOW + HOUR)
  at.sink.apply('p00001', event('p00001', NOW + HOUR, 'merged', { detail: 'p00002' }))
  const { records } = await scan(at.crm, 'contact', first.cursor)
  const survivor = records.find(record => !record.deleted)
  const merged = survivor?.identity.filter(({ reason }) => reason === 'merge').map(({ key }) => key) ?? []
  expect(merged.length).toBeGreaterThan(0)
  for (const key of merged) {
    const old = records.find(record => key === `hubspot:contact:${record.id}`)
    expect(old).toMatchObject({ deleted: true, facts: [] })
  }
})

test('fault 15, salesforce: a merged lead is deleted and names its survivor', async () => {
  at = await bench('salesforce', mqls(3, 1000))
  const first = await scan(at.crm, 'lead')
  at.clock.set(NOW + HOUR)
  at.sink.apply('p00001', event('p00001', NOW + HOUR, 'merged', { detail: 'p00002' }))
  const { records } = await scan(at.crm, 'lead', first.cursor)
  const loser = records.find(record => record.deleted)
  const survivor = first.records.find(record => record.fields.email === 'p00002@people.test')
  expect(loser?.identity).toContainEqual({ key: `salesforce:lead:${survivor?.id}`, reason: 'merge' })
})

import { afterEach, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/crm/crm.ts'
import { Refused } from '../../../src/crm/errors.ts'
import { type Bench, bench, event, HOUR, idsOf, mqls, NOW, personObject, scan, somebody } from './company.ts'
import { full, ownedBy } from './owned.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const object = personObject(vendor)
  const start = async (count: number) => {
    at = await bench(vendor, mqls(count, 1000))
    return idsOf((await scan(at.crm, object)).records)
  }

  test('writing the same again changes no value', async () => {
    const [id = ''] = await start(1)
    const change: Change = { id, fields: ownedBy(at.crm, full) }
    await at.crm.write(object, [change], never)
    const before = at.app.writes.after(0, 0)
    expect(await at.crm.write(object, [change], never)).toEqual([{ id, result: 'written' }])
    const after = at.app.writes.after(0, 0)
    expect(after.total - after.same).toBe(before.total - before.same)
    expect(after.same).toBeGreaterThan(before.same)
  })

  test('a full batch, one result for each', async () => {
    const ids = await start(at_most(vendor))
    const changes = ids.map(id => ({ id, fields: { overdue: true } }))
    const results = await at.crm.write(object, changes, never)
    expect(results.map(({ id }) => id).sort()).toEqual(ids)
    expect(new Set(results.map(({ result }) => result))).toEqual(new Set(['written']))
    expect(at.crm.writeBatch).toBe(ids.length)
    expect(at.app.counters.state().writes).toEqual({ calls: 1, records: ids.length })
  })

  test('an answer that was lost leaves every change unknown, and it was sent once', async () => {
    const ids = await start(3)
    const changes = ids.map(id => ({ id, fields: { overdue: true } }))
    at.fault({ method: vendor === 'salesforce' ? 'PATCH' : 'POST', drop: 'after', times: 1 })
    const results = await at.crm.write(object, changes, never)
    expect(results.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(at.app.counters.state().writes.calls).toBe(1)
    expect((await at.crm.fetch(object, ids, never)).map(record => record.owned?.overdue)).toEqual([
      true,
      true,
      true,
    ])
  })

  test.each([500, 502, 503, 504])('HTTP %i leaves every change unknown', async status => {
    const ids = await start(2)
    at.fault({ path: 'composite|batch/update', status, body: '<html>bad gateway</html>' })
    const results = await at.crm.write(
      object,
      ids.map(id => ({ id, fields: { overdue: true } })),
      never,
    )
    expect(results.map(({ result }) => result)).toEqual(['unknown', 'unknown'])
  })

  test('nonsense in answer to a write leaves every change unknown', async () => {
    const ids = await start(2)
    at.fault({ path: 'composite|batch/update', status: 200, body: '<html>sign in</html>' })
    const results = await at.crm.write(
      object,
      ids.map(id => ({ id, fields: { overdue: true } })),
      never,
    )
    expect(results.map(({ result }) => result)).toEqual(['unknown', 'unknown'])
  })

  test('fields the CRM lacks are a refusal for all, and the check names them', async () => {
    at = await bench(vendor, mqls(20, 1000), { prefix: 'Other' })
    const { records } = await scan(at.crm, object)
    expect(records).toHaveLength(20)
    const problems = await at.crm.check(never)
    expect(problems.join('\n')).toMatch(
      vendor === 'salesforce' ? /Lead has no field Other_Due__c/ : /no property other_due/,
    )
    const changes = records.map(({ id }) => ({ id, fields: { overdue: true } }))
    if (vendor === 'hubspot') {
      await expect(at.crm.write(object, changes, never)).rejects.toBeInstanceOf(Refused)
      expect(at.app.counters.state().writes.calls).toBe(1)
    } else {
      const outcome = await at.crm.write(object, changes, never).catch((error: unknown) => error)
      expect(outcome instanceof Refused || (outcome as { result: string }[])[0]?.result === 'rejected').toBe(
        true,
      )
    }
  })
})

/** The vendor's limit of records a call. */
const at_most = (vendor: 'salesforce' | 'hubspot') => (vendor === 'salesforce' ? 200 : 100)

test('salesforce: each record has its own result', async () => {
  at = await bench('salesforce', mqls(5, 1000))
  const ids = idsOf((await scan(at.crm, 'lead')).records)
  const failed = (statusCode: string, message: string) => ({
    success: false,
    errors: [{ statusCode, message, fields: [] }],
  })
  at.fault({
    path: 'composite',
    status: 200,
    body: [
      { id: ids[0], success: true, errors: [] },
      failed('UNABLE_TO_LOCK_ROW', 'unable to obtain exclusive access'),
      failed('ENTITY_IS_DELETED', 'entity is deleted'),
      failed('FIELD_CUSTOM_VALIDATION_EXCEPTION', 'Ask your manager first'),
      failed('SOMETHING_ELSE', 'ada@example.com is not allowed'),
    ],
  })
  const results = await at.crm.write(
    'lead',
    ids.map(id => ({ id, fields: { overdue: true } })),
    never,
  )
  expect(results).toEqual([
    { id: ids[0], result: 'written' },
    { id: ids[1], result: 'rejected', reason: 'UNABLE_TO_LOCK_ROW', field: null, transient: true },
    { id: ids[2], result: 'gone' },
    {
      ...{ id: ids[3], result: 'rejected', field: null, transient: false },
      reason: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: Ask your manager first',
    },
    { id: ids[4], result: 'rejected', reason: 'SOMETHING_ELSE', field: null, transient: false },
  ])
})

test('salesforce: fewer results than changes are matched by id, the rest is unknown', async () => {
  at = await bench('salesforce', mqls(3, 1000))
  const ids = idsOf((await scan(at.crm, 'lead')).records)
  at.fault({ path: 'composite', status: 200, body: [{ id: ids[2], success: true, errors: [] }] })
  const results = await at.crm.write(
    'lead',
    ids.map(id => ({ id, fields: { overdue: true } })),
    never,
  )
  expect(results.map(({ result }) => result)).toEqual(['unknown', 'unknown', 'written'])
})

test('salesforce: a converted lead is refused with the reason', async () => {
  at = await bench('salesforce', sink => {
    const t = NOW - 90 * HOUR
    const won = event('ada', t + HOUR, 'won', { actor: 'ann', deal: 'd', amount: 1 })
    sink.person(somebody('ada'), [event('ada', t, 'mql'), won])
  })
  const [id = ''] = idsOf((await scan(at.crm, 'lead')).records)
  expect(await at.crm.write('lead', [{ id, fields: { overdue: true } }], never)).toEqual([
    {
      ...{ id, result: 'rejected', field: null, transient: false },
      reason: 'CANNOT_UPDATE_CONVERTED_LEAD: a converted lead is read-only',
    },
  ])
})

test('hubspot: partial success tells each', async () => {
  at = await bench('hubspot', mqls(3, 1000))
  const ids = idsOf((await scan(at.crm, 'contact')).records)
  const when = new Date(NOW).toISOString()
  at.fault({
    path: 'batch/update',
    status: 207,
    body: {
      ...{ status: 'COMPLETE', startedAt: when, completedAt: when, numErrors: 1 },
      results: [{ id: ids[0], properties: {}, createdAt: when, updatedAt: when }],
      errors: [
        {
          status: 'error',
          category: 'OBJECT_NOT_FOUND',
          message: 'no',
          context: { ids: [ids[1]] },
          errors: [],
          links: {},
        },
      ],
    },
  })
  const results = await at.crm.write(
    'contact',
    ids.map(id => ({ id, fields: { overdue: true } })),
    never,
  )
  expect(results.map(({ result }) => result)).toEqual(['written', 'gone', 'unknown'])
})

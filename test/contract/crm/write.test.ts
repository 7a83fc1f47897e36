import { afterEach, describe, expect, test } from 'vitest'
import type { Change } from '../../../src/crm/crm.ts'
import { Refused } from '../../../src/crm/errors.ts'
import type { OwnedFields } from '../../../src/domain/desired.ts'
import { type Bench, bench, event, HOUR, idsOf, mqls, NOW, personObject, scan, somebody } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

const full: OwnedFields = {
  ...{
    overdue: true,
    status: 'overdue',
    due: NOW - HOUR,
    reason: 'Überfällig 1 h: no attempt since "Tue" 09:12',
  },
  ...{ mqlAt: NOW - 50 * HOUR, assignedAt: NOW - 49 * HOUR, firstAttemptAt: null, sqlAt: null, attempts: 0 },
  ...{ followUpMinutes: 1500, followUpHours: 24.8, mqlToSqlHours: -3.25, handoff: 2, outcome: 'open' },
  ...{ feedbackReason: 'No budget', feedbackNote: null },
}

const empty: OwnedFields = {
  ...{
    overdue: false,
    status: null,
    due: null,
    reason: null,
    mqlAt: null,
    assignedAt: null,
    firstAttemptAt: null,
  },
  ...{ sqlAt: null, attempts: null, followUpMinutes: null, followUpHours: null, mqlToSqlHours: null },
  ...{ handoff: null, outcome: null, feedbackReason: null, feedbackNote: null },
}

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const object = personObject(vendor)
  const of = (fields: OwnedFields) =>
    Object.fromEntries(at.crm.ownedFields.map(field => [field, fields[field]])) as Partial<OwnedFields>
  const start = async (count: number) => {
    at = await bench(vendor, mqls(count, 1000))
    return idsOf((await scan(at.crm, object)).records)
  }
  const owned = async (id: string) => (await at.crm.fetch(object, [id], never))[0]?.owned

  test('values read back as they were written, and are cleared by null', async () => {
    const [id = ''] = await start(1)
    expect(await at.crm.write(object, [{ id, fields: of(full) }], never)).toEqual([{ id, result: 'written' }])
    expect(await owned(id)).toEqual(of(full))
    await at.crm.write(object, [{ id, fields: of(empty) }], never)
    expect(await owned(id)).toEqual(of(empty))
  })

  test('fields that are not given stay', async () => {
    const [id = ''] = await start(1)
    await at.crm.write(object, [{ id, fields: of(full) }], never)
    await at.crm.write(object, [{ id, fields: { overdue: false } }], never)
    expect(await owned(id)).toEqual({ ...of(full), overdue: false })
  })

  test('writing the same again changes no value', async () => {
    const [id = ''] = await start(1)
    const change: Change = { id, fields: of(full) }
    await at.crm.write(object, [change], never)
    const before = at.app.writes.after(0, 0)
    expect(await at.crm.write(object, [change], never)).toEqual([{ id, result: 'written' }])
    const after = at.app.writes.after(0, 0)
    expect(after.total - after.same).toBe(before.total - before.same)
    expect(after.same).toBeGreaterThan(before.same)
  })

  test('an echo of our write is the same record but for our fields', async () => {
    const [id = ''] = await start(2)
    const before = await scan(at.crm, object)
    at.clock.set(NOW + HOUR)
    await at.crm.write(object, [{ id, fields: of(full) }], never)
    const { records } = await scan(at.crm, object, before.cursor)
    const old = before.records.find(record => record.id === id)
    expect(idsOf(records)).toEqual([id])
    expect(records[0]?.fields).toEqual(old?.fields)
    expect(records[0]?.facts).toEqual(old?.facts)
    expect(records[0]?.owned).toEqual(of(full))
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

  test('a record that is not there, or deleted, is gone; the others are written', async () => {
    const ids = await start(3)
    at.sink.apply('p00001', event('p00001', NOW, 'deleted'))
    const never_was = vendor === 'salesforce' ? '00QLt000000ZZZZMAA' : '99999999'
    const changes = [...ids, never_was, 'nonsense'].map(id => ({ id, fields: { overdue: true } }))
    const results = new Map((await at.crm.write(object, changes, never)).map(one => [one.id, one.result]))
    expect([...results.values()].sort()).toEqual(['gone', 'gone', 'gone', 'written', 'written'])
    expect(results.get(never_was)).toBe('gone')
  })

  test('one bad value does not keep the others from being written', async () => {
    const ids = await start(40)
    const bad = ids[17] ?? ''
    const changes = ids.map(id => ({
      id,
      fields: { overdue: true, ...(id === bad && { status: 'nonsense' as never }) },
    }))
    const results = await at.crm.write(object, changes, never)
    expect(results.filter(({ result }) => result === 'written')).toHaveLength(39)
    const field = vendor === 'salesforce' ? 'Leadtime_Status__c' : 'leadtime_status'
    expect(results.find(({ id }) => id === bad)).toMatchObject({
      result: 'rejected',
      field,
      transient: false,
    })
    expect(at.app.counters.state().writes.calls).toBeLessThanOrEqual(vendor === 'salesforce' ? 1 : 13)
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

  test('nothing to write is no call', async () => {
    await start(0)
    expect(await at.crm.write(object, [], never)).toEqual([])
    expect(at.app.counters.state().writes.calls).toBe(0)
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

  test('an object without our fields is refused', async () => {
    await start(1)
    await expect(at.crm.write('deal', [], never)).rejects.toBeInstanceOf(Refused)
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

import { afterEach, expect, test } from 'vitest'
import type { PulledRecord } from '../../../src/crm/crm.ts'
import type { ObjectName } from '../../../src/domain/facts.ts'
import { type Bench, bench, event, HOUR, idsOf, mqls, NOW, scan, somebody } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

/** What people do in the organisation, or what its administrators set up. */
async function people(path: string, body: object, method = 'POST'): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${at.url}/_twin/${path}`, { method, headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(await answer.text())
}

/** Two people who were called once each, all read; what the next reading brings of an object. */
async function start(): Promise<{ ids: string[]; next: (object: ObjectName) => Promise<PulledRecord[]> }> {
  at = await bench('salesforce', sink => {
    for (const key of ['ada', 'bea']) {
      const t = NOW - 90 * HOUR
      const call = { actor: 'ann', direction: 'out', outcome: 'connected' } as const
      sink.person(somebody(key), [event(key, t, 'mql'), event(key, t + HOUR, 'call', call)])
    }
  })
  const cursors = new Map<ObjectName, Awaited<ReturnType<typeof scan>>>()
  for (const object of at.crm.objects) cursors.set(object, await scan(at.crm, object))
  at.clock.set(NOW + HOUR)
  const next = async (object: ObjectName) => (await scan(at.crm, object, cursors.get(object)!.cursor)).records
  return { ids: idsOf(cursors.get('lead')!.records), next }
}

const kinds = (record: PulledRecord | undefined) => record?.facts.map(({ kind }) => kind)

test('fault 12: a deleted lead comes as deleted; one that was purged is not there to be asked for', async () => {
  const { ids, next } = await start()
  await people('records/delete', { id: ids[0], actor: 'ann' })
  expect(await next('lead')).toMatchObject([{ id: ids[0], deleted: true }])
  await people('records/purge', { id: ids[0] })
  expect(await next('lead')).toEqual([])
  expect(await at.crm.fetch('lead', ids, never)).toMatchObject([{ id: ids[1] }])
  expect(await at.crm.write('lead', [{ id: ids[0]!, fields: { overdue: true } }], never)).toEqual([
    { id: ids[0], result: 'gone' },
  ])
})

test('fault 13: a lead that was taken back from the bin comes as it was', async () => {
  const { ids, next } = await start()
  const [before] = await at.crm.fetch('lead', [ids[0]!], never)
  await people('records/delete', { id: ids[0] })
  await next('lead')
  await people('records/undelete', { id: ids[0] })
  const [after] = await next('lead')
  expect(after).toEqual({ ...before, modifiedAt: NOW + HOUR })
})

test('fault 14: a lead that somebody converts: its contact, its calls, and no write to it any more', async () => {
  const { ids, next } = await start()
  await people('records/convert', { lead: ids[0], actor: 'bob', opportunity: { amount: 900 } })
  const [lead] = await next('lead')
  const [contact] = await next('contact')
  expect(lead?.facts).toContainEqual(
    expect.objectContaining({ kind: 'converted', contact: `salesforce:contact:${contact?.id}` }),
  )
  expect((await next('history')).flatMap(({ facts }) => facts.map(({ kind }) => kind))).toContain('converted')
  expect((await next('task'))[0]?.facts).toMatchObject([{ subject: `salesforce:contact:${contact?.id}` }])
  expect((await next('deal'))[0]?.facts.length).toBeGreaterThan(0)
  expect(await at.crm.write('lead', [{ id: ids[0]!, fields: { overdue: true } }], never)).toMatchObject([
    { result: 'rejected', transient: false, reason: expect.stringContaining('converted lead is read-only') },
  ])
})

test('fault 15: a lead that is merged into another names it, and what hung on it comes as the other’s', async () => {
  const { ids, next } = await start()
  await people('records/merge', { master: ids[0], losers: [ids[1]] })
  const loser = (await next('lead')).find(({ id }) => id === ids[1])
  expect(loser).toMatchObject({ deleted: true })
  expect(kinds(loser)).toContain('deleted')
  expect(loser?.identity).toContainEqual({ key: `salesforce:lead:${ids[0]}`, reason: 'merge' })
  for (const object of ['task', 'campaign_member'] as const) {
    expect(
      (await next(object)).flatMap(({ facts }) => facts.map(({ subject }) => subject)),
      object,
    ).toEqual([`salesforce:lead:${ids[0]}`])
  }
})

test('fault 36: of a full batch, each refused record is told apart; the others are written', async () => {
  at = await bench('salesforce', sink => {
    mqls(199, 1000)(sink)
    const won = event('won', NOW - 89 * HOUR, 'won', { actor: 'ann', deal: 'd', amount: 1 })
    sink.person(somebody('won'), [event('won', NOW - 90 * HOUR, 'mql'), won])
  })
  const { records } = await scan(at.crm, 'lead')
  const converted = records.find(({ facts }) => facts.some(({ kind }) => kind === 'converted'))!.id
  const [a, b, c, deleted, ...rest] = idsOf(records).filter(id => id !== converted)
  const locks = [a, b, c].map(id => ({ id }))
  const rule = { object: 'Lead', when: `Id = '${rest[0]}'`, message: 'Ask your manager first' }
  await people('rules', { locks, validation: [rule] }, 'PUT')
  await people('records/delete', { id: deleted })
  const changes = records.map(({ id }) => ({ id, fields: { overdue: true } }))
  const results = await at.crm.write('lead', changes, never)
  const of = (wanted: string) => results.filter(({ result }) => result === wanted)
  expect([of('written').length, of('gone').length, of('rejected').length]).toEqual([194, 1, 5])
  expect(
    of('rejected')
      .filter(one => 'transient' in one && one.transient)
      .map(({ id }) => id)
      .sort(),
  ).toEqual([a, b, c].sort())
  expect(results.find(({ id }) => id === rest[0])).toMatchObject({
    reason: 'FIELD_CUSTOM_VALIDATION_EXCEPTION: Ask your manager first',
  })
  expect(
    await at.crm.write(
      'lead',
      locks.map(({ id }) => ({ id: id!, fields: { overdue: true } })),
      never,
    ),
  ).toEqual(locks.map(({ id }) => ({ id, result: 'written' })))
})

test('fault 31: a field that an administrator hides is left out of readings, and the check names it', async () => {
  const { next } = await start()
  const access = (level: string) =>
    people('access', { fields: [{ field: 'Lead.Leadtime_Due__c', access: level }] }, 'PUT')
  await access('none')
  const seen = (await scan(at.crm, 'lead')).records
  expect(seen).toHaveLength(2)
  expect(seen.some(({ owned }) => owned !== null && 'due' in owned)).toBe(false)
  expect(await at.crm.check(never)).toEqual([expect.stringContaining('Lead has no field Leadtime_Due__c')])
  await access('read')
  expect(await at.crm.check(never)).toEqual([expect.stringContaining('Lead.Leadtime_Due__c is read-only')])
  expect(await next('lead')).toEqual([])
})

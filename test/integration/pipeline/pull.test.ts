import { expect, test } from 'vitest'
import type { Page } from '../../../src/crm/crm.ts'
import { RateLimited } from '../../../src/crm/errors.ts'
import { ref } from '../../../src/domain/facts.ts'
import { troubles } from '../../../src/http/health.ts'
import { storedViews } from '../../../src/http/stored.ts'
import { pull, pullAllOf } from '../../../src/pipeline/pull.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, fill, NOW, REP } from './company.ts'
import { contact, FakeCrm, lead } from './fake-crm.ts'

async function count({ db }: Company, table: 'record' | 'fact'): Promise<number> {
  const { rows } = await db.query<{ n: number }>(
    table === 'record' ? sql`select count(*) as n from record` : sql`select count(*) as n from fact`,
  )
  return rows[0]!.n
}

test('what was read before an error is kept, and the scan goes on from there', async () => {
  const firm = await company()
  fill(firm, 120)
  firm.hubspot.readFault = {
    after: 2,
    error: new RateLimited('hubspot', 'list contacts', 1_000, 'slow down'),
  }
  await expect(pull(firm.context(), firm.hubspot, 'contact')).rejects.toThrow('slow down')
  expect(await count(firm, 'record')).toBe(100)
  firm.hubspot.readFault = null
  const context = firm.context()
  await pull(context, firm.hubspot, 'contact')
  expect(await count(firm, 'record')).toBe(120)
  expect(context.tally.rows.record).toBe(20)
})

test('records delivered again are not written again', async () => {
  const firm = await company()
  fill(firm, 50)
  await firm.round()
  await firm.db.query(sql`update cursor set value = null`)
  const context = firm.context()
  for (const crm of [firm.salesforce, firm.hubspot]) {
    for (const object of crm.objects) await pull(context, crm, object)
  }
  expect(context.tally.rowsChanged).toBe(0)
  expect((await firm.db.query(sql`select 1 from stale_record`)).count).toBe(0)
})

test('a fact keeps the instant it became known; only what changed is new', async () => {
  const firm = await company()
  firm.hubspot.put(contact('1', null))
  await firm.round()
  firm.clock.now += 1_000
  firm.hubspot.put(contact('1', at('18T09:00')))
  await firm.round()
  const { rows } = await firm.db.query(sql`select kind, known_at from fact order by kind`)
  expect(rows).toEqual([
    { kind: 'created', known_at: NOW },
    { kind: 'field', known_at: NOW + 1_000 },
    { kind: 'owner_now', known_at: NOW },
  ])
})

test('a change of owner between two readings is kept as observed, also when the record is read again', async () => {
  const firm = await company()
  const [first, second] = [ref('salesforce', 'user', 'u1'), ref('salesforce', 'user', 'u2')]
  firm.salesforce.put(lead('1', { owner: first }))
  await firm.round()
  firm.salesforce.put(lead('1', { owner: second }))
  await firm.round()
  firm.salesforce.put({ ...lead('1', { owner: second }), fields: { changed: true } })
  await firm.round()
  const { rows } = await firm.db.query(sql`
    select fact.kind, fact.origin, fact.data, fact.known_at = ${new Date(NOW)} as now from fact where origin = 'observed'`)
  expect(rows).toEqual([
    { kind: 'owner', origin: 'observed', data: { kind: undefined, owner: second, from: first }, now: true },
  ])
})

test('a page older than the mirror is not taken', async () => {
  const firm = await company()
  firm.hubspot.put({ ...contact('1', null), fields: { v: 2 } })
  await firm.round()
  await firm.db.query(sql`update record set modified_at = modified_at + interval '1 hour'`)
  firm.hubspot.put({ ...contact('1', null), fields: { v: 1 } })
  await firm.round()
  expect((await firm.db.query(sql`select fields from record`)).rows).toEqual([{ fields: { v: 2 } }])
})

test('two processes that read the same object store every record once', async () => {
  const firm = await company()
  fill(firm, 120)
  await Promise.all([1, 2, 3].map(() => pull(firm.context(), firm.hubspot, 'contact')))
  await pull(firm.context(), firm.hubspot, 'contact')
  expect(await count(firm, 'record')).toBe(120)
})

test('a stop request ends the scan after the page at hand', async () => {
  const firm = await company()
  fill(firm, 120)
  const stop = new AbortController()
  stop.abort(new Error('stopping'))
  await expect(pull({ ...firm.context(), signal: stop.signal }, firm.hubspot, 'contact')).rejects.toThrow(
    'stopping',
  )
})

test('while a first reading takes long, what changes in the objects before it is read as well', async () => {
  const firm = await company()
  fill(firm, 4)
  const progress: object[] = []
  const context = { ...firm.context(), reading: (at: object) => progress.push(at) }
  const again = Promise.withResolvers<void>()
  const { changes } = FakeCrm.prototype
  firm.salesforce.changes = async function* (object, cursor, signal) {
    if (object === 'task' && cursor === null) {
      firm.salesforce.put(lead('late', { owner: REP }))
      await again.promise
      yield { records: [], cursor: { stamp: 0 }, progress: { done: 1, total: 2 } }
    }
    yield* changes.call(firm.salesforce, object, cursor, signal)
    if (object === 'lead' && cursor !== null) again.resolve()
  }
  await pullAllOf(context, firm.salesforce, { freshMs: 1 })
  expect(await count(firm, 'record')).toBe(8)
  expect(progress).toEqual([{ vendor: 'salesforce', object: 'task', done: 1, total: 2 }])
})

test('fault 9: a first reading that has to go the slow way is in the log, the status and health until it ends', async () => {
  const firm = await company()
  fill(firm, 3)
  const { salesforce, db } = firm
  const warned: object[] = []
  const log = {
    info: () => {},
    warn: (detail: object, message: string) => warned.push({ ...detail, message }),
  }
  const gate = Promise.withResolvers<void>()
  const [first] = await Array.fromAsync(salesforce.changes('lead', null, new AbortController().signal))
  salesforce.changes = async function* () {
    yield { ...(first as Page), cursor: { place: 1, detour: 'it is Failed' }, detour: 'it is Failed' }
    yield { records: [], cursor: { place: 2, detour: 'it is Failed' } }
    await gate.promise
    yield { records: [], cursor: { place: 3 } }
  }
  const state = async () => await storedViews(db).sync()
  const detour = async () => (await state()).crms[0]?.objects.find(({ object }) => object === 'lead')?.detour
  const reading = pull(
    { ...firm.context(), log },
    salesforce,
    'lead',
    { rareMs: 0 },
    { work: async () => {}, everyMs: 1 },
  )
  await expect.poll(detour).toBe('it is Failed')
  expect(warned).toEqual([
    {
      vendor: 'salesforce',
      object: 'lead',
      why: 'it is Failed',
      message: expect.stringContaining('by ranges'),
    },
  ])
  const limits = { roundMs: 60_000, waiting: 100 }
  const told = troubles(await state(), { now: firm.clock.now, since: firm.clock.now, limits })
  expect(told.find(({ code }) => code === 'slower_reading')).toMatchObject({
    ...{ vendor: 'salesforce', red: false, title: 'A first reading goes the slow way: lead' },
    remedy: expect.stringContaining('(it is Failed)'),
  })
  gate.resolve()
  await reading
  expect(await detour()).toBeNull()
})

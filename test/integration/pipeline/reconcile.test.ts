import { expect, test } from 'vitest'
import { agrees, type Certificate, SETTLING } from '../../../src/domain/certificate.ts'
import { type ObjectName, ref } from '../../../src/domain/facts.ts'
import { DAY, HOUR } from '../../../src/domain/time.ts'
import { reconcile } from '../../../src/pipeline/reconcile.ts'
import { readCertificates, readDue } from '../../../src/store/certificates.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, fill, NOW, REP, state } from './company.ts'
import { call, contact, lead } from './fake-crm.ts'

/** Both CRMs read to the end and everything settled since. */
async function settled(people: number): Promise<Company> {
  const firm = await company()
  fill(firm, people)
  await firm.round()
  firm.clock.now += DAY
  return firm
}

function certify(firm: Company, object: ObjectName, options = {}): Promise<Certificate | null> {
  const crm = object === 'contact' ? firm.hubspot : firm.salesforce
  return reconcile(firm.context(), crm, object, options)
}

const alive = async ({ db }: Company, object: string) =>
  (
    await db.query<{ n: number }>(sql`
      select count(*) as n from record where ref like ${`%:${object}:%`} and deleted_at is null`)
  ).rows[0]!.n

/** As if records had never been read. */
async function lose({ db }: Company, like: string): Promise<void> {
  await db.query(sql`delete from fact where source like ${like}`)
  await db.query(sql`delete from identity where ref like ${like}`)
  await db.query(sql`delete from record where ref like ${like}`)
}

test('a mirror that agrees is certified, and nothing is asked for or stored', async () => {
  const firm = await settled(120)
  const before = await state(firm.db)
  const context = firm.context()
  const found = (await reconcile(context, firm.hubspot, 'contact'))!
  expect(found).toMatchObject({
    ...{ vendor: 'hubspot', object: 'contact', from: null, until: NOW + DAY - SETTLING },
    ...{ remaining: 0, unsettled: 0, healed: { missing: 0, stale: 0, vanished: 0 }, stopped: null },
  })
  expect(found.crm).toEqual(found.mirror)
  expect(found.crm.records).toBe(120)
  expect(context.tally.rowsChanged).toBe(0)
  expect(await state(firm.db)).toEqual(before)
  expect((await certify(firm, 'contact'))?.from).toBe(found.until)
})

test('what no cursor saw is found and closed: missing, changed under the same stamp, deleted for good', async () => {
  const firm = await settled(60)
  const [missed, changed, gone] = ['0003', '0004', '0005'].map(id => ref('hubspot', 'contact', id)) as [
    `hubspot:contact:${string}`,
    `hubspot:contact:${string}`,
    `hubspot:contact:${string}`,
  ]
  await lose(firm, missed)
  await firm.db.query(sql`update record set modified_at = modified_at - interval '1 hour', hash = md5('')::uuid
    where ref = ${changed}`)
  firm.hubspot.remove(gone)
  const found = (await certify(firm, 'contact'))!
  expect(found.healed).toEqual({ missing: 1, stale: 1, vanished: 1 })
  expect(agrees(found)).toBe(true)
  expect(found.crm.records).toBe(59)
  const { rows } = await firm.db.query(sql`
    select ref, deleted_at is not null as deleted from record where ref in (${missed}, ${changed}, ${gone}) order by ref`)
  expect(rows.map(({ deleted }) => deleted)).toEqual([false, false, true])
  expect((await certify(firm, 'contact'))?.healed).toEqual({ missing: 0, stale: 0, vanished: 0 })
})

test('a stamp that moved for something we do not use is asked for once, and is no gap', async () => {
  const firm = await settled(30)
  const name = ref('salesforce', 'lead', '0007')
  firm.salesforce.touch(name, { attempts: 5 })
  const rows = () => firm.db.query(sql`select ref, xmin::text as written from record order by ref`)
  const before = await rows()
  const first = (await certify(firm, 'lead'))!
  const calls = firm.salesforce.traffic().reads.calls
  const second = (await certify(firm, 'lead'))!
  expect(firm.salesforce.traffic().reads.calls - calls).toBe(1)
  for (const found of [first, second]) {
    expect(found.healed.stale).toBe(0)
    expect(agrees(found)).toBe(true)
  }
  expect(await rows()).toEqual(before)
})

test('what changes while it is compared is left to the next reading', async () => {
  const firm = await settled(10)
  firm.salesforce.clock = at('02T00:00') + 5 * HOUR
  const late = firm.salesforce.put(lead('late', { owner: REP }))
  firm.salesforce.slip(late, { modifiedAt: firm.salesforce.clock - SETTLING + 1 })
  const found = (await certify(firm, 'lead'))!
  expect(found).toMatchObject({ unsettled: 1, remaining: 0, crm: { records: 10 } })
  expect(await alive(firm, 'lead')).toBe(10)
})

test('fault 12: a record deleted for good leaves a tombstone, and its handoff is void', async () => {
  const firm = await settled(4)
  const [person, called] = [ref('hubspot', 'contact', '0001'), ref('salesforce', 'task', 't0002')]
  firm.hubspot.remove(person)
  firm.salesforce.remove(ref('salesforce', 'lead', '0001'))
  firm.salesforce.remove(called)
  for (const object of ['contact', 'lead', 'task'] as const) await certify(firm, object)
  await firm.round()
  const { rows } = await firm.db.query(sql`
    select opened_by, outcome from handoff where outcome is not null order by opened_by`)
  expect(rows).toEqual([{ opened_by: `${person}#lifecycle:${at('18T09:00') + 1_000}`, outcome: 'void' }])
  const { rows: calls } = await firm.db.query(sql`select 1 from fact where source = ${called}`)
  expect(calls).toEqual([])
})

test('fault 13: a tombstone comes back to life when the CRM shows the record again, stamp and all', async () => {
  const firm = await settled(4)
  const facts = async () => (await state(firm.db)).at(-1)
  const before = await facts()
  const record = (await firm.salesforce.fetch('task', ['t0002']))[0]!
  firm.salesforce.remove(ref('salesforce', 'task', 't0002'))
  expect((await certify(firm, 'task'))?.healed.vanished).toBe(1)
  firm.salesforce.put(record)
  firm.salesforce.slip(ref('salesforce', 'task', 't0002'), { modifiedAt: record.modifiedAt })
  expect((await certify(firm, 'task'))?.healed.stale).toBe(1)
  expect(await facts()).toEqual(before)
})

test('a census that left records out deletes nothing: each is asked for', async () => {
  const firm = await settled(40)
  for (let i = 0; i < 20; i++)
    firm.salesforce.uncounted.add(ref('salesforce', 'lead', String(i).padStart(4, '0')))
  const found = (await certify(firm, 'lead'))!
  expect(found.healed).toEqual({ missing: 0, stale: 0, vanished: 0 })
  expect(agrees(found)).toBe(true)
  expect(await alive(firm, 'lead')).toBe(40)
})

test.each([
  ['empty', 60, 'the CRM shows none of the 60 records we know'],
  ['cut short', 40, 'the CRM does not show 40 of the 60 records we know'],
])('a census that is %s is not believed: nothing is done, and it says so', async (_, lacking, words) => {
  const firm = await settled(60)
  for (let i = 0; i < lacking; i++)
    firm.salesforce.remove(ref('salesforce', 'lead', String(i).padStart(4, '0')))
  const found = (await certify(firm, 'lead'))!
  expect(found.stopped).toBe(words)
  expect(agrees(found)).toBe(false)
  expect(await alive(firm, 'lead')).toBe(60)
  const insisted = (await certify(firm, 'lead', { deletions: true }))!
  expect(insisted.healed.vanished).toBe(lacking)
  expect(await alive(firm, 'lead')).toBe(60 - lacking)
})

test('records that age away are kept', async () => {
  const firm = await settled(6)
  firm.salesforce.ageing = ['task']
  firm.salesforce.remove(ref('salesforce', 'task', 't0002'))
  const found = (await certify(firm, 'task'))!
  expect(agrees(found)).toBe(true)
  expect(await alive(firm, 'task')).toBe(3)
})

test('interrupted anywhere, it goes on from there and finds the same', async () => {
  const firm = await settled(230)
  await lose(firm, 'salesforce:lead:%7')
  for (let page = 0; page < 4; page++) {
    firm.salesforce.readFault = { after: 1, error: new Error(`broken at ${page}`) }
    await expect(certify(firm, 'lead')).rejects.toThrow('broken')
  }
  firm.salesforce.readFault = null
  const calls = firm.salesforce.traffic().reads.calls
  const found = (await certify(firm, 'lead'))!
  // The last page, and the look at what is missing: the pages before were not counted again.
  expect(firm.salesforce.traffic().reads.calls - calls).toBe(2)
  expect(found.healed.missing).toBe(23)
  expect(agrees(found)).toBe(true)
})

test('two processes at one object: one of them leaves it to the other', async () => {
  const firm = await settled(230)
  const found = await Promise.all([1, 2, 3].map(() => certify(firm, 'lead')))
  const ended = found.filter(one => one !== null)
  expect(ended.length).toBeGreaterThanOrEqual(1)
  expect(ended.every(agrees)).toBe(true)
})

test('fault 17: after 16 days of silence everything is compared again, and until then health is in doubt', async () => {
  const firm = await settled(6)
  await certify(firm, 'lead')
  const due = () =>
    readDue(firm.db, 'salesforce', ['user', 'lead'], {
      before: firm.clock.now - DAY,
      read: firm.clock.now - 2 * DAY,
    })
  expect(await due()).toEqual(['user'])
  firm.salesforce.remove(ref('salesforce', 'lead', '0002'))
  const lastLook = NOW
  firm.clock.now = NOW + 16 * DAY
  await firm.round()
  firm.clock.now += HOUR
  await certify(firm, 'user')
  expect(await due()).toContain('lead')
  const blind = await firm.db.query(sql`select blind_since from cursor where object = 'lead'`)
  expect(blind.rows).toEqual([{ blind_since: lastLook }])
  expect((await certify(firm, 'lead'))?.healed.vanished).toBe(1)
  expect(await due()).toEqual([])
  expect(await readCertificates(firm.db)).toHaveLength(2)
})

test('more records than a page, on either side', async () => {
  const firm = await company()
  firm.salesforce.pageSize = 1_000
  for (let i = 0; i < 4_500; i++)
    firm.salesforce.put(call(String(i).padStart(5, '0'), ref('salesforce', 'lead', 'x'), at('18T10:00'), REP))
  firm.hubspot.put(contact('1', null))
  await firm.round()
  firm.clock.now += DAY
  await lose(firm, 'salesforce:task:02%')
  const found = (await certify(firm, 'task'))!
  expect(found).toMatchObject({ crm: { records: 4_500 }, healed: { missing: 1_000 }, remaining: 0 })
  expect(agrees(found)).toBe(true)
})

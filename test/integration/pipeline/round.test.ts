import { expect, test } from 'vitest'
import { ref } from '../../../src/domain/facts.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, company, fill, REP } from './company.ts'
import { call, contact, lead, user } from './fake-crm.ts'

test('a round mirrors, judges and writes back; the next one finds nothing to do', async () => {
  const firm = await company()
  fill(firm, 120)
  const first = await firm.round()
  expect(first.rows).toMatchObject({ record: 301, handoff: 120, person: 240, person_record: 240, rep: 1 })
  expect(first.judged).toBe(120)
  const shown = firm.salesforce.shown(ref('salesforce', 'lead', '0000'))
  expect(shown).toMatchObject({
    attempts: 1,
    handoff: 1,
    followUpHours: 1,
    mqlAt: Date.parse('2026-11-18T09:00:00Z'),
  })
  expect(firm.hubspot.shown(ref('hubspot', 'contact', '0000'))).toEqual(shown)
  const written = firm.salesforce.effects.length
  const again = await firm.round()
  expect(again.rows).toEqual({})
  expect(again.rowsChanged).toBe(0)
  expect(again.traffic.salesforce?.writes).toEqual({ calls: 0, records: 0 })
  expect(again.traffic.hubspot?.writes).toEqual({ calls: 0, records: 0 })
  expect(firm.salesforce.effects).toHaveLength(written)
  const { rows } = await firm.db.query(
    sql`select kind, error, finished_at is not null as ended from run order by id`,
  )
  expect(rows).toEqual([
    { kind: 'round', error: null, ended: true },
    { kind: 'round', error: null, ended: true },
  ])
})

test('a rep who becomes known after their call is judged from then on', async () => {
  const firm = await company()
  firm.salesforce.put(user('u1'))
  const name = firm.salesforce.put(lead('0000', { owner: REP }))
  firm.hubspot.put(contact('0000', at('18T09:00')))
  firm.salesforce.put(call('t1', name, at('18T10:00'), ref('salesforce', 'user', 'u2')))
  const attempts = async () =>
    (await firm.db.query<{ attempts: number }>(sql`select attempts from handoff`)).rows[0]?.attempts
  await firm.round()
  expect(await attempts()).toBe(0)
  firm.salesforce.put(user('u2'))
  await firm.round()
  expect(await attempts()).toBe(1)
})

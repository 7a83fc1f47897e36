import { expect, test } from 'vitest'
import { ref } from '../../../src/domain/facts.ts'
import { judge } from '../../../src/pipeline/judge.ts'
import { link } from '../../../src/pipeline/link.ts'
import { pull } from '../../../src/pipeline/pull.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, fill, REP, state } from './company.ts'
import { contact, lead, user } from './fake-crm.ts'

async function persons({ db }: Company): Promise<Record<string, number>> {
  const { rows } = await db.query<{ ref: string; person: number }>(sql`select ref, person from person_record`)
  return Object.fromEntries(rows.map(row => [row.ref, row.person]))
}

const LEAD = ref('salesforce', 'lead', '1')
const CONTACT = ref('hubspot', 'contact', '1')

test('two people become one when their address does, and two again when it does not; each is judged again', async () => {
  const firm = await company()
  firm.salesforce.put(user('u1'))
  firm.salesforce.put(lead('1', { email: 'old@example.com', owner: REP }))
  firm.hubspot.put(contact('1', at('18T09:00'), { email: 'ada@example.com' }))
  await firm.round()
  const apart = await persons(firm)
  expect(apart[LEAD]).not.toBe(apart[CONTACT])
  expect(firm.hubspot.shown(CONTACT)?.assignedAt ?? null).toBeNull()

  firm.salesforce.put(lead('1', { email: 'ada@example.com', owner: REP }))
  await firm.round()
  const together = await persons(firm)
  const smaller = Math.min(apart[LEAD]!, apart[CONTACT]!)
  expect([together[LEAD], together[CONTACT]]).toEqual([smaller, smaller])
  expect(firm.salesforce.shown(LEAD)?.assignedAt).toBe(at('18T09:00'))
  const { rows } = await firm.db.query(sql`select ref, reason, key from person_record order by ref`)
  expect(rows).toEqual([
    { ref: CONTACT, reason: 'email', key: 'email:ada@example.com' },
    { ref: LEAD, reason: 'email', key: 'email:ada@example.com' },
  ])
  expect((await firm.db.query(sql`select 1 from person`)).count).toBe(1)

  firm.salesforce.put(lead('1', { email: 'other@example.com', owner: REP }))
  await firm.round()
  const split = await persons(firm)
  expect(split[LEAD]).not.toBe(split[CONTACT])
  expect(firm.salesforce.shown(LEAD)).toMatchObject({ handoff: null, assignedAt: null })
  expect((await firm.round()).rowsChanged).toBe(0)
})

test('a shared mailbox and a shared name tie nobody', async () => {
  const firm = await company()
  firm.salesforce.put(lead('1', { email: 'info@example.com' }))
  firm.hubspot.put(contact('1', at('18T09:00'), { email: 'info@example.com' }))
  await firm.round()
  const found = await persons(firm)
  expect(found[LEAD]).not.toBe(found[CONTACT])
})

test('two linkers and two judges at once give what one of each gives', async () => {
  const alone = await company()
  fill(alone, 80)
  await alone.round()
  const crowd = await company()
  fill(crowd, 80)
  const contexts = [crowd.context(), crowd.context()]
  for (const crm of [crowd.salesforce, crowd.hubspot]) {
    for (const object of crm.objects) {
      await Promise.all(contexts.map(context => pull(context, crm, object)))
      await Promise.all(contexts.flatMap(context => [link(context), judge(context)]))
    }
  }
  await crowd.round()
  expect(await state(crowd.db)).toEqual(await state(alone.db))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Ref, ref } from '../../../src/domain/facts.ts'
import { DAY } from '../../../src/domain/time.ts'
import { sql } from '../../../src/store/sql.ts'
import { at, type Company, company, NOW, REP, state } from './company.ts'
import { call, contact, lead, user } from './fake-crm.ts'

/** One record that a CRM comes to show; the same whenever that is. */
type Put = (company: Company) => Ref

const ids = ['0001', '0002', '0003', '0004']

/** Some leads: called and not, one who is an MQL without a lead, one whose call is on the contact's lead of another. */
const PUTS: readonly Put[] = [
  ({ salesforce }) => salesforce.put(user('u1')),
  ({ salesforce }) => salesforce.put(user('gone', false)),
  ...ids.flatMap((id, i): Put[] => [
    ({ hubspot }) => hubspot.put(contact(id, at(`1${i + 2}T09:00`))),
    ({ salesforce }) =>
      salesforce.put(lead(id, { owner: i === 3 ? ref('salesforce', 'user', 'gone') : REP })),
  ]),
  ({ hubspot }) => hubspot.put(contact('0005', at('18T09:00'))),
  ({ salesforce }) => salesforce.put(call('t1', ref('salesforce', 'lead', '0001'), at('12T10:00'), REP)),
  ({ salesforce }) => salesforce.put(call('t2', ref('salesforce', 'lead', '0002'), at('19T10:00'), REP)),
  ({ salesforce }) => salesforce.put(call('t3', ref('salesforce', 'lead', '0002'), at('13T10:00'), REP)),
]

const course = fc.record({
  order: fc.shuffledSubarray([...PUTS.keys()], { minLength: PUTS.length }),
  /** After which records a round is run. */
  rounds: fc.uniqueArray(fc.nat(PUTS.length - 1), { maxLength: 4 }),
  /** Records that are read once more without a change. */
  again: fc.array(fc.nat(PUTS.length - 1), { maxLength: 6 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
})

/** As everybody stands a day later: what is counted of a running clock is as of its last judgement. */
async function end(it: Company): Promise<unknown> {
  it.clock.now = NOW + DAY
  await it.round()
  await it.db.query(sql`insert into stale_person select id from person`)
  await it.round()
  return await state(it.db)
}

test('verdicts do not depend on the order of records, on page boundaries, or on how often a record is read', async () => {
  const whole = await company()
  for (const put of PUTS) put(whole)
  const expected = await end(whole)
  expect((expected as unknown[][])[0]).toHaveLength(5)
  await fc.assert(
    fc.asyncProperty(course, async ({ order, rounds, again, pageSize }) => {
      const it = await company()
      it.salesforce.pageSize = pageSize
      it.hubspot.pageSize = pageSize
      const shown: Ref[] = []
      for (const [place, index] of order.entries()) {
        shown.push(PUTS[index]!(it))
        if (rounds.includes(place)) await it.round()
      }
      for (const place of again) {
        const name = shown[place]!
        const crm = name.startsWith('salesforce:') ? it.salesforce : it.hubspot
        crm.touch(name)
        await it.round()
      }
      expect(await end(it)).toEqual(expected)
    }),
    { numRuns: 6 },
  )
})

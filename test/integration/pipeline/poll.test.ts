import { expect, test } from 'vitest'
import { Unavailable } from '../../../src/crm/errors.ts'
import { type BudgetRules, VENDOR_LIMITS } from '../../../src/domain/budget.ts'
import { type ObjectName, ref } from '../../../src/domain/facts.ts'
import { count } from '../../../src/domain/ledger.ts'
import { DAY, MINUTE } from '../../../src/domain/time.ts'
import { storedViews } from '../../../src/http/stored.ts'
import { worthAsking } from '../../../src/pipeline/poll.ts'
import { pullAllOf } from '../../../src/pipeline/pull.ts'
import { changeLedger } from '../../../src/store/budget.ts'
import { type Company, company, fill } from './company.ts'
import { call, lead } from './fake-crm.ts'

const SHARES = { share: 0.5, reserve: 0.1, pauseAt: 0.95, resumeBelow: 0.75 }
const RULES: BudgetRules = { ...SHARES, ...VENDOR_LIMITS.salesforce }

/** A Friday noon, everything read; users hardly ever, tasks with leads. */
async function firm(): Promise<Company> {
  const made = await company()
  fill(made, 4)
  made.salesforce.paces = { user: { open: 60, shut: 60 }, task: { open: 30, shut: 60, with: ['lead'] } }
  await made.round()
  // The second reads what the first has written.
  await made.round()
  made.salesforce.asked.length = 0
  return made
}

/** What the workers do every minute; the objects asked. */
async function poll({ context, salesforce }: Company): Promise<ObjectName[]> {
  const objects = await worthAsking(context(), salesforce, RULES, MINUTE)
  salesforce.asked.length = 0
  if (objects.length > 0) await pullAllOf(context(), salesforce, { objects, rareMs: 0 })
  return [...salesforce.asked]
}

test('a minute later what moves is asked, and what goes with it only when it has moved', async () => {
  const made = await firm()
  made.clock.now += MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal'])
  made.salesforce.put(lead('new'))
  made.clock.now += MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal', 'task'])
  made.clock.now += MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal'])
})

test('what goes with a change is not forgotten when it cannot be asked at once', async () => {
  const made = await firm()
  const about = made.salesforce.put(lead('new'))
  made.salesforce.put(call('t-new', about, made.clock.now, ref('salesforce', 'user', 'u1')))
  made.clock.now += MINUTE
  made.salesforce.readFault = { after: 1, error: new Unavailable('salesforce', 'query Task', 'HTTP 503') }
  await expect(poll(made)).rejects.toThrow('HTTP 503')
  made.salesforce.readFault = null
  made.clock.now += MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal', 'task'])
})

test('in the night a quarter of an hour goes by between two polls, and nobody calls that old', async () => {
  const made = await firm()
  made.clock.now += 8 * 60 * MINUTE
  await poll(made)
  for (let minute = 1; minute < 15; minute++) {
    made.clock.now += MINUTE
    expect(await poll(made)).toEqual([])
  }
  made.clock.now += MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal'])
  await made.round()
  made.clock.now += MINUTE
  await poll(made)
  const views = storedViews(made.db)
  const salesforce = (await views.sync()).crms.find(({ vendor }) => vendor === 'salesforce')
  expect(salesforce?.objects.find(({ object }) => object === 'user')?.lastRead).toBeLessThan(made.clock.now)
})

test('what is not worth asking is as fresh as it has to be', async () => {
  const made = await firm()
  made.clock.now += MINUTE
  await poll(made)
  const { objects } = (await storedViews(made.db).sync()).crms.find(({ vendor }) => vendor === 'salesforce')!
  expect(objects.find(({ object }) => object === 'user')?.lastRead).toBe(made.clock.now - MINUTE)
  await pullAllOf(made.context(), made.hubspot)
  expect((await storedViews(made.db).sync()).lastRound).toBe(made.clock.now)
})

test('when our share of the calls runs out, polls come further apart', async () => {
  const made = await firm()
  await changeLedger(made.db, 'salesforce', null, (ledger, now) =>
    count(ledger, 'backfill', now - DAY / 2, 6_700),
  )
  made.clock.now += 2 * MINUTE
  // 720 calls of a quarter of a day have to come out of 50.
  expect(await poll(made)).toEqual([])
  made.clock.now += 13 * MINUTE
  expect(await poll(made)).toEqual(['lead', 'deal'])
})

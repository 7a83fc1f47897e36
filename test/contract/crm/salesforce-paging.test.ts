/** Faults 6, 7 and 8 of the catalogue at Salesforce's queries: places that are lost, no progress, pages without records. */
import { afterEach, describe, expect, test } from 'vitest'
import { type Bench, bench, idsIn, idsOf, mqls, scan } from './company.ts'

/** Three pages of 2,000 at most. */
const LEADS = 4_500
const FIRST = 'queryAll\\?q=.*FROM%20Lead%20'
const LATER = '/query(All)?/0r8'
let at: Bench

afterEach(async () => await at.close())

const start = async (leads = LEADS) => {
  at = await bench('salesforce', mqls(leads, 1000))
}

const whole = async () => {
  const { records } = await scan(at.crm, 'lead')
  expect(idsOf(records)).toEqual(await idsIn(at))
  return records
}

describe('fault 6: the place where a query goes on is lost', () => {
  test.each([
    ['expired', { fault: 'expired_locator' as const }],
    ['gone', { path: LATER, status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'no such cursor' }] }],
  ])('%s: it goes on after the last key, not from the beginning', async (_, fault) => {
    await start()
    at.fault({ ...fault, nth: 2 })
    const records = await whole()
    expect(records).toHaveLength(LEADS)
    // The first query, two locators of which one was lost, and the query in its place.
    expect(at.app.counters.state().reads.records).toBeLessThan(LEADS + 100)
  })

  test('expired for good: a page is read by a query of its own each time', async () => {
    await start()
    at.fault({ fault: 'expired_locator' })
    expect(await whole()).toHaveLength(LEADS)
  })

  test('and the process with it: the next one goes on from the cursor that was stored', async () => {
    await start()
    const [first] = await Array.fromAsync(take(1))
    const { records } = await scan(at.crm, 'lead', first!.cursor)
    expect(records).toHaveLength(LEADS - first!.records.length)
    expect(idsOf([...first!.records, ...records])).toEqual(await idsIn(at))
  })
})

async function* take(pages: number) {
  for await (const page of at.crm.changes('lead', null, new AbortController().signal)) {
    yield page
    if (--pages === 0) return
  }
}

test('fault 7: the same page twice is no progress, and stops the scan; the next one is whole', async () => {
  await start(LEADS)
  at.fault({ fault: 'same_page', path: LATER })
  await expect(scan(at.crm, 'lead')).rejects.toThrow('query Lead: the same page came twice')
  expect(at.app.counters.state().total).toBeLessThan(20)
  at.app.faults.clear()
  await whole()
})

describe('fault 8: the end of a query is where nothing follows, whatever a page says', () => {
  test.each([1, 2, 3])('page %i is empty and goes on', async nth => {
    await start()
    at.fault({ fault: 'empty_page', path: `${FIRST}|${LATER}`, nth })
    await whole()
  })

  test('the total is wrong on every page', async () => {
    await start()
    at.fault({ fault: 'wrong_total', path: `${FIRST}|${LATER}` })
    await whole()
  })
})

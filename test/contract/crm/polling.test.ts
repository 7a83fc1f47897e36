import { afterEach, describe, expect, test } from 'vitest'
import type { Cursor } from '../../../src/crm/crm.ts'
import type { ObjectName, Vendor } from '../../../src/domain/facts.ts'
import { type Bench, bench, event, HOUR, mqls, NOW, scan, somebody } from './company.ts'

let at: Bench
afterEach(() => at.close())

const never = new AbortController().signal
const MINUTE = 60_000

/** Requests so far, sign-ins left out. */
function calls(): number {
  const { total, calls } = at.app.counters.state()
  return total - (calls['POST /services/oauth2/token'] ?? 0)
}

async function cursors(objects: readonly ObjectName[]) {
  const scans: { object: ObjectName; cursor: Cursor }[] = []
  for (const object of objects) scans.push({ object, cursor: (await scan(at.crm, object)).cursor })
  return scans
}

describe('salesforce: several scans asked together', () => {
  const FIVE = ['lead', 'contact', 'deal', 'task', 'event'] as const

  test('are one call for five objects, and see what each would see alone', async () => {
    at = await bench('salesforce', mqls(3, 1_000))
    const scans = await cursors(FIVE)
    at.clock.set(NOW + HOUR)
    at.sink.person(somebody('late'), [
      event('late', NOW + HOUR - MINUTE, 'mql'),
      event('late', NOW + HOUR - MINUTE, 'call', { actor: 'ann' }),
    ])
    const alone = await Promise.all(scans.map(({ object, cursor }) => scan(at.crm, object, cursor)))
    const before = calls()
    await at.crm.ahead?.(scans, never)
    const together = await Promise.all(scans.map(({ object, cursor }) => scan(at.crm, object, cursor)))
    expect(calls() - before).toBe(1)
    expect(together.map(({ records }) => records)).toEqual(alone.map(({ records }) => records))
    expect(together.flatMap(({ records }) => records).length).toBeGreaterThan(1)
  })

  test('an answer is used once: the next scan asks again', async () => {
    at = await bench('salesforce', mqls(1, 1_000))
    const scans = await cursors(FIVE)
    await at.crm.ahead?.(scans, never)
    const before = calls()
    await scan(at.crm, 'lead', scans[0]!.cursor)
    await scan(at.crm, 'lead', scans[0]!.cursor)
    expect(calls() - before).toBe(1)
  })

  test('one that is refused is asked alone; so are all, where composites are', async () => {
    at = await bench('salesforce', mqls(1, 1_000))
    const scans = await cursors(FIVE)
    at.fault({ path: '/composite', status: 403, body: [{ errorCode: 'API_DISABLED_FOR_ORG', message: '' }] })
    await at.crm.ahead?.(scans, never)
    const before = calls()
    for (const { object, cursor } of scans) await scan(at.crm, object, cursor)
    expect(calls() - before).toBe(5)
  })

  test('a page that goes on is followed to its end', async () => {
    at = await bench('salesforce', mqls(2_100, 1))
    const { cursor } = await scan(at.crm, 'lead')
    const since = { ...cursor, since: NOW - 30 * 24 * HOUR }
    const before = calls()
    await at.crm.ahead?.([{ object: 'lead', cursor: since }], never)
    expect((await scan(at.crm, 'lead', since)).records).toHaveLength(2_100)
    expect(calls() - before).toBe(2)
  })
})

describe('hubspot: what changes rarely', () => {
  const patient = async (object: ObjectName, cursor: Cursor, rareMs = HOUR) => {
    const pages = []
    for await (const page of at.crm.changes(object, cursor, never, { rareMs })) pages.push(page)
    return { records: pages.flatMap(({ records }) => records), cursor: pages.at(-1)!.cursor }
  }
  const people = (vendor: Vendor = 'hubspot') => bench(vendor, mqls(2, 1_000))

  test('a poll of contacts is one call, one of deals too', async () => {
    at = await people()
    const [contacts, deals] = await cursors(['contact', 'deal'])
    at.clock.set(NOW + MINUTE)
    const before = calls()
    await patient('contact', contacts!.cursor)
    await patient('deal', deals!.cursor)
    expect(calls() - before).toBe(2)
  })

  test('a deletion is seen an hour later, however many polls lay between', async () => {
    at = await people()
    let { cursor, records } = await scan(at.crm, 'contact')
    const id = records[0]!.id
    at.clock.set(NOW + 20 * MINUTE)
    await fetch(`${at.url}/crm/v3/objects/contacts/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer secret-token' },
    })
    for (let minute = 21; minute < 60; minute += 6) {
      at.clock.set(NOW + minute * MINUTE)
      ;({ cursor, records } = await patient('contact', cursor))
      expect(records).toEqual([])
    }
    at.clock.set(NOW + 61 * MINUTE)
    ;({ records } = await patient('contact', cursor))
    expect(records).toMatchObject([{ id, deleted: true }])
  })

  test('and at once by a scan that leaves nothing out', async () => {
    at = await people()
    const first = await scan(at.crm, 'contact')
    at.clock.set(NOW + 20 * MINUTE)
    const { cursor } = await patient('contact', first.cursor)
    const { id } = first.records[0]!
    await fetch(`${at.url}/crm/v3/objects/contacts/${id}`, {
      method: 'DELETE',
      headers: { authorization: 'Bearer secret-token' },
    })
    expect((await scan(at.crm, 'contact', cursor)).records).toContainEqual(
      expect.objectContaining({ id, deleted: true }),
    )
  })
})

import { afterEach, describe, expect, test } from 'vitest'
import type { CensusPage, Cursor } from '../../../src/crm/crm.ts'
import type { ObjectName } from '../../../src/domain/facts.ts'
import { type Bench, bench, event, HOUR, mqls, NOW, personObject, scan } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

async function census(object: ObjectName, from: Cursor | null = null): Promise<CensusPage[]> {
  const pages: CensusPage[] = []
  for await (const page of at.crm.census(object, from, never)) pages.push(page)
  return pages
}

const recordsOf = (pages: readonly CensusPage[]) => pages.flatMap(page => page.records)

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const object = personObject(vendor)
  /** More than two pages of a census. */
  const MANY = { salesforce: 4_100, hubspot: 230 }[vendor]

  test('counts every record with the stamp and the deletion that reading it gives', async () => {
    at = await bench(vendor, mqls(60, 1000))
    at.clock.set(NOW + HOUR)
    at.sink.apply('p00007', event('p00007', NOW + HOUR, 'deleted'))
    at.sink.apply('p00008', event('p00008', NOW + HOUR, 'accepted', { actor: 'ann' }))
    for (const one of at.crm.objects) {
      const read = (await scan(at.crm, one)).records
      const counted = recordsOf(await census(one)).map(({ id, stamp, deleted }) => [id, stamp, deleted])
      const expected = read.map(({ id, modifiedAt, deleted }) => [id, modifiedAt, deleted])
      expect(counted.toSorted()).toEqual(expected.toSorted())
    }
    const gone = recordsOf(await census(object)).filter(({ deleted }) => deleted)
    expect(gone).toHaveLength(1)
  })

  test('goes on after any page, in order of ids, and says the time', async () => {
    at = await bench(vendor, mqls(MANY, 0))
    const pages = await census(object)
    expect(pages.length).toBeGreaterThanOrEqual(3)
    const all = recordsOf(pages).map(({ id }) => id)
    expect(new Set(all).size).toBe(MANY)
    expect(all).toEqual(
      vendor === 'salesforce' ? all.toSorted() : all.toSorted((a, b) => Number(a) - Number(b)),
    )
    expect(pages[0]?.date).toBe(NOW)
    expect(pages.at(-1)?.cursor).toBeNull()
    for (const [place, { cursor }] of pages.slice(0, -1).entries()) {
      const before = recordsOf(pages.slice(0, place + 1)).map(({ id }) => id)
      const rest = recordsOf(await census(object, JSON.parse(JSON.stringify(cursor)) as Cursor))
      expect([...before, ...rest.map(({ id }) => id)]).toEqual(all)
    }
  })

  test('costs a fraction of reading: no histories, full pages', async () => {
    at = await bench(vendor, mqls(MANY, 0))
    const calls = async (work: () => Promise<unknown>) => {
      const before = at.crm.traffic().reads.calls
      await work()
      return at.crm.traffic().reads.calls - before
    }
    await scan(at.crm, object)
    const read = await calls(() => scan(at.crm, object))
    const counted = await calls(() => census(object))
    expect(counted).toBeLessThanOrEqual(vendor === 'salesforce' ? read : read / 1.4)
  })
})

test('hubspot: an association moves no stamp, so a census tells the contacts', async () => {
  at = await bench('hubspot', sink => {
    mqls(2, 1000)(sink)
    sink.apply('p00000', event('p00000', NOW - HOUR, 'opportunity', { deal: 'd1', amount: 100 }))
  })
  const [deal] = recordsOf(await census('deal'))
  const [read] = (await scan(at.crm, 'deal')).records
  expect(deal?.unstamped).toEqual({ contacts: read?.fields.contacts })
  expect(read?.fields.contacts).toHaveLength(1)
})

test('salesforce: an expired locator is replaced by a new query after the last id', async () => {
  at = await bench('salesforce', mqls(4_100, 0))
  const body = [{ errorCode: 'INVALID_QUERY_LOCATOR', message: 'invalid query locator' }]
  at.fault({ path: '/query/0r8', status: 400, body, times: 1, skip: 1 })
  expect(new Set(recordsOf(await census('lead')).map(({ id }) => id)).size).toBe(4_100)
})

test('salesforce: an object this user cannot see has no records', async () => {
  at = await bench('salesforce', mqls(2, 1000))
  at.fault({ path: 'FROM%20EmailMessage', status: 400, body: [{ errorCode: 'INVALID_TYPE', message: '' }] })
  at.fault({ path: 'EmailMessage/describe', status: 404, body: [{ errorCode: 'NOT_FOUND', message: '' }] })
  expect(await census('email')).toMatchObject([{ records: [], cursor: null }])
})

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { CensusPage, Cursor, Page, PulledRecord } from '../../../src/crm/crm.ts'
import { Refused } from '../../../src/crm/errors.ts'
import { idsOf, scan } from './company.ts'
import { empty, full, ownedBy } from './owned.ts'
import { type Account, places } from './suite/account.ts'

/**
 * What a CRM behind the port does, whichever it is: on both twins always, and on the real accounts that the environment
 * names (docs/testing.md). Real accounts are others' too: what is not ours is read at most, and never looked at.
 */
const never = new AbortController().signal
const MINUTE = 60_000
describe.each(places(process.env))('$name', ({ vendor, people, patience, open }) => {
  const limit = { timeout: MINUTE + 2 * patience }
  let at: Account
  /** Of the people that were made for everybody; those that a test changes are its own. */
  let ids: string[]
  /** A scan from here sees whatever was made. */
  let start: Cursor

  beforeAll(async () => {
    at = await open()
    const { serverTime } = await at.crm.vitals(never)
    start = { since: serverTime ?? Date.now() }
    ids = await at.create(people)
  }, 5 * MINUTE)
  afterAll(async () => {
    await at?.remove()
    await at?.close()
  }, 5 * MINUTE)

  /** Looks again until it holds: what was changed a moment ago need not be found yet. */
  const found = (look: () => Promise<void>) => vi.waitFor(look, { timeout: patience, interval: 2_000 })
  const one = async (id: string) => (await at.crm.fetch(at.object, [id], never))[0]
  const scanned = async (from: Cursor) => scanOf(at, from, new Set(ids))

  test('is set up', limit, async () => {
    expect(await at.crm.check(never)).toEqual([])
  })

  test('says whose it is, what time it is, and what is left of the day', limit, async () => {
    expect(await at.crm.account(never)).toMatch(vendor === 'salesforce' ? /^00D\w{15}$/ : /^\d+$/)
    const { serverTime, calls } = await at.crm.vitals(never)
    expect(serverTime! % 1000).toBe(0)
    expect(calls === null || calls.used <= calls.limit).toBe(true)
  })

  test('what was made is read, page by page, whichever page it is interrupted after', limit, async () => {
    await found(async () => expect((await scanned(start)).ids).toEqual(ids.toSorted()))
    const { pages } = await scanned(start)
    for (const [place, { cursor }] of pages.entries()) {
      const before = pages.slice(0, place + 1).flatMap(page => page.records)
      const rest = await scanned(stored(cursor))
      expect(idsOf([...before, ...rest.records])).toEqual(ids.toSorted())
    }
  })

  test('a first reading has them all, beside whatever else is there', { timeout: 30 * MINUTE }, async () => {
    const { records } = await scan(at.crm, at.object)
    const ours = new Set(ids)
    expect(idsOf(records.filter(({ id }) => ours.has(id)))).toEqual(ids.toSorted())
  })

  test('asked for by id, they come once each, as a scan shows them', limit, async () => {
    const asked = ids.slice(0, 450)
    const unknown = vendor === 'salesforce' ? '00Q000000000ZZZAAA' : '99999999999'
    const records = await at.crm.fetch(at.object, [...asked, unknown, "x'y", asked[0]!], never)
    expect(records.map(({ id }) => id).toSorted()).toEqual(asked.toSorted())
    expect(records[0]).toMatchObject({ deleted: false, object: at.object })
    expect(records[0]?.fields.email).toMatch(/^leadtime-contract-.*@example\.com$/)
    const shown = new Map((await scanned(start)).records.map(record => [record.id, record]))
    for (const record of records) expect(record).toEqual(shown.get(record.id))
  })

  test('an edit is seen by the next scan', limit, async () => {
    const [id = ''] = await at.create(1)
    await found(async () => void expect((await scanOf(at, start, new Set([id]))).ids).toEqual([id]))
    const { cursor } = await scanned(start)
    await at.edit(id, 'Renamed')
    await found(async () => {
      const { records } = await scanOf(at, stored(cursor), new Set([id]))
      expect(records.at(-1)?.fields.company).toBe('Renamed')
    })
  })

  test('a deletion is seen by the next scan, and by whoever asks for the record', limit, async () => {
    const [gone = '', stays = ''] = await at.create(2)
    await found(async () => void expect((await scanOf(at, start, new Set([gone]))).ids).toEqual([gone]))
    const { cursor } = await scanned(start)
    await at.remove([gone])
    await found(async () => {
      const { records } = await scanOf(at, stored(cursor), new Set([gone, stays]))
      const last = new Map(records.map(record => [record.id, record.deleted]))
      expect([last.get(gone), last.get(stays)]).toEqual([true, false])
    })
    const asked = await at.crm.fetch(at.object, [gone, stays], never)
    expect(new Map(asked.map(({ id, deleted }) => [id, deleted]))).toEqual(
      new Map([
        [gone, true],
        [stays, false],
      ]),
    )
  })

  test('a census counts each once, with the stamp that reading gives, in order of ids', limit, async () => {
    const pages: CensusPage[] = []
    for await (const page of at.crm.census(at.object, null, never)) pages.push(page)
    const all = pages.flatMap(({ records }) => records)
    const order = vendor === 'salesforce' ? undefined : (a: string, b: string) => Number(a) - Number(b)
    const there = all.filter(({ deleted }) => !deleted).map(({ id }) => id)
    expect(there).toEqual(there.toSorted(order))
    expect(pages.at(-1)?.cursor).toBeNull()
    const read = await at.crm.fetch(at.object, ids, never)
    const ours = new Set(ids)
    const counted = all.filter(({ id }) => ours.has(id))
    expect(counted.map(({ id, stamp, deleted }) => [id, stamp, deleted]).toSorted()).toEqual(
      read.map(({ id, modifiedAt, deleted }) => [id, modifiedAt, deleted]).toSorted(),
    )
  })

  test('our fields read back as they were written, and are cleared by null', limit, async () => {
    const [id = ''] = await at.create(1)
    expect(await at.crm.write(at.object, [{ id, fields: ownedBy(at.crm, full) }], never)).toEqual([
      { id, result: 'written' },
    ])
    expect((await one(id))?.owned).toEqual(ownedBy(at.crm, full))
    await at.crm.write(at.object, [{ id, fields: { overdue: false } }], never)
    expect((await one(id))?.owned).toEqual({ ...ownedBy(at.crm, full), overdue: false })
    await at.crm.write(at.object, [{ id, fields: ownedBy(at.crm, empty) }], never)
    expect((await one(id))?.owned).toEqual(ownedBy(at.crm, empty))
  })

  test('the echo of our write is the same record but for our fields', limit, async () => {
    const [id = ''] = await at.create(1)
    const before = await one(id)
    const { cursor } = await scanned(start)
    await at.crm.write(at.object, [{ id, fields: ownedBy(at.crm, full) }], never)
    await found(async () => {
      const { records } = await scanOf(at, stored(cursor), new Set([id]))
      expect(records.at(-1)?.owned).toEqual(ownedBy(at.crm, full))
      expect(records.at(-1)?.fields).toEqual(before?.fields)
      expect(records.at(-1)?.facts).toEqual(before?.facts)
    })
  })

  test(
    'of a full batch a bad value is refused, and told with its field; all others are written',
    limit,
    async () => {
      const some = ids.slice(0, Math.min(at.crm.writeBatch, ids.length))
      const bad = some[17]!
      const changes = some.map(id => ({
        ...{ id, fields: { attempts: 1, ...(id === bad && { status: 'nonsense' as never }) } },
      }))
      const calls = at.crm.traffic().writes.calls
      const results = await at.crm.write(at.object, changes, never)
      expect(results.map(({ id }) => id).toSorted()).toEqual(some.toSorted())
      expect(results.filter(({ result }) => result === 'written')).toHaveLength(some.length - 1)
      expect(results.find(({ id }) => id === bad)).toMatchObject({
        ...{ result: 'rejected', transient: false },
        field: vendor === 'salesforce' ? 'Leadtime_Status__c' : 'leadtime_status',
      })
      expect(at.crm.traffic().writes.calls - calls).toBeLessThanOrEqual(vendor === 'salesforce' ? 1 : 15)
    },
  )

  test('a record that is deleted, or never was, is gone; the other is written', limit, async () => {
    const [gone = '', stays = ''] = await at.create(2)
    await at.remove([gone])
    const never_was = vendor === 'salesforce' ? '00Q000000000ZZZAAA' : '99999999999'
    const changes = [gone, stays, never_was, 'nonsense'].map(id => ({ id, fields: { overdue: true } }))
    const results = new Map((await at.crm.write(at.object, changes, never)).map(r => [r.id, r.result]))
    expect(Object.fromEntries(results)).toEqual({
      ...{ [gone]: 'gone', [never_was]: 'gone', nonsense: 'gone', [stays]: 'written' },
    })
  })

  test('nothing to write is no call; an object without our fields is refused', limit, async () => {
    const { calls } = at.crm.traffic().writes
    expect(await at.crm.write(at.object, [], never)).toEqual([])
    await expect(at.crm.write('deal', [], never)).rejects.toBeInstanceOf(Refused)
    expect(at.crm.traffic().writes.calls).toBe(calls)
  })

  test('every object can be read, users first', { timeout: 5 * MINUTE }, async () => {
    expect(at.crm.objects[0]).toBe('user')
    const { records: users } = await scan(at.crm, 'user')
    expect(users.some(({ rep }) => rep)).toBe(true)
    for (const object of at.crm.objects) {
      const { cursor } = await scan(at.crm, object, object === 'user' ? null : start)
      expect(stored(cursor)).toEqual(cursor)
    }
  })

  test('the page of a record is at the CRM, and names it', () => {
    const page = new URL(at.crm.url(`${vendor}:${at.object}:${ids[0]!}`))
    expect(page.protocol).toMatch(/^https?:$/)
    expect(page.pathname).toContain(ids[0])
  })

  test('an abort ends a scan', async () => {
    const stop = new AbortController()
    stop.abort()
    const reading = at.crm.changes(at.object, start, stop.signal)[Symbol.asyncIterator]()
    await expect(reading.next()).rejects.toBeDefined()
  })

  test('nothing that was made is left', { timeout: 5 * MINUTE }, async () => {
    await at.remove()
    await found(async () => {
      const left = (await at.crm.fetch(at.object, ids, never)).filter(({ deleted }) => !deleted)
      expect(left).toEqual([])
    })
  })
})

/** A scan of people, without those that are not among `ours`. */
async function scanOf(at: Account, from: Cursor, ours: ReadonlySet<string>) {
  const { pages, cursor } = await scan(at.crm, at.object, from)
  const kept: Page[] = pages.map(page => ({
    ...page,
    records: page.records.filter(({ id }) => ours.has(id)),
  }))
  const records: PulledRecord[] = kept.flatMap(page => page.records)
  return { records, ids: idsOf(records), pages: kept, cursor }
}

/** As it comes back from a database. */
const stored = (cursor: Cursor): Cursor => JSON.parse(JSON.stringify(cursor)) as Cursor

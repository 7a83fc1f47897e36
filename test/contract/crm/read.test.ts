import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Cursor, PulledRecord } from '../../../src/crm/crm.ts'
import {
  type Bench,
  bench,
  event,
  HOUR,
  idsIn,
  idsOf,
  mqls,
  NOW,
  personObject,
  scan,
  somebody,
} from './company.ts'

const MINUTE = 60_000
const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

/** Enough for three pages of the vendor's size. */
const THREE_PAGES = { salesforce: 4_100, hubspot: 130 }

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const object = personObject(vendor)
  const start = async (count: number, apart = 1000) => {
    at = await bench(vendor, mqls(count, apart))
    return at
  }

  test.each([
    ['apart', 1000],
    ['all at one instant', 0],
  ])('a first scan gives every record once: %s', async (_, apart) => {
    await start(THREE_PAGES[vendor], apart)
    const { records, pages } = await scan(at.crm, object)
    expect(pages.length).toBeGreaterThanOrEqual(3)
    expect(records).toHaveLength(THREE_PAGES[vendor])
    expect(idsOf(records)).toEqual(await idsIn(at))
  })

  test('interrupted after any page, it goes on from that page', async () => {
    await start(THREE_PAGES[vendor], 0)
    const { pages } = await scan(at.crm, object)
    const all = await idsIn(at)
    for (const [place, { cursor }] of pages.entries()) {
      const before = pages.slice(0, place + 1).flatMap(page => page.records)
      const rest = await scan(at.crm, object, stored(cursor))
      expect(idsOf([...before, ...rest.records])).toEqual(all)
      expect(rest.records.length).toBe(all.length - idsOf(before).length)
    }
  })

  test('a later scan that is interrupted goes on from its page', async () => {
    const count = vendor === 'salesforce' ? 4_100 : 450
    await start(count, 0)
    const { pages } = await scan(at.crm, object, { since: NOW - 72 * HOUR })
    expect(pages.length).toBeGreaterThanOrEqual(3)
    for (const [place, { cursor }] of pages.entries()) {
      const before = pages.slice(0, place + 1).flatMap(page => page.records)
      const rest = await scan(at.crm, object, stored(cursor))
      expect(idsOf([...before, ...rest.records])).toHaveLength(count)
      expect(rest.records.length).toBe(count - idsOf(before).length)
    }
  })

  test('the page of a record', async () => {
    await start(1)
    const [record] = (await scan(at.crm, object)).records
    const shown =
      vendor === 'salesforce' ? `/lightning/r/Lead/${record?.id}/view` : `/record/0-1/${record?.id}`
    const url = at.crm.url(`${vendor}:${object}:${record?.id ?? ''}`)
    expect(url.startsWith(at.url)).toBe(true)
    expect(url.endsWith(shown)).toBe(true)
    expect((await fetch(url)).status).toBe(200)
  })

  test('a second scan gives only what changed', async () => {
    await start(60)
    const first = await scan(at.crm, object)
    at.clock.set(NOW + HOUR)
    expect((await scan(at.crm, object, first.cursor)).records).toEqual([])
    at.sink.apply('p00007', event('p00007', NOW + HOUR, 'accepted', { actor: 'ann' }))
    at.clock.set(NOW + HOUR + 10 * MINUTE)
    const second = await scan(at.crm, object, stored(first.cursor))
    expect(second.records).toHaveLength(1)
    at.clock.set(NOW + 2 * HOUR)
    expect((await scan(at.crm, object, second.cursor)).records).toEqual([])
  })

  test('fault 3: a record that becomes visible late, with an older stamp, is still seen', async () => {
    await start(10)
    const { cursor } = await scan(at.crm, object)
    at.sink.apply('p00003', event('p00003', NOW - 4 * MINUTE, 'accepted', { actor: 'ann' }))
    expect((await scan(at.crm, object, cursor)).records).toHaveLength(1)
  })

  test('a record that becomes visible late, while a scan lies interrupted for hours, is still seen', async () => {
    const count = THREE_PAGES[vendor]
    at = await bench(vendor, sink => {
      for (let i = 0; i < count; i++) {
        const key = `p${String(i).padStart(5, '0')}`
        sink.person(somebody(key), [event(key, i === 3 ? NOW - HOUR : NOW - (count - i) * 50, 'mql')])
      }
    })
    const kept: PulledRecord[] = []
    let cursor: Cursor | null = null
    for await (const page of at.crm.changes(object, null, never)) {
      cursor = page.cursor
      kept.push(...page.records)
      if (kept.length >= count * 0.7) break
    }
    at.sink.apply('p00003', event('p00003', NOW - MINUTE, 'updated', { detail: 'company=Late' }))
    at.clock.set(NOW + 5 * HOUR)
    const rest = await scan(at.crm, object, cursor)
    const next = await scan(at.crm, object, rest.cursor)
    const seen = [...rest.records, ...next.records].map(record => record.fields.company)
    expect(seen).toContain('Late')
  })

  test('fault 18: a cursor in the future goes back to the server’s time, and nothing waits for it', async () => {
    await start(60)
    const { cursor } = await scan(at.crm, object)
    const ahead = { ...cursor, since: NOW + 3 * HOUR }
    at.clock.set(NOW + MINUTE)
    at.sink.apply('p00007', event('p00007', NOW + MINUTE, 'updated', { detail: 'company=Now' }))
    const found = await scan(at.crm, object, stored(ahead))
    expect(found.records.map(record => record.fields.company)).toEqual(['Now'])
    at.clock.set(NOW + HOUR)
    at.sink.apply('p00008', event('p00008', NOW + HOUR, 'updated', { detail: 'company=Later' }))
    const later = await scan(at.crm, object, found.cursor)
    expect(later.records.map(record => record.fields.company)).toContain('Later')
  })

  test('fault 18: so does a place inside a scan', async () => {
    await start(60)
    const inside = {
      salesforce: { at: NOW + 3 * HOUR, id: '00Q000000000001AAA', since: NOW + 3 * HOUR },
      hubspot: { kind: 'search', after: '9999999', from: NOW + 3 * HOUR, since: NOW + 3 * HOUR },
    }[vendor]
    at.sink.apply('p00007', event('p00007', NOW, 'updated', { detail: 'company=Now' }))
    const { records, cursor } = await scan(at.crm, object, inside)
    expect(records.map(record => record.fields.company)).toEqual(['Now'])
    expect(Number(cursor.since)).toBeLessThanOrEqual(NOW)
  })

  test.each([3 * MINUTE, -3 * MINUTE])('fault 35: a clock of ours %i ms off changes nothing', async off => {
    await start(60)
    vi.spyOn(Date, 'now').mockReturnValue(NOW + off)
    onTestFinished(() => void vi.restoreAllMocks())
    const first = await scan(at.crm, object)
    at.clock.set(NOW + 10 * MINUTE)
    at.sink.apply('p00007', event('p00007', NOW + 6 * MINUTE, 'updated', { detail: 'company=Seen' }))
    const second = await scan(at.crm, object, first.cursor)
    expect(second.records.map(record => record.fields.company)).toEqual(['Seen'])
    expect(Number(second.cursor.since)).toBe(NOW + 10 * MINUTE)
  })

  test('fault 5: records that change while they are paged end as they are', async () => {
    await start(THREE_PAGES[vendor], 1000)
    const seen = new Map<string, PulledRecord>()
    const early = 'p00001'
    const late = `p${String(THREE_PAGES[vendor] - 2).padStart(5, '0')}`
    let cursor: Cursor | null = null
    let pages = 0
    for await (const page of at.crm.changes(object, null, never)) {
      for (const record of page.records) seen.set(record.id, record)
      cursor = page.cursor
      if (pages++ > 0) continue
      at.clock.set(NOW + MINUTE)
      for (const key of [early, late])
        at.sink.apply(key, event(key, NOW + MINUTE, 'updated', { detail: 'company=Changed' }))
    }
    for (const record of (await scan(at.crm, object, cursor)).records) seen.set(record.id, record)
    const changed = [...seen.values()].filter(record => record.fields.company === 'Changed')
    expect(changed.map(record => record.fields.email).sort()).toEqual([
      `${early}@people.test`,
      `${late}@people.test`,
    ])
    expect(idsOf([...seen.values()])).toEqual(await idsIn(at))
  })

  test('fault 5: a crash on a page with a record that has just changed loses nothing', async () => {
    await start(THREE_PAGES[vendor], 1000)
    const kept: PulledRecord[] = []
    let cursor: Cursor | null = null
    let pages = 0
    for await (const page of at.crm.changes(object, null, never)) {
      kept.push(...page.records)
      cursor = page.cursor
      if (++pages === 2) break
      at.clock.set(NOW + MINUTE)
      const last = vendor === 'salesforce' ? 'p03999' : 'p00099'
      at.sink.apply(last, event(last, NOW + MINUTE, 'updated', { detail: 'company=Changed' }))
    }
    kept.push(...(await scan(at.crm, object, cursor)).records)
    expect(idsOf(kept)).toEqual(await idsIn(at))
  })

  test('a deleted record comes as deleted, once, and can be asked for', async () => {
    await start(10)
    const first = await scan(at.crm, object)
    at.clock.set(NOW + HOUR)
    at.sink.apply('p00004', event('p00004', NOW + HOUR, 'deleted'))
    at.clock.set(NOW + HOUR + 10 * MINUTE)
    const { records, cursor } = await scan(at.crm, object, first.cursor)
    expect(records).toHaveLength(1)
    expect(records[0]).toMatchObject({
      deleted: true,
      facts: expect.arrayContaining([expect.objectContaining({ kind: 'deleted', at: NOW + HOUR })]),
    })
    const [again] = await at.crm.fetch(object, [records[0]?.id ?? ''], never)
    expect(again?.deleted).toBe(true)
    at.clock.set(NOW + 2 * HOUR)
    expect((await scan(at.crm, object, cursor)).records).toEqual([])
    at.sink.apply('p00004', event('p00004', NOW + 2 * HOUR, 'restored'))
    expect((await scan(at.crm, object, cursor)).records).toMatchObject([{ deleted: false }])
  })

  test('a first scan also tells what was deleted before', async () => {
    at = await bench(vendor, sink => {
      mqls(3, 1000)(sink)
      sink.person(somebody('gone'), [
        event('gone', NOW - 9 * HOUR, 'mql'),
        event('gone', NOW - 8 * HOUR, 'deleted'),
      ])
    })
    const { records } = await scan(at.crm, object)
    expect(records.filter(({ deleted }) => deleted)).toHaveLength(1)
    expect(idsOf(records)).toHaveLength(4)
  })

  test('an object without records still gives a cursor', async () => {
    await start(0)
    const { records, cursor } = await scan(at.crm, object)
    expect(records).toEqual([])
    expect(cursor).toEqual({ since: NOW })
  })

  test('the calls and records it counts are those the twin counts', async () => {
    await start(THREE_PAGES[vendor], 1000)
    for (const name of at.crm.objects) await scan(at.crm, name)
    const { cursor } = await scan(at.crm, object)
    at.sink.apply('p00007', event('p00007', NOW, 'accepted', { actor: 'ann' }))
    const { records } = await scan(at.crm, object, cursor)
    await at.crm.fetch(object, idsOf(records), never)
    await at.crm.write(object, [{ id: records[0]?.id ?? '', fields: { overdue: true } }], never)
    const { reads, writes } = at.app.counters.state()
    expect(at.crm.traffic()).toEqual({ reads, writes })
  })

  test('every object is read, users first', async () => {
    const story = (sink: Bench['sink']) => {
      const t = NOW - 90 * HOUR
      sink.person(somebody('ada'), [
        event('ada', t, 'inquiry', { detail: 'Demo form' }),
        event('ada', t + HOUR, 'mql'),
        event('ada', t + 2 * HOUR, 'assigned', { actor: 'ann' }),
        event('ada', t + 3 * HOUR, 'call', { actor: 'ann', direction: 'out', outcome: 'no_answer' }),
        event('ada', t + 4 * HOUR, 'email', { actor: 'ann', direction: 'out', outcome: 'replied' }),
        event('ada', t + 5 * HOUR, 'meeting', { actor: 'ann', outcome: 'held' }),
        event('ada', t + 6 * HOUR, 'sql', { actor: 'ann' }),
        event('ada', t + 7 * HOUR, 'opportunity', {
          actor: 'ann',
          deal: 'd',
          amount: 100.5,
          detail: 'Prospecting',
        }),
        event('ada', t + 8 * HOUR, 'won', { actor: 'ann', deal: 'd', amount: 200 }),
      ])
    }
    at = await bench(vendor, story)
    const facts: string[] = []
    for (const name of at.crm.objects) {
      const { records } = await scan(at.crm, name)
      for (const fact of records.flatMap(record => record.facts)) {
        const what =
          fact.kind === 'activity'
            ? `${fact.channel} ${fact.outcome}`
            : fact.kind === 'deal'
              ? `deal ${fact.step}`
              : fact.kind
        facts.push(`${what} ${(fact.at - (NOW - 90 * HOUR)) / HOUR}`)
      }
    }
    expect(at.crm.objects[0]).toBe('user')
    expect(facts).toEqual(
      expect.arrayContaining([
        'call no_answer 3',
        'email replied 4',
        'meeting held 5',
        'deal opened 7',
        'deal won 8',
      ]),
    )
  })
})

/** As it comes back from a database. */
const stored = (cursor: Cursor): Cursor => JSON.parse(JSON.stringify(cursor)) as Cursor

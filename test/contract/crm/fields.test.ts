import { afterEach, describe, expect, test } from 'vitest'
import type { PulledRecord } from '../../../src/crm/crm.ts'
import type { PolicyField, Vendor } from '../../../src/domain/facts.ts'
import type { Sink } from '../../../src/twins/scenario/types.ts'
import { type Bench, bench, connect, event, HOUR, NOW, personObject, scan, somebody } from './company.ts'

const never = new AbortController().signal
const T1 = NOW - 72 * HOUR
const wish = (...names: string[]): PolicyField[] => names.map(name => ({ name, key: 'stages.mql' }))

/** In each CRM: a field with history, one in other letters than the vendor's, and one that is not there. */
const FIELDS: Record<Vendor, { kept: string; spelt: string; canonical: string; missing: string }> = {
  salesforce: { kept: 'Score__c', spelt: 'rating', canonical: 'Rating', missing: 'Nowhere__c' },
  hubspot: { kept: 'hubspotscore', spelt: 'Fit', canonical: 'fit', missing: 'nowhere' },
}

let at: Bench
afterEach(async () => await at.close())

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const { kept, spelt, canonical, missing } = FIELDS[vendor]
  const object = personObject(vendor)
  const people = (count: number) => (sink: Sink) => {
    for (let i = 0; i < count; i++) {
      const key = `p${String(i).padStart(3, '0')}`
      sink.person(somebody(key), [
        event(key, T1, 'mql'),
        event(key, T1 + HOUR, 'updated', { detail: `${vendor}.${kept}=40` }),
        event(key, T1 + 2 * HOUR, 'updated', { detail: `${vendor}.${kept}=80` }),
        event(key, T1 + 2 * HOUR, 'updated', { detail: `${vendor}.${canonical}=Hot` }),
      ])
    }
  }
  const start = async (count: number, names: string[]) => {
    const company = { leadHistory: [kept] }
    at = await bench(vendor, people(count), { fields: wish(...names), company })
    return at
  }
  const withFields = (names: string[]) =>
    connect(vendor, at.url, { tries: 1, random: () => 0, sleep: async () => 0 }, { fields: wish(...names) })
  /** The person's record and, where it is another, its history. */
  const all = async () => [
    ...(await scan(at.crm, object)).records,
    ...(vendor === 'salesforce' ? (await scan(at.crm, 'history')).records : []),
  ]
  const told = (records: readonly PulledRecord[], name: string) =>
    records
      .flatMap(({ facts }) => facts)
      .filter(
        fact => (fact.kind === 'field' || fact.kind === 'field_now') && fact.field === `property:${name}`,
      )
      .map(fact => ('value' in fact ? [fact.kind, fact.value, fact.at] : []))

  test('a field the policy names comes with its history', async () => {
    await start(1, [kept])
    const facts = told(await all(), kept).filter(([kind]) => kind === 'field')
    expect(facts).toEqual([
      ['field', '40', T1 + HOUR],
      ['field', '80', T1 + 2 * HOUR],
    ])
  })

  test('in any letters, spelt as the CRM spells it', async () => {
    await start(1, [spelt])
    expect(told(await all(), canonical).map(([, value]) => value)).toContain('Hot')
  })

  test('an empty field is known to be empty; of one that is not there nothing is known', async () => {
    at = await bench(vendor, sink => sink.person(somebody('a'), [event('a', T1, 'mql')]), {
      fields: wish(kept, missing),
    })
    const records = await all()
    expect(told(records, kept)).toEqual([['field_now', null, T1]])
    expect(told(records, missing)).toEqual([])
  })

  test('what is not there is said in a line, and nothing else is', async () => {
    await start(1, [kept, missing])
    const said = await at.crm.check(never)
    expect(said).toHaveLength(1)
    expect(said[0]).toContain(missing)
    expect(said[0]).toContain('stages.mql')
    expect(said[0]).not.toContain(kept)
  })

  test('a record that is fetched carries them, too', async () => {
    await start(1, [canonical])
    const { records } = await scan(at.crm, object)
    const fetched = await at.crm.fetch(
      object,
      records.map(({ id }) => id),
      never,
    )
    expect(told(fetched, canonical)).toEqual(told(records, canonical))
  })

  test('a field that the policy names later is read of every record, once', async () => {
    await start(130, [kept])
    const first = await scan(at.crm, object)
    const crm = await withFields([kept, canonical])
    const again = await scan(crm, object, first.cursor)
    expect(told(again.records, canonical).length).toBeGreaterThanOrEqual(130)
    expect((await scan(crm, object, again.cursor)).records.length).toBeLessThan(130)
    await crm.close()
  })

  test('that reading goes on where it was interrupted', async () => {
    const count = vendor === 'hubspot' ? 130 : 2_100
    await start(count, [])
    const first = await scan(at.crm, object)
    const crm = await withFields([canonical])
    const { pages } = await scan(crm, object, first.cursor)
    const rest = await scan(crm, object, pages[0]!.cursor)
    expect(pages[0]!.records.length + rest.records.length).toBe(count)
    await crm.close()
  })

  test('a field that the policy no longer names costs no reading', async () => {
    await start(130, [kept, canonical])
    const first = await scan(at.crm, object)
    const crm = await withFields([kept])
    expect((await scan(crm, object, first.cursor)).records.length).toBeLessThan(130)
    await crm.close()
  })
})

test('HubSpot: a property that is made later is read of every contact from then on', async () => {
  at = await bench(
    'hubspot',
    sink => {
      for (const key of ['a', 'b']) sink.person(somebody(key), [event(key, T1, 'mql')])
    },
    { fields: wish('fit') },
  )
  const first = await scan(at.crm, 'contact')
  at.clock.set(NOW + 24 * HOUR)
  at.sink.apply('a', event('a', NOW + HOUR, 'updated', { detail: 'hubspot.fit=A' }))
  const { records } = await scan(at.crm, 'contact', first.cursor)
  expect(records).toHaveLength(2)
})

test('Salesforce: the history of a field that is not tracked stays silent', async () => {
  const fill = (sink: Sink) =>
    sink.person(somebody('a'), [
      event('a', T1, 'mql'),
      event('a', T1 + HOUR, 'updated', { detail: 'salesforce.Rating=Hot' }),
      event('a', T1 + HOUR, 'updated', { detail: 'salesforce.Interests__c=Engines;Paper' }),
      event('a', T1 + HOUR, 'updated', { detail: 'salesforce.Target_Account__c=true' }),
    ])
  const fields = wish('Interests__c', 'Rating', 'Target_Account__c')
  at = await bench('salesforce', fill, {
    fields,
    company: { leadHistory: ['Interests__c', 'Target_Account__c'] },
  })
  const facts = (records: readonly PulledRecord[]) =>
    records.flatMap(one =>
      one.facts.flatMap(fact =>
        'field' in fact && fact.field !== 'status' ? [[fact.field, fact.value]] : [],
      ),
    )
  expect(facts((await scan(at.crm, 'lead')).records)).toEqual([
    ['property:Interests__c', 'Engines;Paper'],
    ['property:Rating', 'Hot'],
    ['property:Target_Account__c', 'true'],
  ])
  // Salesforce tells of a multi-select picklist only that it changed.
  expect(facts((await scan(at.crm, 'history')).records)).toEqual([['property:Target_Account__c', 'true']])
})

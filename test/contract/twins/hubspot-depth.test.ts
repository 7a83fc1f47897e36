import { Client } from '@hubspot/api-client'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type HubspotTwin, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { company, event, HOUR, NOW, person } from '../../unit/twins/hubspot/company.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is asserted, not typed
type Wire = any

let twin: HubspotTwin
let clock: VirtualClock
let base: string
let crm: Client['crm']

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  twin = hubspotTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (const key of ['a', 'b', 'c']) {
    twin.sink.person(person(key), [event(key, 100, 'inquiry'), event(key, 80, 'won', { deal: key })])
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  crm = new Client({ accessToken: 'any', basePath: base }).crm
})
afterEach(() => twin.close())

const headers = { authorization: 'Bearer any', 'content-type': 'application/json' }
const post = async (
  path: string,
  body: object,
): Promise<{ status: number; body: Wire; headers: Headers }> => {
  const answer = await fetch(base + path, { method: 'POST', headers, body: JSON.stringify(body) })
  const text = await answer.text()
  return { status: answer.status, body: text && JSON.parse(text), headers: answer.headers }
}
const set = (settings: object) => post('/_twin/settings', settings)
const hand = (deed: object) => post('/_twin/edit', deed)
const failure = (call: Promise<unknown>): Promise<Wire> =>
  call.then(
    () => Promise.reject(new Error('the call succeeded')),
    (error: Wire) => error,
  )
/** The client has no method for it. */
const erase = (whom: object) => post('/crm/v3/objects/contacts/gdpr-delete', whom)
const modified = async (id: string) => (await crm.contacts.basicApi.getById(id)).updatedAt.getTime()

describe('settings', () => {
  test('a search lags behind what was changed, a read does not', async () => {
    await set({ searchLagSeconds: 5 })
    await crm.contacts.basicApi.update('51', { properties: { jobtitle: 'x' } })
    const found = async () => (await crm.contacts.searchApi.doSearch({ limit: 10 } as Wire)).total
    expect(await found()).toBe(2)
    expect((await crm.contacts.basicApi.getById('51', ['jobtitle'])).properties.jobtitle).toBe('x')
    clock.set(NOW + 5_000)
    expect(await found()).toBe(3)
  })

  test('the day’s calls end, and come back at midnight of the portal', async () => {
    await set({ daily: 3, enforceLimits: true })
    for (let i = 2; i >= 0; i--) {
      const answer = await fetch(`${base}/crm/v3/owners`, { headers })
      expect(answer.headers.get('x-hubspot-ratelimit-daily-remaining')).toBe(String(i))
    }
    const error = await failure(crm.owners.ownersApi.getById(1001))
    expect([error.code, error.body.policyName, error.body.errorType]).toEqual([429, 'DAILY', 'RATE_LIMIT'])
    expect((await failure(crm.contacts.searchApi.doSearch({ limit: 1 } as Wire))).body.policyName).toBe(
      'DAILY',
    )
    const midnight = Date.parse('2026-11-18T23:00:00Z')
    clock.set(midnight - 1)
    expect((await failure(crm.owners.ownersApi.getById(1001))).code).toBe(429)
    clock.set(midnight)
    expect((await crm.owners.ownersApi.getById(1001)).id).toBe('1001')
  })

  test('a history ends after so many versions, newest first', async () => {
    await set({ historyVersions: 20 })
    for (let i = 1; i <= 25; i++) {
      clock.set(NOW + i * 1000)
      await crm.contacts.basicApi.update('51', { properties: { jobtitle: `x${i}` } })
    }
    const read = await crm.contacts.basicApi.getById('51', [], ['jobtitle'])
    const values = read.propertiesWithHistory?.jobtitle?.map(({ value }) => value)
    expect([values?.length, values?.[0], values?.at(-1)]).toEqual([20, 'x25', 'x6'])
  })

  test('what the portal requires is asked for on dated paths only', async () => {
    await set({ requiredProperties: ['jobtitle'] })
    const contact = (email: string) => ({ properties: { email } })
    const dated = '/crm/objects/2026-09/contacts'
    const refused = await post(dated, contact('x@example.com'))
    expect([refused.status, refused.body.message]).toEqual([400, expect.stringContaining('jobtitle')])
    expect((await post(`${dated}/batch/create`, { inputs: [contact('x@example.com')] })).status).toBe(400)
    expect((await post('/crm/v3/objects/contacts', contact('x@example.com'))).status).toBe(201)
  })

  test.each([{ searchLag: 5 }, { searchLagSeconds: -1 }, { daily: 0 }])('%j is refused', async wish => {
    expect((await set(wish)).status).toBe(400)
  })
})

describe('writes', () => {
  test('of a batch with trace ids each input has a fate of its own', async () => {
    const input = (email: string, id?: string) => ({
      properties: { email },
      ...(id && { objectWriteTraceId: id }),
    })
    const taken = (await crm.contacts.basicApi.getById('51', ['email'])).properties.email!
    const plain = await post('/crm/v3/objects/contacts/batch/create', {
      inputs: [input('n@example.com'), input(taken)],
    })
    expect([plain.status, plain.body.category]).toEqual([409, 'CONFLICT'])
    const inputs = [input('n@example.com', 't1'), input(taken, 't2')]
    const { status, body } = await post('/crm/v3/objects/contacts/batch/create', { inputs })
    expect([status, body.results.length, body.numErrors]).toEqual([207, 1, 1])
    expect(body.errors[0]).toMatchObject({
      category: 'CONFLICT',
      message: 'Contact already exists. Existing ID: 51',
      context: { objectWriteTraceId: ['t2'] },
    })
  })

  test('associations are made and taken away, and move no stamp', async () => {
    const before = await modified('51')
    clock.set(NOW + HOUR)
    const { basicApi, batchApi } = crm.associations.v4
    const dealsOf = async (id: string) =>
      (await basicApi.getPage('contacts', id, 'deals')).results.map(({ toObjectId }) => String(toObjectId))
    await basicApi.create('contacts', '51', 'deals', '52', [
      { associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 4 } as Wire,
    ])
    expect(await dealsOf('51')).toEqual(['51', '52'])
    await batchApi.archive('deals', 'contacts', {
      inputs: [{ _from: { id: '52' }, to: [{ id: '51' }] }],
    } as Wire)
    expect(await dealsOf('51')).toEqual(['51'])
    const types = [{ associationCategory: 'HUBSPOT_DEFINED', associationTypeId: 4 }]
    const batch = { inputs: [{ _from: { id: '51' }, to: { id: '53' }, types }] } as Wire
    expect((await batchApi.create('contacts', 'deals', batch)).results).toHaveLength(1)
    await basicApi.archive('contacts', '51', 'deals', '53')
    expect(await dealsOf('51')).toEqual(['51'])
    expect(await modified('51')).toBe(before)
    expect((await failure(basicApi.create('contacts', '51', 'deals', '999', []))).code).toBe(404)
  })

  test('erased, a contact is in no list, not among the archived, and under no id', async () => {
    expect((await erase({ objectId: '51' })).status).toBe(204)
    const { email } = (await crm.contacts.basicApi.getById('52', ['email'])).properties
    await erase({ objectId: email, idProperty: 'email' })
    const ids = async (archived: boolean) =>
      (await crm.contacts.basicApi.getPage(100, undefined, [], [], [], archived)).results.map(({ id }) => id)
    expect([await ids(false), await ids(true)]).toEqual([['53'], []])
    const read = (await crm.contacts.batchApi.read({ inputs: [{ id: '51' }] } as Wire)) as Wire
    expect(read.errors[0].context.ids).toEqual(['51'])
    expect((await crm.deals.basicApi.getById('51', [], [], ['contacts'])).associations).toBeUndefined()
    expect((await erase({ objectId: '51' })).status).toBe(404)
  })
})

describe('by hand', () => {
  test('an edit is a person’s, and no write of a client', async () => {
    clock.set(NOW + HOUR)
    expect(
      (await hand({ do: 'edit', object: 'contacts', id: 51, properties: { jobtitle: 'x' } })).status,
    ).toBe(200)
    const read = await crm.contacts.basicApi.getById('51', ['jobtitle'], ['jobtitle'])
    expect(read.propertiesWithHistory?.jobtitle?.[0]).toMatchObject({ value: 'x', sourceType: 'CRM_UI' })
    expect(read.updatedAt.getTime()).toBe(NOW + HOUR)
    expect(twin.app.writes.after(0, 10).total).toBe(0)
  })

  test('archived and restored, merged, created and shown', async () => {
    await hand({ do: 'archive', object: 'contact', id: 51 })
    expect((await failure(crm.contacts.basicApi.getById('51'))).code).toBe(404)
    await hand({ do: 'restore', object: 'contact', id: 51 })
    expect((await crm.contacts.basicApi.getById('51')).id).toBe('51')
    const merged = (await hand({ do: 'merge', object: '0-1', id: 51, other: 52 })).body
    expect((await crm.contacts.basicApi.getById('52')).id).toBe(merged.id)
    const made = (await hand({ do: 'create', object: 'contacts', properties: { email: 'n@example.com' } }))
      .body
    const shown = await (await fetch(`${base}/_twin/records/contacts/${made.id}`)).json()
    expect(shown).toMatchObject({ type: 'contact', id: made.id, properties: { email: 'n@example.com' } })
  })

  test.each([
    [{ do: 'edit', object: 'contacts', id: 999, properties: {} }, 'no contact has the id 999'],
    [{ do: 'edit', object: 'unicorns', id: 51, properties: {} }, "no object is called 'unicorns'"],
    [{ do: 'edit', object: 'contacts', id: 51, properties: { nope: 1 } }, 'nope'],
    [{ do: 'dance' }, 'do'],
    [{ do: 'merge', object: 'deals', id: 51, other: 52 }, 'not supported'],
  ])('%j is refused', async (deed, words) => {
    const { status, body } = await hand(deed)
    expect([status, body.error]).toEqual([400, expect.stringContaining(words)])
  })
})

test('lists are made by hand and read page by page', async () => {
  await post('/_twin/lists', { name: 'Inclusion', members: [53, 51] })
  clock.set(NOW + HOUR)
  const { listId } = (await post('/_twin/lists', { name: 'Inclusion', members: [53, 51, 52] })).body
  const found = await crm.lists.listsApi.doSearch({ query: 'incl', offset: 0, count: 10 } as Wire)
  expect(found).toMatchObject({ total: 1, hasMore: false, lists: [{ listId, objectTypeId: '0-1' }] })
  const first = await crm.lists.membershipsApi.getPage(listId, undefined, undefined, 2)
  expect(first.results.map(one => [one.recordId, one.membershipTimestamp.getTime()])).toEqual([
    ['51', NOW],
    ['52', NOW + HOUR],
  ])
  const rest = await crm.lists.membershipsApi.getPage(listId, first.paging?.next?.after, undefined, 2)
  expect(rest.results.map(one => one.recordId)).toEqual(['53'])
  const joined = await crm.lists.membershipsApi.getPageOrderedByAddedToListDate(listId)
  expect(joined.results.map(one => one.recordId)).toEqual(['53', '51', '52'])
  expect((await failure(crm.lists.membershipsApi.getPage('99'))).code).toBe(404)
})

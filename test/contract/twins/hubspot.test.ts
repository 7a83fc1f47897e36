import { Client } from '@hubspot/api-client'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type HubspotTwin, type HubspotTwinOptions, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { company, event, HOUR, NOW, person } from '../../unit/twins/hubspot/company.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is asserted, not typed
type Wire = any

const TOKEN = 'pat-na1-contract'
const PEOPLE = 120
let twin: HubspotTwin
let clock: VirtualClock
let base: string

async function start(options: Partial<HubspotTwinOptions> = {}) {
  clock = new VirtualClock(NOW)
  twin = hubspotTwin({ clock, file: ':memory:', token: TOKEN, ...options })
  twin.sink.begin(company())
  for (let i = 0; i < PEOPLE; i++) {
    const key = `p${String(i).padStart(3, '0')}`
    const events = [
      event(key, 100, 'inquiry', { detail: 'Form' }),
      event(key, 90, 'mql'),
      event(key, 80, 'assigned', { actor: 'ann' }),
    ]
    if (i % 10 === 0)
      events.push(event(key, 70, 'call', { actor: 'ann', direction: 'out', outcome: 'connected' }))
    if (i % 20 === 0) events.push(event(key, 60, 'won', { actor: 'ann', deal: `d${i}`, amount: 100 + i }))
    twin.sink.person(person(key), events)
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
}

beforeEach(() => start())
afterEach(() => twin.close())

/** Numbered paths as the client has them, or rewritten to the dated ones on their way out. */
const dated = {
  pre: (context: Wire) => {
    const url = context
      .getUrl()
      .replace(/\/crm\/v[34]\/(objects|properties|owners|pipelines|associations)/, '/crm/$1/2026-09')
    context.setUrl(url)
    return Promise.resolve(context)
  },
  post: (context: Wire) => Promise.resolve(context),
}

const client = (family: string, token = TOKEN) =>
  new Client({ accessToken: token, basePath: base, ...(family === '2026-09' && { middleware: [dated] }) })

const failure = async (call: Promise<unknown>): Promise<Wire> => {
  const error = await call.then(
    () => new Error('the call succeeded'),
    (reason: unknown) => reason,
  )
  return error
}

describe.each(['v3', '2026-09'])('the real client on %s paths', family => {
  it('lists contacts page by page with properties, history and associations', async () => {
    const { crm } = client(family)
    const seen: string[] = []
    let after: string | undefined
    do {
      const page = await crm.contacts.basicApi.getPage(
        50,
        after,
        ['email', 'jobtitle'],
        ['lifecyclestage'],
        ['deals'],
      )
      seen.push(...page.results.map(({ id }) => id))
      after = page.paging?.next?.after
      if (seen.length > 50) continue
      const first = page.results[0]!
      expect(first.properties).toMatchObject({
        email: 'p000@example.com',
        jobtitle: 'CTO',
        hs_object_id: first.id,
      })
      expect(first.createdAt).toEqual(new Date(NOW - 100 * HOUR))
      expect(first.updatedAt).toEqual(new Date(NOW - 60 * HOUR))
      expect(first.propertiesWithHistory?.lifecyclestage?.map(({ value }) => value)).toEqual([
        'customer',
        'opportunity',
        'marketingqualifiedlead',
        'lead',
      ])
      expect(first.propertiesWithHistory?.lifecyclestage?.[2]?.timestamp).toEqual(new Date(NOW - 90 * HOUR))
      expect(first.associations?.deals?.results).toHaveLength(1)
    } while (after !== undefined)
    expect(new Set(seen).size).toBe(PEOPLE)
    expect((await failure(crm.contacts.basicApi.getPage(51, undefined, [], ['email']))).code).toBe(400)
    expect((await failure(crm.contacts.basicApi.getPage(101))).code).toBe(400)
    const path = (await twinLog()).at(-1)?.path
    expect(path).toContain(family === 'v3' ? '/crm/v3/objects/contacts?' : '/crm/objects/2026-09/contacts?')
  })

  it('searches', async () => {
    const { crm } = client(family)
    const filters = [{ propertyName: 'lastmodifieddate', operator: 'GTE', value: String(NOW - 75 * HOUR) }]
    const found = await crm.contacts.searchApi.doSearch({
      filterGroups: [{ filters }],
      sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
      properties: ['email'],
      limit: 5,
    } as Wire)
    expect(found.total).toBe(12)
    expect(found.results).toHaveLength(5)
    expect(found.paging?.next?.after).toBe('5')
    const calls = await crm.objects.calls.searchApi.doSearch({ limit: 200 } as Wire)
    expect(calls.total).toBe(12)
  })

  it('reads a batch with history and says which ids are missing', async () => {
    const { crm } = client(family)
    const read = (ids: string[]) =>
      crm.contacts.batchApi.read({
        inputs: ids.map(id => ({ id })),
        properties: ['email'],
        propertiesWithHistory: ['hubspot_owner_id'],
      } as Wire)
    const answer = (await read(['52', '51', '999999'])) as Wire
    expect(answer.results.map(({ id }: Wire) => id)).toEqual(['51', '52'])
    expect(answer.results[0].propertiesWithHistory.hubspot_owner_id).toMatchObject([{ value: '1001' }])
    expect(answer.errors[0]).toMatchObject({ category: 'OBJECT_NOT_FOUND', context: { ids: ['999999'] } })
    const many = Array.from({ length: 51 }, (_, index) => String(51 + index))
    expect((await failure(read(many))).body.message).toContain('property histories is 50')
  })

  it('updates a batch: values, history, stamps and the write log', async () => {
    const { crm } = client(family)
    clock.set(NOW + HOUR)
    const properties = {
      leadtime_overdue: 'true',
      leadtime_status: 'overdue',
      leadtime_due: '2026-11-18T12:00:00Z',
      leadtime_follow_up_hours: '1.25',
    }
    const inputs = ['51', '52', '999999'].map(id => ({ id, properties }))
    const answer = (await crm.contacts.batchApi.update({ inputs })) as Wire
    expect(answer.results.map(({ id }: Wire) => id)).toEqual(['51', '52'])
    expect(answer.errors[0].context.ids).toEqual(['999999'])
    const read = (await crm.contacts.basicApi.getById('51', Object.keys(properties), [
      'leadtime_overdue',
    ])) as Wire
    expect(read.properties).toMatchObject({ ...properties, leadtime_due: '2026-11-18T12:00:00.000Z' })
    expect(read.updatedAt).toEqual(new Date(NOW + HOUR))
    expect(read.propertiesWithHistory.leadtime_overdue).toMatchObject([
      { value: 'true', sourceType: 'INTEGRATION' },
    ])

    clock.set(NOW + 2 * HOUR)
    await crm.contacts.batchApi.update({ inputs: [{ id: '51', properties }] })
    expect((await crm.contacts.basicApi.getById('51')).updatedAt).toEqual(new Date(NOW + HOUR))
    await crm.contacts.batchApi.update({ inputs: [{ id: '51', properties: { leadtime_status: '' } }] })
    expect(
      (await crm.contacts.basicApi.getById('51', ['leadtime_status'])).properties.leadtime_status,
    ).toBeNull()
    const { total, same, writes } = twin.app.writes.after(0, 100)
    expect([total, same]).toEqual([13, 4])
    expect(writes[0]).toMatchObject({ record: 'contact/51', field: 'leadtime_overdue', from: '', to: 'true' })
    expect(writes.at(-1)).toMatchObject({ from: 'overdue', to: '' })
    expect(twin.app.counters.state().writes).toEqual({ calls: 3, records: 4 })
  })

  it('refuses a whole batch for one bad value, and writes nothing', async () => {
    const { crm } = client(family)
    const update = (properties: Record<string, string>) =>
      failure(
        crm.contacts.batchApi.update({
          inputs: [
            { id: '51', properties: { jobtitle: 'X' } },
            { id: '52', properties },
          ],
        }),
      )
    const problems: [Record<string, string>, string][] = [
      [{ no_such: '1' }, 'PROPERTY_DOESNT_EXIST'],
      [{ leadtime_status: 'later' }, 'INVALID_OPTION'],
      [{ leadtime_attempts: 'many' }, 'INVALID_DOUBLE'],
      [{ leadtime_overdue: 'maybe' }, 'INVALID_BOOLEAN'],
      [{ leadtime_due: 'soon' }, 'INVALID_DATE'],
      [{ num_associated_deals: '3' }, 'READ_ONLY_VALUE'],
    ]
    for (const [properties, code] of problems) {
      const error = await update(properties)
      expect(error.code).toBe(400)
      expect(error.body.category).toBe('VALIDATION_ERROR')
      const list = JSON.parse(error.body.message.replace('Property values were not valid: ', ''))
      expect(list).toMatchObject([{ isValid: false, error: code, name: Object.keys(properties)[0] }])
    }
    const twice = await failure(
      crm.contacts.batchApi.update({ inputs: ['51', '51'].map(id => ({ id, properties: {} })) }),
    )
    expect(twice.code).toBe(400)
    const many = Array.from({ length: 101 }, (_, index) => ({ id: String(index), properties: {} }))
    expect((await failure(crm.contacts.batchApi.update({ inputs: many }))).body.message).toContain(
      'in a batch is 100',
    )
    expect(twin.app.writes.after(0, 10).total).toBe(0)
  })

  it('moves the lifecycle forward only, unless it was cleared', async () => {
    const { crm } = client(family)
    const set = async (lifecyclestage: string) => {
      await crm.contacts.basicApi.update('52', { properties: { lifecyclestage } })
      return (await crm.contacts.basicApi.getById('52', ['lifecyclestage'])).properties.lifecyclestage
    }
    expect(await set('lead')).toBe('marketingqualifiedlead')
    expect(await set('salesqualifiedlead')).toBe('salesqualifiedlead')
    expect(await set('')).toBeNull()
    expect(await set('lead')).toBe('lead')
  })

  it('finds one by e-mail, archives, and says 404 for what is not there', async () => {
    const { crm } = client(family)
    const get = (id: string, archived?: boolean, idProperty?: string) =>
      crm.contacts.basicApi.getById(id, undefined, undefined, undefined, archived, idProperty)
    expect((await get('P003@example.com', false, 'email')).id).toBe('54')
    await crm.contacts.batchApi.archive({ inputs: [{ id: '54' }] })
    await crm.contacts.basicApi.archive('55')
    const error = await failure(get('54'))
    expect([error.code, error.body.category]).toEqual([404, 'OBJECT_NOT_FOUND'])
    expect((await get('54', true)).archivedAt).toEqual(new Date(NOW))
    const archived = await crm.contacts.basicApi.getPage(
      100,
      undefined,
      undefined,
      undefined,
      undefined,
      true,
    )
    expect(archived.results.map(({ id }) => id)).toEqual(['54', '55'])
    expect((await failure(get('x1'))).code).toBe(404)
    const update = (await crm.contacts.batchApi.update({
      inputs: [{ id: '54', properties: { jobtitle: 'X' } }],
    })) as Wire
    expect(update.numErrors).toBe(1)
  })

  it('merges into a new record', async () => {
    const { crm } = client(family)
    const merged = await crm.contacts.basicApi.merge({ primaryObjectId: '52', objectIdToMerge: '51' })
    expect(Number(merged.id)).toBe(51 + PEOPLE)
    const read = await crm.contacts.basicApi.getById('51', ['hs_merged_object_ids', 'email'])
    expect([read.id, read.properties.hs_merged_object_ids, read.properties.email]).toEqual([
      merged.id,
      '52;51',
      'p001@example.com',
    ])
    const gone = (await crm.contacts.batchApi.update({
      inputs: [{ id: '51', properties: { jobtitle: 'X' } }],
    })) as Wire
    expect(gone.errors[0].context.ids).toEqual(['51'])
    const people = twin.sink.people.list('', 2)
    expect(people.map(({ records }) => records[0])).toEqual(
      Array(2).fill({ object: 'contact', id: merged.id }),
    )
  })

  it('gives owners in two passes', async () => {
    const { crm } = client(family)
    const first = await crm.owners.ownersApi.getPage(undefined, undefined, 1, false)
    expect(first.results[0]).toMatchObject({
      id: '1001',
      email: 'ann@reps.example.com',
      firstName: 'Rep',
      lastName: 'ANN',
    })
    const second = await crm.owners.ownersApi.getPage(undefined, first.paging?.next?.after, 1, false)
    expect([second.results[0]?.id, second.paging]).toEqual(['1002', undefined])
    const archived = await crm.owners.ownersApi.getPage(undefined, undefined, 500, true)
    expect(archived.results.map(({ id }) => id)).toEqual(['1003'])
    expect((await crm.owners.ownersApi.getPage()).results).toHaveLength(2)
  })

  it('gives the deal pipeline', async () => {
    const { results } = await client(family).crm.pipelines.pipelinesApi.getAll('deals')
    expect(results.map(({ id }) => id)).toEqual(['default'])
    expect(results[0]?.stages.find(({ id }) => id === 'closedwon')?.metadata).toEqual({
      isClosed: 'true',
      probability: '1.0',
    })
  })

  it('reads associations in batch and one by one', async () => {
    const { crm } = client(family)
    const { batchApi, basicApi } = crm.associations.v4
    const answer = (await batchApi.getPage('contacts', 'deals', {
      inputs: [{ id: '51' }, { id: '52' }],
    })) as Wire
    expect(answer.results).toHaveLength(1)
    expect(answer.results[0]._from.id).toBe('51')
    expect(answer.results[0].to[0].associationTypes).toMatchObject([
      { category: 'HUBSPOT_DEFINED', typeId: 4 },
    ])
    expect(answer.errors[0].subCategory).toContain('NO_ASSOCIATIONS_FOUND')
    const back = (await batchApi.getPage('0-48', '0-1', { inputs: [{ id: '51' }] })) as Wire
    expect(String(back.results[0].to[0].toObjectId)).toBe('51')
    const one = await basicApi.getPage('deals', '51', 'contacts')
    expect(one.results.map(({ toObjectId }) => String(toObjectId))).toEqual(['51'])
    const many = Array.from({ length: 1001 }, (_, index) => ({ id: String(index) }))
    expect((await failure(batchApi.getPage('contacts', 'deals', { inputs: many }))).code).toBe(400)
  })

  it('gives and takes property definitions', async () => {
    const { coreApi, groupsApi, batchApi } = client(family).crm.properties
    const all = (await coreApi.getAll('contacts')).results
    expect(all.find(({ name }) => name === 'leadtime_overdue')).toMatchObject({
      type: 'bool',
      fieldType: 'booleancheckbox',
    })
    expect(all.find(({ name }) => name === 'leadtime_status')?.options.map(({ value }) => value)).toContain(
      'due_soon',
    )
    await groupsApi.create('contacts', { name: 'mine', label: 'Mine' })
    const wish = {
      name: 'my_score',
      label: 'Score',
      groupName: 'mine',
      type: 'number',
      fieldType: 'number',
    } as Wire
    expect((await coreApi.create('contacts', wish)).name).toBe('my_score')
    expect((await failure(coreApi.create('contacts', wish))).code).toBe(409)
    expect((await coreApi.getByName('contacts', 'my_score')).type).toBe('number')
    expect((await failure(coreApi.getByName('contacts', 'nope'))).code).toBe(404)
    const made = (await batchApi.create('contacts', { inputs: [{ ...wish, name: 'other' }, wish] })) as Wire
    expect([made.results.length, made.errors.length]).toEqual([1, 1])
    await client(family).crm.contacts.batchApi.update({
      inputs: [{ id: '51', properties: { my_score: '7' } }],
    })
  })
})

async function twinLog(): Promise<{ path: string; status: number }[]> {
  const response = await fetch(`${base}/_twin/log`)
  return ((await response.json()) as Wire).requests
}

describe('the account', () => {
  it('refuses a call without the right token', async () => {
    for (const path of ['/crm/v3/objects/contacts', '/account-info/v3/details']) {
      const response = await fetch(`${base}${path}`)
      expect(response.status).toBe(401)
      expect(response.headers.get('content-type')).toContain('application/json')
      expect(((await response.json()) as Wire).category).toBe('INVALID_AUTHENTICATION')
    }
    const error = await failure(client('v3', 'wrong').crm.contacts.basicApi.getPage())
    expect([error.code, error.body.status]).toEqual([401, 'error'])
  })

  it('gives tokens that work', async () => {
    const made = new Client({ basePath: base })
    const refresh = (grant: Wire, secret?: string) =>
      made.oauth.tokensApi.create(grant, undefined, undefined, 'id', secret, 'refresh-me')
    const token = await refresh('refresh_token', 'secret')
    expect(token).toMatchObject({ tokenType: 'bearer', expiresIn: 1800, refreshToken: 'refresh-me' })
    expect((await client('v3', token.accessToken).crm.contacts.basicApi.getPage(1)).results).toHaveLength(1)
    expect((await failure(refresh('refresh_token'))).code).toBe(400)
    expect((await failure(refresh('password', 'secret'))).code).toBe(400)
  })

  it('tells portal, zone and limits', async () => {
    for (const path of ['/account-info/v3/details', '/account-info/2026-09/details']) {
      const response = await client('v3').apiRequest({ method: 'GET', path })
      expect(await response.json()).toMatchObject({
        portalId: 24_681_357,
        timeZone: 'Europe/Berlin',
        utcOffset: '+01:00',
      })
      expect(response.headers.get('x-hubspot-ratelimit-interval-milliseconds')).toBe('10000')
      expect(response.headers.get('x-hubspot-ratelimit-max')).toBe('190')
    }
    const response = await client('v3').apiRequest({ method: 'GET', path: '/account-info/v3/details' })
    expect(response.headers.get('x-hubspot-ratelimit-remaining')).toBe('187')
    expect(response.headers.get('date')).toBe(new Date(NOW).toUTCString())
  })

  it('answers nonsense in its own shape', async () => {
    const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' }
    const post = (path: string, body: string) => fetch(`${base}${path}`, { method: 'POST', headers, body })
    const cases: [Promise<Response>, number][] = [
      [post('/crm/v3/objects/contacts/search', '{'), 400],
      [post('/crm/v3/objects/contacts/search', '[]'), 400],
      [post('/crm/v3/objects/contacts/batch/read', '{"inputs":[null]}'), 400],
      [post('/crm/v3/objects/unicorns/search', '{}'), 400],
      [fetch(`${base}/crm/v3/objects/contacts?after=x`, { headers }), 400],
      [fetch(`${base}/crm/v3/objects/contacts/abc`, { headers }), 404],
      [fetch(`${base}/crm/v9/objects`, { headers }), 404],
    ]
    for (const [call, status] of cases) {
      const response = await call
      expect(response.status).toBe(status)
      expect(await response.json()).toMatchObject({ status: 'error', category: expect.any(String) })
    }
  })

  it('takes comma lists and repeated parameters alike', async () => {
    const get = async (query: string) => {
      const headers = { authorization: `Bearer ${TOKEN}` }
      return (await fetch(`${base}/crm/v3/objects/0-1/51?${query}`, { headers })).json()
    }
    expect(await get('properties=email,company')).toEqual(await get('properties=email&properties=company'))
  })

  it('enforces its limits when told to', async () => {
    await twin.close()
    await start({ enforceLimits: true })
    const { crm } = client('v3')
    const errors = await Promise.all(
      Array.from({ length: 7 }, () => failure(crm.contacts.searchApi.doSearch({ limit: 1 } as Wire))),
    )
    const limited = errors.filter(error => error.code === 429)
    expect(limited).toHaveLength(2)
    expect(limited[0].body).toMatchObject({
      policyName: 'SECONDLY',
      message: 'You have reached your secondly limit.',
    })
    let last: Wire
    for (let i = 0; i < 191; i++) last = await failure(crm.owners.ownersApi.getById(1001))
    expect([last.code, last.body.policyName]).toEqual([429, 'TEN_SECONDLY_ROLLING'])
  })
})

import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type HubspotTwin, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { company, event, NOW, person } from '../../unit/twins/hubspot/company.ts'
import { ClientModels } from './models.ts'

let twin: HubspotTwin
let base: string

beforeAll(async () => {
  twin = hubspotTwin({ clock: new VirtualClock(NOW), file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < 12; i++) {
    const key = `p${i}`
    const call = event(key, 70, 'call', { actor: 'ann', direction: 'out', outcome: 'connected' })
    const won = event(key, 60, 'won', { actor: 'ann', deal: `d${i}`, amount: 100 })
    twin.sink.person(person(key), [event(key, 100, 'inquiry'), event(key, 90, 'mql'), call, won])
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  await ask('/_twin/lists', { name: 'one', members: [51, 52] })
  await ask('/_twin/edit', { do: 'archive', object: 'contacts', id: 62 })
})
afterAll(() => twin.close())

async function ask(
  path: string,
  body?: object,
  method = body ? 'POST' : 'GET',
): Promise<{ status: number; body: unknown }> {
  const headers = { authorization: 'Bearer any', 'content-type': 'application/json' }
  const answer = await fetch(base + path, { method, headers, ...(body && { body: JSON.stringify(body) }) })
  return { status: answer.status, body: await answer.json() }
}

const ids = { inputs: [{ id: '51' }, { id: '52' }] }
const some = { inputs: [{ id: '51' }, { id: '99999' }] }
const wish = {
  name: 'made',
  label: 'Made',
  groupName: 'contactinformation',
  type: 'string',
  fieldType: 'text',
}

/** Request, the group of the client that makes it, the model it takes the answer for, and the status. */
const CALLS: [string, string, number, string, object?][] = [
  [
    'crm/objects',
    'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
    200,
    '/crm/v3/objects/contacts?limit=5&properties=email&propertiesWithHistory=lifecyclestage&associations=deals',
  ],
  [
    'crm/objects',
    'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
    200,
    '/crm/v3/objects/contacts?archived=true',
  ],
  [
    'crm/objects',
    'CollectionResponseSimplePublicObjectWithAssociationsForwardPaging',
    200,
    '/crm/objects/2026-09/0-48?limit=1&associations=contacts',
  ],
  [
    'crm/objects',
    'SimplePublicObjectWithAssociations',
    200,
    '/crm/v3/objects/deals/51?properties=dealname&associations=contacts',
  ],
  [
    'crm/objects',
    'CollectionResponseWithTotalSimplePublicObjectForwardPaging',
    200,
    '/crm/v3/objects/contacts/search',
    { limit: 3 },
  ],
  [
    'crm/objects',
    'BatchResponseSimplePublicObject',
    200,
    '/crm/v3/objects/contacts/batch/read',
    { ...ids, properties: ['email'], propertiesWithHistory: ['email'] },
  ],
  [
    'crm/objects',
    'BatchResponseSimplePublicObjectWithErrors',
    207,
    '/crm/v3/objects/contacts/batch/read',
    some,
  ],
  [
    'crm/objects',
    'BatchResponseSimplePublicObject',
    200,
    '/crm/v3/objects/contacts/batch/update',
    { inputs: [{ id: '51', properties: { jobtitle: 'x' } }] },
  ],
  [
    'crm/objects',
    'BatchResponseSimplePublicObject',
    201,
    '/crm/v3/objects/contacts/batch/create',
    { inputs: [{ properties: { email: 'a@example.com' } }] },
  ],
  [
    'crm/objects',
    'SimplePublicObject',
    201,
    '/crm/v3/objects/contacts',
    { properties: { email: 'b@example.com' } },
  ],
  ['crm/owners', 'CollectionResponsePublicOwnerForwardPaging', 200, '/crm/v3/owners?limit=1'],
  ['crm/owners', 'CollectionResponsePublicOwnerForwardPaging', 200, '/crm/v3/owners?archived=true'],
  ['crm/pipelines', 'CollectionResponsePipelineNoPaging', 200, '/crm/v3/pipelines/deals'],
  ['crm/pipelines', 'CollectionResponsePipelineStageNoPaging', 200, '/crm/v3/pipelines/deals/default/stages'],
  ['crm/properties', 'CollectionResponsePropertyNoPaging', 200, '/crm/v3/properties/contacts'],
  ['crm/properties', 'CollectionResponsePropertyGroupNoPaging', 200, '/crm/v3/properties/contacts/groups'],
  [
    'crm/properties',
    'BatchResponseProperty',
    201,
    '/crm/v3/properties/contacts/batch/create',
    { inputs: [wish] },
  ],
  [
    'crm/properties',
    'BatchResponsePropertyWithErrors',
    207,
    '/crm/v3/properties/contacts/batch/create',
    { inputs: [wish, { ...wish, name: 'other' }] },
  ],
  [
    'crm/associations/v4',
    'BatchResponsePublicAssociationMultiWithLabel',
    200,
    '/crm/v4/associations/contacts/deals/batch/read',
    ids,
  ],
  [
    'crm/associations/v4',
    'BatchResponsePublicAssociationMultiWithLabelWithErrors',
    207,
    '/crm/v4/associations/contacts/deals/batch/read',
    some,
  ],
  [
    'crm/associations/v4',
    'CollectionResponseMultiAssociatedObjectWithLabelForwardPaging',
    200,
    '/crm/v4/objects/contacts/51/associations/deals',
  ],
  ['crm/lists', 'ListSearchResponse', 200, '/crm/v3/lists/search', { offset: 0, count: 5 }],
  ['crm/lists', 'ListFetchResponse', 200, '/crm/v3/lists/1'],
  ['crm/lists', 'ApiCollectionResponseJoinTimeAndRecordId', 200, '/crm/v3/lists/1/memberships?limit=1'],
]

/** HubSpot's examples have numbers for ids of associated records, its specification text; without a label there is null. */
const ALLOWED: readonly RegExp[] = [/\.toObjectId is number, not string$/, /\.label is object, not string$/]

describe('what the twin answers is what the client’s own models describe', () => {
  test.each(CALLS)('%s %s (%i) %s', async (group, model, status, path, body) => {
    const answer = await ask(path, body)
    expect(answer.status).toBe(status)
    const found = new ClientModels(group).departures(answer.body, model)
    expect(found.filter(one => !ALLOWED.some(allowed => allowed.test(one)))).toEqual([])
  })

  test.each([
    [400, '/crm/v3/objects/unicorns'],
    [404, '/crm/v3/objects/contacts/99999'],
    [400, '/crm/v3/objects/contacts?limit=1000'],
  ])('an error %i of %s as well', async (status, path) => {
    const answer = await ask(path)
    expect(answer.status).toBe(status)
    const { status: word, ...error } = answer.body as { status: string }
    expect(word).toBe('error')
    expect(new ClientModels('crm/objects').departures(error, 'ModelError')).toEqual([])
  })

  test('and a wrong answer would be noticed', () => {
    const models = new ClientModels('crm/objects')
    const right = {
      id: '1',
      properties: { a: null },
      createdAt: '2026-01-01T00:00:00Z',
      updatedAt: '2026-01-01T00:00:00Z',
      archived: false,
    }
    expect(models.departures(right, 'SimplePublicObject')).toEqual([])
    const { id: _, ...without } = right
    expect(models.departures(without, 'SimplePublicObject')).toEqual([
      'answer.id is missing, SimplePublicObject needs it',
    ])
    expect(models.departures({ ...right, id: 1 }, 'SimplePublicObject')).toEqual([
      'answer.id is number, not string',
    ])
    expect(models.departures({ ...right, more: 1 }, 'SimplePublicObject')).toEqual([
      'answer.more is not in SimplePublicObject',
    ])
    expect(models.departures({ ...right, createdAt: 'today' }, 'SimplePublicObject')).toEqual([
      'answer.createdAt is no instant',
    ])
    expect(models.departures({ ...right, properties: { a: 7 } }, 'SimplePublicObject')).toEqual([
      'answer.properties.a is number, not string',
    ])
    expect(models.departures([right], 'SimplePublicObject')).toEqual(['answer is no SimplePublicObject'])
  })
})

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Filter } from '../../../../src/twins/hubspot/filters.ts'
import { event, filled, HOUR, NOW, person, recordsOf } from './company.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is asserted, not typed
type Wire = any

let twin: ReturnType<typeof filled>
const ids: Record<string, string> = {}

beforeAll(() => {
  twin = filled([
    [
      person('a'),
      [event('a', 50, 'mql'), event('a', 40, 'assigned', { actor: 'ann' }), event('a', 30, 'inquiry')],
    ],
    [
      person('b', { company: 'Tea & Co', country: '' }),
      [event('b', 45, 'inquiry'), event('b', 44, 'inquiry')],
    ],
    [person('c', { company: 'Deep Engines' }), [event('c', 20, 'opportunity', { deal: 'd1', amount: 99.5 })]],
    [person('d'), [event('d', 19, 'mql'), event('d', 10, 'deleted')]],
  ])
  for (const key of 'abcd') ids[key] = String(recordsOf(twin, key).contact.id)
})

afterAll(() => twin.close())

const search = async (body: unknown, type = 'contacts') => {
  const response = await twin.app.inject({
    method: 'POST',
    url: `/crm/v3/objects/${type}/search`,
    headers: { authorization: 'Bearer t' },
    payload: body as object,
  })
  return { status: response.statusCode, headers: response.headers, body: response.json() as Wire }
}

const keysOf = (body: Wire): string =>
  body.results.map((one: { id: string }) => Object.keys(ids).find(key => ids[key] === one.id)).join('')

const found = async (...filters: Filter[]) => keysOf((await search({ filterGroups: [{ filters }] })).body)

describe('filters', () => {
  const at = (hours: number) => String(NOW - hours * HOUR)

  it.each<[string, Filter]>([
    ['a', { propertyName: 'email', operator: 'EQ', value: 'A@EXAMPLE.com' }],
    ['bc', { propertyName: 'email', operator: 'NEQ', value: 'a@example.com' }],
    ['c', { propertyName: 'company', operator: 'EQ', value: 'deep engines' }],
    ['ac', { propertyName: 'country', operator: 'HAS_PROPERTY' }],
    ['b', { propertyName: 'country', operator: 'NOT_HAS_PROPERTY' }],
    ['ab', { propertyName: 'email', operator: 'IN', values: ['a@example.com', 'b@example.com'] }],
    ['', { propertyName: 'company', operator: 'IN', values: ['Deep Engines'] }],
    ['c', { propertyName: 'company', operator: 'IN', values: ['deep engines'] }],
    ['ab', { propertyName: 'company', operator: 'NOT_IN', values: ['deep engines'] }],
    ['a', { propertyName: 'lifecyclestage', operator: 'EQ', value: 'marketingqualifiedlead' }],
    ['', { propertyName: 'lifecyclestage', operator: 'EQ', value: 'MarketingQualifiedLead' }],
    ['a', { propertyName: 'hubspot_owner_id', operator: 'EQ', value: '1001' }],
    ['bc', { propertyName: 'hubspot_owner_id', operator: 'NOT_HAS_PROPERTY' }],
    ['ac', { propertyName: 'lastmodifieddate', operator: 'GTE', value: at(30) }],
    ['c', { propertyName: 'lastmodifieddate', operator: 'GT', value: at(30) }],
    [
      'c',
      { propertyName: 'lastmodifieddate', operator: 'GT', value: new Date(NOW - 30 * HOUR).toISOString() },
    ],
    ['b', { propertyName: 'lastmodifieddate', operator: 'LT', value: at(30) }],
    ['ab', { propertyName: 'lastmodifieddate', operator: 'LTE', value: at(30) }],
    ['ab', { propertyName: 'createdate', operator: 'BETWEEN', value: at(50), highValue: at(45) }],
    ['b', { propertyName: 'num_conversion_events', operator: 'GT', value: '1' }],
    ['a', { propertyName: 'recent_conversion_date', operator: 'GTE', value: at(31) }],
    ['ac', { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'engines' }],
    ['ac', { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'ENG*' }],
    ['', { propertyName: 'company', operator: 'CONTAINS_TOKEN', value: 'eng' }],
    ['b', { propertyName: 'company', operator: 'NOT_CONTAINS_TOKEN', value: 'engines' }],
  ])('finds "%s" for %j', async (keys, filter) => {
    expect(await found(filter)).toBe(keys)
  })

  it('finds by id and by association', async () => {
    expect(await found({ propertyName: 'hs_object_id', operator: 'GT', value: ids.a })).toBe('bc')
    const deal = recordsOf(twin, 'c').deals[0]!.id
    expect(await found({ propertyName: 'associations.deals', operator: 'EQ', value: String(deal) })).toBe('c')
  })

  it('joins filters with and, groups with or', async () => {
    const filter = (value: string) => ({ propertyName: 'email', operator: 'EQ', value })
    expect(await found(filter('a@example.com'), filter('b@example.com'))).toBe('')
    const groups = ['a', 'b'].map(key => ({ filters: [filter(`${key}@example.com`)] }))
    expect(keysOf((await search({ filterGroups: groups })).body)).toBe('ab')
  })

  it('finds by free text, sorts and pages', async () => {
    expect(keysOf((await search({ query: 'engines' })).body)).toBe('ac')
    const sorts = [{ propertyName: 'lastmodifieddate', direction: 'DESCENDING' }]
    const first = (await search({ sorts, limit: 2 })).body
    expect([keysOf(first), first.total, first.paging]).toEqual(['ca', 3, { next: { after: '2' } }])
    const second = (await search({ sorts, limit: 2, after: '2' })).body
    expect([keysOf(second), second.paging]).toEqual(['b', undefined])
  })

  it('finds deals', async () => {
    const filters = [{ propertyName: 'amount', operator: 'GTE', value: '99' }]
    const { body } = await search({ filterGroups: [{ filters }], properties: ['amount', 'unknown'] }, '0-3')
    expect(body.results[0].properties).toMatchObject({ amount: '99.5' })
    expect(body.results[0].properties).not.toHaveProperty('unknown')
  })

  it('gives no rate-limit headers, no history and no associations', async () => {
    const { headers, body } = await search({ limit: 1 })
    expect(headers['x-hubspot-correlation-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(Object.keys(headers).filter(name => name.includes('ratelimit'))).toEqual([])
    expect(Object.keys(body.results[0]).sort()).toEqual([
      'archived',
      'createdAt',
      'id',
      'properties',
      'updatedAt',
    ])
  })
})

describe('caps', () => {
  const filter = { propertyName: 'email', operator: 'HAS_PROPERTY' }
  const group = (count: number) => ({ filters: Array(count).fill(filter) })
  const groups = (...counts: number[]) => ({ filterGroups: counts.map(group) })

  it.each([
    ['5 groups', groups(1, 1, 1, 1, 1)],
    ['18 filters', groups(6, 6, 6)],
    ['200 a page', { limit: 200 }],
    ['10,000 results', { limit: 200, after: '9800' }],
    ['3,000 characters', { query: 'x'.repeat(2900) }],
  ])('allows %s', async (_name, body) => {
    expect((await search(body)).status).toBe(200)
  })

  it.each([
    ['6 groups', groups(1, 1, 1, 1, 1, 1), '6 filterGroups'],
    ['7 filters in a group', groups(7), '7 filters in a filterGroup'],
    ['19 filters', groups(6, 6, 6, 1), '19 filters'],
    ['201 a page', { limit: 201 }, '201'],
    ['a page past 10,000', { limit: 200, after: '9801' }, '10000'],
    ['a cursor that is no offset', { after: 'x' }, 'cursor'],
    ['two sorts', { sorts: ['email', 'createdate'] }, 'one sort'],
    ['3,001 characters', { query: 'x'.repeat(3001) }, '3000'],
    ['an unknown property', { filterGroups: [{ filters: [{ ...filter, propertyName: 'nope' }] }] }, "'nope'"],
    ['an unknown sort', { sorts: ['nope'] }, "'nope'"],
    ['an unknown operator', { filterGroups: [{ filters: [{ ...filter, operator: 'LIKE' }] }] }, "'LIKE'"],
    ['no value', { filterGroups: [{ filters: [{ ...filter, operator: 'EQ' }] }] }, 'no value'],
    ['IN without values', { filterGroups: [{ filters: [{ ...filter, operator: 'IN' }] }] }, 'needs values'],
    [
      'a bad date',
      { filterGroups: [{ filters: [{ propertyName: 'createdate', operator: 'GT', value: 'today' }] }] },
      "'today'",
    ],
  ])('refuses %s', async (_name, body, words) => {
    const { status, body: answer } = await search(body)
    expect(status).toBe(400)
    expect(answer).toMatchObject({ status: 'error', category: 'VALIDATION_ERROR' })
    expect(answer.message).toContain(words)
  })
})

it('finds a change only after the search lag', async () => {
  const slow = filled([[person('p'), [event('p', 2, 'mql')]]], {}, { searchLagSeconds: 30 })
  const total = async () => {
    const headers = { authorization: 'Bearer t' }
    const response = await slow.app.inject({
      method: 'POST',
      url: '/crm/v3/objects/contacts/search',
      headers,
      payload: {},
    })
    return (response.json() as { total: number }).total
  }
  expect(await total()).toBe(1)
  slow.sink.apply('p', event('p', 0, 'sql'))
  expect(await total()).toBe(0)
  slow.clock.set(NOW + 30_000)
  expect(await total()).toBe(1)
  await slow.close()
})

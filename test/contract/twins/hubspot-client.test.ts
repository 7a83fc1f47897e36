import { Client } from '@hubspot/api-client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import type { FaultName } from '../../../src/twins/http/catalogue.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { type HubspotTwin, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { company, event, NOW, person } from '../../unit/twins/hubspot/company.ts'

/** How HubSpot's own client is known to behave, against the twin: a twin that it behaves otherwise with is no twin. */
const TOKEN = 'pat-na1-client'
let twin: HubspotTwin
let base: string

beforeEach(async () => {
  twin = hubspotTwin({ clock: new VirtualClock(NOW), file: ':memory:', token: TOKEN })
  twin.sink.begin(company())
  for (const key of ['ada', 'bob']) twin.sink.person(person(key), [event(key, 90, 'mql')])
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
})
afterEach(() => twin.close())

const client = (more: ConstructorParameters<typeof Client>[0] = {}) =>
  new Client({ accessToken: TOKEN, basePath: base, ...more })
const fault = (one: Fault) => twin.app.faults.add(one)
const strike = (name: FaultName, more: Fault = {}) =>
  fetch(`${base}/_twin/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ fault: name, path: '/crm/', times: 1, ...more }),
  })
type Failure = Error & { code?: number; body?: unknown }
const failure = (work: Promise<unknown>): Promise<Failure> =>
  work.then(
    () => new Error('nothing was refused'),
    (error: Failure) => error,
  )
async function requests(): Promise<string[]> {
  const { requests: seen } = (await (await fetch(`${base}/_twin/log`)).json()) as {
    requests: { method: string; path: string; status: number }[]
  }
  return seen.map(({ method, path, status }) => `${method} ${path} ${status}`)
}

describe('an error', () => {
  const list = () => client().crm.contacts.basicApi.getPage(1)

  test('has the status as its code and the body as it came, text where it is HTML', async () => {
    await strike('daily_limit')
    const limited = await failure(list())
    expect([limited.code, limited.body]).toEqual([429, expect.objectContaining({ policyName: 'DAILY' })])
    await strike('bad_gateway')
    const gateway = await failure(list())
    expect([gateway.code, gateway.body]).toEqual([502, expect.stringContaining('<html')])
  })

  test.each([
    ['empty_body', 'SyntaxError'],
    ['truncated', 'SyntaxError'],
    ['reset_before', 'TypeError'],
    ['reset_after', 'TypeError'],
  ] as const)('%s is a %s without a status', async (name, type) => {
    await strike(name)
    const error = await failure(list())
    expect([error.name, error.code]).toEqual([type, undefined])
  })

  test('is none where several inputs fare differently: whoever asks has to look', async () => {
    const { results } = await client().crm.contacts.basicApi.getPage(1)
    const inputs = [{ id: results[0]!.id }, { id: '99999999' }]
    const read = await client().crm.contacts.batchApi.read({
      ...{ inputs, properties: [], propertiesWithHistory: [] },
    })
    expect(read).toMatchObject({ status: 'COMPLETE', numErrors: 1, results: { length: 1 } })
    expect(read).toMatchObject({ errors: [{ category: 'OBJECT_NOT_FOUND', context: { ids: ['99999999'] } }] })
  })

  test('is none to apiRequest', async () => {
    const answer = await client().apiRequest({ method: 'GET', path: '/crm/v3/objects/contacts/99999999' })
    expect([answer.ok, answer.status]).toEqual([false, 404])
    expect(await answer.json()).toMatchObject({ status: 'error', category: 'OBJECT_NOT_FOUND' })
  })
})

describe('a call', () => {
  const create = (retries?: number) =>
    client(retries === undefined ? {} : { numberOfApiCallRetries: retries }).crm.contacts.basicApi.create({
      ...{ properties: { email: 'new@example.com' }, associations: [] },
    })

  test('is not tried again unless asked for, then even one that creates', async () => {
    await strike('server_error')
    expect((await failure(create())).code).toBe(500)
    expect(await requests()).toEqual(['POST /crm/v3/objects/contacts 500'])
    vi.spyOn(console, 'error').mockImplementationOnce(() => {})
    await strike('server_error')
    expect((await create(2)).properties.email).toBe('new@example.com')
    expect((await requests()).slice(1)).toEqual([
      'POST /crm/v3/objects/contacts 500',
      'POST /crm/v3/objects/contacts 201',
    ])
  })

  test('is not tried again when the day is used up', async () => {
    await strike('daily_limit', { times: 2 })
    expect((await failure(create(3))).code).toBe(429)
    expect(await requests()).toHaveLength(1)
  })

  test('goes where the client says: the owners without their slash, deals by name', async () => {
    const { crm } = client()
    await crm.owners.ownersApi.getPage()
    await crm.owners.ownersApi.getPage(undefined, undefined, 500, true)
    await crm.deals.basicApi.getPage(1)
    await crm.pipelines.pipelinesApi.getAll('deals')
    expect(await requests()).toEqual([
      'GET /crm/v3/owners 200',
      'GET /crm/v3/owners/?limit=500&archived=true 200',
      'GET /crm/v3/objects/deals?limit=1 200',
      'GET /crm/v3/pipelines/deals 200',
    ])
  })

  test('to start an export fails before it is sent', async () => {
    const start = async () => client().crm.exports.publicExportsApi.start({} as never)
    expect((await failure(start())).name).toBe('TypeError')
    expect(await requests()).toEqual([])
  })
})

describe('an answer', () => {
  test('loses what the models do not know, and its dates are dates', async () => {
    const path = '/crm/v3/objects/contacts?limit=1&properties=email'
    const wire = (await (await client().apiRequest({ method: 'GET', path })).json()) as {
      results: { url?: string; createdAt: string }[]
    }
    const { results } = await client().crm.contacts.basicApi.getPage(1, undefined, ['email'])
    expect(results[0]?.createdAt).toEqual(new Date(wire.results[0]!.createdAt))
    fault({ path: '/crm/', status: 200, times: 1, body: { results: [{ ...wire.results[0], surprise: 1 }] } })
    const [surprised] = (await client().crm.contacts.basicApi.getPage(1)).results
    expect(surprised).toEqual(results[0])
  })

  test('to whoever asks for a token is in the client’s letters', async () => {
    const grant = { grant_type: 'refresh_token', client_id: 'leadtime', client_secret: 'leadtime-secret' }
    const form = new URLSearchParams({ ...grant, refresh_token: 'leadtime-refresh' })
    const wire = await (await fetch(`${base}/oauth/v1/token`, { method: 'POST', body: form })).json()
    const { client_id, client_secret, refresh_token } = { ...grant, refresh_token: 'leadtime-refresh' }
    const read = await client().oauth.tokensApi.create(
      ...(['refresh_token', undefined, undefined] as const),
      ...([client_id, client_secret, refresh_token] as const),
    )
    expect(wire).toMatchObject({ token_type: 'bearer', expires_in: 1800 })
    expect(read).toMatchObject({ tokenType: 'bearer', expiresIn: 1800, accessToken: expect.any(String) })
    expect(Object.keys(read)).not.toContain('hub_id')
  })
})

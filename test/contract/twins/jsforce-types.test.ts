import { afterEach, beforeEach, expect, test } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'
import { DeclaredTypes } from './declared.ts'
import { type Call, signedIn } from './signed-in.ts'

const TYPES = new DeclaredTypes('types/common', 'oauth2', 'api/bulk2')
let twin: SalesforceTwin
let base: string
let call: Call

beforeEach(async () => {
  twin = salesforceTwin({ clock: new VirtualClock(Date.UTC(2026, 2, 1, 12)), file: ':memory:' })
  twin.sink.begin(company())
  twin.sink.person(person('p0'), [event('mql', 0)])
  twin.sink.person(person('p1'), [event('mql', 0), event('deleted', 1)])
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  call = await signedIn(base)
})
afterEach(() => twin.close())

/** Of a checkbox Salesforce answers a default that is a boolean, which jsforce calls text. */
const departures = (value: unknown, type: string) =>
  TYPES.departures(value, type).filter(one => !one.endsWith('defaultValue is boolean, not string'))
const hours = (from: number, to: number) => {
  const at = (hour: number) => encodeURIComponent(new Date(Date.UTC(2026, 1, 28, hour)).toISOString())
  return `start=${at(from)}&end=${at(to)}`
}

test.each([
  ['DescribeGlobalResult', 'GET', '/sobjects'],
  ['DescribeSObjectResult', 'GET', '/sobjects/Lead/describe'],
  ['DescribeSObjectResult', 'GET', '/sobjects/User/describe'],
  ['DescribeSObjectResult', 'GET', '/sobjects/OpportunityHistory/describe'],
  ['OrganizationLimitsInfo', 'GET', '/limits'],
  ['UpdatedResult', 'GET', `/sobjects/Lead/updated?${hours(0, 12)}`],
  ['DeletedResult', 'GET', `/sobjects/Lead/deleted?${hours(0, 12)}`],
] as const)('%s: %s %s', async (type, method, path) => {
  const answer = await call(method, path)
  expect([answer.status, departures(answer.body, type)]).toEqual([200, []])
})

test.each([
  ['QueryJobInfoV2', '/jobs/query', { operation: 'query', query: 'SELECT Id FROM Lead' }],
  ['JobInfoV2', '/jobs/ingest', { operation: 'insert', object: 'Lead' }],
])('%s, when a job is looked at', async (type, path, job) => {
  const { id } = (await call('POST', path, job)).body
  expect(departures((await call('GET', `${path}/${id}`)).body, type)).toEqual([])
})

test('TokenResponse and IdentityInfo', async () => {
  const client = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const reply = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body: form })
  const token = (await reply.json()) as { id: string; access_token: string }
  expect(departures(token, 'TokenResponse')).toEqual([])
  const identity = await fetch(`${token.id}?format=json&oauth_token=${token.access_token}`)
  expect(departures(await identity.json(), 'IdentityInfo')).toEqual([])
})

test('a wrong answer would be noticed', async () => {
  const { body } = await call('GET', '/sobjects/Lead/describe')
  delete body.fields[3].nillable
  body.fields[4].length = '18'
  body.childRelationships[0].junctionIdListNames = 'none'
  expect(departures(body, 'DescribeSObjectResult')).toEqual([
    'DescribeSObjectResult.childRelationships[0].junctionIdListNames is no list',
    'DescribeSObjectResult.fields[3].nillable is missing',
    'DescribeSObjectResult.fields[4].length is string, not number',
  ])
  expect(departures({ state: 'Done' }, 'QueryJobInfoV2')).toContain("QueryJobInfoV2.state is 'Done'")
  expect(departures({}, 'Nothing')).toEqual(['Nothing is not declared'])
})

import { afterEach, describe, expect, test } from 'vitest'
import { AuthExpired, RateLimited, Refused, Unavailable } from '../../../src/crm/errors.ts'
import { type Bench, bench, idsIn, idsOf, mqls, personObject, scan } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at.close())

/** The calls that read people. */
const PEOPLE = { salesforce: '/query', hubspot: '/crm/objects' }
const HTML = '<html><body>Please sign in</body></html>'

const refusalOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: Error) => error,
  )

describe.each(['salesforce', 'hubspot'] as const)('%s', vendor => {
  const object = personObject(vendor)
  const path = PEOPLE[vendor]
  const start = async () => {
    at = await bench(vendor, mqls(60, 1000))
  }
  const whole = async () => {
    const { records } = await scan(at.crm, object)
    expect(idsOf(records)).toEqual(await idsIn(at))
  }

  test.each([
    ['HTTP 500', { status: 500, body: { message: 'oops' } }],
    ['HTTP 503 in HTML', { status: 503, body: HTML }],
    ['a closed connection', { drop: true }],
    ['an answer that was lost', { drop: 'after' as const }],
    ['a sign-in page with 200', { status: 200, body: HTML }],
    ['JSON of another shape', { status: 200, body: { hello: 'world' } }],
    ['a redirect', { status: 302, body: '', headers: { location: 'https://elsewhere.test/' } }],
  ])('%s is waited out, and the scan is whole', async (_, fault) => {
    await start()
    at.fault({ path, times: 2, ...fault })
    await whole()
    expect(at.slept.length).toBeGreaterThanOrEqual(2)
  })

  test.each([
    ['HTTP 500', { status: 500, body: {} }],
    ['closed connections', { drop: true }],
    ['a sign-in page', { status: 200, body: HTML }],
    ['an empty answer', { status: 200, body: {} }],
  ])('%s for good: unavailable after five tries, never "no records"', async (_, fault) => {
    await start()
    at.fault({ path, ...fault })
    expect(await refusalOf(scan(at.crm, object))).toBeInstanceOf(Unavailable)
    expect(at.slept).toHaveLength(4)
  })

  test('429 with Retry-After is waited for that long', async () => {
    await start()
    at.fault({ path, status: 429, body: {}, headers: { 'retry-after': '7' }, times: 1 })
    await whole()
    expect(at.slept).toEqual([7_250])
  })

  test('429 without any word is waited out', async () => {
    await start()
    at.fault({ path, status: 429, body: '', times: 2 })
    await whole()
    expect(at.slept).toHaveLength(2)
  })

  test('429 with a long Retry-After goes to the caller at once', async () => {
    await start()
    at.fault({ path, status: 429, body: {}, headers: { 'retry-after': '3600' } })
    expect(await refusalOf(scan(at.crm, object))).toMatchObject({ name: 'RateLimited', waitMs: 3_600_000 })
    expect(at.slept).toEqual([])
  })

  test('429 on a write goes to the caller', async () => {
    await start()
    const { records } = await scan(at.crm, object)
    at.fault({ path: 'composite|batch/update', status: 429, body: {} })
    const change = { id: records[0]?.id ?? '', fields: { overdue: true } }
    expect(await refusalOf(at.crm.write(object, [change], never))).toBeInstanceOf(RateLimited)
    expect(at.slept).toEqual([])
  })

  test('refused credentials: a person must act, and nothing secret is told', async () => {
    await start()
    const errors: unknown[] = []
    at.fault({
      path: '',
      status: 401,
      body: [{ errorCode: 'INVALID_SESSION_ID', message: 'for ada@example.com' }],
    })
    const error = await refusalOf(scan(at.crm, object))
    errors.push(error)
    expect(error).toBeInstanceOf(AuthExpired)
    expect(at.app.counters.state().total).toBeLessThan(6)
    expect(JSON.stringify([error.message, error])).not.toMatch(
      /leadtime-secret|secret-token|Bearer|example\.com/i,
    )
  })

  test('a request the CRM calls wrong is refused at once', async () => {
    await start()
    const body =
      vendor === 'salesforce'
        ? [{ errorCode: 'MALFORMED_QUERY', message: "unexpected 'ada@example.com'" }]
        : { category: 'VALIDATION_ERROR', message: 'ada@example.com' }
    at.fault({ path, status: 400, body })
    const error = await refusalOf(scan(at.crm, object))
    expect(error).toBeInstanceOf(Refused)
    expect(error.message).not.toContain('ada@')
    expect(at.slept).toEqual([])
  })

  test('an abort ends a scan', async () => {
    await start()
    const stop = new AbortController()
    stop.abort(new Error('stopping'))
    const reading = at.crm.changes(object, null, stop.signal)[Symbol.asyncIterator]().next()
    await expect(reading).rejects.toThrow('stopping')
  })

  test('after close nothing is sent', async () => {
    await start()
    await at.crm.close()
    const before = at.app.counters.state().total
    expect(await refusalOf(scan(at.crm, object))).toBeInstanceOf(Unavailable)
    expect(at.app.counters.state().total).toBe(before)
  })

  test('the check says what is wrong instead of failing', async () => {
    await start()
    expect(await at.crm.check(never)).toEqual([])
    at.fault({ path: '', status: 401, body: {} })
    const problems = await at.crm.check(never)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(vendor === 'salesforce' ? /SALESFORCE_CLIENT_ID|sign in/ : /HUBSPOT_TOKEN/)
  })
})

test('salesforce: a session that ended in the middle of a scan is renewed once for all', async () => {
  at = await bench('salesforce', mqls(10, 1000))
  await scan(at.crm, 'lead')
  await fetch(`${at.url}/_twin/sessions`, { method: 'DELETE' })
  const scans = await Promise.all([1, 2, 3, 4, 5].map(() => scan(at.crm, 'lead')))
  expect(scans.map(({ records }) => records.length)).toEqual([10, 10, 10, 10, 10])
  expect(at.app.counters.state().calls['POST /services/oauth2/token']).toBe(2)
})

test('salesforce: signs in with a refresh token where one is given', async () => {
  at = await bench('salesforce', mqls(3, 1000), { refreshToken: 'leadtime-refresh' })
  expect((await scan(at.crm, 'lead')).records).toHaveLength(3)
  await fetch(`${at.url}/_twin/sessions`, { method: 'DELETE' })
  expect((await scan(at.crm, 'lead')).records).toHaveLength(3)
})

test('salesforce: a refresh token that was revoked', async () => {
  at = await bench('salesforce', mqls(1, 1000), { refreshToken: 'revoked-one' })
  const error = await refusalOf(scan(at.crm, 'lead'))
  expect(error).toBeInstanceOf(AuthExpired)
  expect(error.message).toContain('invalid_grant')
  expect(error.message).not.toContain('revoked-one')
})

test('salesforce: wrong client secret', async () => {
  at = await bench('salesforce', mqls(1, 1000), { clientSecret: 'not-it' })
  const error = await refusalOf(scan(at.crm, 'lead'))
  expect(error).toBeInstanceOf(AuthExpired)
  expect(error.message).toMatch(/invalid_client.*SALESFORCE_CLIENT_SECRET/)
  expect(error.message).not.toContain('not-it')
})

test("salesforce: the day's calls are used up", async () => {
  at = await bench('salesforce', mqls(1, 1000))
  const body = [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message: 'TotalRequests Limit exceeded.' }]
  at.fault({ path: '/query', status: 403, body })
  expect(await refusalOf(scan(at.crm, 'lead'))).toMatchObject({ name: 'RateLimited', waitMs: 900_000 })
  expect(at.slept).toEqual([])
})

test('salesforce: too many at once is waited out', async () => {
  at = await bench('salesforce', mqls(1, 1000))
  const message = 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'
  at.fault({
    path: '/query',
    status: 403,
    body: [{ errorCode: 'REQUEST_LIMIT_EXCEEDED', message }],
    times: 1,
  })
  expect((await scan(at.crm, 'lead')).records).toHaveLength(1)
  expect(at.slept).toEqual([5_250])
})

test('salesforce: an object the org has not is empty, a field it has not is left out', async () => {
  at = await bench('salesforce', mqls(1, 1000))
  const gone = (errorCode: string) => ({
    status: 400,
    body: [{ errorCode, message: "No such column 'X' on entity 'Y'" }],
  })
  at.fault({ path: 'FROM%20LeadHistory', ...gone('INVALID_TYPE') })
  at.fault({ path: 'LeadHistory/describe', status: 404, body: [{ errorCode: 'NOT_FOUND', message: 'no' }] })
  expect((await scan(at.crm, 'history')).records).toEqual([])
  at.fault({ path: 'FROM%20CampaignMember', ...gone('INVALID_FIELD'), times: 1 })
  expect((await scan(at.crm, 'campaign_member')).records).toHaveLength(1)
})

test('salesforce: the same locator again and again is no progress', async () => {
  at = await bench('salesforce', mqls(1, 1000))
  const body = {
    totalSize: 1,
    done: false,
    records: [],
    nextRecordsUrl: '/services/data/v66.0/query/0r8same-2000',
  }
  at.fault({ path: 'queryAll|0r8same', status: 200, body })
  expect((await refusalOf(scan(at.crm, 'lead'))).message).toContain('the same page came twice')
})

test('hubspot: the same page again and again is no progress', async () => {
  at = await bench('hubspot', mqls(1, 1000))
  at.fault({ path: '/crm/objects', status: 200, body: { results: [], paging: { next: { after: '7' } } } })
  expect((await refusalOf(scan(at.crm, 'contact'))).message).toContain('the same page came twice')
})

test.each([
  ['TEN_SECONDLY_ROLLING', 10_250],
  ['SECONDLY', 1_250],
])('hubspot: limit %s is waited out', async (policyName, wait) => {
  at = await bench('hubspot', mqls(1, 1000))
  at.fault({ path: '/crm/objects', status: 429, body: { status: 'error', policyName }, times: 1 })
  expect((await scan(at.crm, 'contact')).records).toHaveLength(1)
  expect(at.slept).toEqual([wait])
})

test("hubspot: the day's calls are used up", async () => {
  at = await bench('hubspot', mqls(1, 1000))
  at.fault({ path: '/crm/objects', status: 429, body: { status: 'error', policyName: 'DAILY' } })
  expect(await refusalOf(scan(at.crm, 'contact'))).toMatchObject({ name: 'RateLimited', waitMs: 900_000 })
})

test('hubspot: a missing scope is named', async () => {
  at = await bench('hubspot', mqls(1, 1000))
  const context = { requiredGranularScopes: ['crm.objects.contacts.read'] }
  at.fault({
    path: '/crm/objects',
    status: 403,
    body: { category: 'MISSING_SCOPES', errors: [{ message: 'no', context }] },
  })
  const error = await refusalOf(scan(at.crm, 'contact'))
  expect(error).toBeInstanceOf(Refused)
  expect(error.message).toContain('crm.objects.contacts.read')
})

import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { FAULT_NAMES, type FaultName } from '../../../src/twins/http/catalogue.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { type TwinApp, twinApp } from '../../../src/twins/http.ts'

const NOW = Date.parse('2026-11-18T15:00:00Z')
const STAMPS = ['2026-11-18T14:00:00.000Z', '2026-11-18T14:59:30.000Z']

let app: TwinApp
let base: string
let acted: number

async function start(vendor: 'salesforce' | 'hubspot') {
  acted = 0
  app = twinApp({ vendor, clock: new VirtualClock(NOW), people: () => [], state: () => ({}) })
  app.get('/list', request => {
    acted++
    const { after = '1' } = request.query as { after?: string }
    const results = STAMPS.map((updatedAt, i) => ({ id: String(Number(after) + i), updatedAt }))
    return { total: 10, results, paging: { next: { after: String(Number(after) + 2) } } }
  })
  base = await app.listen({ host: '127.0.0.1', port: 0 })
}

beforeEach(() => start('hubspot'))
afterEach(() => app.close())

interface Seen {
  status?: number
  type?: string | null
  text?: string
  broken?: string
}

async function ask(path = '/list', signal?: AbortSignal): Promise<Seen> {
  try {
    const answer = await fetch(base + path, signal ? { signal } : {})
    const [status, type] = [answer.status, answer.headers.get('content-type')]
    return { status, type, text: await answer.text() }
  } catch (error) {
    return { broken: (error as Error).name }
  }
}

const arm = (fault: Fault | Fault[] | object) =>
  fetch(`${base}/_twin/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(fault),
  })

const page = (seen: Seen) =>
  JSON.parse(seen.text ?? '') as {
    total: number
    results: { id: string }[]
    paging: { next: { after: string } }
  }
const ids = (seen: Seen) => page(seen).results.map(({ id }) => id)

/** Every fault of the catalogue, and what a client sees of it on the HubSpot twin. */
const SEEN: Record<Exclude<FaultName, 'concurrent_limit'>, Seen | ((seen: Seen) => void)> = {
  limit: { status: 429, text: '' },
  retry_after: { status: 429 },
  ten_secondly_limit: seen =>
    expect(JSON.parse(seen.text!)).toMatchObject({ policyName: 'TEN_SECONDLY_ROLLING' }),
  secondly_limit: seen => expect(JSON.parse(seen.text!)).toMatchObject({ policyName: 'SECONDLY' }),
  daily_limit: seen =>
    expect(JSON.parse(seen.text!)).toMatchObject({ policyName: 'DAILY', errorType: 'RATE_LIMIT' }),
  server_error: { status: 500 },
  bad_gateway: { status: 502, type: 'text/html; charset=utf-8' },
  unavailable: { status: 503, type: 'text/html; charset=utf-8' },
  gateway_timeout: { status: 504, type: 'text/html; charset=utf-8' },
  edge_timeout: { status: 524, type: 'text/html; charset=utf-8' },
  unauthorised: { status: 401 },
  login_page: { status: 200, type: 'text/html; charset=utf-8' },
  empty_body: { status: 200, type: 'application/json; charset=utf-8', text: '' },
  wrong_content_type: { status: 200, type: 'text/plain' },
  truncated: seen => expect(() => page(seen)).toThrow(SyntaxError),
  gzip_bomb: seen => {
    expect(seen.text!.length >> 20).toBe(128)
    expect(ids({ text: seen.text!.trimStart() })).toEqual(['1', '2'])
  },
  delay: { status: 200 },
  reset_before: { broken: 'TypeError' },
  reset_request: { broken: 'TypeError' },
  reset_during: { broken: 'TypeError' },
  reset_after: { broken: 'TypeError' },
  timeout: { broken: 'TimeoutError' },
  same_page: { status: 200 },
  empty_page: seen => {
    expect(ids(seen)).toEqual([])
    expect(page(seen).paging.next.after).toBe('1')
  },
  wrong_total: seen => expect(page(seen).total).toBe(5),
  late_records: seen => expect(ids(seen)).toEqual(['1']),
  expired_locator: { status: 400 },
}

const CARRIED_OUT: readonly string[] = [
  ...[
    'empty_body',
    'wrong_content_type',
    'truncated',
    'gzip_bomb',
    'delay',
    'reset_during',
    'reset_after',
    'timeout',
  ],
  ...['same_page', 'empty_page', 'wrong_total', 'late_records'],
]

describe('the catalogue', () => {
  test.each(Object.entries(SEEN))('%s', async (name, wanted) => {
    const fault = {
      fault: name as FaultName,
      path: '/list',
      ...(name === 'delay' && { delay_ms: 30 }),
      skip: 0,
    }
    expect((await arm(fault)).status).toBe(201)
    const seen = await ask('/list', AbortSignal.timeout(name === 'timeout' ? 300 : 10_000))
    if (typeof wanted === 'function') wanted(seen)
    else expect(seen).toMatchObject(wanted)
    expect(acted).toBe(CARRIED_OUT.includes(name) ? 1 : 0)
    await fetch(`${base}/_twin/faults`, { method: 'DELETE' })
    expect(ids(await ask())).toEqual(['1', '2'])
  })

  test('is told of in full', () => {
    expect(FAULT_NAMES.toSorted()).toEqual([...Object.keys(SEEN), 'concurrent_limit'].toSorted())
  })

  test('retry_after says 30', async () => {
    await arm({ fault: 'retry_after' })
    expect((await fetch(`${base}/list`)).headers.get('retry-after')).toBe('30')
  })

  test('delay waits', async () => {
    await arm({ fault: 'delay', delay_ms: 120 })
    const start = performance.now()
    await ask()
    expect(performance.now() - start).toBeGreaterThanOrEqual(115)
  })

  test('a delay before an answer of its own', async () => {
    await arm({ fault: 'server_error', delay_ms: 50 })
    expect(await ask()).toMatchObject({ status: 500 })
  })

  test('same_page gives what was given before', async () => {
    await arm({ fault: 'same_page', path: '/list', times: 1 })
    expect(ids(await ask('/list'))).toEqual(['1', '2'])
    expect(ids(await ask('/list?after=3'))).toEqual(['1', '2'])
    expect(ids(await ask('/list?after=3'))).toEqual(['3', '4'])
  })

  test('empty_page leads on to the records it left out', async () => {
    await arm({ fault: 'empty_page', times: 1 })
    const { after } = page(await ask('/list?after=3')).paging.next
    expect(after).not.toBe('3')
    expect(ids(await ask(`/list?after=${after}`))).toEqual(['3', '4'])
  })

  test('an answer that breaks off has begun', async () => {
    await arm({ fault: 'reset_during' })
    const answer = await fetch(`${base}/list`)
    expect(answer.status).toBe(200)
    await expect(answer.text()).rejects.toThrow()
    expect(acted).toBe(1)
  })

  test('the Salesforce twin speaks Salesforce', async () => {
    await app.close()
    await start('salesforce')
    await arm([
      { fault: 'daily_limit', times: 1 },
      { fault: 'concurrent_limit', times: 1 },
      { fault: 'unauthorised', times: 1 },
    ])
    const answers = [await ask(), await ask(), await ask()]
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 401])
    expect(answers.map(({ text }) => JSON.parse(text!)[0].errorCode)).toEqual([
      ...['REQUEST_LIMIT_EXCEEDED', 'REQUEST_LIMIT_EXCEEDED', 'INVALID_SESSION_ID'],
    ])
  })
})

test.each([
  [[{ fault: 'limit' }, { fault: 'nope' }], 'fault is not one of limit,'],
  [{ fault: 'limit', nht: 3 }, "unknown key 'nht'"],
  [{ fault: 'concurrent_limit' }, "'concurrent_limit' is one of the other twin"],
  [{ fault: 'limit', twin: 'salesforce' }, 'of the other twin'],
])('the control endpoint refuses %j, whole', async (fault, words) => {
  const answer = await arm(fault)
  expect(answer.status).toBe(400)
  expect(((await answer.json()) as { error: string }).error).toContain(words)
  expect(app.faults.list()).toEqual([])
})

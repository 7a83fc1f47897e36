import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type TwinApp, twinApp } from '../../../src/twins/http.ts'

const START = Date.UTC(2026, 10, 18, 15)
/** What the control routes answer, all in one. */
interface Answer {
  error: string
  requests: { status: number }[]
  faults: { hits: number }[]
  total: number
  same: number
  writes: { same?: boolean }[]
  people: { person: string }[]
}

let app: TwinApp
let clock: VirtualClock
let base: string
let acted: number

beforeEach(async () => {
  clock = new VirtualClock(START)
  acted = 0
  const everybody = ['a', 'b', 'c'].map(person => ({
    person,
    records: [{ object: 'lead', id: `L${person}` }],
  }))
  app = twinApp({
    vendor: 'hubspot',
    clock,
    people: (after, limit) => everybody.filter(one => one.person > after).slice(0, limit),
    state: () => ({ contacts: 3 }),
  })
  app.get('/things/:id', request => {
    app.counters.records('read', 1)
    return { id: (request.params as { id: string }).id }
  })
  app.post('/things/search', () => ({ results: [] }))
  app.post('/things', () => ({ acted: ++acted }))
  app.post('/oauth/v1/token', { config: { kind: 'other' } }, () => ({}))
  base = await app.listen({ host: '127.0.0.1', port: 0 })
})

afterEach(() => app.close())

const control = async (method: string, path: string, body?: unknown) => {
  const headers = body === undefined ? {} : { 'content-type': 'application/json' }
  const init = body === undefined ? { method } : { method, headers, body: JSON.stringify(body) }
  const response = await fetch(`${base}/_twin${path}`, init)
  return { status: response.status, body: (await response.json()) as Answer }
}

describe('clock', () => {
  it('dates every answer with the virtual time', async () => {
    const response = await fetch(`${base}/things/1`)
    expect(response.headers.get('date')).toBe('Wed, 18 Nov 2026 15:00:00 GMT')
    expect((await fetch(`${base}/nowhere`)).headers.get('date')).toBe('Wed, 18 Nov 2026 15:00:00 GMT')
  })

  it('is read, set, run and stopped over HTTP', async () => {
    expect((await control('GET', '/clock')).body).toEqual({
      now: START,
      at: '2026-11-18T15:00:00.000Z',
      rate: 0,
      standing: true,
    })
    await control('POST', '/clock', { now: '2026-11-18T18:00:00+01:00' })
    expect(clock.now()).toBe(START + 2 * 3_600_000)
    expect((await control('POST', '/clock', { rate: 600 })).body).toMatchObject({
      rate: 600,
      standing: false,
    })
    expect((await control('POST', '/clock', { stand: true })).body).toMatchObject({ rate: 0, standing: true })
  })

  it.each([
    [{}, 'give now, rate or stand'],
    [{ now: 'yesterday' }, 'now'],
    [{ rate: 0 }, 'rate'],
    [{ rate: 2, stand: true }, 'exclude'],
    [{ nwo: '2026-11-18T15:00:00Z' }, 'nwo'],
    [{ now: '2020-01-01T00:00:00Z' }, 'only goes forward'],
  ])('refuses %j', async (body, words) => {
    const answer = await control('POST', '/clock', body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(words)
    expect(clock.now()).toBe(START)
  })

  it('tells its listeners the time before a request is answered', async () => {
    const heard: number[] = []
    clock.onAdvance(now => heard.push(now))
    clock.run(1_000_000)
    await fetch(`${base}/things/1`)
    clock.stand()
    expect(heard.length).toBeGreaterThan(0)
  })
})

describe('log and counters', () => {
  it('keeps method, path, status and instant, without tokens or control calls', async () => {
    await fetch(`${base}/things/1?access_token=hush&q=x`, { headers: { authorization: 'Bearer hush' } })
    await fetch(`${base}/nowhere?hapikey=hush`)
    const { body } = await control('GET', '/log?after=0')
    expect(body).toEqual({
      last: 2,
      requests: [
        {
          seq: 1,
          method: 'GET',
          path: '/things/1?access_token=&q=x',
          status: 200,
          at: '2026-11-18T15:00:00.000Z',
        },
        { seq: 2, method: 'GET', path: '/nowhere?hapikey=', status: 404, at: '2026-11-18T15:00:00.000Z' },
      ],
    })
    expect((await control('GET', '/log?after=1')).body.requests).toHaveLength(1)
    expect((await control('GET', '/log?after=x')).status).toBe(400)
  })

  it('counts calls by route and kind', async () => {
    await fetch(`${base}/things/1`)
    await fetch(`${base}/things/2`)
    await fetch(`${base}/things`, { method: 'POST' })
    await fetch(`${base}/things/search`, { method: 'POST' })
    await fetch(`${base}/oauth/v1/token`, { method: 'POST' })
    expect((await control('GET', '/counters')).body).toEqual({
      calls: { 'GET /things/:id': 2, 'POST /oauth/v1/token': 1, 'POST /things': 1, 'POST /things/search': 1 },
      total: 5,
      reads: { calls: 3, records: 2 },
      writes: { calls: 1, records: 0 },
    })
  })
})

describe('faults', () => {
  it('answers in place of the route as often as told, then lets go', async () => {
    const fault = { method: 'get', path: '^/things', status: 429, headers: { 'retry-after': '3' }, times: 1 }
    expect((await control('POST', '/faults', { ...fault, body: { message: 'slow down' } })).status).toBe(201)
    expect((await fetch(`${base}/things`, { method: 'POST' })).status).toBe(200)
    const hit = await fetch(`${base}/things/1`)
    expect([hit.status, hit.headers.get('retry-after'), await hit.json()]).toEqual([
      429,
      '3',
      { message: 'slow down' },
    ])
    expect((await fetch(`${base}/things/1`)).status).toBe(200)
    expect((await control('GET', '/faults')).body.faults[0]?.hits).toBe(1)
  })

  it('sends nonsense as it is, skips some first, and hits until cleared', async () => {
    await control('POST', '/faults', { status: 200, body: '<html>', skip: 1 })
    expect(await (await fetch(`${base}/things/1`)).json()).toEqual({ id: '1' })
    expect(await (await fetch(`${base}/things/1`)).text()).toBe('<html>')
    expect(await (await fetch(`${base}/things/1`)).text()).toBe('<html>')
    await control('DELETE', '/faults')
    expect((await fetch(`${base}/things/1`)).status).toBe(200)
  })

  it('drops the connection before the route acts', async () => {
    await control('POST', '/faults', { drop: true, times: 1 })
    await expect(fetch(`${base}/things`, { method: 'POST' })).rejects.toThrow()
    expect(acted).toBe(0)
    expect((await control('GET', '/log')).body.requests[0]?.status).toBe(0)
  })

  it('loses the answer after the route has acted', async () => {
    await control('POST', '/faults', { drop: 'after', times: 1 })
    await expect(fetch(`${base}/things`, { method: 'POST' })).rejects.toThrow()
    expect(acted).toBe(1)
    expect((await fetch(`${base}/things`, { method: 'POST' })).status).toBe(200)
  })

  it.each([
    [{ path: '(' }, 'regular expression'],
    [{ status: 42 }, 'status'],
    [{ tiems: 1 }, 'tiems'],
  ])('refuses %j', async (fault, words) => {
    const answer = await control('POST', '/faults', fault)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toContain(words)
  })
})

describe('writes, people, state', () => {
  it('marks a write that changed nothing', async () => {
    const write = { record: 'contact/1', field: 'leadtime_overdue', at: START }
    app.writes.add({ ...write, from: null, to: 'true' })
    app.writes.add({ ...write, from: 'true', to: true })
    const { body } = await control('GET', '/writes')
    expect([body.total, body.same]).toEqual([2, 1])
    expect(body.writes.map(one => one.same ?? false)).toEqual([false, true])
    expect((await control('GET', '/writes?same=true')).body.writes).toHaveLength(1)
  })

  it('pages people and tells its state', async () => {
    const first = (await control('GET', '/people?limit=2')).body.people
    expect(first.map(one => one.person)).toEqual(['a', 'b'])
    expect((await control('GET', '/people?after=b')).body.people).toEqual([
      { person: 'c', records: [{ object: 'lead', id: 'Lc' }] },
    ])
    expect((await control('GET', '/state')).body).toEqual({ vendor: 'hubspot', contacts: 3 })
  })
})

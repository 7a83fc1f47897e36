import { type FastifyInstance, type FastifyServerOptions, fastify } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { type HttpNeeds, httpApp } from '../../../src/http/app.ts'
import { company, NOW, nothingYet, overdueLeads, overview, repRef, syncState, troubled } from './company.ts'

let app: FastifyInstance
afterEach(() => app.close())

const link = (ref: string) => `https://crm.example/${ref}`

async function start(
  needs: Partial<HttpNeeds> = {},
  server: FastifyServerOptions = {},
): Promise<FastifyInstance> {
  app = fastify(server)
  await app.register(httpApp({ views: company(), link, now: () => NOW, machineNow: () => NOW, ...needs }))
  return app
}

const html = { accept: 'text/html' }
const get = async (url: string, headers: Record<string, string> = html) => app.inject({ url, headers })
const words = (body: string) => body.replace(/<[^>]+>/g, ' ').replace(/[\s\u00a0]+/g, ' ')

describe('GET /', () => {
  test('says how many are overdue, how fast leads are followed up, and how many convert', async () => {
    await start()
    const { body, statusCode } = await get('/')
    expect(statusCode).toBe(200)
    expect(body).toContain('<title>23 overdue · Leadtime</title>')
    expect(words(body)).toMatch(/23 leads are overdue of 318 open/)
    expect(words(body)).toMatch(/5\.4 h median; 90 % within 33\.6 h .* n = 1,794/)
    expect(words(body)).toMatch(/MQL to SQL 17 % 337 of 2,006 MQLs/)
  })

  test('below the minimum n there are counts and no shares', async () => {
    const few = overview()
    await start({ views: company({ overview: { ...few, minimumN: 10_000 } }) })
    const { body } = await get('/')
    expect(words(body)).toContain('337 of 2,006 MQLs; too few for a share')
    expect(words(body)).toContain('1,794 followed up; too few for a median')
    expect(body).not.toMatch(/<rect class="fill"/)
  })

  test('an empty company says so', async () => {
    await start({ views: nothingYet() })
    const { body } = await get('/')
    expect(words(body)).toContain('No leads are overdue')
    expect(words(body)).toContain('The CRMs are being read for the first time')
    expect(words(body)).toContain('Nobody has become an MQL yet')
  })

  test('says what the API calls went to, who waits, and whether a CRM tells of changes', async () => {
    await start()
    const said = words((await get('/')).body)
    expect(said).toContain(
      'API calls in 24 hours: ours 5,142 of at most 25,000, the last 2,500 of them for what reps see; everybody 41,870 of 100,000. At 214 an hour it will be 5,136 a day.',
    )
    expect(said).toContain('it will be 18,600 by midnight. First readings wait now.')
    expect(said).toContain('Webhooks: last heard of a change 40 s ago , 2 still to be read.')
    const [salesforce, hubspot] = syncState().crms
    const budget = { ...salesforce!.budget!, isTold: false, closedUntil: NOW + 5 * 60_000 }
    const stops = { ...budget.stops, changes: NOW + 2 * 3_600_000 }
    const crms = [
      { ...salesforce!, budget: { ...budget, stops } },
      { ...hubspot!, budget: null },
    ]
    await app.close()
    await start({ views: company({ sync: syncState({ crms }) }) })
    const others = words((await get('/')).body)
    expect(others).toContain('the CRM has not told its limit, 100,000 is assumed.')
    expect(others).toContain('What changed waits in 2 h. The CRM asked to wait for 5 min.')
    expect(others).not.toContain('API calls today')
  })

  test('a policy file that was not published is said quietly, and is no trouble', async () => {
    await start({ drift: async () => ({ version: 3 }) })
    const { body } = await get('/')
    expect(words(body)).toContain('The policy file differs from version 3. What is published holds.')
    expect(body).not.toContain('class="banner act"')
    expect((await get('/health')).json()).toEqual({ status: 'ok', reasons: [] })
    await app.close()
    await start({ drift: async () => null })
    expect((await get('/')).body).not.toContain('The policy file')
  })

  test('one overdue lead is one lead', async () => {
    await start({ views: company({ leads: overdueLeads(1), overview: { ...overview(), overdue: 1 } }) })
    expect(words((await get('/')).body)).toContain('1 lead is overdue')
  })

  test('text from a CRM stays text, and only web addresses become links', async () => {
    const [lead] = overdueLeads(1)
    const name = '<img src=x onerror=alert(1)>'
    const poisoned = { ...lead!, name, company: '"><script>', reason: "' onmouseover='x", source: '</table>' }
    await start({ views: company({ leads: [poisoned] }), link: () => 'javascript:alert(1)' })
    const { body } = await get('/')
    expect(body).toContain('&lt;img src=x onerror=alert(1)&gt;')
    expect(body).not.toMatch(/<img|<script>|javascript:|"><script|onmouseover='/)
  })

  test('what needs a person is said first', async () => {
    await start({ views: company({ sync: troubled('credentials') }) })
    expect(words((await get('/')).body)).toMatch(/HubSpot refuses our credentials\. .* 23 leads/)
  })

  test('nothing inline, and the answer forbids it', async () => {
    await start()
    const { body, headers } = await get('/')
    expect(body).not.toMatch(/<style|\sstyle=|\son[a-z]+=|<script>/)
    expect(headers['content-security-policy']).toMatch(/default-src 'none'/)
    expect(headers['content-security-policy']).not.toMatch(/unsafe/)
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'cache-control': 'no-store',
    })
  })
})

describe('the overdue list', () => {
  test('pages follow one another without gap or repeat', async () => {
    await start()
    const seen: string[] = []
    let url = '/'
    for (let pages = 0; pages < 3; pages++) {
      const { body } = await get(url)
      const list = body.slice(body.indexOf('id="overdue"'), body.indexOf('id="falling"'))
      seen.push(...[...list.matchAll(/in Salesforce" ?>/g)].map(String))
      url = /href="(\/\?after=[^"#]+)#overdue">Next/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? ''
      expect(url === '').toBe(pages === 2)
    }
    expect(seen).toHaveLength(23)
  })

  test('the API pages the same way', async () => {
    await start()
    const first = (await get('/api/overdue?limit=20')).json()
    const second = (await get(`/api/overdue?limit=20&after=${first.next}`)).json()
    expect([first.rows.length, second.rows.length, second.next, first.total]).toEqual([20, 3, null, 23])
    const due = [...first.rows, ...second.rows].map(row => row.due)
    expect(due).toEqual(due.toSorted())
    expect(new Set(due).size).toBe(23)
  })

  test('one owner, or nobody', async () => {
    await start()
    const theirs = (await get(`/api/overdue?owner=${repRef(1)}&limit=200`)).json()
    expect(theirs.rows.length).toBeGreaterThan(0)
    expect(theirs.rows.every((row: { owner: { ref: string } }) => row.owner.ref === repRef(1))).toBe(true)
    const nobody = (await get('/api/overdue?owner=none')).json()
    expect(nobody.rows.every((row: { owner: unknown }) => row.owner === null)).toBe(true)
    expect((await get(`/?owner=${repRef(1)}`)).body).toContain(`<option value="${repRef(1)}" selected>`)
  })
})

describe('JSON', () => {
  test('/api/overview has the numbers with their instants', async () => {
    await start()
    expect((await get('/api/overview')).json()).toMatchObject({
      asOf: '2026-05-12T14:20:00.000Z',
      overdue: 23,
      open: 318,
      all: { mql: 2006, followUpHours: { n: 1794, negative: 12 } },
    })
  })

  test('/api/sync has both CRMs', async () => {
    await start()
    const { crms, lastRound } = (await get('/api/sync')).json()
    expect(lastRound).toBe('2026-05-12T14:19:52.000Z')
    expect(crms.map((crm: { vendor: string }) => crm.vendor)).toEqual(['salesforce', 'hubspot'])
  })

  test('/api/sync tells what the calls went to, and when a CRM last told of a change', async () => {
    await start()
    const { crms } = (await get('/api/sync')).json()
    expect(crms[1]).toMatchObject({
      budget: {
        ...{ used: 511_400, limit: 625_000, others: 499_240, reserve: 31_250, expected: 18_600 },
        ...{ ceilings: { flags: 312_500 }, ends: '2026-05-12T22:20:00.000Z' },
        stops: { flags: null, backfill: '2026-05-12T14:20:00.000Z' },
      },
      webhooks: { lastAt: '2026-05-12T14:19:20.000Z', waiting: 2 },
    })
    expect(crms[0].webhooks).toEqual({ lastAt: null, waiting: 0 })
  })
})

describe('GET /health', () => {
  test('200 while promises are watched', async () => {
    await start()
    const answer = await get('/health')
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: 'ok', reasons: [] }])
  })

  test.each([
    ['credentials', troubled('credentials'), 'credentials_refused'],
    ['an old round', syncState({ lastRound: NOW - 3_600_000 }), 'round_too_old'],
  ])('503 with %s', async (_, sync, code) => {
    await start({ views: company({ sync }) })
    const answer = await get('/health')
    expect(answer.statusCode).toBe(503)
    expect(answer.json()).toMatchObject({ status: 'failing', reasons: [{ code }] })
  })

  test('503 when the database fails or hangs', async () => {
    const broken = { ...company(), sync: () => Promise.reject(new Error('connect 10.0.0.7:5432')) }
    await start({ views: broken })
    expect((await get('/health')).json()).toMatchObject({
      reasons: [{ code: 'database', needsPerson: true }],
    })
    expect((await get('/health')).body).not.toContain('10.0.0.7')
    await app.close()
    await start({ views: { ...company(), sync: () => new Promise(() => {}) }, patienceMs: 1 })
    expect((await get('/health')).statusCode).toBe(503)
  })
})

describe('errors', () => {
  test('an unknown address is a plain page for a browser and JSON for a program', async () => {
    await start()
    const page = await get('/nowhere')
    expect([page.statusCode, page.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
    expect(page.headers['content-security-policy']).toBeDefined()
    expect((await get('/nowhere', { accept: '*/*' })).json()).toEqual({ error: 'Page not found' })
    expect((await get('/api/nowhere')).json()).toEqual({ error: 'Page not found' })
  })

  test('a failure shows an id and nothing of the inside; the log has the error under that id', async () => {
    const secret = 'select * from person where email = ada@example.com'
    const lines: { errorId?: string }[] = []
    const views = { ...company(), overview: () => Promise.reject(new Error(secret)) }
    await start({ views }, { logger: { stream: { write: line => lines.push(JSON.parse(line)) } } })
    const page = await get('/')
    expect(page.statusCode).toBe(500)
    expect(page.body).not.toMatch(/select|ada@|at .*\.ts|node_modules|fastify/i)
    const id = /<code>([0-9a-f]{12})<\/code>/.exec(page.body)?.[1]
    expect(lines.filter(line => line.errorId).map(line => line.errorId)).toEqual([id])
    const api = await get('/api/overview')
    expect(Object.keys(api.json())).toEqual(['error', 'id'])
    expect(api.body).not.toContain('select')
  })

  test('a wrong parameter is named', async () => {
    await start()
    const page = await get('/?after=%3Cimg%3E')
    expect(page.statusCode).toBe(400)
    expect(page.body).toContain('after is not a position')
    expect((await get('/api/overdue?limit=9999')).json()).toEqual({
      error: 'limit is not a whole number from 1 to 200',
    })
  })
})

describe('assets', () => {
  test('are kept for ever under a name that changes with them; any other name is not found', async () => {
    await start()
    const { body } = await get('/')
    const paths = [...body.matchAll(/"(\/assets\/[^"]+)"/g)].map(match => match[1] ?? '')
    expect(paths).toHaveLength(3)
    for (const path of paths) {
      const asset = await get(path)
      expect([asset.statusCode, asset.headers['cache-control']]).toEqual([
        200,
        'public, max-age=31536000, immutable',
      ])
      expect(asset.headers['x-content-type-options']).toBe('nosniff')
    }
    for (const path of [
      '/assets/page.css',
      '/assets/page.000000000000.css',
      '/assets/..%2fapp.ts',
      '/assets/',
    ]) {
      expect((await get(path)).statusCode).toBe(404)
    }
  })

  test('no script where nothing is refreshed', async () => {
    await start({ refreshSeconds: 0 })
    expect((await get('/')).body).not.toContain('<script')
  })
})

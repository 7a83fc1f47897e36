import { Connection } from 'jsforce'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const DAY = 24 * 3_600_000

let clock: VirtualClock
let twin: SalesforceTwin
let base: string
let token: string

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  twin = salesforceTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < 12; i++) {
    const own = [event('mql', i)]
    if (i === 1) own.push(event('deleted', i + 1))
    if (i === 2) own.push(event('won', i + 1, { deal: 'd', amount: 10, actor: 'ann' }))
    twin.sink.person(person(`p${i}`, { company: i === 3 ? 'Quote " and,\ncomma' : 'Engines' }), own)
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  token = await signIn()
})

afterEach(() => twin.close())

async function signIn(): Promise<string> {
  const client = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const reply = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body })
  return ((await reply.json()) as { access_token: string }).access_token
}

const call = (method: string, path: string, body?: object, version = 'v66.0') =>
  fetch(`${base}/services/data/${version}${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })

type Info = { id: string; state: string; numberRecordsProcessed: number; errorMessage?: string }
const create = async (query: string, more: object = {}) =>
  (await (await call('POST', '/jobs/query', { operation: 'query', query, ...more })).json()) as Info
const info = async (id: string) => (await (await call('GET', `/jobs/query/${id}`)).json()) as Info
const plan = (wish: object) =>
  fetch(`${base}/_twin/bulk`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wish),
  })
const refusal = async (reply: Promise<Response>) => {
  const { status, body } = await reply.then(async one => ({ status: one.status, body: await one.json() }))
  return [status, (body as { errorCode: string }[])[0]?.errorCode]
}

describe('a query job', () => {
  it('goes from UploadComplete through InProgress to JobComplete as the clock does', async () => {
    await plan({ queuedSeconds: 4, runningSeconds: 10 })
    const job = await create('SELECT Id FROM Lead')
    expect(job).toMatchObject({
      ...{ state: 'UploadComplete', object: 'Lead', operation: 'query', apiVersion: 66 },
      ...{ contentType: 'CSV', lineEnding: 'LF', columnDelimiter: 'COMMA', concurrencyMode: 'Parallel' },
    })
    expect(job.id).toMatch(/^750\w{15}$/)
    const states: [string, number][] = []
    for (const seconds of [0, 4, 9, 14]) {
      clock.set(NOW + seconds * 1000)
      const { state, numberRecordsProcessed } = await info(job.id)
      states.push([state, numberRecordsProcessed])
    }
    expect(states).toEqual([
      ['UploadComplete', 0],
      ['InProgress', 0],
      ['InProgress', 5],
      ['JobComplete', 11],
    ])
  })

  it('goes by real time where that is asked for', async () => {
    await plan({ queuedSeconds: 3600, clock: 'real' })
    const { id } = await create('SELECT Id FROM Lead')
    clock.set(NOW + DAY)
    expect((await info(id)).state).toBe('UploadComplete')
  })

  it.each(['Failed', 'Aborted', 'InProgress'] as const)('can end as %s', async ends => {
    await plan({ ends })
    const { id } = await create('SELECT Id FROM Lead')
    clock.set(NOW + DAY)
    const { state, errorMessage } = await info(id)
    expect(state).toBe(ends)
    expect(errorMessage !== undefined).toBe(ends === 'Failed')
    expect(await refusal(call('GET', `/jobs/query/${id}/results`))).toEqual([412, 'JOB_NOT_COMPLETE'])
  })

  it('is aborted while it runs, deleted when it is over, listed until then', async () => {
    await plan({ queuedSeconds: 60 })
    const { id } = await create('SELECT Id FROM Lead')
    expect(await refusal(call('DELETE', `/jobs/query/${id}`))).toEqual([400, 'INVALIDJOBSTATE'])
    expect(await (await call('PATCH', `/jobs/query/${id}`, { state: 'Aborted' })).json()).toMatchObject({
      state: 'Aborted',
    })
    const list = await (await call('GET', '/jobs/query/')).json()
    expect(list).toMatchObject({ done: true, records: [{ id, state: 'Aborted' }] })
    expect((await call('DELETE', `/jobs/query/${id}`)).status).toBe(204)
    expect(await refusal(call('GET', `/jobs/query/${id}`))).toEqual([404, 'NOT_FOUND'])
  })

  it('is gone with its results after seven days', async () => {
    const { id } = await create('SELECT Id FROM Lead')
    clock.set(NOW + 7 * DAY)
    expect((await call('GET', `/jobs/query/${id}/results`)).status).toBe(200)
    clock.set(NOW + 7 * DAY + 1000)
    expect((await call('GET', `/jobs/query/${id}/results`)).status).toBe(404)
  })

  it('is one of so many a day', async () => {
    await plan({ dailyJobs: 1 })
    await create('SELECT Id FROM Lead')
    const wish = { operation: 'query', query: 'SELECT Id FROM Lead' }
    expect(await refusal(call('POST', '/jobs/query', wish))).toEqual([400, 'LIMIT_EXCEEDED'])
    const limits = (await (await call('GET', '/limits')).json()) as Record<string, object>
    expect(limits.DailyBulkV2QueryJobs).toEqual({ Max: 1, Remaining: 0 })
    clock.set(NOW + DAY)
    expect(await create('SELECT Id FROM Lead')).toMatchObject({ state: 'UploadComplete' })
  })

  it.each([
    ['SELECT COUNT() FROM Lead', 'API_ERROR'],
    ['SELECT Status, COUNT(Id) FROM Lead GROUP BY Status', 'API_ERROR'],
    ['SELECT Id FROM Lead LIMIT 1 OFFSET 1', 'API_ERROR'],
    ['SELECT Id, (SELECT Id FROM Tasks) FROM Lead', 'API_ERROR'],
    ['SELECT Id FROM LeadStatus', 'INVALIDENTITY'],
    ['SELECT Nothing FROM Lead', 'INVALID_FIELD'],
    ['SELECT Id FROM Nothing', 'INVALID_TYPE'],
    ['SELECT', 'MALFORMED_QUERY'],
  ])('refuses %s', async (query, code) => {
    expect(await refusal(call('POST', '/jobs/query', { operation: 'query', query }))).toEqual([400, code])
  })

  it('refuses a description it does not understand', async () => {
    const wish = { operation: 'insert', query: 'SELECT Id FROM Lead' }
    expect(await refusal(call('POST', '/jobs/query', wish))).toEqual([400, 'INVALIDJOB'])
    expect((await plan({ ends: 'Well' })).status).toBe(400)
  })
})

describe('results', () => {
  const results = async (id: string, query = '') => {
    const reply = await call('GET', `/jobs/query/${id}/results${query}`)
    expect(reply.headers.get('content-type')).toMatch(/^text\/csv/)
    return {
      text: await reply.text(),
      count: reply.headers.get('sforce-numberofrecords'),
      locator: reply.headers.get('sforce-locator'),
    }
  }

  it('quote every value, with fractions, Z and empty for null', async () => {
    const query =
      'SELECT Company, IsConverted, Score__c, NumberOfEmployees, CreatedDate, Owner.Name, ConvertedDate FROM Lead'
    const { id } = await create(`${query} WHERE Company LIKE 'Quote%'`)
    const { text, count, locator } = await results(id)
    expect({ text, count, locator }).toEqual({
      text:
        '"Company","IsConverted","Score__c","NumberOfEmployees","CreatedDate","Owner.Name","ConvertedDate"\n' +
        '"Quote "" and,\ncomma","false","","","2026-01-01T03:00:00.000Z","Inbound",""\n',
      count: '1',
      locator: 'null',
    })
    const deal = await create('SELECT Amount FROM Opportunity', { lineEnding: 'CRLF' })
    expect((await results(deal.id)).text).toBe('"Amount"\r\n"10.0"\r\n')
    const task = await create('SELECT Id, Name FROM User LIMIT 1', { columnDelimiter: 'PIPE' })
    expect((await results(task.id)).text).toMatch(/^"Id"\|"Name"\n"005\w+"\|"[^"]+"\n$/)
  })

  it('come in pages, each with the header, to the locator "null"; a page can be read again', async () => {
    const { id } = await create('SELECT Id FROM Lead', { operation: 'queryAll' })
    const pages: string[][] = []
    let locator = ''
    while (locator !== 'null') {
      const query = `?maxRecords=5${locator && `&locator=${locator}`}`
      const page = await results(id, query)
      expect(await results(id, query)).toEqual(page)
      const [header, ...lines] = page.text.trimEnd().split('\n')
      expect(header).toBe('"Id"')
      expect(lines).toHaveLength(Number(page.count))
      pages.push(lines)
      locator = page.locator ?? ''
    }
    expect(pages.map(page => page.length)).toEqual([5, 5, 2])
    expect(new Set(pages.flat()).size).toBe(12)
    expect(pages.flat()).not.toEqual(pages.flat().sort())
  })

  it('show what was there when the job was made', async () => {
    const { id } = await create('SELECT Company FROM Lead')
    twin.sink.apply('p5', event('updated', 2000, { detail: 'company=Later' }))
    expect((await results(id)).text).not.toContain('Later')
  })

  it('are refused at a bad locator, a bad number, and in another API version', async () => {
    const { id } = await create('SELECT Id FROM Lead')
    const path = `/jobs/query/${id}/results`
    expect(await refusal(call('GET', `${path}?locator=nonsense`))).toEqual([400, 'INVALID_LOCATOR'])
    expect(await refusal(call('GET', `${path}?maxRecords=0`))).toEqual([400, 'INVALID_MAX_RECORDS'])
    expect(await refusal(call('GET', path, undefined, 'v65.0'))).toEqual([409, 'API_VERSION_MISMATCH'])
  })

  it('are named five pages at a time', async () => {
    await plan({ pageRecords: 2 })
    const { id } = await create('SELECT Id FROM Lead', { operation: 'queryAll' })
    type Pages = { resultPages: { resultUrl: string }[]; done: boolean; nextRecordsUrl?: string }
    const first = (await (await call('GET', `/jobs/query/${id}/resultPages`)).json()) as Pages
    expect(first).toMatchObject({ done: false, resultPages: { length: 5 } })
    const rest = first.nextRecordsUrl?.replace('/services/data/v66.0', '') ?? ''
    const second = (await (await call('GET', rest)).json()) as Pages
    expect(second).toMatchObject({ done: true, resultPages: { length: 1 } })
    const urls = [...first.resultPages, ...second.resultPages].map(page => page.resultUrl)
    const texts = await Promise.all(
      urls.map(async url => (await call('GET', url.replace('/services/data/v66.0', ''))).text()),
    )
    expect(new Set(texts.flatMap(text => text.trimEnd().split('\n').slice(1))).size).toBe(12)
  })

  it('of one page are what jsforce reads', async () => {
    const connection = new Connection({ instanceUrl: base, accessToken: token, version: '66.0' })
    const stream = await connection.bulk2.query('SELECT Id, Company FROM Lead', { pollInterval: 1 })
    const rows: { Company: string }[] = []
    stream.on('record', row => rows.push(row as { Company: string }))
    await new Promise(resolve => stream.on('end', resolve))
    expect(rows).toHaveLength(11)
    expect(rows.map(row => row.Company)).toContain('Quote " and,\ncomma')
  })
})

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

describe('an ingest job', () => {
  type Job = { id: string; state: string; numberRecordsProcessed: number; numberRecordsFailed: number }
  const open = async (operation: string, more: object = {}) =>
    (await (await call('POST', '/jobs/ingest', { object: 'Lead', operation, ...more })).json()) as Job
  const upload = (id: string, csv: string) =>
    fetch(`${base}/services/data/v66.0/jobs/ingest/${id}/batches`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'text/csv' },
      body: csv,
    })
  const close = (id: string) => call('PATCH', `/jobs/ingest/${id}`, { state: 'UploadComplete' })
  const look = async (id: string) => (await (await call('GET', `/jobs/ingest/${id}`)).json()) as Job
  const rows = async (id: string, which: string) => (await call('GET', `/jobs/ingest/${id}/${which}`)).text()
  const first = async () => {
    const q = encodeURIComponent(
      'SELECT Id, Rating, Title FROM Lead WHERE IsConverted = false ORDER BY Id LIMIT 2',
    )
    const { records } = (await (await call('GET', `/query?q=${q}`)).json()) as { records: { Id: string }[] }
    return records
  }

  it('takes rows once, works on them when its time comes, and gives each its outcome', async () => {
    await plan({ queuedSeconds: 5, runningSeconds: 5 })
    const [one, two] = await first()
    const job = await open('update')
    expect(job).toMatchObject({
      state: 'Open',
      contentUrl: `services/data/v66.0/jobs/ingest/${job.id}/batches`,
    })
    const csv = `Id,Rating,Title,Leadtime_Status__c\n${one?.Id},Hot,#N/A,\n${two?.Id},Cold,,late\n00Q000000000000AAA,Hot,,\n`
    expect((await upload(job.id, csv)).status).toBe(201)
    expect(await refusal(upload(job.id, csv))).toEqual([400, 'INVALIDJOBSTATE'])
    expect(await (await close(job.id)).json()).toMatchObject({ state: 'UploadComplete' })
    clock.set(NOW + 6_000)
    expect(await look(job.id)).toMatchObject({ state: 'InProgress', numberRecordsProcessed: 0 })
    clock.set(NOW + 10_000)
    expect(await first()).toMatchObject([
      { Rating: 'Hot', Title: null },
      { Rating: null, Title: 'Buyer' },
    ])
    expect(await look(job.id)).toMatchObject({
      state: 'JobComplete',
      numberRecordsProcessed: 3,
      numberRecordsFailed: 2,
    })
    expect(await rows(job.id, 'successfulResults')).toBe(
      `"sf__Id","sf__Created","Id","Rating","Title","Leadtime_Status__c"\n"${one?.Id}","false","${one?.Id}","Hot","#N/A",""\n`,
    )
    const failed = await rows(job.id, 'failedResults')
    expect(failed).toMatch(/"INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:[^"]*:Leadtime_Status__c --"/)
    expect(failed).toContain('"INVALID_CROSS_REFERENCE_KEY:')
    expect(await rows(job.id, 'unprocessedrecords')).toBe('"Id","Rating","Title","Leadtime_Status__c"\n')
    expect(twin.app.counters.state().writes.records).toBe(1)
  })

  it('inserts, upserts by a key, deletes, and deletes for good', async () => {
    const run = async (operation: string, csv: string, more: object = {}) => {
      const { id } = await open(operation, more)
      await upload(id, csv)
      await close(id)
      return await rows(id, 'successfulResults')
    }
    const made = await run('insert', 'LastName,Company,Email\nNew,Engines,new@leads.example.com\n')
    const id = /"(00Q\w{15})","true"/.exec(made)?.[1] ?? ''
    const upsert = { externalIdFieldName: 'Email' }
    expect(
      await run('upsert', 'LastName,Company,Email\nOld,Engines,new@leads.example.com\n', upsert),
    ).toContain(`"${id}","false"`)
    expect(
      await run('upsert', 'LastName,Company,Email\nElse,Engines,else@leads.example.com\n', upsert),
    ).toContain('"true"')
    expect(await run('delete', `Id\n${id}\n`)).toContain(id)
    const q = encodeURIComponent(`SELECT LastName, IsDeleted FROM Lead WHERE Email = 'new@leads.example.com'`)
    expect(await (await call('GET', `/queryAll?q=${q}`)).json()).toMatchObject({
      records: [{ LastName: 'Old', IsDeleted: true }],
    })
    const [one] = await first()
    await run('hardDelete', `Id\n${one?.Id}\n`)
    expect((await call('GET', `/sobjects/Lead/${one?.Id}`)).status).toBe(404)
  })

  it('that is aborted leaves its rows unprocessed', async () => {
    await plan({ queuedSeconds: 5 })
    const [one] = await first()
    const { id } = await open('update')
    await upload(id, `Id,Rating\n${one?.Id},Hot\n`)
    await close(id)
    expect(await refusal(call('DELETE', `/jobs/ingest/${id}`))).toEqual([400, 'INVALIDJOBSTATE'])
    await call('PATCH', `/jobs/ingest/${id}`, { state: 'Aborted' })
    clock.set(NOW + 10_000)
    expect(await look(id)).toMatchObject({ state: 'Aborted', numberRecordsProcessed: 0 })
    expect(await rows(id, 'unprocessedRecords')).toBe(`"Id","Rating"\n"${one?.Id}","Hot"\n`)
    expect((await call('DELETE', `/jobs/ingest/${id}`)).status).toBe(204)
  })

  it('is refused for what it cannot be', async () => {
    expect(await refusal(call('POST', '/jobs/ingest', { object: 'Lead', operation: 'upsert' }))).toEqual([
      400,
      'INVALIDJOB',
    ])
    expect(await refusal(call('POST', '/jobs/ingest', { object: 'Nothing', operation: 'insert' }))).toEqual([
      404,
      'NOT_FOUND',
    ])
    const { id } = await open('insert')
    expect(await refusal(upload(id, 'LastName\n"open'))).toEqual([400, 'INVALIDCONTENT'])
  })

  it('is what jsforce makes', async () => {
    const connection = new Connection({ instanceUrl: base, accessToken: token, version: '66.0' })
    const [one] = await first()
    const results = await connection.bulk2.loadAndWaitForResults({
      ...{
        object: 'Lead',
        operation: 'update',
        input: [{ Id: one?.Id ?? '', Rating: 'Warm' }],
        pollInterval: 1,
      },
    })
    expect(results.successfulResults).toMatchObject([{ sf__Id: one?.Id, Rating: 'Warm' }])
    expect((await first())[0]).toMatchObject({ Rating: 'Warm' })
  })
})

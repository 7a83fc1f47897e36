import { Connection, SfDate } from 'jsforce'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import type { Fault } from '../../../src/twins/http/faults.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'

/** What jsforce itself makes of the twin's answers, and how it is known to behave when they are none. */
const NOW = Date.UTC(2026, 2, 1, 12)
const PEOPLE = 450

let clock: VirtualClock
let twin: SalesforceTwin
let base: string
let connection: Connection
let refreshes: number

beforeEach(async () => {
  clock = new VirtualClock(NOW)
  refreshes = 0
  twin = salesforceTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < PEOPLE; i++) {
    const own = [event('mql', i / 60)]
    if (i === 1) own.push(event('deleted', 1000))
    if (i === 2) own.push(event('call', 9, { actor: 'ann', direction: 'out', outcome: 'connected' }))
    twin.sink.person(person(`p${String(i).padStart(3, '0')}`), own)
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  connection = new Connection({
    version: '66.0',
    instanceUrl: base,
    oauth2: { clientId: 'leadtime', clientSecret: 'leadtime-secret', loginUrl: base },
    refreshFn: (_connection, done) => {
      refreshes++
      signIn().then(token => done(null, token), done)
    },
  })
  connection.accessToken = await signIn()
})
afterEach(() => twin.close())

async function signIn(): Promise<string> {
  const client = { client_id: 'leadtime', client_secret: 'leadtime-secret' }
  const body = new URLSearchParams({ grant_type: 'client_credentials', ...client })
  const reply = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body })
  return ((await reply.json()) as { access_token: string }).access_token
}

/** Requests so far below /services/data, as the twin saw them. */
async function requests(): Promise<string[]> {
  const log = await (await fetch(`${base}/_twin/log?limit=1000`)).json()
  return (log as { requests: { method: string; path: string; status: number }[] }).requests
    .filter(({ path }) => path.startsWith('/services/data'))
    .map(({ method, path, status }) => `${method} ${path.replace('/services/data/v66.0', '')} ${status}`)
}
const fault = (one: Fault) => twin.app.faults.add(one)
const failure = async (work: PromiseLike<unknown>) => {
  const error = await work.then(
    () => null,
    (thrown: Error & { errorCode?: string; data?: unknown }) => thrown,
  )
  return { name: error?.name, errorCode: error?.errorCode, message: error?.message, data: error?.data }
}

describe('queries', () => {
  const small = { headers: { 'Sforce-Query-Options': 'batchSize=200' } }

  it('are fetched to the end, or to maxFetch, which cuts in the middle of a page and says so', async () => {
    const soql = 'SELECT Id, Name FROM Lead ORDER BY Id'
    const all = await connection.query(soql, { ...small, autoFetch: true, maxFetch: 10_000 })
    expect([all.done, all.totalSize, all.records.length]).toEqual([true, PEOPLE - 1, PEOPLE - 1])
    expect((await requests()).filter(one => one.includes('/query'))).toHaveLength(3)
    const some = await connection.query(soql, { ...small, autoFetch: true, maxFetch: 250 })
    expect([some.done, some.totalSize, some.records.length]).toEqual([false, PEOPLE - 1, 250])
    const page = await connection.query(soql, small)
    expect([page.done, page.records.length]).toEqual([false, 200])
    expect(page.nextRecordsUrl).toMatch(new RegExp(`^${base}/services/data/v66.0/query/\\w+-200$`))
    const next = await connection.queryMore(page.nextRecordsUrl!)
    expect(next.records[0]?.Id).toBe(all.records[200]?.Id)
    expect(new Set(all.records.map(({ Id }) => Id)).size).toBe(PEOPLE - 1)
  })

  it('stream their records, deleted ones where they are asked for', async () => {
    const seen: string[] = []
    const query = connection
      .query('SELECT Id FROM Lead', { ...small, autoFetch: true, maxFetch: 10_000, scanAll: true })
      .on('record', ({ Id }) => seen.push(String(Id)))
    await query
    expect(new Set(seen).size).toBe(PEOPLE)
  })

  it('are built by its own builder, with instants as it writes them', async () => {
    const leads = connection.sobject('Lead')
    const since = SfDate.toDateTimeLiteral(new Date(Date.UTC(2026, 0, 1, 7)))
    const late = await leads.find({ CreatedDate: { $gte: since } } as object, ['Id', 'Email']).limit(5)
    expect(late).toHaveLength(5)
    const one = await leads.findOne({ Email: 'p007@leads.example.com' }, ['Id', 'Owner.Name'])
    expect(one).toMatchObject({ attributes: { type: 'Lead' }, Owner: { Name: 'Inbound' } })
    expect(one?.attributes?.url).toBe(`/services/data/v66.0/sobjects/Lead/${one?.Id}`)
    expect(await leads.count({ Email: { $like: 'p00%' } })).toBe(9)
    const calls = await leads
      .find({ Email: { $in: ['p002@leads.example.com', 'p003@leads.example.com'] } }, 'Id')
      .include('Tasks')
      .select('Id, Subject')
      .end()
      .sort('Id')
    expect(calls.map(lead => (lead.Tasks as { totalSize: number } | null)?.totalSize ?? null)).toEqual([
      1,
      null,
    ])
  })
})

describe('describes', () => {
  it('are cached by jsforce until told otherwise', async () => {
    const lead = await connection.describe$('Lead')
    expect(lead.fields.find(({ name }) => name === 'Status')).toMatchObject({ type: 'picklist' })
    expect((await connection.describe$('Lead')).fields).toHaveLength(lead.fields.length)
    expect(await requests()).toEqual(['GET /sobjects/Lead/describe 200'])
    const { sobjects } = await connection.describeGlobal$()
    expect(sobjects.map(({ name }) => name)).toContain('OpportunityContactRole')
    // Without naming fields jsforce retrieves those that it has described.
    const { records } = await connection.query('SELECT Id FROM Lead LIMIT 1')
    const [whole] = await connection.sobject('Lead').retrieve([records[0]?.Id ?? ''])
    expect(Object.keys(whole ?? {}).toSorted()).toEqual(
      ['attributes', ...lead.fields.map(({ name }) => name)].toSorted(),
    )
  })

  it('what is allowed, used, and who asks', async () => {
    await connection.query('SELECT Id FROM Lead LIMIT 1')
    expect(connection.limitInfo).toEqual({ apiUsage: { used: 1, limit: 1_000_000 } })
    expect((await connection.limits()).DailyApiRequests).toEqual({ Max: 1_000_000, Remaining: 999_998 })
    // The identity has the token in its address: the log leaves it out.
    const { user_id, organization_id } = await connection.identity()
    expect([user_id, organization_id]).toEqual([
      expect.stringMatching(/^005\w{15}$/),
      expect.stringMatching(/^00D\w{15}$/),
    ])
    expect(await (await fetch(`${base}/_twin/log`)).text()).not.toContain(connection.accessToken)
  })
})

describe('changes', () => {
  const people = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ LastName: `New ${i}`, Company: 'Example' }))

  it('of many are told one by one, in calls of 200', async () => {
    const leads = connection.sobject('Lead')
    const made = await leads.create(people(201), { allowRecursive: true })
    expect(made.map(({ success }) => success)).toEqual(Array(201).fill(true))
    expect(await requests()).toEqual(Array(2).fill('POST /composite/sobjects 200'))
    const [first, second, third] = made.map(({ id }) => id ?? '')
    const outcomes = await leads.update([
      { Id: first!, Rating: 'Hot' },
      { Id: second!, Leadtime_Status__c: 'late' },
    ])
    expect(outcomes).toMatchObject([
      { id: first, success: true, errors: [] },
      { success: false, errors: [{ statusCode: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' }] },
    ])
    expect(await leads.destroy([first!, first!, third!])).toMatchObject([
      { success: true },
      { success: false, errors: [{ statusCode: 'ENTITY_IS_DELETED' }] },
      { success: true },
    ])
    expect(await leads.update([])).toEqual([])
  })

  it('of one give what jsforce makes of 201 and 204; what is refused is thrown', async () => {
    const leads = connection.sobject('Lead')
    const { id } = (await leads.create(people(1)[0]!)) as { id: string }
    expect(await leads.update({ Id: id, Rating: 'Hot' })).toEqual({ id, success: true, errors: [] })
    expect(await leads.record(id).retrieve()).toMatchObject({ Id: id, Rating: 'Hot' })
    expect(await failure(leads.update({ Id: id, Leadtime_Status__c: 'late' }))).toMatchObject({
      ...{ name: 'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST' },
      data: { fields: ['Leadtime_Status__c'] },
    })
    expect(await leads.destroy(id)).toEqual({ id, success: true, errors: [] })
    expect(await failure(leads.destroy(id))).toMatchObject({ errorCode: 'ENTITY_IS_DELETED' })
  })

  it('of a time are listed, deletions apart', async () => {
    const leads = connection.sobject('Lead')
    clock.set(NOW + 30 * 60_000)
    const { records } = await connection.query('SELECT Id FROM Lead ORDER BY Id LIMIT 2')
    const [changed, gone] = records.map(({ Id }) => Id ?? '')
    await leads.update({ Id: changed!, Rating: 'Hot' })
    await leads.destroy(gone!)
    const [from, to] = [new Date(NOW), new Date(NOW + 3_600_000)]
    expect(await leads.updated(from, to)).toEqual({
      ...{ ids: [changed], latestDateCovered: '2026-03-01T12:30:00.000+0000' },
    })
    expect(await leads.deleted(from, to)).toEqual({
      deletedRecords: [{ id: gone, deletedDate: '2026-03-01T12:30:00.000+0000' }],
      ...{ earliestDateAvailable: '2026-02-14T12:30:00.000+0000' },
      latestDateCovered: '2026-03-01T12:30:00.000+0000',
    })
    const long = new Date(NOW - 16 * 24 * 3_600_000)
    expect(await failure(leads.deleted(long, to))).toMatchObject({ name: 'INVALID_REPLICATION_DATE' })
    expect(await failure(leads.updated(to, to))).toMatchObject({ name: 'INVALID_REPLICATION_DATE' })
    expect(await failure(connection.sobject('Nothing').updated(from, to))).toMatchObject({
      name: 'NOT_FOUND',
    })
  })

  it('of the set-up go through the Tooling API', async () => {
    const fields = connection.tooling.sobject('CustomField')
    const Metadata = { type: 'Text', label: 'Acme', length: 20 }
    const made = (await fields.create({ FullName: 'Lead.Acme__c', Metadata })) as { id: string }
    expect(made).toMatchObject({ success: true, warnings: [], infos: [] })
    expect(await fields.retrieve(made.id)).toMatchObject({ Id: made.id, DeveloperName: 'Acme' })
    const soql = "SELECT Id FROM CustomField WHERE DeveloperName = 'Acme'"
    expect((await connection.tooling.query(soql)).records).toHaveLength(1)
    await fields.destroy(made.id)
    expect((await connection.tooling.query(soql)).records).toEqual([])
  })
})

describe('what is refused', () => {
  it('one error is unwrapped, several are handed on, and the rest is named after its status', async () => {
    expect(await failure(connection.query('SELECT Nothing FROM Lead'))).toMatchObject({
      ...{ name: 'INVALID_FIELD', errorCode: 'INVALID_FIELD' },
      message: expect.stringMatching(/^\n.*\n\s*\^\nERROR at Row:1:Column:8\nNo such column 'Nothing'/),
    })
    const path = '/composite'
    const two = ['REQUIRED_FIELD_MISSING', 'STRING_TOO_LONG'].map(errorCode => ({ errorCode, message: 'no' }))
    fault({ path, status: 400, body: two, times: 1 })
    const write = () => failure(connection.sobject('Lead').create([{ LastName: 'x' }]))
    expect(await write()).toMatchObject({ name: 'MULTIPLE_API_ERRORS', data: two })
    for (const [name, status] of [['unavailable', 503] as const, ['bad_gateway', 502] as const]) {
      fault({ fault: name, path, times: 1 } as never)
      expect(await write()).toMatchObject({ errorCode: `ERROR_HTTP_${status}` })
    }
    fault({ path, status: 503, body: '<html>', headers: { 'content-type': 'text/html' }, times: 1 })
    expect((await write()).message).toContain('HTTP response contains html content')
    fault({ path, status: 300, body: ['/services/data/v66.0/sobjects/Lead/00Q'], times: 1 })
    expect(await write()).toMatchObject({ name: 'MULTIPLE_CHOICES' })
    fault({ path, status: 200, body: '{"half', times: 1 })
    expect(await connection.request({ method: 'POST', url: '/composite/sobjects', body: '{}' })).toBe(
      '{"half',
    )
  })

  it('a read is tried again by jsforce, a write is not', async () => {
    fault({
      path: '/limits',
      status: 503,
      body: [{ errorCode: 'SERVER_UNAVAILABLE', message: '' }],
      times: 1,
    })
    expect((await connection.limits()).DailyApiRequests?.Max).toBe(1_000_000)
    fault({ path: '/composite', status: 503, body: [{ errorCode: 'SERVER_UNAVAILABLE', message: '' }] })
    const write = connection.sobject('Lead').create([{ LastName: 'x', Company: 'y' }])
    expect(await failure(write)).toMatchObject({ name: 'SERVER_UNAVAILABLE' })
    expect(await requests()).toEqual(['GET /limits 503', 'GET /limits 200', 'POST /composite/sobjects 503'])
  })

  it('five calls whose session has ended renew it once, and each is sent again', async () => {
    await fetch(`${base}/_twin/sessions`, { method: 'DELETE' })
    const asked = Array.from({ length: 5 }, () => connection.query('SELECT Id FROM Lead LIMIT 1'))
    expect((await Promise.all(asked)).map(({ totalSize }) => totalSize)).toEqual(Array(5).fill(1))
    expect(refreshes).toBe(1)
    const statuses = (await requests()).map(one => one.slice(-3))
    expect(statuses.toSorted()).toEqual([...Array(5).fill('200'), ...Array(5).fill('401')])
  })

  it('a token that is taken back is refused, whoever has it', async () => {
    const { accessToken } = connection
    await connection.logout()
    const other = new Connection({ instanceUrl: base, accessToken: accessToken ?? '', version: '66.0' })
    expect(await failure(other.query('SELECT Id FROM Lead'))).toMatchObject({ name: 'INVALID_SESSION_ID' })
  })
})

describe('bulk jobs', () => {
  const soon = { pollInterval: 1, pollTimeout: 10_000 }
  const rowsOf = async (query: string) => {
    const stream = await connection.bulk2.query(query, soon)
    const rows: Record<string, string>[] = []
    stream.on('record', row => rows.push(row as Record<string, string>))
    await new Promise(resolve => stream.on('end', resolve))
    return rows
  }

  it('give values that jsforce splits at no delimiter of any kind', async () => {
    const Company = 'a;b|c^d`e\tf,"g"'
    const saved = await connection.sobject('Lead').create({ LastName: 'Odd', Company, Description: 'a\nb' })
    const [row] = await rowsOf(`SELECT Company, Description, Title FROM Lead WHERE Id = '${saved.id}'`)
    expect(row).toEqual({ Company, Description: 'a\nb', Title: '' })
  })

  it('tell what was taken, refused and left, as jsforce parses it', async () => {
    const results = await connection.bulk2.loadAndWaitForResults({
      ...{ object: 'Lead', operation: 'insert', ...soon },
      input: [
        { LastName: 'One', Company: 'a;b', Title: null },
        { LastName: 'Two', Company: 'x', Leadtime_Status__c: 'late' },
      ] as never,
    })
    // Columns are those of the first record: jsforce loses what only a later one has before it sends anything.
    const made = { sf__Id: expect.stringMatching(/^00Q\w{15}$/), sf__Created: 'true' }
    expect(results.successfulResults).toEqual([
      { ...made, LastName: 'One', Company: 'a;b', Title: '#N/A' },
      { ...made, LastName: 'Two', Company: 'x', Title: '' },
    ])
    const refused = await connection.bulk2.loadAndWaitForResults({
      ...{ object: 'Lead', operation: 'insert', ...soon },
      input: 'LastName,Company,Leadtime_Status__c\nThree,x,late\n',
    })
    expect(refused.failedResults).toMatchObject([
      {
        sf__Id: '',
        sf__Error: expect.stringMatching(
          /^INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST:.*:Leadtime_Status__c --$/,
        ),
      },
    ])
    expect(refused.unprocessedRecords).toEqual([])
  })

  it('renew a session that has ended', async () => {
    await fetch(`${base}/_twin/sessions`, { method: 'DELETE' })
    expect(await rowsOf('SELECT Id FROM Lead LIMIT 3')).toHaveLength(3)
    expect(refreshes).toBe(1)
  })

  it('that cannot be made are thrown; jsforce then deletes one that never was', async () => {
    expect(await failure(connection.bulk2.query('SELECT Nothing FROM Lead', soon))).toMatchObject({
      name: 'INVALID_FIELD',
    })
    await expect.poll(async () => (await requests()).at(-1)).toMatch(/^DELETE \/jobs\/query\/undefined 404$/)
  })

  it('that take too long are given up by jsforce, which fails to delete them while they run', async () => {
    const plan = { queuedSeconds: 3600, clock: 'real' }
    const json = { 'content-type': 'application/json' }
    await fetch(`${base}/_twin/bulk`, { method: 'PUT', headers: json, body: JSON.stringify(plan) })
    const asked = connection.bulk2.query('SELECT Id FROM Lead', { pollInterval: 5, pollTimeout: 30 })
    expect(await failure(asked)).toMatchObject({ name: 'JobPollingTimeout' })
    await expect.poll(async () => (await requests()).at(-1)).toMatch(/^DELETE \/jobs\/query\/750\w+ 400$/)
  })

  it('whose upload meets a 503 are not closed with nothing in them', async () => {
    fault({ method: 'PUT', path: '/batches', status: 503, body: 'busy', times: 1 })
    const input = 'LastName,Company\nFour,x\n'
    const load = connection.bulk2.loadAndWaitForResults({
      object: 'Lead',
      operation: 'insert',
      input,
      ...soon,
    })
    expect((await failure(load)).message).toMatch(/disturbed or locked/)
    expect((await requests()).filter(one => one.startsWith('PATCH'))).toEqual([])
  })
})

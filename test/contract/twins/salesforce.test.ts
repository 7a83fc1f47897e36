import { Connection, OAuth2 } from 'jsforce'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { company, event, person } from '../../unit/twins/salesforce/world.ts'

const NOW = Date.UTC(2026, 2, 1, 12)
const PEOPLE = 250
/** More than two pages. */
const MANY = 4100

let clock: VirtualClock
let twin: SalesforceTwin
let base: string
let connection: Connection
let refreshes: number
let tick: number

beforeEach(() => start(PEOPLE))

afterEach(() => twin.close())

async function start(people: number): Promise<void> {
  clock = new VirtualClock(NOW)
  tick = 0
  refreshes = 0
  twin = salesforceTwin({ clock, file: ':memory:', sessionSeconds: 60, real: () => tick })
  load(people)
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  connection = connect()
  await connection.authorize({ grant_type: 'client_credentials' })
}

/** Leads p00000, p00001 … one a minute; p00001 is deleted, p00002 converted. */
function load(people: number): void {
  twin.sink.begin(company())
  for (let i = 0; i < people; i++) {
    const minute = i / 60
    const own = [event('mql', minute)]
    if (i === 1) own.push(event('deleted', minute + 1))
    if (i === 2) own.push(event('won', minute + 1, { deal: 'd', amount: 10, actor: 'ann' }))
    twin.sink.person(person(`p${String(i).padStart(5, '0')}`), own)
  }
  twin.sink.end()
}

function connect(): Connection {
  return new Connection({
    version: '66.0',
    instanceUrl: base,
    oauth2: { clientId: 'leadtime', clientSecret: 'leadtime-secret', loginUrl: base },
    refreshFn: (_connection, done) => {
      refreshes++
      grant().then(
        reply => done(null, reply.access_token),
        error => done(error as Error),
      )
    },
  })
}

/** A new token as a client-credentials client asks for one. */
async function grant(form: Record<string, string> = {}): Promise<{ access_token: string }> {
  const body = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: 'leadtime',
    client_secret: 'leadtime-secret',
    ...form,
  })
  const response = await fetch(`${base}/services/oauth2/token`, { method: 'POST', body })
  return (await response.json()) as { access_token: string }
}

const leadIds = async (limit: number) => {
  const { records } = await connection.query<{ Id: string }>(
    `SELECT Id FROM Lead WHERE IsConverted = false ORDER BY Id LIMIT ${limit}`,
  )
  return records.map(record => record.Id)
}

const refused = async (work: PromiseLike<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown: Error & { errorCode?: string }) => thrown,
  )
  if (!error) throw new Error('nothing was refused')
  return { code: error.errorCode ?? error.name, message: error.message }
}

describe('signing in', () => {
  it('tells jsforce who it is and where', async () => {
    expect(connection.instanceUrl).toBe(base)
    const identity = await connection.identity()
    expect(identity).toMatchObject({ username: 'leadtime.integration@leadtime.example.com' })
    expect(connection.userInfo).toMatchObject({
      id: identity.user_id,
      organizationId: identity.organization_id,
    })
    expect(connection.accessToken).toMatch(/^00D\w{12}!/)
  })

  it('gives tokens for the refresh token', async () => {
    const oauth2 = new OAuth2({ clientId: 'leadtime', clientSecret: 'leadtime-secret', loginUrl: base })
    const reply = await oauth2.refreshToken('leadtime-refresh')
    expect(reply).toMatchObject({ token_type: 'Bearer', instance_url: base })
    expect(await refused(oauth2.refreshToken('stale'))).toEqual({
      code: 'invalid_grant',
      message: 'expired access/refresh token',
    })
  })

  it.each([
    [{ client_secret: 'wrong' }, 'invalid_client'],
    [{ client_id: 'wrong' }, 'invalid_client_id'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuses %j', async (form, error) => {
    expect(await grant(form)).toMatchObject({ error })
  })

  it('takes the client from HTTP Basic, in a chunked form too', async () => {
    const authorization = `Basic ${btoa('leadtime:leadtime-secret')}`
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('grant_type=client'))
        controller.enqueue(new TextEncoder().encode('_credentials'))
        controller.close()
      },
    })
    const headers = { authorization, 'content-type': 'application/x-www-form-urlencoded' }
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const response = await fetch(`${base}/services/oauth2/token`, init)
    expect(await response.json()).toMatchObject({ token_type: 'Bearer' })
  })

  it('answers 401 once the sessions are ended, and jsforce signs in again', async () => {
    const response = await fetch(`${base}/_twin/sessions`, { method: 'DELETE' })
    expect(await response.json()).toEqual({ ended: 1 })
    const { totalSize } = await connection.query('SELECT Id FROM Lead LIMIT 1')
    expect({ totalSize, refreshes }).toEqual({ totalSize: 1, refreshes: 1 })
  })

  it('answers 401 to a token that lay unused too long', async () => {
    tick += 61_000
    await connection.query('SELECT Id FROM Lead LIMIT 1')
    expect(refreshes).toBe(1)
  })

  it('refuses without a session in the vendor’s form', async () => {
    const response = await fetch(`${base}/services/data/v66.0/limits`)
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual([
      { message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' },
    ])
  })

  it('revokes a token', async () => {
    const headers = { authorization: `Bearer ${connection.accessToken}` }
    const status = async () => (await fetch(`${base}/services/data/v66.0/limits`, { headers })).status
    expect(await status()).toBe(200)
    await connection.logout()
    expect(await status()).toBe(401)
  })
})

describe('paging', () => {
  beforeEach(async () => {
    await twin.close()
    await start(MANY)
  })

  it('pages to the end', async () => {
    const result = await connection.query<{ Id: string }>('SELECT Id FROM Lead ORDER BY Id', {
      autoFetch: true,
      maxFetch: 100_000,
    })
    expect(result).toMatchObject({ totalSize: MANY - 1, done: true })
    expect(result.records).toHaveLength(MANY - 1)
    const ids = result.records.map(record => record.Id)
    expect(ids).toEqual(ids.toSorted())
    expect(new Set(ids).size).toBe(MANY - 1)
  })

  it('keeps the page size a client asks for, within bounds', async () => {
    const pageOf = async (batchSize: number) => {
      const headers = { 'Sforce-Query-Options': `batchSize=${batchSize}` }
      return (await connection.query('SELECT Id FROM Lead', { headers })).records.length
    }
    expect(await Promise.all([pageOf(1), pageOf(500), pageOf(9999)])).toEqual([200, 500, 2000])
  })

  it('continues a result set as it was when it was asked for', async () => {
    const first = await connection.query('SELECT Id, Status FROM Lead ORDER BY Status, Id')
    expect(first).toMatchObject({ done: false, totalSize: MANY - 1 })
    const ids = await leadIds(200)
    const records = ids.map(Id => ({ Id, Status: 'Nurturing' }))
    await connection.sobject('Lead').update(records)
    const second = await connection.queryMore(first.nextRecordsUrl!)
    const again = await connection.queryMore(first.nextRecordsUrl!)
    expect(second).toEqual(again)
    expect(second.records.some(record => record.Id === first.records[0]?.Id)).toBe(false)
    expect(await refused(connection.queryMore('/services/data/v66.0/query/0r8nonsense-2000'))).toEqual({
      code: 'INVALID_QUERY_LOCATOR',
      message: 'invalid query locator',
    })
  })
})

describe('reading', () => {
  it('shows deleted and converted leads', async () => {
    const bin = 'SELECT Id, SystemModstamp FROM Lead WHERE IsDeleted = true'
    expect((await connection.query(bin)).totalSize).toBe(0)
    const { records } = await connection.query(bin, { scanAll: true })
    expect(records).toMatchObject([{ SystemModstamp: '2026-01-01T01:01:00.000+0000' }])
    const { totalSize } = await connection.query('SELECT Id FROM Lead', { scanAll: true })
    expect(totalSize).toBe(PEOPLE)
  })

  it('describes what it has', async () => {
    const lead = await connection.describe('Lead')
    const field = (name: string) => lead.fields.find(one => one.name === name)
    expect(field('Leadtime_Status__c')).toMatchObject({ type: 'picklist', restrictedPicklist: true })
    expect(field('Leadtime_Status__c')?.picklistValues?.map(one => one.value)).toContain('due_soon')
    expect(field('Leadtime_Follow_Up_Hours__c')).toMatchObject({ type: 'double', precision: 18, scale: 2 })
    expect(field('Leadtime_Reason__c')).toMatchObject({ type: 'string', length: 255, custom: true })
    expect(field('OwnerId')).toMatchObject({ referenceTo: ['Group', 'User'], relationshipName: 'Owner' })
    const all = await connection.describeGlobal()
    expect(all.sobjects.map(object => object.name)).toEqual(
      expect.arrayContaining(['Lead', 'OpportunityHistory']),
    )
    expect(await refused(connection.describe('Nothing'))).toMatchObject({ code: 'NOT_FOUND' })
  })

  it('retrieves records by id, in order, null for none', async () => {
    const [first, second] = await leadIds(2)
    const rows = await connection.sobject('Lead').retrieve([second!, first!])
    expect(rows.map(row => row.Id)).toEqual([second, first])
    const body = { ids: [second, '00Q000000000000AAA'], fields: ['Name'] }
    const some = await connection.requestPost('/composite/sobjects/Lead', body)
    expect(some).toEqual([
      { attributes: expect.objectContaining({ type: 'Lead' }), Id: second, Name: expect.any(String) },
      null,
    ])
  })

  it('tells how much of the day’s calls is used', async () => {
    await connection.query('SELECT Id FROM Lead LIMIT 1')
    const before = connection.limitInfo.apiUsage?.used ?? 0
    const limits = await connection.limits()
    expect(limits.DailyApiRequests?.Max).toBe(1_000_000)
    expect(connection.limitInfo.apiUsage).toEqual({ used: before + 1, limit: 1_000_000 })
  })
})

describe('refusing', () => {
  it.each([
    ['SELECT Foo FROM Lead', 'INVALID_FIELD', "No such column 'Foo' on entity 'Lead'"],
    ['SELECT Id FROM Foo', 'INVALID_TYPE', "sObject type 'Foo' is not supported"],
    ['SELECT Id FROM', 'MALFORMED_QUERY', 'unexpected token'],
  ])('%s', async (text, code, words) => {
    const refusal = await refused(connection.query(text))
    expect(refusal.code).toBe(code)
    expect(refusal.message).toContain(words)
  })

  it('answers unknown paths, versions and broken bodies in the vendor’s form', async () => {
    const headers = { authorization: `Bearer ${connection.accessToken}`, 'content-type': 'application/json' }
    const answer = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(base + path, { headers, ...init })
      return [response.status, ((await response.json()) as { errorCode: string }[])[0]?.errorCode]
    }
    expect(await answer('/services/data/v66.0/nowhere')).toEqual([404, 'NOT_FOUND'])
    expect(await answer('/services/data/v12.0/limits')).toEqual([404, 'NOT_FOUND'])
    const broken = { method: 'PATCH', body: '{"records": [' }
    expect(await answer('/services/data/v66.0/composite/sobjects', broken)).toEqual([
      400,
      'JSON_PARSER_ERROR',
    ])
  })
})

describe('writing', () => {
  type Outcome = {
    id?: string
    success: boolean
    errors: { statusCode?: string; errorCode?: string; fields?: string[] }[]
  }
  const update = async (records: { Id: string; [field: string]: unknown }[], allOrNone = false) =>
    (await connection.sobject('Lead').update(records, { allOrNone })) as unknown as Outcome[]
  const codes = (outcomes: Outcome[]) =>
    outcomes.map(outcome =>
      outcome.success ? 'ok' : (outcome.errors[0]?.statusCode ?? outcome.errors[0]?.errorCode),
    )

  it('gives each record its own result in order', async () => {
    const [ok, twice, status, long, type, unknown, readOnly] = await leadIds(7)
    const deleted = await connection.query<{ Id: string }>('SELECT Id FROM Lead WHERE IsDeleted = true', {
      scanAll: true,
    })
    const converted = await connection.query<{ Id: string }>('SELECT Id FROM Lead WHERE IsConverted = true')
    const results = await update([
      {
        Id: ok!,
        Leadtime_Overdue__c: true,
        Leadtime_Due__c: '2026-03-01T10:30:15.900Z',
        Leadtime_Attempts__c: 2,
      },
      { Id: twice!, Leadtime_Overdue__c: true },
      { Id: twice!, Leadtime_Overdue__c: false },
      { Id: status!, Leadtime_Status__c: 'late' },
      { Id: long!, Leadtime_Reason__c: 'x'.repeat(256) },
      { Id: type!, Leadtime_Due__c: 'tomorrow' },
      { Id: unknown!, Leadtime_Nothing__c: 1 },
      { Id: readOnly!, CreatedDate: '2026-03-01T10:30:15Z' },
      { Id: deleted.records[0]!.Id, Leadtime_Overdue__c: true },
      { Id: converted.records[0]!.Id, Leadtime_Overdue__c: true },
      { Id: '00Q000000000000AAA', Leadtime_Overdue__c: true },
    ])
    expect(codes(results)).toEqual([
      'ok',
      'ok',
      'DUPLICATE_VALUE',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
      'STRING_TOO_LONG',
      'INVALID_TYPE_ON_FIELD_IN_RECORD',
      'INVALID_FIELD',
      'INVALID_FIELD_FOR_INSERT_UPDATE',
      'ENTITY_IS_DELETED',
      'CANNOT_UPDATE_CONVERTED_LEAD',
      'INVALID_CROSS_REFERENCE_KEY',
    ])
    expect(results[0]).toEqual({ id: ok, success: true, errors: [] })
    expect(results[4]?.errors[0]?.fields).toEqual(['Leadtime_Reason__c'])
    const row = await connection.sobject('Lead').retrieve(ok!)
    expect(row).toMatchObject({
      Leadtime_Overdue__c: true,
      Leadtime_Due__c: '2026-03-01T10:30:15.000+0000',
      Leadtime_Attempts__c: 2,
      SystemModstamp: '2026-03-01T12:00:00.000+0000',
      LastModifiedDate: '2026-03-01T12:00:00.000+0000',
      CreatedDate: '2026-01-01T00:00:00.000+0000',
    })
  })

  it('undoes everything when all or none is asked', async () => {
    const [good, bad] = await leadIds(2)
    const results = await update(
      [
        { Id: good!, Leadtime_Overdue__c: true },
        { Id: bad!, Leadtime_Status__c: 'late' },
      ],
      true,
    )
    expect(codes(results)).toEqual([
      'ALL_OR_NONE_OPERATION_ROLLED_BACK',
      'INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST',
    ])
    expect(await connection.sobject('Lead').retrieve(good!)).toMatchObject({ Leadtime_Overdue__c: false })
  })

  it('takes 200 records and ten runs of one type', async () => {
    const ids = await leadIds(201)
    const records = ids.map(id => ({ attributes: { type: 'Lead' }, id, Leadtime_Attempts__c: 1 }))
    const patch = (some: unknown[]) =>
      connection.request({
        method: 'PATCH',
        url: '/composite/sobjects',
        body: JSON.stringify({ allOrNone: false, records: some }),
        headers: { 'content-type': 'application/json' },
      })
    expect(await patch(records.slice(0, 200))).toHaveLength(200)
    expect(await refused(patch(records))).toMatchObject({ code: 'EXCEEDED_MAX_SIZE_REQUEST' })
    const mixed = records
      .slice(0, 11)
      .map((record, i) => ({ ...record, attributes: { type: i % 2 ? 'Contact' : 'Lead' } }))
    expect(await refused(patch(mixed))).toMatchObject({ code: 'INVALID_INPUT' })
  })

  it('enters every written field in the write log, those that change nothing as such', async () => {
    const [id] = await leadIds(1)
    await update([{ Id: id!, Leadtime_Status__c: 'running', Leadtime_Overdue__c: false }])
    const response = await fetch(`${base}/_twin/writes`)
    expect(await response.json()).toEqual({
      total: 2,
      same: 1,
      writes: [
        { seq: 1, record: `Lead/${id}`, field: 'Leadtime_Status__c', from: null, to: 'running', at: NOW },
        {
          seq: 2,
          record: `Lead/${id}`,
          field: 'Leadtime_Overdue__c',
          from: false,
          to: false,
          at: NOW,
          same: true,
        },
      ],
    })
  })

  it('creates, changes and deletes one record', async () => {
    const [WhoId] = await leadIds(1)
    const created = await connection.sobject('Task').create({ Subject: 'Call back', WhoId })
    expect(created).toMatchObject({ success: true })
    const id = created.id!
    expect(await connection.sobject('Task').retrieve(id)).toMatchObject({
      Status: 'Not Started',
      IsClosed: false,
    })
    await connection.sobject('Task').update({ Id: id, Status: 'Completed' })
    expect(await connection.sobject('Task').retrieve(id)).toMatchObject({
      IsClosed: true,
      CompletedDateTime: '2026-03-01T12:00:00.000+0000',
    })
    await connection.sobject('Task').destroy(id)
    expect(await refused(connection.sobject('Task').retrieve(id))).toMatchObject({ code: 'NOT_FOUND' })
    expect(await refused(connection.sobject('Task').update({ Id: id, Subject: 'x' }))).toMatchObject({
      code: 'ENTITY_IS_DELETED',
    })
  })

  it('keeps the history of a status a client changes', async () => {
    const [Id] = await leadIds(1)
    await update([{ Id: Id!, Status: 'Qualified' }])
    const { records } = await connection.query(
      `SELECT Field, OldValue, NewValue FROM LeadHistory WHERE LeadId = '${Id}'`,
    )
    expect(records).toMatchObject([
      { Field: 'Status', OldValue: 'Open - Not Contacted', NewValue: 'Qualified' },
    ])
  })
})

describe('control', () => {
  it('counts calls and records, and lists people with their records', async () => {
    const before = twin.app.counters.state()
    const [id] = await leadIds(10)
    await connection.sobject('Lead').update([{ Id: id!, Leadtime_Overdue__c: true }])
    const after = twin.app.counters.state()
    expect(after.reads).toEqual({ calls: before.reads.calls + 1, records: before.reads.records + 10 })
    expect(after.writes).toEqual({ calls: before.writes.calls + 1, records: before.writes.records + 1 })
    const response = await fetch(`${base}/_twin/people?after=p00001&limit=1`)
    const { people } = (await response.json()) as {
      people: { person: string; records: { object: string }[] }[]
    }
    expect(people.map(one => one.person)).toEqual(['p00002'])
    expect(people[0]?.records.map(record => record.object)).toEqual(['Contact', 'Lead', 'Opportunity'])
  })

  it('applies live events under the client’s eyes', async () => {
    const stamp = 'SELECT Id FROM Lead WHERE SystemModstamp >= 2026-03-01T12:00:00Z'
    expect((await connection.query(stamp)).totalSize).toBe(0)
    twin.sink.apply('p00000', event('assigned', (NOW - Date.UTC(2026, 0, 1)) / 3_600_000, { actor: 'ann' }))
    expect((await connection.query(stamp)).totalSize).toBe(1)
  })
})

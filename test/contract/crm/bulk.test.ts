import { afterEach, describe, expect, test } from 'vitest'
import type { Crm, Cursor, Page, PulledRecord } from '../../../src/crm/crm.ts'
import type { ObjectName } from '../../../src/domain/facts.ts'
import type { Sink } from '../../../src/twins/scenario/types.ts'
import {
  type Bench,
  bench,
  connect,
  event,
  HOUR,
  idsIn,
  idsOf,
  mqls,
  NOW,
  scan,
  somebody,
} from './company.ts'

const MINUTE = 60_000
const DAY = 24 * HOUR
let at: Bench

afterEach(async () => await at.close())

/** Pages of 40, and from 100 records on. */
const SMALL = { from: 100, page: 40 }

/** A twin whose clock goes on while the adapter waits. */
async function start(fill: (sink: Sink) => void, bulk = SMALL, plan: object = {}): Promise<void> {
  const meanwhile = (ms: number) => at.clock.set(at.clock.now() + ms)
  at = await bench('salesforce', fill, { bulk, meanwhile, fields: POLICY })
  await bulkPlan(plan)
}

/** Fields of Lead that a policy could name: of each type that CSV could get wrong. */
const POLICY = ['Score__c', 'Target_Account__c', 'Interests__c', 'NumberOfEmployees', 'EmailBouncedDate'].map(
  name => ({ name, key: 'stages.mql' }),
)

const bulkPlan = (plan: object) =>
  fetch(`${at.url}/_twin/bulk`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(plan),
  })

/** The same organisation, read by REST alone. */
const byRest = (bulk = { from: Number.POSITIVE_INFINITY, page: 1 }): Promise<Crm> =>
  connect(
    'salesforce',
    at.url,
    { tries: 1, random: () => 0, sleep: async () => undefined },
    { bulk, fields: POLICY },
  )

const sorted = (records: readonly PulledRecord[]) =>
  [...new Map(records.map(record => [record.id, record])).values()].sort((a, b) => (a.id < b.id ? -1 : 1))

const calls = (route: string) =>
  Object.entries(at.app.counters.state().calls)
    .filter(([name]) => name.endsWith(route))
    .reduce((sum, [, count]) => sum + count, 0)

const RESULTS = '/jobs/query/:id/results'
const never = new AbortController().signal

/** Reads until `enough` of a page; the last cursor that came. */
async function killedAfter(enough: (page: Page, pages: Page[]) => boolean): Promise<Page[]> {
  const pages: Page[] = []
  for await (const page of at.crm.changes('lead', null, never)) {
    pages.push(JSON.parse(JSON.stringify(page)) as Page)
    if (enough(page, pages)) break
  }
  return pages
}

const NASTY = [
  'a\nb\r\nc',
  'say "so", twice ""',
  '#N/A',
  'NA',
  '\uFEFFmark',
  ';|^`\t',
  "O'Brien \\",
  'ü€𝄞',
  'x'.repeat(31_990),
]

/** People whose records use every object and every kind of value. */
function story(sink: Sink): void {
  for (const [i, note] of NASTY.entries()) {
    const key = `n${i}`
    const t = NOW - 90 * HOUR + i * MINUTE
    const detail = (field: string, value: string) => ({ detail: `salesforce.${field}=${value}` })
    sink.person(somebody(key), [
      event(key, t, 'mql'),
      event(key, t + HOUR, 'assigned', { actor: 'ann' }),
      event(key, t + HOUR, 'updated', detail('Score__c', `${i}.5`)),
      event(key, t + 2 * HOUR, 'updated', detail('Score__c', `${i}`)),
      event(key, t + 2 * HOUR, 'updated', detail('Interests__c', 'Engines;Paper')),
      event(key, t + 2 * HOUR, 'updated', detail('Target_Account__c', 'true')),
      event(key, t + 2 * HOUR, 'updated', detail('EmailBouncedDate', '2026-09-01T10:00:00Z')),
      event(key, t + 3 * HOUR, 'call', { actor: 'ann', direction: 'out', outcome: 'no_answer' }),
      event(key, t + 4 * HOUR, 'email', { actor: 'ann', direction: 'out', outcome: 'replied' }),
      event(key, t + 5 * HOUR, 'meeting', { actor: 'ann', outcome: 'held' }),
      i % 2 === 0
        ? event(key, t + 6 * HOUR, 'rejected', { actor: 'ann', detail: `No budget: ${note}` })
        : event(key, t + 6 * HOUR, 'won', { actor: 'ann', deal: `d${i}`, amount: 100.25 }),
      ...(i === 4 ? [event(key, t + 7 * HOUR, 'deleted')] : []),
    ])
  }
}

describe('a first reading through a bulk job', () => {
  test('fault 10: gives record for record what REST gives, whatever the values', async () => {
    await start(story, { from: 1, page: 3 })
    at.sink.apply('n1', event('n1', NOW - HOUR, 'updated', { detail: 'company=a "b",\n#N/A' }))
    const rest = await byRest()
    for (const object of at.crm.objects) {
      const expected = (await scan(rest, object)).records
      const { records, cursor } = await scan(at.crm, object)
      expect(sorted(records), object).toEqual(sorted(expected))
      expect(cursor).toMatchObject({ since: NOW })
    }
    await rest.close()
    const read = at.crm.objects.filter(object => object !== 'email')
    expect(calls('POST /services/data/:version/jobs/query')).toBeGreaterThanOrEqual(read.length)
  })

  test('fault 11: 10,001 records in two pages are 10,001', async () => {
    await start(mqls(10_001, 0), { from: 100, page: 10_000 })
    const { records } = await scan(at.crm, 'lead')
    expect(idsOf(records)).toHaveLength(10_001)
    expect(calls(RESULTS)).toBe(2)
  })

  test('costs a call a page, and the polls of a job that takes 14 s', async () => {
    await start(mqls(200, 1000), { from: 200, page: 100 }, { queuedSeconds: 4, runningSeconds: 10 })
    await scan(at.crm, 'lead')
    expect([calls('/queryAll'), calls('POST /services/data/:version/jobs/query'), calls(RESULTS)]).toEqual([
      1, 1, 2,
    ])
    expect(at.slept).toEqual([2000, 3000, 4500, 6750])
    const { reads, writes } = at.app.counters.state()
    expect(at.crm.traffic()).toEqual({ reads, writes })
  })

  test('few records, or a second reading, make no job', async () => {
    await start(mqls(199, 1000), { from: 200, page: 100 })
    const { cursor } = await scan(at.crm, 'lead')
    at.clock.set(NOW + HOUR)
    for (let i = 0; i < 199; i++) {
      const key = `p${String(i).padStart(5, '0')}`
      at.sink.apply(key, event(key, NOW + HOUR, 'accepted', { actor: 'ann' }))
    }
    expect((await scan(at.crm, 'lead', cursor)).records).toHaveLength(199)
    expect(calls('/jobs/query')).toBe(0)
  })

  test('tells how many there are and how far it is', async () => {
    await start(mqls(120, 1000))
    const { pages } = await scan(at.crm, 'lead')
    expect(pages.map(({ progress }) => progress)).toEqual(
      [120, 40, 40, 80, 80, 120, 120].map(done => ({ done, total: 120 })),
    )
  })

  test('newest wins: what changes after the job was made comes with the next reading', async () => {
    await start(mqls(120, 1000), SMALL, { runningSeconds: 60 })
    const kept = new Map<string, PulledRecord>()
    const { cursor } = await scan(at.crm, 'lead')
    at.sink.apply('p00003', event('p00003', NOW + 30_000, 'updated', { detail: 'company=Newer' }))
    for (const record of (await scan(at.crm, 'lead', cursor)).records) kept.set(record.id, record)
    expect([...kept.values()].map(({ fields }) => fields.company)).toEqual(['Newer'])
  })
})

describe('fault 6: a process that is killed', () => {
  test('goes on at the page it was in, with the same job', async () => {
    await start(mqls(120, 1000))
    const whole = (await scan(at.crm, 'lead')).pages
    for (const place of whole.keys()) {
      const before = calls('POST /services/data/:version/jobs/query')
      const pages = await killedAfter((_, read) => read.length === place + 1)
      const results = calls(RESULTS)
      const rest = await scan(at.crm, 'lead', pages.at(-1)?.cursor ?? null)
      const read = pages.slice(1).flatMap(page => page.records)
      if (place < whole.length - 1) expect(idsOf([...read, ...rest.records])).toEqual(await idsIn(at))
      // Pages that had come whole are not asked for again.
      expect(calls(RESULTS) - results).toBe(place === whole.length - 1 ? 0 : 3 - Math.floor(place / 2))
      expect(calls('POST /services/data/:version/jobs/query')).toBe(before + 1)
    }
  })

  test.each([
    ['the job expired, eight days later', () => at.clock.set(NOW + 8 * DAY)],
    ['an administrator deleted it', () => deleteJobs()],
  ])('%s: goes on by ranges, after the rows it had read by key', async (_, lose) => {
    await start(mqls(4_100, 1000), { from: 100, page: 1000 })
    const pages = await killedAfter((_, read) => read.length === 3)
    await lose()
    const before = at.app.counters.state().reads.calls
    const rest = await scan(at.crm, 'lead', pages.at(-1)?.cursor ?? null)
    expect(idsOf([...pages[0]!.records, ...rest.records])).toEqual(await idsIn(at))
    expect(rest.records).toHaveLength(2_100)
    expect(at.app.counters.state().reads.calls - before).toBeLessThanOrEqual(4)
    expect(rest.cursor).toMatchObject({ since: NOW })
  })

  test('with another API version meanwhile: goes on by ranges', async () => {
    await start(mqls(120, 1000))
    const pages = await killedAfter((_, read) => read.length === 3)
    at.fault({ path: 'results', status: 409, body: [{ errorCode: 'API_VERSION_MISMATCH', message: 'no' }] })
    const rest = await scan(at.crm, 'lead', pages.at(-1)?.cursor ?? null)
    expect(idsOf([...pages[0]!.records, ...rest.records])).toEqual(await idsIn(at))
  })
})

async function deleteJobs(): Promise<void> {
  const { app } = at
  const token = await fetch(`${at.url}/services/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      ...{ grant_type: 'client_credentials', client_id: 'leadtime', client_secret: 'leadtime-secret' },
    }),
  })
  const { access_token } = (await token.json()) as { access_token: string }
  const headers = { authorization: `Bearer ${access_token}` }
  const jobs = await app.inject({ url: '/services/data/v66.0/jobs/query', headers })
  for (const { id } of (jobs.json() as { records: { id: string }[] }).records)
    await app.inject({ method: 'DELETE', url: `/services/data/v66.0/jobs/query/${id}`, headers })
}

describe('fault 9: a job that comes to nothing', () => {
  test.each(['Failed', 'Aborted'] as const)('%s: the records are read by ranges', async ends => {
    await start(mqls(2_500, 1000), SMALL, { ends, runningSeconds: 30 })
    const { records, pages } = await scan(at.crm, 'lead')
    expect(idsOf(records)).toEqual(await idsIn(at))
    expect(records).toHaveLength(2_500)
    expect(calls(RESULTS)).toBe(0)
    // Said once, so that whoever waits can know.
    expect(pages.flatMap(({ detour }) => detour ?? [])).toEqual([`it is ${ends}`])
  })

  test('stuck in progress: asked for less and less often, given up after 45 minutes, aborted', async () => {
    await start(mqls(120, 1000), SMALL, { ends: 'InProgress' })
    expect(idsOf((await scan(at.crm, 'lead')).records)).toEqual(await idsIn(at))
    const waited = at.slept.reduce((sum, ms) => sum + ms, 0)
    expect(waited).toBeGreaterThan(44 * MINUTE)
    expect(waited).toBeLessThan(46 * MINUTE)
    expect(at.slept.slice(0, 3)).toEqual([2000, 3000, 4500])
    expect(Math.max(...at.slept)).toBe(30_000)
    expect(calls('PATCH /services/data/:version/jobs/query/:id')).toBe(1)
  })

  test('stuck since before a restart: its age counts from its creation', async () => {
    await start(mqls(120, 1000), SMALL, { ends: 'InProgress' })
    const pages = await killedAfter(() => true)
    at.clock.set(NOW + 2 * HOUR)
    const rest = await scan(at.crm, 'lead', pages.at(-1)?.cursor ?? null)
    expect(at.slept).toEqual([])
    expect(idsOf([...pages[0]!.records, ...rest.records])).toEqual(await idsIn(at))
  })

  test.each([
    ['LIMIT_EXCEEDED', 400],
    ['INVALIDENTITY', 400],
    ['API_DISABLED_FOR_ORG', 403],
  ])('refused with %s when it is to be made: read by ranges', async (errorCode, status) => {
    await start(mqls(120, 1000))
    at.fault({ method: 'POST', path: '/jobs/query', status, body: [{ errorCode, message: 'no' }] })
    expect(idsOf((await scan(at.crm, 'lead')).records)).toEqual(await idsIn(at))
  })

  test('fewer records in all than the job counted: read by ranges', async () => {
    await start(mqls(2_500, 1000), { from: 100, page: 1000 })
    // Every page is whole by what it says of itself; the records of the first are those that come last by key.
    at.fault({ ...answer(some, 1, 'MTAwMA'), times: 1 })
    const { records, cursor } = await scan(at.crm, 'lead')
    expect(real(records)).toEqual(await idsIn(at))
    expect(cursor).toMatchObject({ since: NOW })
    expect(calls('/queryAll')).toBe(1)
  })
})

/** A page that another way of reading would take for whole. */
const answer = (text: string, count: number, locator = 'null') => ({
  path: 'results',
  status: 200,
  body: text,
  headers: {
    ...{ 'content-type': 'text/csv', 'sforce-locator': locator },
    'sforce-numberofrecords': String(count),
  },
})
const some =
  '"Id","SystemModstamp","CreatedDate"\n"00QLt0000000001MAA","2026-09-30T08:00:00Z","2026-09-30T08:00:00Z"\n'
/** Without the row of it. */
const real = (records: readonly PulledRecord[]) =>
  idsOf(records.filter(({ fields }) => fields.email !== null))

describe('fault 10: a page of results that', () => {
  const BAD = {
    'ends in the middle of a value': answer(`${some}"00QLt00000000`, 2),
    'ends in the middle of a line': answer(`${some}"00QLt0000000002MAA"`, 2),
    'ends between two lines': answer(some, 2),
    'has more rows than announced': answer(some, 0),
    'is empty': answer('', 0),
    'has no ids': answer('"SystemModstamp"\n"2026-09-30T08:00:00.000Z"\n', 1),
    'is a sign-in page': { path: 'results', status: 200, body: '<html>sign in</html>' },
    'does not say what comes next': {
      ...answer(some, 1),
      headers: { 'content-type': 'text/csv', 'sforce-numberofrecords': '1' },
    },
    'is lost on the way': { path: 'results', drop: 'after' as const },
  }

  test.each(Object.entries(BAD))('%s is read again', async (_, fault) => {
    await start(mqls(120, 1000))
    at.fault({ ...fault, times: 2 })
    const { records } = await scan(at.crm, 'lead')
    expect(real(records)).toEqual(await idsIn(at))
    expect(calls(RESULTS)).toBe(5)
    expect(at.slept).toHaveLength(2)
  })

  test.each(Object.entries(BAD).filter(([, fault]) => !('drop' in fault)))(
    '%s, again and again: read by ranges',
    async (_, fault) => {
      await start(mqls(120, 1000))
      at.fault(fault)
      const { records } = await scan(at.crm, 'lead')
      expect(real(records)).toEqual(await idsIn(at))
      expect(calls('/queryAll')).toBe(1)
    },
  )

  test('names its own locator as the next one: no endless loop', async () => {
    await start(mqls(120, 1000))
    at.fault({ ...answer(some, 1, 'MQ'), path: 'results' })
    const { records } = await scan(at.crm, 'lead')
    expect(real(records)).toEqual(await idsIn(at))
  })
})

test('a session that ends while a page is to be read is renewed', async () => {
  await start(mqls(120, 1000))
  const pages: Page[] = []
  for await (const page of at.crm.changes('lead', null, never)) {
    pages.push(page)
    await fetch(`${at.url}/_twin/sessions`, { method: 'DELETE' })
  }
  expect(idsOf(pages.flatMap(({ records }) => records))).toEqual(await idsIn(at))
})

test('an abort ends a reading in the middle of a page', async () => {
  await start(mqls(120, 1000))
  const stop = new AbortController()
  const reading = async () => {
    for await (const _ of at.crm.changes('lead' as ObjectName, null as Cursor | null, stop.signal))
      stop.abort(new Error('stopping'))
  }
  await expect(reading()).rejects.toThrow('stopping')
})

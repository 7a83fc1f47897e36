import { fastify } from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { delaysOf } from '../../../src/domain/delay.ts'
import { durations } from '../../../src/domain/statistics.ts'
import { DAY, HOUR, type Instant, MINUTE } from '../../../src/domain/time.ts'
import { httpApp } from '../../../src/http/app.ts'
import { storedViews } from '../../../src/http/stored.ts'
import { type DelayGroup, delays } from '../../../src/pipeline/delays.ts'
import { sql } from '../../../src/store/sql.ts'
import { testDatabase } from '../database.ts'
import { company, fill, NOW } from '../pipeline/company.ts'

const START = Date.parse('2026-06-01T00:00:00Z')
const iso = (at: Instant | null) => (at === null ? null : new Date(at).toISOString())

/** Handoffs of every sort: with and without inquiry, crossings, owner and attempt; void ones among them. */
const handoffs = Array.from({ length: 150 }, (_, i) => {
  const t1 = START + i * 9 * HOUR
  const t0 = i % 5 === 0 ? null : t1 - ((i * 7) % 40) * HOUR
  const t2 = i % 6 === 0 ? null : t1 + ((i * 13) % 50) * MINUTE
  return {
    ...{ t0, t1, t2 },
    t3: i % 4 === 0 || t2 === null ? null : t2 + (((i * 11) % 30) - 3) * HOUR,
    hubspotAt: t0 === null || i % 3 === 0 ? null : t0 + (t1 - t0) / 4,
    salesforceAt: t2 === null || i % 7 === 0 ? null : t1 + (t2 - t1) / 2,
    endedAt: null,
    source: i % 5 === 1 ? null : `source ${i % 3}`,
    outcome: i % 17 === 0 ? 'void' : null,
  }
})

test('every span, in all and by source, is that of the handoffs one by one', async () => {
  const db = await testDatabase()
  const rows = handoffs.map(({ hubspotAt, salesforceAt, endedAt: _, source, outcome, ...instants }, i) => ({
    ...{ opened_by: `fact ${i}`, person: i, number: 1, attempts: 0, day_precise: [], source, outcome },
    ...Object.fromEntries(Object.entries(instants).map(([name, at]) => [name, iso(at)])),
    ...{ hubspot_at: iso(hubspotAt), salesforce_at: iso(salesforceAt) },
  }))
  await db.query(sql`
    insert into handoff select * from json_populate_recordset(null::handoff, ${JSON.stringify(rows)}::json)`)
  const period = { from: START + 10 * DAY, to: START + 50 * DAY }
  const report = await delays(db, period)
  const own = handoffs.filter(
    ({ t1, t2, outcome }) => t1 >= period.from && t1 < period.to && t2 !== null && outcome !== 'void',
  )
  expectGroup(report.all, own)
  expect(report.all.rep.negative).toBeGreaterThan(0)
  expect(report.sources.map(({ source }) => source).sort()).toEqual(
    [null, 'source 0', 'source 1', 'source 2'].sort(),
  )
  for (const group of report.sources) {
    expectGroup(
      group,
      own.filter(({ source }) => source === group.source),
    )
  }
})

function expectGroup(got: DelayGroup, own: typeof handoffs): void {
  const told = own.map(handoff => delaysOf(handoff, NOW))
  const spans = told.flatMap(({ system }) => system)
  for (const span of got.spans) {
    expect(span.negative).toBe(0)
    expectSpread(
      span,
      spans.filter(({ name }) => name === span.span).map(({ ms }) => ms),
    )
  }
  expect(new Set(got.spans.map(({ span }) => span))).toEqual(new Set(spans.map(({ name }) => name)))
  expect(got.spans.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9)
  expectSpread(
    got.system,
    told.map(({ systemMs }) => systemMs),
  )
  expectSpread(
    got.rep,
    told.flatMap(({ rep }) => (rep && !rep.running ? rep.ms : [])),
  )
}

function expectSpread(got: DelayGroup['system'], lengths: readonly number[]): void {
  const want = durations(lengths)
  expect({ n: got.n, negative: got.negative }).toEqual({ n: want.n, negative: want.negative })
  for (const name of ['mean', 'median', 'p90'] as const) expect(got[name]).toBeCloseTo(want[name]!, 3)
}

test('nothing at all has numbers too', async () => {
  const { all, sources } = await delays(await testDatabase(), { from: START, to: NOW })
  expect([all.spans, sources, all.system.n, all.rep.median]).toEqual([[], [], 0, null])
})

test('what was judged is listed, as it becomes dropped with the time alone, and answered by the API', async () => {
  const it = await company()
  fill(it, 4)
  await it.round()
  const dropped = async () =>
    (await it.db.query(sql`select dropped, count(*) from handoff group by 1 order by 1`)).rows
  expect(await dropped()).toEqual([{ dropped: null, count: 4 }])
  it.clock.now = NOW + 13 * DAY
  await it.round()
  expect(await dropped()).toEqual([{ dropped: 'idle', count: 4 }])
  const app = fastify()
  onTestFinished(() => app.close())
  const views = storedViews(it.db)
  await app.register(httpApp({ views, link: ref => `https://crm.example/${ref}`, now: () => it.clock.now }))
  const page = async (path: string) => (await app.inject(path)).json()
  const first = await page('/api/neglect?limit=3&reason=idle')
  expect(first).toMatchObject({
    counts: { idle: 4, open: 4 },
    falling: [],
    rows: [{ reason: 'idle' }, {}, {}],
  })
  expect(first.rows[0].records[0].url).toMatch(/^https:\/\/crm\.example\//)
  const rest = await page(`/api/neglect?limit=3&reason=idle&after=${first.next}`)
  expect([rest.rows.length, rest.next]).toEqual([1, null])
  const told = await page('/api/delays?by=source&from=2026-11-01')
  expect(told).toMatchObject({
    from: '2026-11-01T00:00:00.000Z',
    system: { n: 4 },
    sources: [{ system: { n: 4 } }],
  })
  expect((await page('/api/delays')).sources).toBeUndefined()
  for (const [path, message] of [
    ['/api/neglect?reason=bored', /^reason is not one of no_owner, /],
    ['/api/neglect?after=x', /^after is not a position/],
    ['/api/neglect?limit=0', /^limit is not a whole number/],
    ['/api/delays?from=yesterday', /^from is neither a date/],
    ['/api/delays?from=2026-11-02&to=2026-11-01', /^from is not before to/],
    ['/api/delays?by=rep', /^by is not source/],
  ] as const) {
    const answer = await app.inject(path)
    expect([path, answer.statusCode, JSON.stringify(answer.json())]).toEqual([
      path,
      400,
      expect.stringMatching(message.source.slice(1)),
    ])
  }
})

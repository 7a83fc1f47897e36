import { expect, onTestFinished, test } from 'vitest'
import { SourceError } from '../../../src/calendars/errors.ts'
import type { IcsReader } from '../../../src/calendars/reader.ts'
import { Refused, Unavailable } from '../../../src/crm/errors.ts'
import type { Closed } from '../../../src/domain/almanac.ts'
import { DAY, HOUR, MINUTE } from '../../../src/domain/time.ts'
import { refreshAlmanac } from '../../../src/pipeline/almanac.ts'
import { explainPerson } from '../../../src/pipeline/explain.ts'
import { publish } from '../../../src/pipeline/publish.ts'
import { round } from '../../../src/pipeline/round.ts'
import { readDraft } from '../../../src/policy/versions.ts'
import { readAlmanacTroubles, refreshing } from '../../../src/store/almanac.ts'
import { sql } from '../../../src/store/sql.ts'
import { type Company, company, fill } from './company.ts'

const local = (day: string) => Date.parse(`${day}T00:00Z`)
const dayOff = (day: string): Closed => ({
  ...{ wall: true, from: local(day), to: local(day) + DAY },
  name: 'Founding day',
})

const POLICY = `
promises:
  decision: { from: T2, until: T5, kind: working, due: 5 working days }
calendars: { default: { mon: [09:00-17:00], tue: [09:00-17:00], wed: [09:00-17:00], thu: [09:00-17:00],
  fri: [09:00-17:00], holidays: [here] } }
holidays: { here: { ics: 'https://calendar.example.com/secret/days.ics' } }
`

/** One MQL of Wednesday 18 November, 09:00, under a policy that takes from outside. */
async function firmUnder(text: string) {
  const firm = await company(text)
  fill(firm, 1)
  const log: object[] = []
  const closes: { days: Closed[] | Error; asked: number } = { days: [], asked: 0 }
  const ics: IcsReader = {
    read: async () => {
      closes.asked++
      if (closes.days instanceof Error) throw closes.days
      return closes.days
    },
  }
  const warn = (detail: object) => log.push(detail)
  const context = () => ({ ...firm.context(), ics, log: { info: () => undefined, warn } })
  return { ...firm, log, closes, context, round: () => round(context()) }
}

async function dueAt({ db }: Company): Promise<string | undefined> {
  const { rows } = await db.query<{ due: number }>(
    sql`select due_at as due from promise where name = 'decision'`,
  )
  return rows[0] && new Date(rows[0].due).toISOString().slice(0, 16)
}

test('a holiday from outside moves what is due; when it goes, everybody is judged again', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = [dayOff('2026-11-23')]
  await firm.round()
  expect(await dueAt(firm)).toBe('2026-11-25T17:00')
  firm.clock.now += 7 * HOUR
  firm.closes.days = []
  expect((await firm.round()).judged).toBe(1)
  expect(await dueAt(firm)).toBe('2026-11-24T17:00')
})

test('an explanation counts by the same calendar', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = [dayOff('2026-11-19')]
  await firm.round()
  const { rows } = await firm.db.query<{ id: number }>(sql`select id from person order by id limit 1`)
  const told = await explainPerson(firm.db, rows[0]!.id, { now: firm.clock.now })
  const [promise] = told?.handoffs[0]?.promises ?? []
  expect(promise?.intervals.map(one => new Date(one.from).getUTCDate())).toEqual([18, 20])
})

test('an address is asked again after six hours, after a failure sooner; nothing new changes nothing', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = [dayOff('2026-11-23')]
  await firm.round()
  await firm.round()
  expect(firm.closes.asked).toBe(1)
  firm.clock.now += 6 * HOUR
  expect(await firm.round()).toMatchObject({ judged: 0, rowsChanged: 0 })
  expect(firm.closes.asked).toBe(2)
  firm.closes.days = new SourceError('the address answers 503')
  firm.clock.now += 6 * HOUR
  await firm.round()
  firm.clock.now += 15 * MINUTE
  await firm.round()
  expect(firm.closes.asked).toBe(4)
})

test('a source that fails keeps what was last read, says so once, and stops nothing', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = [dayOff('2026-11-23')]
  await firm.round()
  const readAt = firm.clock.now
  firm.closes.days = new SourceError('it is a web page (HTML)', 'give another address')
  for (let times = 0; times < 2; times++) {
    firm.clock.now += 6 * HOUR
    await firm.round()
  }
  expect(await dueAt(firm)).toBe('2026-11-25T17:00')
  const name = 'holidays.here (calendar.example.com)'
  const error = 'it is a web page (HTML); give another address'
  expect(await readAlmanacTroubles(firm.db)).toEqual([{ name, error, needsPerson: true, fetchedAt: readAt }])
  expect(firm.log).toEqual([{ source: name, reason: error }])
  firm.closes.days = []
  firm.clock.now += HOUR
  await firm.round()
  expect(await readAlmanacTroubles(firm.db)).toEqual([])
})

test('one process at a time reads', async () => {
  const firm = await firmUnder(POLICY)
  const reading = Promise.withResolvers<void>()
  const done = Promise.withResolvers<void>()
  onTestFinished(() => done.resolve())
  const other = refreshing(firm.db, async () => {
    reading.resolve()
    await done.promise
  })
  await reading.promise
  expect(await refreshAlmanac(firm.context())).toBe(false)
  expect(firm.closes.asked).toBe(0)
  done.resolve()
  await other
  await refreshAlmanac(firm.context())
  expect(firm.closes.asked).toBe(1)
})

test('what no policy names any more is forgotten, its trouble too', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = new SourceError('there is no such file', 'check it')
  await firm.round()
  expect(await readAlmanacTroubles(firm.db)).toHaveLength(1)
  await refreshAlmanac(firm.context())
  const bare = readDraft('name: bare', 'policy.yml')
  await publish(firm.db, bare, { now: firm.clock.now, seen: 1, rewriteHistory: true })
  await refreshAlmanac(firm.context())
  expect(await readAlmanacTroubles(firm.db)).toEqual([])
})

const OFFICE = `
promises:
  decision: { from: T2, until: T5, kind: working, due: 8h }
calendars: { default: { salesforce: Support, holidays: [here] } }
holidays: { here: { salesforce: true } }
`
const monday = { hours: { blocks: [{ day: 1, from: 0, to: 1_440 }] }, zone: 'America/New_York' }

test('business hours of the organisation in their zone, and its holidays', async () => {
  const firm = await firmUnder(OFFICE)
  firm.salesforce.calendars = {
    businessHours: async () => ({ Support: monday }),
    holidays: async () => [dayOff('2026-11-23')],
  }
  await firm.round()
  expect(await dueAt(firm)).toBe('2026-11-30T13:00')
})

test.each([
  [
    'that the user may not see',
    new Refused('salesforce', 'query BusinessHours', 'INVALID_TYPE: the user may not read it'),
    { error: 'salesforce: query BusinessHours: INVALID_TYPE: the user may not read it', needsPerson: true },
  ],
  [
    'of a CRM that does not answer',
    new Unavailable('salesforce', 'query BusinessHours', 'no answer'),
    { error: 'salesforce: query BusinessHours: no answer', needsPerson: false },
  ],
  [
    'of another name',
    null,
    {
      error:
        'Salesforce has no active business hours called "Support"; it has Default. Nine to five is used instead',
      needsPerson: true,
    },
  ],
])('business hours %s leave nine to five, and a line', async (_, error, trouble) => {
  const firm = await firmUnder(OFFICE)
  firm.salesforce.calendars = {
    businessHours: async () => {
      if (error) throw error
      return { Default: monday }
    },
    holidays: async () => [],
  }
  await firm.round()
  expect(await dueAt(firm)).toBe('2026-11-18T17:00')
  expect(await readAlmanacTroubles(firm.db)).toMatchObject([trouble])
})

test('an error of ours stops nothing either', async () => {
  const firm = await firmUnder(POLICY)
  firm.closes.days = new TypeError('secret')
  await firm.round()
  expect(await dueAt(firm)).toBe('2026-11-24T17:00')
  expect(await readAlmanacTroubles(firm.db)).toMatchObject([{ error: 'it could not be read (TypeError)' }])
})

test('without Salesforce the policy is told that it asks for it', async () => {
  const firm = await firmUnder(OFFICE)
  await firm.round()
  expect(await readAlmanacTroubles(firm.db)).toMatchObject([
    { error: 'Salesforce is not connected; connect it, or take it out of the policy' },
    { name: 'Salesforce holidays' },
  ])
})

import { fastify } from 'fastify'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { HOUR } from '../../../src/domain/time.ts'
import { localWords, zoneOf } from '../../../src/domain/zone.ts'
import { httpApp } from '../../../src/http/app.ts'
import { storedViews } from '../../../src/http/stored.ts'
import { explainPerson, type PersonExplanation, type Question } from '../../../src/pipeline/explain.ts'
import { openDatabase, type Queryable } from '../../../src/store/db.ts'
import { findPersons, NobodyFound } from '../../../src/store/explain.ts'
import { sql } from '../../../src/store/sql.ts'
import { leadtime } from '../cli/leadtime.ts'
import { at, type Company, company, fill, NOW, REP } from '../pipeline/company.ts'
import { contact, lead } from '../pipeline/fake-crm.ts'

const ID = '00Q5g00000AbCdEEAV'
let it: Company

beforeEach(async () => {
  it = await company()
  fill(it, 3)
  it.salesforce.put(lead(ID, { email: 'lea@example.com' }))
  it.hubspot.put(contact('77', at('18T09:30'), { email: 'lea@example.com' }))
  await it.round()
})

const one = async (typed: string) => {
  const found = await findPersons(it.db, typed)
  expect(found).toHaveLength(1)
  return found[0]!
}

describe('a person is found', () => {
  test.each([
    'lea@example.com',
    ' LEA@Example.com',
    ID,
    ID.slice(0, 15),
    `salesforce:lead:${ID}`,
    `lead:${ID}`,
    'hubspot:contact:77',
    'contact:77',
    '77',
  ])('by %s', async typed => {
    expect((await one(typed)).refs).toEqual(['hubspot:contact:77', `salesforce:lead:${ID}`])
  })

  test('by the number of the person, and by an activity of theirs', async () => {
    const { person } = await one('lea@example.com')
    expect((await one(`person:${person}`)).person).toBe(person)
    expect((await one('salesforce:task:t0000')).refs).toContain('salesforce:lead:0000')
  })

  test('several are listed', async () => {
    const { person } = await one('lea@example.com')
    it.hubspot.put(contact(String(person), at('18T09:00')))
    await it.round()
    expect((await findPersons(it.db, String(person))).length).toBe(2)
  })

  test.each(['nobody@example.com', '00Q000000000000', 'person:999999', 'hubspot:contact:9', 'Lea'])(
    'nobody by %s, and the error says what is understood',
    async typed => {
      const search = findPersons(it.db, typed)
      await expect(search).rejects.toBeInstanceOf(NobodyFound)
      await expect(search).rejects.toThrow(`'${typed}'`)
      await expect(search).rejects.toThrow('an e-mail address, a Salesforce id')
    },
  )
})

test('the explanation says what is stored as verdicts, and why the records are one person', async () => {
  const { person } = await one('contact:0001')
  const told = (await explainPerson(it.db, person, { now: NOW }))!
  const { rows } = await it.db.query<{ name: string; state: string; counted: number; due: number }>(sql`
    select name, state, counted_ms as counted, due_at as due from promise where person = ${person} order by name`)
  const promises = told.handoffs
    .flatMap(handoff => handoff.promises)
    .map(({ name, state, countedMs, dueAt }) => ({ name, state, counted: countedMs, due: dueAt }))
  expect(promises.sort((a, b) => (a.name < b.name ? -1 : 1))).toEqual(rows)
  expect(told.records.map(({ ref, why }) => [ref, why])).toEqual([
    ['hubspot:contact:0001', expect.stringMatching(/^same e-mail address, /)],
    ['salesforce:lead:0001', expect.stringMatching(/^same e-mail address, /)],
  ])
  expect(await explainPerson(it.db, 999_999, { now: NOW })).toBeNull()
})

test('the API and the page answer from the database', async () => {
  const { person } = await one('lea@example.com')
  const app = fastify()
  onTestFinished(() => app.close())
  const explain = (of: number, question: Question) => explainPerson(it.db, of, question)
  const views = storedViews(it.db)
  await app.register(httpApp({ views, explain, link: () => null, now: () => NOW }))
  const answer = await app.inject(`/api/people/${person}/explanation`)
  expect(answer.json()).toMatchObject({
    person,
    handoffs: [{ number: 1 }],
    records: [{ url: null }, { url: null }],
  })
  expect((await app.inject(`/people/${person}`)).statusCode).toBe(200)
  expect((await app.inject('/people/999999')).statusCode).toBe(404)
})

describe('at a past instant', () => {
  const LEAD = `salesforce:lead:${ID}` as const
  const owners = (told: PersonExplanation | null) => told?.handoffs.map(({ owner }) => owner?.name ?? null)

  /** At `NOW` one person; an hour later the lead has another owner, two hours later it is somebody else's. */
  async function corrected(): Promise<number> {
    const { person } = await one(LEAD)
    it.clock.now = NOW + HOUR
    it.salesforce.put(lead(ID, { email: 'lea@example.com', owner: REP }))
    await it.round()
    it.clock.now = NOW + 2 * HOUR
    it.salesforce.put(lead(ID, { email: 'other@example.com', owner: REP }))
    await it.round()
    return person
  }

  test('from what was known then, or with hindsight', async () => {
    const person = await corrected()
    const now = it.clock.now
    const ask = (hours: number, hindsight = false) =>
      explainPerson(it.db, person, { now, at: NOW + hours * HOUR, hindsight })
    expect(owners(await ask(0.5))).toEqual([null])
    expect(owners(await ask(1))).toEqual(['User u1'])
    expect((await ask(1))?.records).toHaveLength(2)
    expect((await ask(2))?.records).toHaveLength(1)
    expect(await ask(0.5, true)).toMatchObject({ asOf: NOW + HOUR / 2, knownAt: now, records: [{}] })
    const gone = await explainPerson(it.db, person, { now })
    expect(await ask(2)).toEqual({ ...gone, asOf: now, knownAt: now })
  })

  test('a record is found with whom it belonged to then', async () => {
    const person = await corrected()
    const other = (await one(LEAD)).person
    expect(other).not.toBe(person)
    expect(await findPersons(it.db, LEAD, NOW)).toMatchObject([
      { person, refs: ['hubspot:contact:77', LEAD] },
    ])
    await expect(findPersons(it.db, LEAD, NOW - 1)).rejects.toBeInstanceOf(NobodyFound)
  })

  test('before anything was known, and after a person was merged away, the answer says what can be asked', async () => {
    const person = await corrected()
    const other = (await one(LEAD)).person
    it.clock.now = NOW + 3 * HOUR
    it.salesforce.put(lead(ID, { email: 'lea@example.com', owner: REP }))
    await it.round()
    const ask = (who: number, at: number | null) => explainPerson(it.db, who, { now: it.clock.now, at })
    await expect(ask(person, NOW - 1)).rejects.toThrow(
      `nothing was known of person ${person} on 2026-11-20T11:59:59.999Z; the earliest instant that can be asked is 2026-11-20T12:00:00.000Z`,
    )
    await expect(ask(person, it.clock.now + 1)).rejects.toThrow(
      'has not come yet; ask for an instant up to now',
    )
    for (const at of [null, it.clock.now]) {
      await expect(ask(other, at)).rejects.toThrow(
        `person ${other} is no more since 2026-11-20T15:00:00.000Z; its records belong to person ${person} now`,
      )
    }
    expect((await ask(other, NOW + 2 * HOUR))?.records).toMatchObject([{ ref: LEAD, deleted: false }])
    expect(await ask(999_999, NOW)).toBeNull()
  })

  test('no large table is read whole', async () => {
    const person = await corrected()
    for (const table of ['fact', 'person_record', 'membership'] as const) {
      for (const text of crowd(table)) await it.db.query({ text, values: [] })
    }
    await it.db.query(
      sql`insert into identity select 's' || i, 'k' || i, 'self' from generate_series(1, 20000) as i`,
    )
    await it.db.query(sql`analyze`)
    const scans = async (tx: Queryable) => {
      await tx.query(sql`select pg_stat_force_next_flush()`)
      const { rows } = await tx.query<{ relname: string; seq_scan: number }>(sql`
        select relname, seq_scan from pg_stat_user_tables
        where relname ~ '^(fact|person_record|membership|identity)(_past)?$' order by 1`)
      return rows
    }
    // One connection for all, as each reports what it read by itself.
    const db = await openDatabase(it.db.url, { connections: 1 })
    onTestFinished(() => db.close())
    const before = await scans(db)
    await explainPerson(db, person, { now: it.clock.now, at: NOW })
    await explainPerson(db, person, { now: it.clock.now })
    await findPersons(db, LEAD, NOW)
    await findPersons(db, 'lea@example.com')
    expect(await scans(db)).toEqual(before)
    expect(before).toHaveLength(7)
  })

  /** Rows of many others, now and in the past. */
  function crowd(table: 'fact' | 'person_record' | 'membership'): string[] {
    const [own, columns] = {
      fact: [
        `'s' || i, 'k', 's' || i, 'campaign', 'record', now(), '{}'::jsonb`,
        'source, key, subject, kind, origin, at, data',
      ],
      person_record: [`'s' || i, 1000 + i, 'self', 's' || i`, 'ref, person, reason, key'],
      membership: [`'v' || i, 'd' || i, 's' || i`, 'via, deal, member'],
    }[table] as [string, string]
    const rows = 'from generate_series(1, 20000) as i'
    return [
      `insert into ${table} (${columns}, known_at) select ${own}, now() ${rows}`,
      `insert into ${table}_past (${columns}, known_at, known_until) select ${own}, now(), now() ${rows}`,
    ]
  }

  test('leadtime explain --at, with and without --hindsight', async () => {
    // The command's clock is this machine's.
    it = await company()
    it.clock.now = Date.now() - 3 * HOUR
    it.salesforce.put(lead(ID))
    await it.round()
    const later = new Date(it.clock.now + HOUR).toISOString()
    const explain = (...flags: string[]) =>
      leadtime(['explain', `lead:${ID}`, ...flags], { DATABASE_URL: it.db.url })
    const then = await explain('--at', later)
    expect([then.code, then.stdout.split('\n')[1]]).toEqual([
      0,
      `As it stood on ${localWords(Date.parse(later), zoneOf('UTC'))} (UTC), from what was known then.`,
    ])
    const hindsight = await explain('--at', later, '--hindsight')
    expect(hindsight.stdout).toContain('from what is known now.')
    expect(await explain('--at', '2020-11-01')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(
        /^leadtime: nothing was known of person \d+ on 2020-11-01T00:00:00.000Z; .+\n$/,
      ),
    })
  })
})

describe('leadtime explain', () => {
  const connected = () => ({
    DATABASE_URL: it.db.url,
    SALESFORCE_LOGIN_URL: 'https://acme.my.salesforce.com',
    SALESFORCE_CLIENT_ID: 'id',
    SALESFORCE_CLIENT_SECRET: 'canary',
  })

  test('prints it within 100 columns, with links that need no call', async () => {
    const { code, stdout, stderr } = await leadtime(['explain', 'lea@example.com'], connected())
    expect([code, stderr]).toEqual([0, ''])
    expect(stdout).toContain(`https://acme.my.salesforce.com/lightning/r/Lead/${ID}/view`)
    expect(stdout).toMatch(/Promise assignment \(default\): /)
    expect(stdout).toMatch(/What happened \(times in /)
    const wide = stdout.split('\n').filter(line => line.length > 100 && !line.includes('https://'))
    expect(wide).toEqual([])
  })

  test('--json is the object of the API', async () => {
    const { code, stdout } = await leadtime(['explain', ID, '--json'], { DATABASE_URL: it.db.url })
    expect(code).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({
      handoffs: [{ number: 1 }],
      records: [{ url: null }, { url: null }],
    })
  })

  test('nobody: one line, exit code 1; no word of whom: exit code 2', async () => {
    const { code, stdout, stderr } = await leadtime(['explain', 'nobody@example.com'], connected())
    expect([code, stdout]).toEqual([1, ''])
    expect(stderr).toMatch(/^leadtime: nobody is known as 'nobody@example\.com'; give .+\n$/)
    expect((await leadtime(['explain'])).code).toBe(2)
  })

  test('several: they are listed, exit code 1', async () => {
    const { person } = await one('lea@example.com')
    it.hubspot.put(contact(String(person), at('18T09:00')))
    await it.round()
    const { code, stdout } = await leadtime(['explain', String(person)], connected())
    expect(code).toBe(1)
    expect(stdout).toMatch(new RegExp(`'${person}' is 2 persons; .*\\n  person:\\d+ .*\\n  person:\\d+ `))
  })
})

import { fastify } from 'fastify'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import { storedViews } from '../../../src/http/stored.ts'
import { explainPerson } from '../../../src/pipeline/explain.ts'
import { findPersons, NobodyFound } from '../../../src/store/explain.ts'
import { sql } from '../../../src/store/sql.ts'
import { leadtime } from '../cli/leadtime.ts'
import { at, type Company, company, fill, NOW } from '../pipeline/company.ts'
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
  const told = (await explainPerson(it.db, person, NOW))!
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
  expect(await explainPerson(it.db, 999_999, NOW)).toBeNull()
})

test('the API and the page answer from the database', async () => {
  const { person } = await one('lea@example.com')
  const app = fastify()
  onTestFinished(() => app.close())
  const explain = (of: number) => explainPerson(it.db, of, NOW)
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

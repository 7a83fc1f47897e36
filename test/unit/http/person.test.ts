import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, describe, expect, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import { type PersonExplanation, type Question, Unanswerable } from '../../../src/pipeline/explain.ts'
import { parsePolicy } from '../../../src/policy/parse.ts'
import { company, NOW } from './company.ts'
import { eleni } from './person.ts'

let app: FastifyInstance
afterEach(() => app.close())

async function start(told: PersonExplanation = eleni()): Promise<void> {
  app = fastify()
  const explain = async (person: number) => (person === 1 ? told : null)
  const link = (ref: string) => `https://crm.example/${ref}`
  await app.register(httpApp({ views: company(), link, explain, now: () => NOW }))
}

const get = (url: string) => app.inject({ url, headers: { accept: 'text/html' } })
const words = (body: string) => body.replace(/<[^>]+>/g, ' ').replace(/[\s\u00a0]+/g, ' ')

test('says who it is, how it stands, what was counted and what happened', async () => {
  await start()
  const { body, statusCode } = await get('/people/1')
  expect(statusCode).toBe(200)
  expect(body).toContain('<title>Eleni Papadaki · Leadtime</title>')
  const text = words(body)
  expect(text).toMatch(/Handoff 2 is open, with Tomás Herrera\. Overdue since .*: no decision since assigned/)
  expect(text).toMatch(/First attempt kept late .*Decision overdue/)
  expect(text).toMatch(/A decision within 40 h of working time after the assignment/)
  expect(text).toMatch(/Automated e-mail not counted: automated/)
  expect(text).toMatch(/Salesforce lead same e-mail address, eleni@northwind\.example/)
  expect(body).toContain('href="https://crm.example/hubspot:contact:1000"')
})

test('names the segment and the score where there are any', async () => {
  const told = eleni()
  await start({
    ...told,
    handoffs: told.handoffs.map(one => ({ ...one, segment: 'Enterprise', score: 87.5 })),
  })
  expect(words((await get('/people/1')).body)).toContain('Segment Enterprise. Score 87.5 at the MQL.')
  const { handoffs } = (await get('/api/people/1/explanation')).json()
  expect(handoffs[0]).toMatchObject({ segment: 'Enterprise', score: 87.5 })
})

test('says what was not counted, and why', async () => {
  const policy = parsePolicy(
    `
reassignment: apportion
promises: { decision: { from: T1, until: T5, kind: working, due: 5 working days } }
pauses: { waiting for the buyer: { when: { salesforce_status: [Open - Not Contacted] }, cap: 2 working days } }
`,
    'policy.yml',
  )
  await start(eleni(undefined, undefined, policy))
  const text = words((await get('/people/1')).body)
  expect(text).toMatch(/not counted [\w ]+, not in the hands of its owner at the end Aoife Brennan/)
  expect(text).toMatch(
    /not counted [\w ]+, paused: waiting for the buyer Tomás Herrera Calendar default, Europe\/Madrid/,
  )
  expect(text).toMatch(/of 40 h, [\w ]+ paused/)
})

test('nothing inline, and text from a CRM stays text', async () => {
  await start(eleni('<img src=x onerror=alert(1)>'))
  const { body } = await get('/people/1')
  expect(body).not.toMatch(/<img|<style|\sstyle=|\son[a-z]+=[^;]*>|<script/)
})

test('the API gives the same, instants in ISO 8601 and intervals that sum up', async () => {
  await start()
  const { handoffs, person, records, timeline } = (await get('/api/people/1/explanation')).json()
  expect(person).toBe(1)
  expect(records[0].url).toBe('https://crm.example/hubspot:contact:1000')
  expect(timeline[0].at).toMatch(/^2026-03-\d\dT.*Z$/)
  for (const { intervals, countedMs } of handoffs.flatMap((one: { promises: object[] }) => one.promises)) {
    const counts = intervals.map((one: { countedMs: number }) => one.countedMs)
    expect(counts.reduce((sum: number, ms: number) => sum + ms, 0)).toBe(countedMs)
  }
})

test.each(['/people/2', '/people/x', '/people/1e9', '/people/0', '/people/99999999999999999999'])(
  '%s: there is nobody',
  async url => {
    await start()
    expect((await get(url)).statusCode).toBe(404)
    expect((await get(`/api${url}/explanation`)).statusCode).toBe(404)
  },
)

test('the names on the overview lead there', async () => {
  await start()
  expect((await get('/')).body).toContain('<a class="name" href="/people/1">')
})

describe('at a past instant', () => {
  let asked: Question[]
  const start = async () => {
    asked = []
    app = fastify()
    const explain = async (person: number, question: Question) => {
      asked.push(question)
      if (person === 3) throw new Unanswerable('gone', 'person 3 is no more; ask for person 1', [1])
      if ((question.at ?? 0) > NOW) throw new Unanswerable('future', 'that has not come yet; ask up to now')
      if (question.at === 0) throw new Unanswerable('unknown', 'nothing was known; the earliest instant is …')
      return eleni(undefined, question.at ?? NOW)
    }
    const needs = { views: company(), link: () => null, explain, now: () => NOW }
    await app.register(httpApp({ ...needs, timeZone: 'Europe/Athens' }))
  }
  const THEN = Date.parse('2026-05-06T07:00:00Z')

  test.each([
    ['at=2026-05-06T07:00:00Z', { at: THEN, hindsight: false }],
    ['at=2026-05-06T10:00:00%2B03:00&hindsight=true', { at: THEN, hindsight: true }],
    ['at=2026-05-06T10:00:00+03:00&hindsight=false', { at: THEN, hindsight: false }],
    ['at=2026-05-06', { at: Date.parse('2026-05-05T21:00:00Z'), hindsight: false }],
    ['at=', { at: null, hindsight: false }],
    ['', { at: null, hindsight: false }],
  ])('?%s', async (query, question) => {
    await start()
    expect((await get(`/people/1?${query}`)).statusCode).toBe(200)
    expect((await get(`/api/people/1/explanation?${query}`)).statusCode).toBe(200)
    expect(asked).toEqual([
      { ...question, now: NOW },
      { ...question, now: NOW },
    ])
  })

  test('the page says so, leads back to now and to what is known now; the present says nothing', async () => {
    await start()
    const then = (await get('/people/1?at=2026-05-06')).body
    expect(words(then)).toContain('As it stood on 6 May 2026, 00:00')
    expect(then).toContain('<a href="/people/1">Back to now</a>')
    expect(then).toContain('href="/people/1?at=2026-05-05T21:00:00.000Z&amp;hindsight=true"')
    const hindsight = (await get('/people/1?at=2026-05-06&hindsight=true')).body
    expect(words(hindsight)).toContain('from what is known now')
    expect(hindsight).toContain('href="/people/1?at=2026-05-05T21:00:00.000Z"')
    expect((await get('/people/1')).body).not.toContain('Back to now')
  })

  test.each([
    ['at=yesterday', 400, "at is 'yesterday', which is no instant; write an instant with its offset"],
    ['at=2026-05-06T10:00:00', 400, 'or a date (2026-11-24)'],
    [`at=${'9'.repeat(300)}`, 400, 'at is no instant'],
    ['at=2026-05-06&at=2026-05-07', 400, 'at is given more than once'],
    ['hindsight=true', 400, 'hindsight needs at'],
    ['at=2026-05-06&hindsight=yes', 400, 'hindsight is neither true nor false'],
    ['at=2999-01-01', 400, 'that has not come yet; ask up to now'],
    ['at=1970-01-01T00:00:00Z', 404, 'the earliest instant is'],
  ])('?%s: %i, and what to write instead', async (query, status, said) => {
    await start()
    const answer = await get(`/api/people/1/explanation?${query}`)
    expect([answer.statusCode, answer.json().error]).toEqual([status, expect.stringContaining(said)])
    const page = await get(`/people/1?${query}`)
    expect([page.statusCode, words(page.body)]).toEqual([status, expect.stringContaining(said.slice(-12))])
  })

  test('the address of a person that is no more leads to whom the records belong now', async () => {
    await start()
    const page = await get('/people/3')
    expect([page.statusCode, page.headers.location]).toEqual([302, '/people/1'])
    expect((await get('/people/3?at=2026-05-06')).statusCode).toBe(404)
    const answer = await get('/api/people/3/explanation')
    expect([answer.statusCode, answer.json()]).toEqual([
      404,
      { error: 'person 3 is no more; ask for person 1' },
    ])
  })
})

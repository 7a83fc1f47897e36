import { type FastifyInstance, fastify } from 'fastify'
import { afterEach, expect, test } from 'vitest'
import { httpApp } from '../../../src/http/app.ts'
import type { PersonExplanation } from '../../../src/pipeline/explain.ts'
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

test('says what was not counted, and why', async () => {
  const policy = parsePolicy(
    `
reassignment: apportion
promises: { decision: { from: T1, until: T5, kind: working, due: 5 working days } }
pauses: { waiting for the buyer: { when: { salesforce_status: [Open - Not Contacted] }, cap: 2 working days } }
`,
    'policy.yml',
  )
  await start(eleni(undefined, policy))
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

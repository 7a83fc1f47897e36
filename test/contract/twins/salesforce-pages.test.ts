import { afterAll, beforeAll, expect, it } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type SalesforceTwin, salesforceTwin } from '../../../src/twins/salesforce/twin.ts'
import { at, company, event, person } from '../../unit/twins/salesforce/world.ts'

const NASTY = '<script>alert("x")</script>'

let twin: SalesforceTwin

beforeAll(async () => {
  twin = salesforceTwin({ clock: new VirtualClock(at(1000)), file: ':memory:' })
  twin.sink.begin(company())
  for (let i = 0; i < 60; i++) twin.sink.person(person(`p${i}`), [event('mql', i)])
  const overdue = 'salesforce.Leadtime_Overdue__c=true'
  twin.sink.person(person('nasty', { last_name: NASTY, company: `"'&` }), [
    event('mql', 100),
    event('assigned', 101, { actor: 'ann' }),
    event('call', 102, { actor: 'ann', direction: 'out', outcome: 'voicemail', detail: NASTY }),
    event('updated', 103, { detail: overdue }),
    event('updated', 103, { detail: 'salesforce.Leadtime_Reason__c=Overdue 6 h' }),
  ])
  twin.sink.person(person('won'), [event('mql', 1), event('won', 5, { deal: 'd', amount: 7 })])
  twin.sink.end()
  await twin.app.ready()
})

afterAll(() => twin.close())

const get = async (url: string) => {
  const { statusCode, body, headers } = await twin.app.inject({ url })
  return { statusCode, body, headers }
}

const linkTo = (body: string, name: string) => {
  const [, href] = new RegExp(`<a href="([^"]+)">[^<]*${name}</a>`).exec(body) ?? []
  if (!href) throw new Error(`no link to ${name}`)
  return href
}

it('leads from the root to the leads, newest first, in pages', async () => {
  expect((await get('/')).headers.location).toBe('/lightning/o/Lead/list')
  const first = await get('/lightning/o/Lead/list')
  expect(first.headers['content-type']).toBe('text/html; charset=utf-8')
  expect(first.body.match(/\/lightning\/r\/Lead\//g)).toHaveLength(50)
  expect(first.body.indexOf('Pat p59')).toBeLessThan(first.body.indexOf('Pat p58'))
  const second = await get(linkTo(first.body, 'Next'))
  expect(second.body.match(/\/lightning\/r\/Lead\//g)).toHaveLength(11)
})

it('filters the overdue ones, flagged', async () => {
  const { body } = await get('/lightning/o/Lead/list?filter=overdue')
  expect(body.match(/\/lightning\/r\/Lead\//g)).toHaveLength(1)
  expect(body).toContain('<span class="flag">Overdue</span>')
  expect(body).toContain('Overdue 6 h')
  expect(body).toContain('Rep ann')
})

it('shows a lead with its activity and history, nothing unescaped', async () => {
  const list = await get('/lightning/o/Lead/list?filter=overdue')
  const [, href = ''] = /<a href="(\/lightning\/r\/Lead\/\w+\/view)">/.exec(list.body) ?? []
  const { body } = await get(href)
  for (const words of ['Leadtime', 'Overdue 6 h', 'Voicemail', 'Inbound → Rep ann', '5 Jan 2026']) {
    expect(body).toContain(words)
  }
  expect(body).not.toContain('<script>')
  expect(body).toContain('&#60;script&#62;')
})

it('shows a contact with its account and deal', async () => {
  const list = await get('/lightning/o/Contact/list')
  const { body } = await get(linkTo(list.body, 'won'))
  expect(body).toContain('Company won')
  expect(body).toContain('Closed Won · 7')
})

it.each(['/lightning/o/Case/list', '/lightning/r/Lead/00Q000000000000AAA/view', '/lightning/r/Lead/x/view'])(
  '%s is not found',
  async url => {
    expect(await get(url)).toMatchObject({ statusCode: 404 })
  },
)

import { afterEach, beforeEach, expect, it } from 'vitest'
import { event, filled, person, recordsOf } from '../../unit/twins/hubspot/company.ts'

const LIST = '/contacts/24681357/objects/0-1/views/all/list'
let twin: ReturnType<typeof filled>

beforeEach(() => {
  twin = filled([
    [
      person('p', { last_name: '<script>alert(1)</script>', company: `"Tea" & 'Co'` }),
      [
        event('p', 9, 'mql'),
        event('p', 8, 'assigned', { actor: 'ann' }),
        event('p', 7, 'call', { actor: 'ann', direction: 'out', outcome: 'voicemail', detail: 'Intro' }),
        event('p', 5, 'opportunity', { deal: 'd1', amount: 500, actor: 'ann' }),
      ],
    ],
    [person('q'), [event('q', 3, 'mql')]],
  ])
})

afterEach(() => twin.close())

const open = (url: string) => twin.app.inject({ url })
const contact = (key: string) => `/contacts/24681357/record/0-1/${recordsOf(twin, key).contact.id}`

const write = (key: string, properties: object) =>
  twin.app.inject({
    method: 'PATCH',
    url: `/crm/v3/objects/contacts/${recordsOf(twin, key).contact.id}`,
    headers: { authorization: 'Bearer t' },
    payload: { properties },
  })

it('leads from / to the contacts, the last changed first', async () => {
  expect((await open('/')).headers.location).toBe(LIST)
  const { body, headers } = await open(LIST)
  expect(headers['content-type']).toBe('text/html; charset=utf-8')
  expect(body.indexOf('q@example.com')).toBeLessThan(body.indexOf('p@example.com'))
  expect(body).toContain('name="viewport"')
  expect(body).not.toContain('<script')
})

it('shows a contact: properties, lifecycle, owner, deal, call; escaped', async () => {
  const { body } = await open(contact('p'))
  expect(body).toContain('&#60;script&#62;')
  expect(body).not.toContain('<script')
  for (const text of [
    'Marketing Qualified Lead',
    'Opportunity',
    'Rep ANN',
    'Appointment Scheduled',
    '500',
    'Intro',
    'voicemail',
  ]) {
    expect(body).toContain(text)
  }
  expect(body).toContain('Nothing written yet.')
})

it('shows the flag red while the contact is overdue', async () => {
  await write('p', { leadtime_overdue: true, leadtime_status: 'overdue', leadtime_reason: 'Overdue 6 h' })
  expect((await open(contact('p'))).body).toContain('<span class="flag overdue">Overdue</span>')
  const { body } = await open(`${LIST}?overdue=true`)
  expect([body.includes('p@example.com'), body.includes('q@example.com')]).toEqual([true, false])
  await write('p', { leadtime_overdue: false, leadtime_status: 'met' })
  expect((await open(contact('p'))).body).toContain('<span class="flag">Met</span>')
  expect((await open(`${LIST}?overdue=true`)).body).toContain('No contacts.')
})

it('searches, pages, follows merges, and knows what is not there', async () => {
  expect((await open(`${LIST}?search=TEA`)).body).not.toContain('q@example.com')
  const old = contact('q')
  twin.sink.apply('q', event('q', 0, 'merged', { detail: 'p' }))
  expect((await open(old)).headers.location).toBe(contact('p'))
  expect((await open('/contacts/24681357/record/0-1/99')).statusCode).toBe(404)
  expect((await open('/contacts/24681357/record/0-1/<b>')).body).not.toContain('<b>')
  const deal = recordsOf(twin, 'p').deals[0]!.id
  expect((await open(`/contacts/24681357/record/0-3/${deal}`)).body).toContain('d1')
})

it('goes on to older contacts', async () => {
  await twin.close()
  twin = filled(Array.from({ length: 51 }, (_, i) => [person(`k${i}`), [event(`k${i}`, 100 + i, 'mql')]]))
  const older = /href="([^"]*before=[^"]*)"/.exec((await open(LIST)).body)?.[1]
  const { body } = await open(older!)
  expect([body.includes('k50@example.com'), body.includes('k49@example.com')]).toEqual([true, false])
})

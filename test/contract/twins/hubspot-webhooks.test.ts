import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client, Signature } from '@hubspot/api-client'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { VirtualClock } from '../../../src/twins/clock.ts'
import { type HubspotTwin, hubspotTwin } from '../../../src/twins/hubspot/twin.ts'
import { company, event, HOUR, NOW, person } from '../../unit/twins/hubspot/company.ts'

// biome-ignore lint/suspicious/noExplicitAny: what comes over the wire is asserted, not typed
type Wire = any
const SECRET = 'app-secret'
const MINUTE = 60_000

let twin: HubspotTwin
let clock: VirtualClock
let base: string
let crm: Client['crm']
let server: Server
let url: string
let received: { headers: IncomingHttpHeaders; body: string; events: Wire[] }[]
/** How the next deliveries are answered; 200 when there is none. */
let answers: number[]

beforeEach(async () => {
  ;[received, answers] = [[], []]
  server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', chunk => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      received.push({ headers: request.headers, body, events: JSON.parse(body) })
      response.writeHead(answers.shift() ?? 200).end()
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hooks?a=b`
  clock = new VirtualClock(NOW)
  twin = hubspotTwin({ clock, file: ':memory:' })
  twin.sink.begin(company())
  for (const key of ['a', 'b', 'c']) {
    twin.sink.person(person(key), [
      event(key, 100, 'inquiry'),
      event(key, 90, 'mql'),
      event(key, 80, 'won', { deal: key }),
    ])
  }
  twin.sink.end()
  base = await twin.app.listen({ host: '127.0.0.1', port: 0 })
  crm = new Client({ accessToken: 'any', basePath: base }).crm
})
afterEach(async () => {
  await twin.close()
  server.close()
})

const control = async (path: string, body?: object): Promise<Wire> => {
  const headers = { 'content-type': 'application/json' }
  const init = body ? { method: 'POST', headers, body: JSON.stringify(body) } : {}
  const answer = await fetch(`${base}/_twin${path}`, init)
  if (!answer.ok) throw new Error(((await answer.json()) as Wire).error)
  return await answer.json()
}
const hook = (more: object = {}) => control('/webhooks', { url, secret: SECRET, ...more })
const state = async () => (await control('/webhooks')).webhooks[0]
const events = () => received.flatMap(delivery => delivery.events)
const arrived = (count: number) => expect.poll(() => events().length).toBe(count)
const settled = () => expect.poll(async () => (await state()).pending).toBe(0)
const edit = (id: string, jobtitle: string) => crm.contacts.basicApi.update(id, { properties: { jobtitle } })

test('nobody is told while nobody wants to know', async () => {
  await edit('51', 'x')
  await hook()
  await edit('51', 'y')
  await arrived(1)
  expect(events()[0]).toMatchObject({
    ...{ subscriptionType: 'contact.propertyChange', objectId: 51, propertyName: 'jobtitle' },
    ...{ propertyValue: 'y', changeSource: 'INTEGRATION', portalId: 24_681_357, attemptNumber: 0 },
    occurredAt: NOW,
  })
})

test('the vendor’s own client finds the signature right', async () => {
  await hook()
  await edit('51', 'Ärztin €')
  await arrived(1)
  const { headers, body } = received[0]!
  const asked = {
    ...{ clientSecret: SECRET, signatureVersion: 'v3', method: 'POST', url, requestBody: body },
    signature: String(headers['x-hubspot-signature-v3']),
    timestamp: Number(headers['x-hubspot-request-timestamp']),
  }
  expect(Signature.isValid(asked)).toBe(true)
  expect(Signature.isValid({ ...asked, requestBody: `${body} ` })).toBe(false)
  expect(JSON.stringify(await state())).not.toContain(SECRET)
})

test('creation, deletion, merge, restore, association and erasure, each with its ids', async () => {
  await hook()
  const made = await crm.contacts.basicApi.create({ properties: { email: 'new@example.com' } } as Wire)
  await crm.contacts.basicApi.archive('51')
  await control('/edit', { do: 'restore', object: 'contacts', id: 51 })
  const merged = await crm.contacts.basicApi.merge({ primaryObjectId: '51', objectIdToMerge: '52' })
  await crm.associations.v4.basicApi.archive('contacts', '53', 'deals', '53')
  await control('/edit', { do: 'associate', object: 'deals', id: 53, to: 'contacts', toId: 53 })
  await control('/edit', { do: 'erase', object: 'contacts', id: 53 })
  await control('/edit', { do: 'create', object: 'calls', properties: { hs_timestamp: String(NOW) } })
  const what = ({ subscriptionType: type, objectId, ...rest }: Wire) => [
    ...[
      type,
      objectId ?? [rest.associationType, rest.fromObjectId, rest.toObjectId, rest.associationRemoved],
    ],
    ...(rest.newObjectId ? [rest.primaryObjectId, rest.mergedObjectIds, rest.newObjectId] : []),
    ...(rest.objectTypeId ? [rest.objectTypeId] : []),
  ]
  await arrived(10)
  expect(events().map(what)).toEqual([
    ['contact.creation', Number(made.id)],
    ['contact.deletion', 51],
    ['contact.restore', 51],
    ['contact.merge', 51, 51, [52], Number(merged.id)],
    ['contact.associationChange', ['CONTACT_TO_DEAL', 53, 53, true]],
    ['deal.associationChange', ['DEAL_TO_CONTACT', 53, 53, true]],
    ['deal.associationChange', ['DEAL_TO_CONTACT', 53, 53, false]],
    ['contact.associationChange', ['CONTACT_TO_DEAL', 53, 53, false]],
    ['contact.privacyDeletion', 53],
    ['object.creation', expect.any(Number), '0-48'],
  ])
})

test('a batch is told in deliveries of a hundred; the scenario’s events too', async () => {
  await hook({ subscriptions: ['contact.creation'] })
  const inputs = Array.from({ length: 100 }, (_, i) => ({ properties: { email: `n${i}@example.com` } }))
  await crm.contacts.batchApi.create({ inputs } as Wire)
  await crm.contacts.batchApi.create({
    inputs: inputs.map(one => ({ properties: { email: `x${one.properties.email}` } })),
  } as Wire)
  await arrived(200)
  expect(Math.max(...received.map(delivery => delivery.events.length))).toBe(100)
  twin.sink.apply('a', event('a', -1, 'call', { actor: 'ann', direction: 'out', outcome: 'connected' }))
  twin.sink.apply('b', event('b', -1, 'deleted'))
  await settled()
  expect(events()).toHaveLength(200)
})

test('duplicates and disorder, the same for the same seed', async () => {
  await hook({ duplicates: 1, disorder: true, batch: 5 })
  const inputs = Array.from({ length: 20 }, (_, i) => ({ properties: { email: `n${i}@example.com` } }))
  await crm.contacts.batchApi.create({ inputs } as Wire)
  await arrived(40)
  const first = events().map(({ objectId }) => objectId)
  expect(new Set(first).size).toBe(20)
  expect(first).not.toEqual(first.toSorted((a, b) => a - b))
  expect(await state()).toMatchObject({ deliveries: 4, twice: 4, events: 20, failures: 0 })
})

test('what is not answered 2xx within five seconds is sent ten times more within a day of the twins’ clock', async () => {
  await hook()
  answers = Array(11).fill(500)
  await edit('51', 'x')
  await arrived(1)
  const tries: number[] = [clock.now()]
  for (let attempt = 1; attempt <= 10; attempt++) {
    await expect.poll(async () => (await state()).waiting).toMatchObject([{ attempt, events: 1 }])
    const due = Date.parse((await state()).waiting[0].due)
    clock.set(due - 1)
    await settled()
    expect(events()).toHaveLength(attempt)
    clock.set(due)
    await arrived(attempt + 1)
    tries.push(due)
  }
  await expect.poll(state).toMatchObject({ failures: 11, lost: 1, waiting: [], deliveries: 0 })
  expect(events().map(({ attemptNumber }) => attemptNumber)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
  const hours = (tries.at(-1)! - NOW) / HOUR
  expect(hours).toBeGreaterThan(18)
  expect(hours).toBeLessThanOrEqual(24)
  expect(new Set(received.map(({ headers }) => headers['x-hubspot-signature-v3'])).size).toBe(11)
})

test('what arrives late is told with the instant at which it happened', async () => {
  await hook()
  answers = [503]
  await edit('51', 'x')
  await expect.poll(async () => (await state()).waiting).toHaveLength(1)
  clock.set(NOW + 5 * MINUTE)
  await arrived(2)
  expect(events()[1]).toMatchObject({ occurredAt: NOW, attemptNumber: 1 })
})

test.each([
  [{ url: 'ftp://x', secret: 's' }, 'url'],
  [{ url: 'https://x.test' }, 'secret'],
  [{ url: 'https://x.test', secret: 's', batch: 101 }, 'batch'],
  [{ url: 'https://x.test', secret: 's', sucbscriptions: [] }, 'sucbscriptions'],
])('refuses %j', async (target, words) => {
  await expect(control('/webhooks', target)).rejects.toThrow(words)
})

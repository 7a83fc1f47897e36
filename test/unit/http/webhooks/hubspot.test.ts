import { fastify } from 'fastify'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { httpApp } from '../../../../src/http/app.ts'
import type { Hint } from '../../../../src/store/hints.ts'
import { company, NOW } from '../company.ts'
import { event, LEADTIME_PUBLIC_URL, PORTAL, SECRET, signed } from './deliveries.ts'

const MINUTE = 60_000
const PATH = '/webhooks/hubspot'

let app: ReturnType<typeof fastify>
let taken: Hint[][]
let portal: string | null

beforeEach(async () => {
  taken = []
  portal = String(PORTAL)
  app = fastify({ bodyLimit: 1_048_576 })
  await app.register(
    httpApp({
      ...{ views: company(), link: () => null, now: () => NOW, machineNow: () => NOW },
      webhook: {
        ...{ secret: SECRET, publicUrl: LEADTIME_PUBLIC_URL, portal: async () => portal },
        take: async (_signature, hints) => {
          taken.push([...hints])
          return true
        },
      },
    }),
  )
})
afterEach(() => app.close())

const send = (payload: string | Buffer, headers: Record<string, string>, url = PATH) =>
  app.inject({ method: 'POST', url, payload, headers })

/** Signed as HubSpot does, so that only what is being tested is wrong. */
const deliver = (payload: string | Buffer, more: Record<string, string> = {}) =>
  send(payload, { ...signed(payload, NOW), ...more })

const BODY = JSON.stringify([event('contact.creation')])
const HINT = { object: 'contact', id: '51' }

describe('fault 67: a delivery that nobody can vouch for leads to nothing', () => {
  test('a signed one is taken, also as it reaches us through a proxy', async () => {
    const headers = { ...signed(BODY, NOW), host: 'inner:3000', 'x-forwarded-host': 'elsewhere.test' }
    expect((await send(BODY, headers)).statusCode).toBe(200)
    expect(taken).toEqual([[HINT]])
  })

  test.each<[string, Record<string, string>]>([
    ['no signature', { 'x-hubspot-signature-v3': '' }],
    ['a signature that is none', { 'x-hubspot-signature-v3': 'yes' }],
    ['too long a signature', { 'x-hubspot-signature-v3': `${'A'.repeat(86)}==` }],
    [
      'an older kind of signature alone',
      { 'x-hubspot-signature-v3': '', 'x-hubspot-signature': 'ab'.repeat(32) },
    ],
    ['no timestamp', { 'x-hubspot-request-timestamp': '' }],
    ['a timestamp that is none', { 'x-hubspot-request-timestamp': 'now' }],
    ['another timestamp', { 'x-hubspot-request-timestamp': String(NOW + 1) }],
  ])('%s: 401', async (_, headers) => {
    expect((await send(BODY, { ...signed(BODY, NOW), ...headers })).statusCode).toBe(401)
    expect(taken).toEqual([])
  })

  test.each([
    ['another secret', signed(BODY, NOW, { secret: 'guessed' })],
    ['another method', signed(BODY, NOW, { method: 'PUT' })],
    ['another host', signed(BODY, NOW, { uri: `https://elsewhere.test${PATH}` })],
    ['plain http', signed(BODY, NOW, { uri: `${LEADTIME_PUBLIC_URL.replace('https', 'http')}${PATH}` })],
    ['another query', signed(BODY, NOW, { uri: `${LEADTIME_PUBLIC_URL}${PATH}?a=1` })],
  ])('signed with or for %s: 401', async (_, headers) => {
    expect((await send(BODY, headers)).statusCode).toBe(401)
    expect(taken).toEqual([])
  })

  test('a body that was written anew, with the same meaning: 401', async () => {
    expect((await send(JSON.stringify(JSON.parse(BODY), null, 1), signed(BODY, NOW))).statusCode).toBe(401)
    expect((await send(`${BODY}\n`, signed(BODY, NOW))).statusCode).toBe(401)
    expect(taken).toEqual([])
  })

  test.each([
    [-5 * MINUTE, 200],
    [-5 * MINUTE - 1, 401],
    [5 * MINUTE, 200],
    [5 * MINUTE + 1, 401],
  ])('signed %i ms from now: %i', async (offset, status) => {
    expect((await send(BODY, signed(BODY, NOW + offset))).statusCode).toBe(status)
    expect(taken).toHaveLength(status === 200 ? 1 : 0)
  })

  test('the query belongs to what is signed, with HubSpot’s escapes resolved and no others', async () => {
    const asked = `${PATH}?team=a%2Fb%20c&at=%40`
    const uri = `${LEADTIME_PUBLIC_URL}${PATH}?team=a/b%20c&at=@`
    expect((await send(BODY, signed(BODY, NOW, { uri }), asked)).statusCode).toBe(200)
    expect(
      (await send(BODY, signed(BODY, NOW, { uri: `${LEADTIME_PUBLIC_URL}${asked}` }), asked)).statusCode,
    ).toBe(401)
  })

  test('events of another portal are ignored, those of ours beside them are not', async () => {
    const body = JSON.stringify([event('contact.creation', { portalId: 1 }), event('deal.creation')])
    expect((await deliver(body)).statusCode).toBe(200)
    expect(taken).toEqual([[{ object: 'deal', id: '51' }]])
  })

  test('before the portal is known nothing is kept: the first reading reads everything', async () => {
    portal = null
    expect((await deliver(BODY)).statusCode).toBe(200)
    expect(taken).toEqual([])
  })
})

describe('fault 68: whatever the body is, it is 4xx or read with care', () => {
  test.each([
    ['nothing', ''],
    ['half a list', '[{"portalId":24681357,"subscriptionType":'],
    ['an object', '{"portalId":24681357}'],
    ['a number', '7'],
    ['bytes that are no text', Buffer.from([0xff, 0xfe, 0x00, 0x5b])],
  ])('%s: 400', async (_, body) => {
    expect((await deliver(body)).statusCode).toBe(400)
    expect(taken).toEqual([])
  })

  test('a list of nonsense holds no hint, and the hint beside it is kept', async () => {
    const nonsense = [null, 7, 'x', [], {}, { ...event('contact.creation'), objectId: 'abc' }]
    const strange = [event('x'.repeat(1000)), event('constructor.creation'), event('object.creation')]
    const ids = [0, -1, 1.5, 2 ** 60, '007', '\ud800', { toString: 1 }].map(objectId =>
      event('contact.creation', { objectId }),
    )
    const prototype = JSON.parse('{"__proto__":{"portalId":24681357,"subscriptionType":"contact.creation"}}')
    const all = [...nonsense, ...strange, ...ids, prototype, event('contact.creation')]
    expect((await deliver(JSON.stringify(all))).statusCode).toBe(200)
    expect(taken).toEqual([[HINT]])
  })

  test('a million brackets are no event', async () => {
    const deep = `${'['.repeat(500_000)}${']'.repeat(500_000)}`
    expect((await deliver(deep)).statusCode).toBe(200)
    expect(taken).toEqual([[]])
  })

  test.each([
    'application/json;',
    'Application/JSON ',
    'application/json ; charset=utf-8',
    'APPLICATION/JSON',
  ])('content type %j is JSON', async type => {
    expect((await deliver(BODY, { 'content-type': type })).statusCode).toBe(200)
    expect(taken).toEqual([[HINT]])
  })

  test.each([
    ...[
      '',
      'text/plain',
      'application/x-www-form-urlencoded',
      'multipart/form-data; boundary=x',
      'application',
    ],
    ...[
      'application/jsonx',
      'application/json, text/html',
      'text/html; application/json',
      'application /json',
    ],
    ...[
      'application/ld+json',
      ';application/json',
      'json',
      '*/*',
      'application/json\\',
      '\u00a0application/xml',
    ],
  ])('content type %j: 4xx', async type => {
    const { statusCode } = await deliver(BODY, { 'content-type': type })
    expect(statusCode).toBeGreaterThanOrEqual(400)
    expect(statusCode).toBeLessThan(500)
    expect(taken).toEqual([])
  })

  test('a body of 50 MB is refused, and memory does not grow with it', async () => {
    const url = await app.listen({ host: '127.0.0.1', port: 0 })
    const before = process.memoryUsage().rss
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 65_536
        if (sent > 50 * 1024 * 1024) controller.close()
        else controller.enqueue(new Uint8Array(65_536).fill(0x5b))
      },
    })
    const headers = signed('', NOW)
    const init = { method: 'POST', headers, body, duplex: 'half' } as RequestInit
    const status = await fetch(url + PATH, init).then(
      response => response.status,
      // The connection was closed on us while we were still sending.
      () => 413,
    )
    expect(status).toBe(413)
    expect(sent).toBeLessThan(40 * 1024 * 1024)
    expect(process.memoryUsage().rss - before).toBeLessThan(40 * 1024 * 1024)
  })

  test('unsigned, a body is not even read', async () => {
    const { statusCode } = await send('x'.repeat(3_000_000), { 'content-type': 'application/json' })
    expect(statusCode).toBe(401)
  })
})

describe('what an event hints at', () => {
  test.each<[string, object, string[]]>([
    ['contact.propertyChange', { propertyName: 'email', propertyValue: 'stale' }, ['contact 51']],
    ['contact.privacyDeletion', {}, ['contact 51']],
    ['deal.deletion', { objectId: '7' }, ['deal 7']],
    ['object.creation', { objectTypeId: '0-48' }, ['call 51']],
    ['object.propertyChange', { objectTypeId: '0-5' }, []],
    ['ticket.creation', {}, []],
    [
      'contact.merge',
      { objectId: undefined, primaryObjectId: 51, mergedObjectIds: [52, 53], newObjectId: 90 },
      ['contact 51', 'contact 90', 'contact 52', 'contact 53'],
    ],
    [
      'contact.associationChange',
      { objectId: undefined, associationType: 'CONTACT_TO_DEAL', fromObjectId: 51, toObjectId: 7 },
      ['contact 51', 'deal 7'],
    ],
    [
      'object.associationChange',
      {
        objectId: undefined,
        fromObjectTypeId: '0-47',
        toObjectTypeId: '0-1',
        fromObjectId: 5,
        toObjectId: 51,
      },
      ['meeting 5', 'contact 51'],
    ],
  ])('%s %j', async (type, more, hints) => {
    await deliver(JSON.stringify([event(type, more), event(type, more)]))
    expect(taken[0]?.map(({ object, id }) => `${object} ${id}`)).toEqual(hints)
  })
})

test('without a secret there is no such address', async () => {
  const plain = fastify()
  await plain.register(httpApp({ views: company(), link: () => null, now: () => NOW }))
  const { statusCode } = await plain.inject({
    method: 'POST',
    url: PATH,
    payload: BODY,
    headers: signed(BODY, NOW),
  })
  await plain.close()
  expect(statusCode).toBe(404)
})

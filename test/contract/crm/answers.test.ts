/** Faults 23 to 26 and 33 of the catalogue, for both adapters: what is no good answer, and what is no answer at all. */
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { setImmediate as immediate } from 'node:timers/promises'
import tls from 'node:tls'
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import type { Change, Crm, WriteResult } from '../../../src/crm/crm.ts'
import { Unavailable } from '../../../src/crm/errors.ts'
import { exchange, TIME_LIMIT } from '../../../src/crm/wire.ts'
import type { FaultName } from '../../../src/twins/http/catalogue.ts'
import { selfSigned } from './certificate.ts'
import { type Bench, bench, connect, idsIn, idsOf, mqls, personObject, scan } from './company.ts'

const never = new AbortController().signal
let at: Bench

afterEach(async () => await at?.close())

const VENDORS = ['salesforce', 'hubspot'] as const
/** The calls that read people, and those that write to them. */
const READS = { salesforce: /\/query/, hubspot: /^\/crm\/objects\/[^/]+\/contacts\?/ }
const WRITES = { salesforce: /\/composite\/sobjects/, hubspot: /\/contacts\/batch\/update/ }

const start = async (vendor: (typeof VENDORS)[number], people = 3) => {
  at = await bench(vendor, mqls(people, 1000))
}

/** Requests the twin was sent of this kind; those that never got an answer are among them. */
const sent = (path: RegExp) =>
  at.app.requests.after(0, 10_000).requests.filter(request => path.test(request.path)).length

const whole = async () =>
  expect(idsOf((await scan(at.crm, personObject(at.vendor))).records)).toEqual(await idsIn(at))

const refusalOf = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('it was not refused')),
    (error: Error) => error,
  )

/** What is said of a bad answer names what we did and how it went, and nothing of the answer. */
const discreet = ({ message }: { message: string }) =>
  expect(message).not.toMatch(/<|html|Please|Gateway|people\.test|secret|127\.0\.0\.1|\n/i)

/** Our flag on everybody, written once; what became of it. */
async function flag(crm: Crm = at.crm): Promise<WriteResult[]> {
  const changes: Change[] = (await idsIn(at)).map(id => ({ id, fields: { overdue: true } }))
  return await crm.write(personObject(at.vendor), changes, never)
}

/** The values that writes changed, each as record and field; a value that was given and there already is none. */
const effective = () =>
  at.app.writes
    .after(0, 10_000)
    .writes.filter(({ same }) => !same)
    .map(({ record, field }) => `${record} ${field}`)

const flagged = async () =>
  (await at.crm.fetch(personObject(at.vendor), await idsIn(at), never)).map(({ owned }) => owned?.overdue)

/** Nobody knows what became of the write; when it is said again, everybody has the value, and got it once. */
async function repeatedHarmlessly(): Promise<void> {
  expect(new Set((await flag()).map(({ result }) => result))).toEqual(new Set(['written']))
  expect(await flagged()).toEqual([true, true, true])
  expect(effective()).toHaveLength(3)
  expect(new Set(effective()).size).toBe(3)
}

describe.each(VENDORS)('%s', vendor => {
  const [reads, writes] = [READS[vendor], WRITES[vendor]]

  describe('fault 23: an answer that is none', () => {
    const NONE: FaultName[] = [
      ...(['server_error', 'bad_gateway', 'unavailable', 'gateway_timeout', 'edge_timeout'] as const),
      ...(['empty_body', 'wrong_content_type', 'truncated', 'gzip_bomb', 'login_page'] as const),
    ]

    test.each(NONE)('%s to a read is asked for again, and the scan is whole', async fault => {
      await start(vendor, 60)
      at.fault({ fault, path: reads.source, times: 2 })
      await whole()
      expect(at.slept.length).toBe(2)
    })

    test.each(NONE)('%s to every read: unavailable after five tries, and never "no records"', async fault => {
      await start(vendor)
      at.fault({ fault, path: reads.source })
      const error = await refusalOf(scan(at.crm, personObject(vendor)))
      expect(error).toBeInstanceOf(Unavailable)
      discreet(error)
      expect(sent(reads)).toBe(5)
      expect(at.slept).toHaveLength(4)
    })

    test.each(NONE)(
      '%s to a write: nobody knows, it was sent once, and repeating it is harmless',
      async fault => {
        await start(vendor)
        at.fault({ fault, path: writes.source, times: 1 })
        const results = await flag()
        for (const one of results) {
          expect(one.result).toBe('unknown')
          if (one.result === 'unknown') discreet({ message: one.reason })
        }
        expect([results.length, sent(writes)]).toEqual([3, 1])
        await repeatedHarmlessly()
      },
    )

    test('a bomb is put out long before it has burnt down', async () => {
      await start(vendor)
      at.fault({ fault: 'gzip_bomb', path: reads.source })
      expect((await refusalOf(scan(at.crm, personObject(vendor)))).message).toMatch(
        /no answer \(TOO_LARGE\)$/,
      )
    })
  })

  test('fault 24: applied, and never answered: left after the time limit; repeating it changes nothing', async () => {
    await start(vendor)
    at.fault({ fault: 'timeout', path: writes.source, times: 1 })
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const writing = flag()
    // Not polled by vitest, which moves its clock as it waits.
    while (effective().length < 3) await immediate()
    vi.advanceTimersByTime(TIME_LIMIT - 1)
    expect(await Promise.race([writing, immediate('waits')])).toBe('waits')
    vi.advanceTimersByTime(1)
    vi.useRealTimers()
    for (const one of await writing)
      expect(one).toMatchObject({ result: 'unknown', reason: 'no answer (TimeoutError)' })
    expect(sent(writes)).toBe(1)
    await repeatedHarmlessly()
  })

  describe('fault 25: the connection breaks', () => {
    const BREAKS = ['reset_before', 'reset_request', 'reset_during', 'reset_after'] as const

    test.each(BREAKS)('%s, under a write: nobody knows, sent once, harmless to repeat', async fault => {
      await start(vendor)
      at.fault({ fault, path: writes.source, times: 1 })
      expect((await flag()).map(({ result }) => result)).toEqual(['unknown', 'unknown', 'unknown'])
      expect(sent(writes)).toBe(1)
      expect(effective()).toHaveLength(fault === 'reset_before' || fault === 'reset_request' ? 0 : 3)
      await repeatedHarmlessly()
    })

    test.each(BREAKS)('%s, under a read: asked for again, and the scan is whole', async fault => {
      await start(vendor, 60)
      at.fault({ fault, path: reads.source, times: 2 })
      await whole()
      expect(at.slept).toHaveLength(2)
    })
  })

  describe('fault 26: no SDK repeats a call by itself', () => {
    const FAILURES: FaultName[] = [
      ...([
        'limit',
        'server_error',
        'bad_gateway',
        'unavailable',
        'gateway_timeout',
        'edge_timeout',
      ] as const),
      ...(['reset_before', 'reset_after', 'reset_during'] as const),
    ]

    test.each(FAILURES)('%s: a write goes out once, a read as often as our own plan says', async fault => {
      await start(vendor)
      at.fault({ fault, path: writes.source })
      await flag().catch((error: unknown) => expect(error).toMatchObject({ name: 'RateLimited' }))
      expect(sent(writes)).toBe(1)
      at.fault({ fault, path: reads.source })
      await refusalOf(scan(at.crm, personObject(vendor)))
      expect(sent(reads)).toBe(5)
    })
  })

  describe('fault 33: nothing is believed of whoever is not the CRM', () => {
    const DAY = 24 * 3_600_000
    const TLS = {
      'a certificate that nobody vouches for': [-1, 1, false, 'localhost', 'DEPTH_ZERO_SELF_SIGNED_CERT'],
      'a certificate that has expired': [-2, -1, true, 'localhost', 'CERT_HAS_EXPIRED'],
      'a certificate of tomorrow': [1, 2, true, 'localhost', 'CERT_NOT_YET_VALID'],
      'the certificate of somebody else': [-1, 1, true, 'elsewhere.test', 'ERR_TLS_CERT_ALTNAME_INVALID'],
    } as const

    test.each(Object.entries(TLS))('%s', async (_, [from, until, trusted, name, code]) => {
      await start(vendor)
      const now = Date.now()
      const url = await secured(selfSigned(name, now + from * DAY, now + until * DAY), trusted)
      const crm = await connect(vendor, url, { tries: 2, random: () => 0, sleep: async () => undefined })
      const error = await refusalOf(scan(crm, personObject(vendor)))
      expect(error).toBeInstanceOf(Unavailable)
      expect(error.message).toMatch(new RegExp(`no answer \\(${code}\\)$`))
      discreet(error)
      await crm.close()
    })

    test('a server that speaks no TLS', async () => {
      await start(vendor)
      const before = at.app.requests.after(0, 0).last
      const url = at.url.replace('http:', 'https:')
      const crm = await connect(vendor, url, { tries: 2, random: () => 0, sleep: async () => undefined })
      const error = await refusalOf(scan(crm, personObject(vendor)))
      expect(error).toBeInstanceOf(Unavailable)
      discreet(error)
      expect(at.app.requests.after(0, 0).last).toBe(before)
      await crm.close()
    })

    test('a sign-in page in the place of every answer: unavailable, in each kind of call', async () => {
      await start(vendor)
      const cursor = (await scan(at.crm, personObject(vendor))).cursor
      at.fault({ fault: 'login_page' })
      const object = personObject(vendor)
      const calls = {
        'a first scan': () => scan(at.crm, object),
        'a later scan': () => scan(at.crm, object, cursor),
        'records by id': async () => at.crm.fetch(object, await idsIn(at), never),
        'a census': async () => {
          for await (const _ of at.crm.census(object, null, never));
        },
        users: () => scan(at.crm, 'user'),
        deals: () => scan(at.crm, 'deal'),
        vitals: () => at.crm.vitals(never),
      }
      for (const [name, call] of Object.entries(calls)) {
        const error = await refusalOf(call())
        expect(error, name).toBeInstanceOf(Unavailable)
        discreet(error)
      }
    })
  })
})

/** A server with this certificate, whose own signature this process trusts, or not; its address. */
async function secured(certificate: { key: string; cert: string }, trusted: boolean): Promise<string> {
  const server = createServer(certificate, (_, reply) =>
    reply.end('{"records": [], "results": [], "done": true}'),
  )
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  if (trusted) {
    const before = tls.getCACertificates('default')
    tls.setDefaultCACertificates([...before, certificate.cert])
    onTestFinished(() => tls.setDefaultCACertificates(before))
  }
  return `https://localhost:${(server.address() as AddressInfo).port}`
}

test('such a server with a good certificate is heard', async () => {
  const [from, until] = [Date.now() - 3_600_000, Date.now() + 3_600_000]
  const url = await secured(selfSigned('localhost', from, until), true)
  expect((await exchange({ method: 'GET', url, headers: {} }, never)).status).toBe(200)
})

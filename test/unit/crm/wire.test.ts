import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { exchange, NoAnswer, retryAfter, serverTime } from '../../../src/crm/wire.ts'

const never = new AbortController().signal
let server: Server | undefined

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener)
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

afterEach(() => {
  server?.closeAllConnections()
  server?.close()
  server = undefined
})

const get = (url: string) => ({ method: 'GET', url, headers: {} })

test('an answer is read to its end, whatever its status', async () => {
  const url = await serve((_, reply) => reply.writeHead(503, { 'x-kind': 'Test' }).end('späß'))
  expect(await exchange(get(url), never)).toMatchObject({
    status: 503,
    body: 'späß',
    headers: { 'x-kind': 'Test' },
  })
})

test('a redirect is an answer and is not followed', async () => {
  let asked = 0
  const url = await serve((_, reply) => {
    asked++
    reply.writeHead(302, { location: '/elsewhere' }).end()
  })
  expect((await exchange(get(url), never)).status).toBe(302)
  expect(asked).toBe(1)
})

test('a socket closed in the middle of a body is no answer', async () => {
  const url = await serve((_, reply) => {
    reply.writeHead(200, { 'content-length': '1000' }).write('{"records":[')
    setImmediate(() => reply.destroy())
  })
  await expect(exchange(get(url), never)).rejects.toBeInstanceOf(NoAnswer)
})

test('a server that never answers is left after the time limit', async () => {
  const url = await serve(() => {})
  await expect(exchange(get(url), never, 50)).rejects.toThrow('no answer (TimeoutError)')
})

test('an abort gives the reason it was aborted with', async () => {
  const url = await serve(() => {})
  const stop = new AbortController()
  const asking = exchange(get(url), stop.signal)
  stop.abort(new Error('stopping'))
  await expect(asking).rejects.toThrow('stopping')
  await expect(exchange(get(url), stop.signal)).rejects.toThrow('stopping')
})

test('nobody listening: the code is told, the address is not', async () => {
  const url = await serve(() => {})
  await new Promise(resolve => server?.close(resolve))
  await expect(exchange(get(url), never)).rejects.toThrow(/^no answer \(ECONNREFUSED\)$/)
})

test('Retry-After in seconds or as a date', () => {
  const now = Date.parse('2026-10-01T09:00:00Z')
  expect(retryAfter({ 'retry-after': '30' }, now)).toBe(30_000)
  expect(retryAfter({ 'retry-after': 'Thu, 01 Oct 2026 09:00:10 GMT' }, now)).toBe(10_000)
  expect(retryAfter({ 'retry-after': 'soon' }, now)).toBeNull()
  expect(retryAfter({}, now)).toBeNull()
})

test("the server's clock", () => {
  expect(serverTime({ date: 'Thu, 01 Oct 2026 09:00:10 GMT' })).toBe(Date.parse('2026-10-01T09:00:10Z'))
  expect(serverTime({ date: 'yesterday' })).toBeNull()
})

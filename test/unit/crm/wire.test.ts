import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { exchange, NoAnswer, receive, retryAfter, serverTime } from '../../../src/crm/wire.ts'

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

const readAll = async (body: AsyncIterable<Uint8Array>) => {
  const pieces: Uint8Array[] = []
  for await (const piece of body) pieces.push(piece)
  return Buffer.concat(pieces).toString()
}

test('a long answer comes in pieces, as they arrive', async () => {
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()]
  const url = await serve(async (_, reply) => {
    reply.writeHead(200, { 'content-type': 'text/csv' })
    for (const [i, gate] of gates.entries()) {
      reply.write(`piece ${i}`)
      await gate.promise
    }
    reply.end()
  })
  const { status, headers, body } = await receive(get(url), never)
  expect([status, headers['content-type']]).toEqual([200, 'text/csv'])
  const seen: string[] = []
  for await (const piece of body) {
    seen.push(Buffer.from(piece).toString())
    gates[seen.length - 1]?.resolve()
  }
  expect(seen).toEqual(['piece 0', 'piece 1'])
})

test('a long answer that breaks off, or stops coming, is no answer', async () => {
  let breakOff = () => {}
  const broken = await serve((_, reply) => {
    reply.writeHead(200, { 'content-length': '1000' }).write('"Id"')
    breakOff = () => void reply.destroy()
  })
  const first = await receive(get(broken), never)
  breakOff()
  await expect(readAll(first.body)).rejects.toBeInstanceOf(NoAnswer)
  server?.close()
  const silent = await serve((_, reply) => void reply.writeHead(200).write('"Id"'))
  const second = await receive(get(silent), never, 500)
  await expect(readAll(second.body)).rejects.toThrow('no answer (TimeoutError)')
})

test('whoever leaves a long answer closes the connection', async () => {
  const closed = Promise.withResolvers<void>()
  const url = await serve((_, reply) => {
    reply.on('close', () => closed.resolve())
    const more = () => void (reply.destroyed || reply.write('x'.repeat(65_536), () => setImmediate(more)))
    more()
  })
  const { body } = await receive(get(url), never)
  for await (const _ of body) break
  await closed.promise
})

test('an abort ends a long answer with its reason', async () => {
  const url = await serve((_, reply) => void reply.writeHead(200).write('"Id"'))
  const stop = new AbortController()
  const { body } = await receive(get(url), stop.signal)
  const reading = readAll(body)
  stop.abort(new Error('stopping'))
  await expect(reading).rejects.toThrow('stopping')
})

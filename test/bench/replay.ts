/**
 * A server in a process of its own that asks a twin once and answers the same again from memory, so that a benchmark
 * measures the service and not the twin. Answers are kept by method, path and body.
 */
import { fork } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fileURLToPath } from 'node:url'

interface Answer {
  status: number
  headers: Record<string, string>
  body: Buffer
}

export interface Replay {
  url: string
  close(): Promise<void>
}

export async function replay(target: string): Promise<Replay> {
  const child = fork(fileURLToPath(import.meta.url), [target], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const [url] = (await once(child, 'message')) as [string]
  return {
    url,
    close: async () => {
      const gone = once(child, 'exit')
      child.disconnect()
      await gone
    },
  }
}

async function serve(target: string): Promise<void> {
  const kept = new Map<string, Answer>()
  const server = createServer((request, response) => {
    void answer(request, target, kept, own()).then(({ status, headers, body }) => {
      response.writeHead(status, { ...headers, 'content-length': body.length })
      response.end(body)
    })
  })
  const own = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  process.once('disconnect', () => process.exit())
  process.send?.(own())
}

async function answer(
  request: IncomingMessage,
  target: string,
  kept: Map<string, Answer>,
  own: string,
): Promise<Answer> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const body = Buffer.concat(chunks)
  const key = `${request.method} ${request.url} ${createHash('md5').update(body).digest('hex')}`
  const known = kept.get(key)
  if (known) return known
  const headers = new Headers()
  for (const name of ['authorization', 'content-type', 'sforce-query-options']) {
    const value = request.headers[name]
    if (typeof value === 'string') headers.set(name, value)
  }
  const got = await fetch(`${target}${request.url}`, {
    method: request.method ?? 'GET',
    headers,
    ...(body.length > 0 && { body }),
  })
  // The twin names itself as the place to go on; the reader shall stay here.
  const text = Buffer.from((await got.text()).replaceAll(target, own))
  const fresh = { status: got.status, headers: { ...plain(got.headers) }, body: text }
  if (got.ok) kept.set(key, fresh)
  return fresh
}

function plain(headers: Headers): Record<string, string> {
  const dropped = new Set([
    'content-length',
    'connection',
    'keep-alive',
    'transfer-encoding',
    'content-encoding',
  ])
  return Object.fromEntries([...headers].filter(([name]) => !dropped.has(name)))
}

const target = process.argv[2]
if (process.argv[1] === fileURLToPath(import.meta.url) && target !== undefined) await serve(target)

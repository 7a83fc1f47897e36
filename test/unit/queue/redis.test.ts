import { createServer, type Server } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { QueueError } from '../../../src/queue/errors.ts'
import { checkRedis } from '../../../src/queue/redis.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise(done => server.close(done))
})

const bulk = (text: string) => `$${text.length}\r\n${text}\r\n`

/** Speaks just enough of Redis' protocol to answer the commands of a start-up check. */
async function redis(answer: (command: string) => string): Promise<string> {
  const server = createServer(socket => {
    socket.on('error', () => undefined)
    socket.on('data', data => {
      for (const [, command] of data.toString().matchAll(/\*\d+\r\n\$\d+\r\n(\w+)/g)) {
        socket.write(answer((command ?? '').toLowerCase()))
      }
    })
  })
  servers.push(server)
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  return `redis://user:canary-password@127.0.0.1:${(server.address() as { port: number }).port}`
}

const withPolicy = (policy: string) =>
  redis(command =>
    command === 'info' ? bulk(`# Memory\r\nmaxmemory_policy:${policy}\r\nloading:0\r\n`) : '+OK\r\n',
  )

const refusal = async (url: string): Promise<string> => {
  const error = await checkRedis(url).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(QueueError)
  expect((error as Error).message).not.toContain('canary')
  return (error as Error).message
}

describe('Redis is checked before it is trusted with jobs', () => {
  test('noeviction is accepted', async () => {
    await expect(checkRedis(await withPolicy('noeviction'))).resolves.toBeUndefined()
  })

  test.each(['allkeys-lru', 'volatile-ttl'])('%s is refused by name, with the remedy', async policy => {
    expect(await refusal(await withPolicy(policy))).toMatch(new RegExp(`${policy} .*set it to noeviction`))
  })

  test('a refused login names REDIS_URL', async () => {
    const url = await redis(() => '-WRONGPASS invalid username-password pair or user is disabled.\r\n')
    expect(await refusal(url)).toMatch(/refuses the login.*REDIS_URL/)
  })

  test('nobody there: the address and what to do', async () => {
    const url = await withPolicy('noeviction')
    await new Promise(done => servers.splice(0)[0]?.close(done))
    expect(await refusal(url)).toMatch(/127\.0\.0\.1:\d+ does not answer \(ECONNREFUSED\); start it/)
  })
})

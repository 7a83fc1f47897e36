import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that was free a moment ago, for what has to know its address before it listens; below those that the system
 * gives out by itself, so that nobody else gets it meanwhile.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 20_000 + Math.floor(Math.random() * 10_000)
    const server = createServer().listen(port, '127.0.0.1')
    const free = await once(server, 'listening').then(
      () => true,
      () => false,
    )
    server.close()
    if (free) return port
  }
}

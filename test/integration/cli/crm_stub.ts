import { createServer } from 'node:http'
import { onTestFinished } from 'vitest'

export interface CrmStub {
  /** The environment that connects it as HubSpot. */
  env: Record<string, string>
  /** Resolves when the first list is asked for. */
  asked: Promise<void>
  /** Until then lists stay unanswered. */
  answer(): void
}

/** A HubSpot in which nothing happens: every list is empty. With `hold`, lists wait for answer(). */
export async function crmStub({ hold = false, status = 200 } = {}): Promise<CrmStub> {
  const asked = Promise.withResolvers<void>()
  const answer = Promise.withResolvers<void>()
  if (!hold) answer.resolve()
  const server = createServer((request, response) => {
    const list = !request.url?.includes('account')
    if (list) asked.resolve()
    void (list ? answer.promise : Promise.resolve()).then(() => {
      response.writeHead(status, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ results: [], total: 0, portalId: 1, message: 'canary', category: 'X' }))
    })
  })
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => {
    server.closeAllConnections()
    return new Promise(done => server.close(() => done()))
  })
  const { port } = server.address() as { port: number }
  return {
    env: { HUBSPOT_TOKEN: 'pat-canary', HUBSPOT_BASE_URL: `http://127.0.0.1:${port}`, PORT: '0' },
    asked: asked.promise,
    answer: () => answer.resolve(),
  }
}

import type { FastifyInstance } from 'fastify'
import type { Context } from '../context.ts'
import { NO_DATABASE, type Trouble, troubles } from '../health.ts'

/**
 * `GET /health`: 200 when promises are being watched, 503 when one could be broken unseen. The reasons are codes
 * and sentences of ours, never what a server said.
 */
export function healthRoute(app: FastifyInstance, context: Context): void {
  app.get('/health', async (request, reply) => {
    const found = await look(context).catch((error: unknown) => {
      request.log.warn({ err: error }, 'health: the database does not answer')
      return [NO_DATABASE]
    })
    const red = found.some(trouble => trouble.red)
    return reply.code(red ? 503 : 200).send({
      status: red ? 'failing' : 'ok',
      reasons: found.map(({ code, vendor, title, needsPerson }) => ({ code, vendor, title, needsPerson })),
    })
  })
}

/** A database that hangs is as bad as one that is gone. */
async function look({ views, now, since, limits, patienceMs }: Context): Promise<Trouble[]> {
  const late = Promise.withResolvers<never>()
  const timer = setTimeout(() => late.reject(new Error('no answer in time')), patienceMs)
  try {
    const state = await Promise.race([views.sync(), late.promise])
    return troubles(state, { now: now(), since, limits })
  } finally {
    clearTimeout(timer)
  }
}

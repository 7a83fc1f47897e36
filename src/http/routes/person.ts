import type { FastifyInstance } from 'fastify'
import { dateOf } from '../../domain/moment.ts'
import { explanationJson } from '../../pipeline/answer.ts'
import { Unanswerable } from '../../pipeline/explain.ts'
import type { Context } from '../context.ts'
import { type Asked, readAsked } from '../moment.ts'
import { document } from '../pages/layout.ts'
import { personBody } from '../pages/person.ts'

type Asking = { Params: { id: string } }

/**
 * `GET /people/:id` why the verdicts on a person are what they are; `GET /api/people/:id/explanation` the same as JSON.
 * Both take `?at=`, the instant of which to tell, and `&hindsight=true`, from what is known now.
 */
export function personRoutes(
  app: FastifyInstance,
  { explain, link, assets, now, clock, timeZone }: Context,
): void {
  const find = async (id: string, asked: Asked) =>
    /^[1-9]\d{0,14}$/.test(id) ? await explain(Number(id), asked) : null

  app.get<Asking>('/people/:id', async (request, reply) => {
    const asked = readAsked(request.query, timeZone)
    const told = await find(request.params.id, asked).catch(error => {
      // Its old address leads to whom the records belong now.
      if (asked.at === null && error instanceof Unanswerable && error.heirs[0]) return error.heirs[0]
      throw answerable(error)
    })
    if (typeof told === 'number') return reply.redirect(`/people/${told}`)
    if (!told) return reply.callNotFound()
    const title = `${told.name ?? `Person ${told.person}`} · Leadtime`
    const body = personBody(told, link, { ...asked, clock, today: dateOf(now(), timeZone) })
    return reply.type('text/html; charset=utf-8').send(String(document(title, body, assets)))
  })

  app.get<Asking>('/api/people/:id/explanation', async (request, reply) => {
    const told = await find(request.params.id, readAsked(request.query, timeZone)).catch(error => {
      throw answerable(error)
    })
    return told ? explanationJson(told, link) : reply.callNotFound()
  })
}

/** A question without an answer is the caller's to change. */
function answerable(error: unknown): unknown {
  if (!(error instanceof Unanswerable)) return error
  return Object.assign(error, { statusCode: error.why === 'future' ? 400 : 404 })
}

import type { FastifyInstance } from 'fastify'
import { explanationJson } from '../../pipeline/answer.ts'
import type { Context } from '../context.ts'
import { document } from '../pages/layout.ts'
import { personBody } from '../pages/person.ts'

type Asked = { Params: { id: string } }

/** `GET /people/:id` why the verdicts on a person are what they are; `GET /api/people/:id/explanation` the same as JSON. */
export function personRoutes(app: FastifyInstance, { explain, link, assets }: Context): void {
  const find = async (id: string) => (/^[1-9]\d{0,14}$/.test(id) ? await explain(Number(id)) : null)

  app.get<Asked>('/people/:id', async (request, reply) => {
    const told = await find(request.params.id)
    if (!told) return reply.callNotFound()
    const title = `${told.name ?? `Person ${told.person}`} · Leadtime`
    return reply
      .type('text/html; charset=utf-8')
      .send(String(document(title, personBody(told, link), assets)))
  })

  app.get<Asked>('/api/people/:id/explanation', async (request, reply) => {
    const told = await find(request.params.id)
    return told ? explanationJson(told, link) : reply.callNotFound()
  })
}

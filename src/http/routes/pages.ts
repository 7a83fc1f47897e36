import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Context } from '../context.ts'
import { policyDiffers, troubles } from '../health.ts'
import type { Html } from '../pages/html.ts'
import { document } from '../pages/layout.ts'
import { overviewBody, overviewMain } from '../pages/overview.ts'
import { readFilter } from '../position.ts'

/** `GET /` the overview, `GET /main` the part of it that changes, `GET /assets/…` what it is drawn with. */
export function pageRoutes(app: FastifyInstance, context: Context): void {
  const { assets, refreshSeconds } = context

  app.get('/', async (request, reply) => {
    const main = await readMain(context, request.query)
    return page(
      reply,
      document(await title(context), overviewBody(main, refreshSeconds), assets, refreshSeconds > 0),
    )
  })

  app.get('/main', async (request, reply) => page(reply, await readMain(context, request.query)))

  app.get<{ Params: { file: string } }>('/assets/:file', (request, reply) => {
    const asset = assets.get(request.params.file)
    if (!asset) return reply.callNotFound()
    return reply
      .header('cache-control', 'public, max-age=31536000, immutable')
      .type(asset.type)
      .send(asset.body)
  })
}

const page = (reply: FastifyReply, content: Html): FastifyReply =>
  reply.type('text/html; charset=utf-8').send(String(content))

/** The number is in the title, so that a tab left open tells it. */
async function title({ overview }: Context): Promise<string> {
  const { overdue } = await overview()
  return overdue > 0 ? `${overdue} overdue · Leadtime` : 'Leadtime'
}

async function readMain(context: Context, given: unknown): Promise<Html> {
  const { limit, ...filter } = readFilter(given)
  const { views, clock, link } = context
  const [overview, overdue, neglect, delays, sync, drift] = await Promise.all([
    context.overview(),
    views.overdue({ ...filter, limit }),
    context.neglect(),
    context.delays(),
    context.sync(),
    context.drift(),
  ])
  const asOf = context.now()
  return overviewMain({
    overview,
    overdue,
    neglect,
    delays,
    sync,
    troubles: [
      ...troubles(sync, { now: asOf, since: context.since, limits: context.limits }),
      ...(drift ? [policyDiffers(drift)] : []),
    ],
    filter,
    asOf,
    clock,
    link,
  })
}

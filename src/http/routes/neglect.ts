import type { FastifyInstance } from 'fastify'
import { iso } from '../../domain/time.ts'
import type { DelayReport } from '../../pipeline/delays.ts'
import type { Neglected } from '../../pipeline/neglect.ts'
import type { Context } from '../context.ts'
import { droppedBody } from '../pages/dropped.ts'
import { document } from '../pages/layout.ts'
import { encodePlace } from '../position.ts'
import { readNeglect, readPeriod } from '../questions.ts'

/** Rows of a page when the address does not say. */
const ROWS = 25

/** `GET /dropped` who was dropped, page by page; `GET /api/neglect` and `GET /api/delays` the same and more as JSON. */
export function neglectRoutes(app: FastifyInstance, { views, now, link, clock, assets }: Context): void {
  app.get('/dropped', async (request, reply) => {
    const question = readNeglect(request.query, { rows: ROWS })
    const asOf = now()
    const body = droppedBody(await views.neglect(question, asOf), question, { asOf, clock, link })
    return reply.type('text/html; charset=utf-8').send(String(document('Dropped · Leadtime', body, assets)))
  })

  app.get('/api/neglect', async request => {
    const asOf = now()
    const { falling, rows, next, ...rest } = await views.neglect(
      readNeglect(request.query, { rows: ROWS }),
      asOf,
    )
    return {
      asOf: iso(asOf),
      ...rest,
      falling: falling.map(rep => ({ ...rep, since: iso(rep.since) })),
      rows: rows.map(row => leadJson(row, link)),
      next: next && encodePlace([next.since, next.handoff, next.person]),
    }
  })

  app.get('/api/delays', async request => {
    const asOf = now()
    const { bySource, ...period } = readPeriod(request.query, asOf)
    return { asOf: iso(asOf), ...delaysJson(await views.delays(period), bySource) }
  })
}

const leadJson = ({ since, records, ...row }: Neglected['rows'][number], link: Context['link']) => ({
  ...row,
  since: iso(since),
  records: records.map(ref => ({ ref, url: link(ref) })),
})

const delaysJson = ({ from, to, all, sources }: DelayReport, bySource: boolean) => ({
  ...{ from: iso(from), to: iso(to) },
  ...all,
  ...(bySource && { sources }),
})

import type { FastifyInstance } from 'fastify'
import { certificateJson } from '../../domain/certified.ts'
import { iso } from '../../domain/time.ts'
import { budgetJson } from '../../pipeline/budgeted.ts'
import type { Context } from '../context.ts'
import { encodePosition, readFilter } from '../position.ts'

/** The numbers of the page as JSON; instants in ISO 8601 UTC. */
export function apiRoutes(app: FastifyInstance, { overview, sync, views, now, link }: Context): void {
  app.get('/api/overview', async () => ({ asOf: iso(now()), ...(await overview()) }))

  app.get('/api/overdue', async request => {
    const { rows, next, total, owners } = await views.overdue(readFilter(request.query))
    return {
      asOf: iso(now()),
      total,
      owners,
      rows: rows.map(({ position: _, due, records, ...row }) => ({
        ...row,
        due: iso(due),
        records: records.map(ref => ({ ref, url: link(ref) })),
      })),
      next: next && encodePosition(next),
    }
  })

  app.get('/api/sync', async () => {
    const { lastRound, lastError, crms, waiting, calendars } = await sync()
    return {
      lastRound: iso(lastRound),
      lastError: lastError && { ...lastError, at: iso(lastError.at) },
      waiting,
      calendars: calendars.map(one => ({ ...one, fetchedAt: iso(one.fetchedAt) })),
      crms: crms.map(({ vendor, trouble, budget, heard, objects, events }) => ({
        vendor,
        events: events ? { ...events, heardAt: iso(events.heardAt) } : null,
        trouble: trouble && { ...trouble, since: iso(trouble.since) },
        budget: budget && budgetJson(budget),
        webhooks: { lastAt: iso(heard.lastAt), waiting: heard.waiting },
        objects: objects.map(o => ({
          ...{
            ...o,
            lastChange: iso(o.lastChange),
            lastRead: iso(o.lastRead),
            blindSince: iso(o.blindSince),
          },
          certificate: o.certificate && certificateJson(o.certificate),
        })),
      })),
    }
  })
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { VirtualClock } from '../clock.ts'
import { type Faults, faultSchema } from './faults.ts'
import type { TwinParts } from './parts.ts'
import { told } from './script.ts'

const clockSchema = z
  .strictObject({
    /** Milliseconds since the epoch, or ISO 8601 with an offset. */
    now: z.union([z.number(), z.iso.datetime({ offset: true }).transform(Date.parse)]).optional(),
    rate: z.number().positive().optional(),
    stand: z.boolean().optional(),
  })
  .refine(({ now, rate, stand }) => now !== undefined || rate !== undefined || stand === true, {
    error: 'give now, rate or stand',
  })
  .refine(({ rate, stand }) => rate === undefined || stand !== true, {
    error: 'rate and stand exclude each other',
  })

const whole = (fallback: number, max: number) => z.coerce.number().int().min(0).max(max).default(fallback)
const page = z.strictObject({ after: whole(0, Number.MAX_SAFE_INTEGER), limit: whole(1000, 100_000) })
const writesPage = page.extend({ same: z.stringbool().default(false) })
const peoplePage = z.strictObject({ after: z.string().default(''), limit: whole(1000, 10_000) })

/** The routes under /_twin: clock, log, counters, faults, people, writes, state. They are not logged. */
export function controlRoutes(app: FastifyInstance, clock: VirtualClock, parts: TwinParts) {
  app.setErrorHandler(refuse)
  app.get('/clock', () => clockState(clock))
  app.post('/clock', request => setClock(clock, clockSchema.parse(request.body)))
  app.get('/log', request => {
    const { after, limit } = page.parse(request.query)
    return parts.requests.after(after, limit)
  })
  app.get('/counters', () => parts.counters.state())
  app.get('/faults', () => ({ faults: parts.faults.list() }))
  app.post('/faults', (request, reply) => {
    arm(parts.faults, request.body)
    return reply.code(201).send({ faults: parts.faults.list() })
  })
  app.delete('/faults', () => {
    parts.faults.clear()
    return { faults: [] }
  })
  app.get('/people', request => {
    const { after, limit } = peoplePage.parse(request.query)
    return { people: parts.source.people(after, limit) }
  })
  app.get('/writes', request => {
    const { after, limit, same } = writesPage.parse(request.query)
    return parts.writes.after(after, limit, same)
  })
  app.get('/state', () => parts.source.state())
}

/** One fault or a list; all or none. @throws RangeError for what is no fault, or one of the other twin */
function arm(faults: Faults, body: unknown): void {
  const given = z.array(faultSchema).safeParse(Array.isArray(body) ? body : [body])
  if (!given.success) throw new RangeError(told(given.error.issues[0]!).words)
  const strange = given.data.find(fault => !faults.concerns(fault))
  if (strange) throw new RangeError(`fault '${strange.fault ?? strange.twin}' is one of the other twin`)
  for (const fault of given.data) faults.add(fault)
}

function clockState(clock: VirtualClock) {
  const { now, rate } = clock.state()
  return { now, at: new Date(now).toISOString(), rate, standing: rate === 0 }
}

function setClock(clock: VirtualClock, wish: z.infer<typeof clockSchema>) {
  if (wish.stand === true) clock.stand()
  if (wish.now !== undefined) clock.set(wish.now)
  if (wish.rate !== undefined) clock.run(wish.rate)
  return clockState(clock)
}

function refuse(error: unknown, _request: FastifyRequest, reply: FastifyReply) {
  if (error instanceof z.ZodError) return reply.code(400).send({ error: z.prettifyError(error) })
  if (error instanceof RangeError) return reply.code(400).send({ error: error.message })
  const { statusCode, status = 500 } = error as { statusCode?: number; status?: number }
  return reply
    .code(statusCode ?? status)
    .send({ error: error instanceof Error ? error.message : String(error) })
}

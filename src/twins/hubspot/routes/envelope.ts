import type { FastifyReply } from 'fastify'
import type { Portal } from '../portal.ts'
import { iso } from '../record.ts'

/** The answer to a batch. 207 when part of it led to an error; the rest was handled all the same. */
export function envelope(
  { clock }: Portal,
  reply: FastifyReply,
  status: number,
  results: readonly unknown[],
  errors: readonly unknown[],
): FastifyReply {
  const now = iso(clock.now())
  const body = { status: 'COMPLETE', results, startedAt: now, completedAt: now }
  if (errors.length === 0) return reply.code(status).send(body)
  return reply.code(207).send({ ...body, numErrors: errors.length, errors })
}

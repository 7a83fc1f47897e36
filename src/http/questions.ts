import { z } from 'zod'
import { DAY, type Instant } from '../domain/time.ts'
import type { Period } from '../pipeline/delays.ts'
import { DROP_REASONS, type NeglectQuestion } from '../pipeline/neglect.ts'
import { after, BadRequest, decodePlace, encodePlace, limit } from './position.ts'

const neglect = z.object({
  after: after(decodePlace),
  reason: z
    .enum([...DROP_REASONS, 'open', ''], { error: `reason is not one of ${DROP_REASONS.join(', ')}, open` })
    .transform(reason => (reason === '' ? null : reason))
    .optional(),
  limit,
})

/** Reads `?reason=&after=&limit=`. @throws BadRequest that names the parameter and the remedy */
export function readNeglect(given: unknown, { rows }: { rows: number }): NeglectQuestion {
  const { after, reason = null, limit = rows } = checked(neglect, given)
  const [since, handoff, person] = after ?? []
  return {
    after: since === undefined ? null : { since, handoff: handoff!, person: person! },
    reason,
    limit,
  }
}

/** The query string of a page of the list of dropped leads. */
export function neglectQuery({ reason, after }: Pick<NeglectQuestion, 'reason' | 'after'>): string {
  const words = new URLSearchParams()
  if (reason) words.set('reason', reason)
  if (after) words.set('after', encodePlace([after.since, after.handoff, after.person]))
  return words.size ? `?${words}` : ''
}

const instant = (name: string) =>
  z
    .union([z.iso.date(), z.iso.datetime({ offset: true })], {
      error: `${name} is neither a date (2026-05-01) nor an instant (2026-05-01T09:00:00Z)`,
    })
    .transform(text => Date.parse(text))
    .optional()

const period = z.object({
  from: instant('from'),
  to: instant('to'),
  by: z.enum(['source'], { error: 'by is not source, the only dimension so far' }).optional(),
})

/** Over which time delays are shown when nothing is said. */
const USUAL = 90 * DAY

/** Reads `?from=&to=&by=`: until now, and over 90 days, where it does not say. @throws BadRequest */
export function readPeriod(given: unknown, now: Instant): Period & { bySource: boolean } {
  const { from, to = now, by } = checked(period, given)
  const start = from ?? to - USUAL
  if (start >= to) throw new BadRequest('from is not before to')
  return { from: start, to, bySource: by === 'source' }
}

/** The period when nothing is said. */
export const usualPeriod = (now: Instant): Period => ({ from: now - USUAL, to: now })

function checked<T>(schema: z.ZodType<T>, given: unknown): T {
  const read = schema.safeParse(given)
  if (!read.success) throw new BadRequest(read.error.issues.map(issue => issue.message).join('; '))
  return read.data
}

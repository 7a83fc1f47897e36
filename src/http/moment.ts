import { z } from 'zod'
import { MOMENT_FORMS, readMoment } from '../domain/moment.ts'
import type { Instant } from '../domain/time.ts'
import { BadRequest } from './position.ts'

/** What the address says about when a person is to be judged. */
export interface Asked {
  /** Null: now. */
  at: Instant | null
  hindsight: boolean
}

const question = z.object({
  at: z
    .string({ error: 'at is given more than once; give it once' })
    .max(40, { error: `at is no instant; write ${MOMENT_FORMS}` })
    .transform((text, context) => {
      if (text === '') return null
      // In an address a plus that was not written %2B is a blank.
      const read = readMoment(text.replace(/ (?=\d\d:\d\d$)/, '+'))
      if (!read) context.addIssue(`at is '${text}', which is no instant; write ${MOMENT_FORMS}`)
      return read
    })
    .optional(),
  hindsight: z
    .enum(['true', 'false'], { error: 'hindsight is neither true nor false; write one of them, once' })
    .optional(),
})

/**
 * Reads `?at=&hindsight=`.
 * @param zone in which a date begins
 * @throws BadRequest that names the parameter, the value and the remedy
 */
export function readAsked(given: unknown, zone: string): Asked {
  const read = question.safeParse(given)
  if (!read.success) throw new BadRequest(read.error.issues.map(issue => issue.message).join('; '))
  const at = read.data.at?.(zone) ?? null
  const hindsight = read.data.hindsight === 'true'
  if (hindsight && at === null) throw new BadRequest('hindsight needs at, the instant to judge at')
  return { at, hindsight }
}

/** The query string that asks so again. */
export const askedQuery = ({ at, hindsight }: Asked): string =>
  at === null ? '' : `?at=${new Date(at).toISOString()}${hindsight ? '&hindsight=true' : ''}`

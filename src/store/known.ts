import type { Instant } from '../domain/time.ts'

/** The instant of knowledge of whoever asks for the present: all that is known. */
export const LATEST: Instant = Number.POSITIVE_INFINITY

/**
 * The parameter of `known_at < … and known_until >= …` for what was known at an instant, itself included: clocks tick in
 * milliseconds, so what was learnt in that one was known by the next.
 */
export const justAfter = (knownAt: Instant): Date | 'infinity' =>
  knownAt === LATEST ? 'infinity' : new Date(knownAt + 1)

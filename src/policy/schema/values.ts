import { z } from 'zod'
import { expectedDuration, readDuration } from '../duration.ts'

/** A list of words, at least one. */
export const words = z.array(z.string().min(1, { error: 'some text' })).min(1, { error: 'at least one' })

/** One word or a list of them. */
export const wordOrWords = z.union([
  z
    .string()
    .min(1, { error: 'some text' })
    .transform(one => [one]),
  words,
])

export const duration = z
  .string({ error: `${expectedDuration('elapsed')}, or 5 working days` })
  .refine(text => readDuration(text) !== null)

/** A duration of wall-clock time. */
export const elapsed = duration.refine(text => readDuration(text)?.unit !== 'working days', {
  error: expectedDuration('elapsed'),
})

export const whole = (least: number, most: number) => {
  const error = `a whole number from ${least} to ${most.toLocaleString('en')}`
  return z.int({ error }).min(least).max(most)
}

export const days = (least: number, most: number) => {
  const error = `a number of days from ${least} to ${most.toLocaleString('en')}`
  return z.number({ error }).min(least).max(most)
}

/** A zone Temporal knows, by its IANA name. */
function isZone(name: string): boolean {
  try {
    return (
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '' &&
      !/^[+-]/.test(name)
    )
  } catch {
    return false
  }
}

export const zone = z.string().refine(isZone, { error: 'an IANA time zone such as Europe/Berlin' })

/** A name that other parts of the file refer to. */
export const name = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, { error: 'a name of small letters, digits and underscores' })

export const address = z
  .string()
  .regex(/^[^@\s]+@[^@\s]+$/, { error: 'an e-mail address' })
  .transform(text => text.toLowerCase())

/** A file, or an https address. */
export const icsSource = z
  .string()
  .min(1, { error: 'a file or an https address' })
  .refine(text => !/^[a-z]+:\/\//i.test(text) || text.startsWith('https://'), {
    error: 'a file or an https address',
  })

const sources = z.union([icsSource.transform(one => [one]), z.array(icsSource)])
export const icsSources = sources.default([]).meta({
  description: 'iCalendar data: a file beside the policy, or an https address; or a list of these.',
})

export const instantName = z.enum(['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'])

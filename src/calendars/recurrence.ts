import type ICAL from 'ical.js'
import { RRuleTemporal } from 'rrule-temporal'
import { type Moment, untilLocal } from './clock.ts'
import { SourceError } from './errors.ts'

/** More than this is no calendar of days off, and would fill the database. */
const MOST = 20_000

/**
 * The local times at which an event begins by a rule (RFC 5545 §3.3.10), within a window of local times. Rules are
 * reckoned by the wall clock, so 09:00 stays 09:00 when the clocks change.
 * @throws SourceError on a rule that repeats within a day, or more than 20,000 times
 */
export function repeated(rule: ICAL.Recur, start: Moment, window: { from: number; to: number }): number[] {
  if (!/^(YEARLY|MONTHLY|WEEKLY|DAILY)$/.test(rule.freq)) {
    throw new SourceError('an event repeats within a day', 'remove it from the calendar')
  }
  const { until } = rule
  const bare = rule.clone()
  bare.until = null
  const bound = until ? `;UNTIL=${stamp(untilLocal(until, start.clock))}` : ''
  const text = `DTSTART:${stamp(start.local)}\nRRULE:${bare.toString()}${bound}`
  const found = new RRuleTemporal({ rruleString: text, maxIterations: 10 * MOST }).between(
    new Date(window.from),
    new Date(window.to),
    true,
  )
  if (found.length > MOST)
    throw new SourceError(`an event repeats more than ${MOST} times`, 'remove it from the calendar')
  return found.map(one => one.epochMilliseconds)
}

/** `20261224T090000Z`. */
const stamp = (local: number): string => `${new Date(local).toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`

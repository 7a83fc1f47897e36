import { DAY } from '../domain/time.ts'
import { durationMs, readDuration } from './duration.ts'
import { PolicyError } from './error.ts'
import { workingDayMs } from './hours.ts'
import type { Policy, StageName, StagePredicate } from './policy.ts'
import { holidayRegions, personRules, workCalendars } from './resolve/calendars.ts'
import { exceptionRules, pauseRules, promiseRules } from './resolve/promises.ts'
import { inside, stagePredicates } from './resolve/stages.ts'
import type { PolicyFile } from './schema.ts'

const STAGES: readonly StageName[] = ['mql', 'sal', 'sql', 'rejected', 'recycled']

/** A working day where the default calendar's hours are those of Salesforce and so not known here. */
const EIGHT_HOURS = DAY / 3

/**
 * The written policy with every duration in milliseconds and every preset as a predicate.
 * @param file names the file in errors
 * @throws PolicyError when single values are fine but do not go together
 */
export function resolvePolicy(written: PolicyFile, file: string): Policy {
  const top = { file, path: '' }
  const holidays = holidayRegions(written.holidays, inside(top, 'holidays'))
  const calendars = workCalendars(written.calendars, Object.keys(holidays), inside(top, 'calendars'))
  const { hours } = calendars.find(one => one.name === 'default')!
  const dayMs = hours ? workingDayMs(hours) : EIGHT_HOURS
  const terms = { dayMs, reassignment: written.reassignment }
  const promises = promiseRules(written.promises, terms, inside(top, 'promises'))
  const names = promises.map(promise => promise.name)
  const { activities, re_mql, neglect } = written
  return {
    version: 1,
    name: written.name,
    effective: Date.parse(written.effective),
    timezone: written.timezone,
    stages: stagesOf(written, file),
    dimensions: written.dimensions as Policy['dimensions'],
    calendars,
    holidays,
    people: personRules(written.people, inside(top, 'people')),
    promises,
    pauses: pauseRules(written.pauses, names, dayMs, inside(top, 'pauses')),
    exceptions: exceptionRules(written.exceptions, names, inside(top, 'exceptions')),
    reMql: {
      afterMs: re_mql.after === null ? 0 : elapsed(re_mql.after),
      outcomes: re_mql.outcomes,
    },
    earlyMs: written.early_days * DAY,
    expireMs: written.expire_days === null ? null : written.expire_days * DAY,
    attempts: activities.attempts,
    contacts: activities.contacts,
    attemptsBy: activities.attempts_by,
    backDatedMs: elapsed(activities.back_dated_after),
    neglect: {
      unownedMs: elapsed(neglect.unowned_after),
      idleMs: elapsed(neglect.idle_after),
      windowMs: elapsed(neglect.window),
      limit: neglect.limit,
      minimumDue: neglect.minimum_due,
    },
    sharedMailboxes: written.shared_mailboxes.map(prefix => prefix.toLowerCase()),
    minimumN: written.minimum_n,
    write: written.write,
  }
}

/** What the schema takes for wall-clock time, in milliseconds. */
const elapsed = (text: string): number => durationMs(readDuration(text)!, 'elapsed', 0)!

function stagesOf({ stages }: PolicyFile, file: string): Policy['stages'] {
  const found = {} as Record<StageName, StagePredicate[]>
  for (const name of STAGES) found[name] = stagePredicates(stages[name], { file, path: `stages.${name}` })
  if (found.mql.length > 0) return found
  throw new PolicyError(file, { path: 'stages.mql', value: 'nothing', expected: 'at least one preset' })
}

import type { PromiseRule } from '../policy/policy.ts'
import type { DurationKind, Handoff, HandoffInstants, PromiseVerdict } from './handoff.ts'
import { DAY, HOUR, type Instant, MINUTE } from './time.ts'
import { localWords, type Zone } from './zone.ts'

type Name = keyof HandoffInstants

/** What is still missing when an instant has not come. */
const MISSING: Record<Name, string> = {
  t0: 'inquiry',
  t1: 'MQL',
  t2: 'owner',
  t3: 'attempt',
  t4: 'two-way contact',
  t5: 'decision',
  t6: 'SQL',
  t7: 'meeting held',
}

/** An instant as the start of a clock. */
const SINCE: Record<Name, string> = {
  t0: 'inquiry',
  t1: 'MQL',
  t2: 'assigned',
  t3: 'first attempt',
  t4: 'first contact',
  t5: 'decision',
  t6: 'SQL',
  t7: 'meeting',
}

/** An instant as something done. */
const DONE: Record<Name, string> = {
  t0: 'Inquiry',
  t1: 'MQL',
  t2: 'Assigned',
  t3: 'First attempt',
  t4: 'First contact',
  t5: 'Decided',
  t6: 'SQL',
  t7: 'Meeting held',
}

const AFTER: Record<Name, string> = { ...SINCE, t2: 'assignment' }

const LIMIT = 255

/**
 * The verdict in plain words for the rep, true until the verdict changes, so that it need not be rewritten every hour:
 * instants instead of ages. At most 255 characters.
 * @param rule the promise as agreed; undefined when the policy at hand no longer knows it
 */
export function reasonFor(
  promise: PromiseVerdict,
  rule: PromiseRule | undefined,
  handoff: Handoff,
  zone: Zone,
): string {
  const text = sentence(promise, rule ? clauses(rule, promise) : nameless(promise), handoff, zone)
  return text.length <= LIMIT ? text : `${text.slice(0, LIMIT - 1)}…`
}

/** The parts of speech of a promise. */
interface Clauses {
  /** `no attempt` */
  lacking: string
  /** `attempt` */
  awaited: string
  /** `since assigned` */
  since: string
  /** `after assignment`, without the first word */
  start: string
  /** `no owner` */
  unstarted: string
  /** `First attempt` */
  done: string
  from: Name | null
  until: Name | null
}

function clauses(rule: PromiseRule, promise: PromiseVerdict): Clauses {
  const { from, until } = rule
  const restarted = promise.restartedAt !== null
  const made = until === null ? progressWords(rule, promise) : ''
  return {
    lacking: until === null ? made : `no ${MISSING[until]}`,
    awaited: until === null ? made : MISSING[until],
    since: restarted ? 'reassigned' : SINCE[from],
    start: restarted ? 'reassignment' : AFTER[from],
    unstarted: `no ${MISSING[from]}`,
    done: until === null ? 'Enough attempts' : DONE[until],
    from,
    until,
  }
}

/** `3 of 6 attempts, 2 of 4 days`. */
function progressWords({ persistence }: PromiseRule, { progress }: PromiseVerdict): string {
  if (!persistence || !progress) return 'enough attempts'
  const { attempts, days, channels } = persistence
  const words = [
    `${progress.attempts} of ${attempts} attempts`,
    days > 1 && `${progress.days} of ${days} days`,
    channels > 1 && `${progress.channels} of ${channels} channels`,
  ]
  return words.filter(Boolean).join(', ')
}

function nameless({ name }: PromiseVerdict): Clauses {
  const word = name.replaceAll('_', ' ')
  const parts = { awaited: word, since: 'start', start: 'start', unstarted: 'no start', done: `Kept ${word}` }
  return { ...parts, lacking: `no ${word}`, from: null, until: null }
}

function sentence(promise: PromiseVerdict, words: Clauses, handoff: Handoff, zone: Zone): string {
  const { state, dueAt, from, restartedAt, excuse, pause } = promise
  const when = (at: Instant | null) => localWords(at!, zone)
  const { lacking, awaited, since, start } = words
  const started = when(restartedAt ?? from ?? 0)
  const still = 'the clock stands still while nobody owns it'
  switch (state) {
    case 'overdue':
      return `Overdue since ${when(dueAt)}: ${lacking} since ${since} ${started} (${zone.name})`
    case 'due_soon':
      return `Due soon, ${dueAt === null ? still : when(dueAt)}: ${lacking} since ${since} ${started} (${zone.name})`
    case 'running':
      return `${dueAt === null ? `Open, ${still}` : `Due ${when(dueAt)}`}: ${awaited} after ${start} ${started} (${zone.name})`
    case 'not_started':
      return `Not started: ${words.unstarted} yet`
    case 'met':
      return kept(promise, words, handoff)
    case 'met_late':
      return `${kept(promise, words, handoff)}, late: due ${when(dueAt)} (${zone.name})`
    case 'missed':
      return `Missed: ended as ${handoff.outcome} with ${lacking}`
    case 'void':
      return 'Void: every record of this person was deleted'
    case 'excused':
      return pause
        ? `Paused since ${when(pause.since)}: ${excuse}; the clock goes on at the latest ${when(pause.latest)} (${zone.name})`
        : `Excused: ${excuse}`
  }
}

/** `First attempt 3 h 10 min after assignment`. */
function kept(promise: PromiseVerdict, words: Clauses, handoff: Handoff): string {
  const { countedMs, leadMs, pausedMs, restartedAt, kind } = promise
  const { done, start, from, until } = words
  if (countedMs === null) return `${done} before ${start}`
  const daysOnly = handoff.dayPrecise.some(name => name === from || name === until)
  const length = daysOnly
    ? inDays(Math.abs(promise.until! - (restartedAt ?? promise.from!)))
    : inWords(Math.abs(countedMs), kind)
  const working = kind === 'working' && !daysOnly ? ' of working time' : ''
  const others = restartedAt === null && leadMs! - countedMs > pausedMs!
  const own = others && !daysOnly ? ' of the owner’s own time' : ''
  const paused = pausedMs && !daysOnly ? `, not counting ${inWords(pausedMs, kind)} paused` : ''
  return `${done} ${length}${own || working} ${countedMs < 0 ? 'before' : 'after'} ${start}${paused}`
}

const inDays = (ms: number): string => {
  const days = Math.round(ms / DAY)
  return days === 1 ? '1 day' : `${days} days`
}

/** The two largest units that are not nothing: `3 h 10 min`. Working time has no days: they differ from one calendar to the next. */
function inWords(ms: number, kind: DurationKind): string {
  const days = kind === 'elapsed' ? Math.floor(ms / DAY) : 0
  const hours = Math.floor((ms - days * DAY) / HOUR)
  const minutes = Math.floor((ms % HOUR) / MINUTE)
  const parts = [days > 0 && `${days} d`, hours > 0 && `${hours} h`, minutes > 0 && `${minutes} min`]
  const said = parts.filter(part => part !== false).slice(0, 2)
  return said.length > 0 ? said.join(' ') : 'less than a minute'
}

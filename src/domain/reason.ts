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
  const text = sentence(promise, rule ? clauses(rule) : nameless(promise), handoff, zone)
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

const clauses = ({ from, until }: PromiseRule): Clauses => ({
  lacking: until === null ? 'too few attempts' : `no ${MISSING[until]}`,
  awaited: until === null ? 'enough attempts' : MISSING[until],
  since: SINCE[from],
  start: AFTER[from],
  unstarted: `no ${MISSING[from]}`,
  done: until === null ? 'Enough attempts' : DONE[until],
  from,
  until,
})

function nameless({ name }: PromiseVerdict): Clauses {
  const word = name.replaceAll('_', ' ')
  const parts = { awaited: word, since: 'start', start: 'start', unstarted: 'no start', done: `Kept ${word}` }
  return { ...parts, lacking: `no ${word}`, from: null, until: null }
}

function sentence(promise: PromiseVerdict, words: Clauses, handoff: Handoff, zone: Zone): string {
  const { state, dueAt, from } = promise
  const when = (at: Instant | null) => localWords(at!, zone)
  const { lacking, awaited, since, start } = words
  switch (state) {
    case 'overdue':
      return `Overdue since ${when(dueAt)}: ${lacking} since ${since} ${when(from)} (${zone.name})`
    case 'due_soon':
      return `Due soon, ${when(dueAt)}: ${lacking} since ${since} ${when(from)} (${zone.name})`
    case 'running':
      return `Due ${when(dueAt)}: ${awaited} after ${start} ${when(from)} (${zone.name})`
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
      return `Excused from ${awaited}`
  }
}

/** `First attempt 3 h 10 min after assignment`. */
function kept(promise: PromiseVerdict, { done, start, from, until }: Clauses, handoff: Handoff): string {
  const { countedMs, kind } = promise
  if (countedMs === null) return `${done} before ${start}`
  const daysOnly = handoff.dayPrecise.some(name => name === from || name === until)
  const length = daysOnly
    ? inDays(Math.abs(promise.until! - promise.from!))
    : inWords(Math.abs(countedMs), kind)
  const working = kind === 'working' && !daysOnly ? ' of working time' : ''
  return `${done} ${length}${working} ${countedMs < 0 ? 'before' : 'after'} ${start}`
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

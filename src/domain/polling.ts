import type { Policy } from '../policy/policy.ts'
import { calendarOf } from './calendar.ts'
import type { ObjectName } from './facts.ts'
import { OFFICE } from './roster.ts'
import { type Instant, MINUTE } from './time.ts'

/** How often an object is worth asking for changes, in polls. */
export interface Pace {
  /** Asked with every such poll in working hours, and outside of them. */
  open: number
  shut: number
  /** Objects whose change moves this one, or is moved by it: when one of them has something new, it is asked at once. */
  with?: readonly ObjectName[]
}

/** Of an object that nobody said anything of: every minute while somebody works, every quarter of an hour else. */
export const USUAL: Pace = { open: 1, shut: 15 }

export type Paces = Readonly<Partial<Record<ObjectName, Pace>>>

/** When each object was last read to its end, and whether one that it goes with has moved since; null: never read. */
export type LastReads = ReadonlyMap<ObjectName, { at: Instant | null; wanted: boolean }>

export interface PollTime {
  now: Instant
  pollMs: number
  /** Whether somebody works. */
  isOpen: boolean
  /** How much slower to ask because calls are short; 1: not at all. */
  slowdown: number
}

/** The objects to ask now, in their order. Half a poll early is not early: polls come when they can. */
export function dueObjects(
  objects: readonly ObjectName[],
  paces: Paces,
  last: LastReads,
  { now, pollMs, isOpen, slowdown }: PollTime,
): ObjectName[] {
  return objects.filter(object => {
    const read = last.get(object)
    const at = read?.at ?? Number.NEGATIVE_INFINITY
    if (read?.wanted || at > now) return true
    const pace = paces[object] ?? USUAL
    return now - at >= ((isOpen ? pace.open : pace.shut) * slowdown - 0.5) * pollMs
  })
}

/** The objects that are to be asked when one had something new. */
export function companionsOf(object: ObjectName, paces: Paces): ObjectName[] {
  return (Object.keys(paces) as ObjectName[]).filter(other => paces[other]!.with?.includes(object))
}

/** Whether any calendar of the policy is open: in its zone, or the company's. Holidays are days like others here. */
export function isOpen({ calendars, timezone }: Policy, now: Instant): boolean {
  return calendars.some(
    one => calendarOf(one.hours ?? OFFICE, one.timezone ?? timezone).workingBetween(now, now + MINUTE) > 0,
  )
}

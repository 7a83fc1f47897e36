import ICAL from 'ical.js'
import type { Closed, Years } from '../domain/almanac.ts'
import { DAY } from '../domain/time.ts'
import { Clocks, type Moment } from './clock.ts'
import { SourceError } from './errors.ts'
import { repeated } from './recurrence.ts'

const ADDRESS = "give the calendar's iCalendar (.ics) address, one that needs no sign-in"
const NAME_LENGTH = 80

/** What a calendar closes, and how many events it has in all. */
export interface ReadCalendar {
  closed: Closed[]
  events: number
}

/**
 * The time that the events of an iCalendar text (RFC 5545) close, in these years. Cancelled ones and those marked as free
 * (TRANSPARENT) close nothing. Dates and times without a zone are by the wall clock of whoever observes them.
 * @throws SourceError on a text that is something else, or broken
 */
export function readIcs(text: string, years: Years): ReadCalendar {
  const body = text.replace(/^\uFEFF/, '').trimStart()
  if (/^<(!doctype|html|\?xml|head|body)/i.test(body))
    throw new SourceError('it is a web page (HTML)', ADDRESS)
  if (!/^BEGIN:VCALENDAR/i.test(body)) throw new SourceError('it is not iCalendar', ADDRESS)
  try {
    const events = calendarsIn(body).flatMap(calendar => eventsOf(calendar))
    const closed = events.flatMap(event => closedBy(event, windowOf(years)))
    return { events: events.length, closed: closed.sort((a, b) => a.from - b.from || a.to - b.to) }
  } catch (error) {
    if (error instanceof SourceError) throw error
    // The library quotes what it could not read, which may be private.
    throw new SourceError('it is not well-formed iCalendar', 'export or download it again')
  }
}

function windowOf({ first, last }: Years): Window {
  return { from: Date.UTC(first, 0, 1), to: Date.UTC(last + 1, 0, 1) }
}

interface Window {
  from: number
  to: number
}

/** A text may hold several calendars, one after the other. */
function calendarsIn(text: string): ICAL.Component[] {
  const parsed = ICAL.parse(text) as unknown[]
  const all = typeof parsed[0] === 'string' ? [parsed] : parsed
  return all.map(one => new ICAL.Component(one as ConstructorParameters<typeof ICAL.Component>[0]))
}

interface VEvent {
  component: ICAL.Component
  clocks: Clocks
  start: Moment
  /** By the clock of its start. */
  lengthMs: number
  /** Occurrences of it that other events stand for. */
  replaced: Moment[]
}

function eventsOf(calendar: ICAL.Component): VEvent[] {
  const clocks = new Clocks(calendar)
  const components = calendar.getAllSubcomponents('vevent')
  const replaced = Map.groupBy(
    components.filter(one => one.getFirstProperty('recurrence-id')),
    uidOf,
  )
  return components.flatMap(component => {
    const [start] = clocks.moments(component.getFirstProperty('dtstart'))
    if (!start) return []
    const repeats = component.getFirstProperty('recurrence-id') === null
    const others = repeats ? (replaced.get(uidOf(component)) ?? []) : []
    const taken = others.flatMap(one => clocks.moments(one.getFirstProperty('recurrence-id')))
    return [{ component, clocks, start, lengthMs: lengthOf(component, clocks, start), replaced: taken }]
  })
}

const uidOf = (component: ICAL.Component): string => String(component.getFirstPropertyValue('uid') ?? '')

function lengthOf(component: ICAL.Component, clocks: Clocks, start: Moment): number {
  const [end] = clocks.moments(component.getFirstProperty('dtend'))
  if (end) {
    const comparable = end.clock === start.clock || end.clock.wall || start.clock.wall
    return (comparable ? end.local : start.clock.local(end.clock.instant(end.local))) - start.local
  }
  const duration = component.getFirstPropertyValue('duration')
  if (duration instanceof ICAL.Duration) return duration.toSeconds() * 1_000
  return start.isDate ? DAY : 0
}

function closedBy(event: VEvent, window: Window): Closed[] {
  const { component, start, lengthMs } = event
  if (lengthMs <= 0 || !closes(component)) return []
  const { wall, instant } = start.clock
  const summary = component.getFirstPropertyValue('summary')
  const name = typeof summary === 'string' && summary.trim() ? summary.trim().slice(0, NAME_LENGTH) : null
  return occurrences(event, { from: window.from - lengthMs - DAY, to: window.to + DAY })
    .map(local => ({ wall, from: instant(local), to: instant(local + lengthMs), name }))
    .filter(({ from, to }) => from < window.to && to > window.from)
}

function closes(component: ICAL.Component): boolean {
  const value = (name: string) => String(component.getFirstPropertyValue(name) ?? '').toUpperCase()
  return value('status') !== 'CANCELLED' && value('transp') !== 'TRANSPARENT'
}

/** The local times at which it begins: the first, those of its rules and its further dates, but not the exceptions. */
function occurrences({ component, clocks, start, replaced }: VEvent, window: Window): number[] {
  const rules = component.getAllProperties('rrule').map(rule => rule.getFirstValue() as ICAL.Recur)
  const found = new Set(
    rules.length === 0 ? [start.local] : rules.flatMap(rule => repeated(rule, start, window)),
  )
  for (const date of component.getAllProperties('rdate')) {
    for (const moment of clocks.moments(date)) found.add(onClockOf(start, moment))
  }
  const dates = component.getAllProperties('exdate').flatMap(date => clocks.moments(date))
  const [days, times] = [new Set<number>(), new Set<number>()]
  for (const moment of [...dates, ...replaced]) {
    if (moment.isDate) days.add(moment.local)
    else times.add(onClockOf(start, moment))
  }
  return [...found].filter(local => !times.has(local) && !days.has(Math.floor(local / DAY) * DAY))
}

/** A moment by the clock of the event's start: exceptions may be written in UTC. */
function onClockOf(start: Moment, { local, clock }: Moment): number {
  return clock === start.clock || clock.wall || start.clock.wall
    ? local
    : start.clock.local(clock.instant(local))
}

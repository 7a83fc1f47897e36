import { setImmediate } from 'node:timers/promises'
import type { VirtualClock } from '../clock.ts'
import { PendingEvents } from './pending.ts'
import type { Scenario, ScenarioEvent, Sink } from './types.ts'

const PEOPLE_PER_TURN = 500

export interface LoadOptions {
  scenario: Scenario
  /** Filled side by side, in this order; person by person, then event by event. */
  sinks: readonly Sink[]
  /** Stands at the scenario's `now`; as it advances, later events are applied. */
  clock: VirtualClock
  /** File for the events to come; in memory when left out. */
  file?: string
  /** People loaded so far. */
  progress?: (people: number) => void
  /** Stops the loading between two people. */
  signal?: AbortSignal | undefined
}

export interface Loaded {
  people: number
  /** Events applied so far. */
  events(): number
  /** Events whose instant has not come. */
  pending(): number
  /** Applies what is due; the clock calls it, before each request and while it runs. */
  applyDue(now: number): void
  close(): void
}

/**
 * Fills the sinks with everything up to the scenario's `now`, then follows the clock. From its `merged` event
 * on a person's events wait until everybody is there, since two people are concerned.
 */
export async function loadScenario(options: LoadOptions): Promise<Loaded> {
  const { scenario, sinks, clock, file = ':memory:', progress, signal } = options
  const { company } = scenario
  const pending = new PendingEvents(file)
  let people = 0
  let events = 0
  try {
    for (const sink of sinks) sink.begin(company)
    for (const { person, events: all } of scenario.people()) {
      const first = firstWaiting(all, company.now)
      const past = all.slice(0, first)
      for (const sink of sinks) sink.person(person, past)
      for (const event of all.slice(first)) pending.add(event)
      events += past.length
      if (++people % PEOPLE_PER_TURN === 0) {
        progress?.(people)
        await setImmediate()
        signal?.throwIfAborted()
      }
    }
    for (const sink of sinks) sink.end()
  } catch (error) {
    pending.close()
    throw error
  }
  const applyDue = (now: number) => {
    for (let due = pending.take(now); due.length > 0; due = pending.take(now)) {
      for (const event of due) {
        for (const sink of sinks) sink.apply(event.person, event)
        events++
      }
    }
  }
  applyDue(company.now)
  const unfollow = clock.onAdvance(applyDue)
  const close = () => {
    unfollow()
    pending.close()
  }
  return { people, events: () => events, pending: () => pending.count, applyDue, close }
}

/** Index of the first event that cannot be loaded with its person: to come, or a merge. */
function firstWaiting(events: readonly ScenarioEvent[], now: number): number {
  const index = events.findIndex(({ at, event }) => at > now || event === 'merged')
  return index < 0 ? events.length : index
}

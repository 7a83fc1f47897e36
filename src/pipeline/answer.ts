import type { DelaySpan } from '../domain/delay.ts'
import type { ExplainedPromise } from '../domain/explain.ts'
import { type ObjectName, parseRef, type Ref } from '../domain/facts.ts'
import type { PersonExplanation } from './explain.ts'

const ofSpan = (span: DelaySpan) => ({ ...span, from: iso(span.from), to: iso(span.to) })

const iso = (at: number | null): string | null => (at === null ? null : new Date(at).toISOString())

/** Objects with a page of their own in their CRM; a row of a history has none. */
const PAGES: readonly ObjectName[] = ['lead', 'contact', 'deal', 'task', 'event', 'email', 'call', 'meeting']

/** The record to open for what happened: the one that says so, or the one it is about. */
export const pageOf = ({ record, subject }: { record: Ref; subject: Ref }): Ref =>
  PAGES.includes(parseRef(record).object) ? record : subject

/** An explanation as JSON: instants in ISO 8601 UTC, durations in milliseconds, each record with its page in the CRM. */
export function explanationJson(
  { asOf, knownAt, handoffs, timeline, records, ...person }: PersonExplanation,
  link: (ref: Ref) => string | null,
) {
  return {
    asOf: iso(asOf),
    knownAt: iso(knownAt),
    ...person,
    records: records.map(record => ({ ...record, url: link(record.ref) })),
    handoffs: handoffs.map(
      ({ promises, milestones, owners, delays, dropped, endedAt, policy, ...handoff }) => ({
        ...handoff,
        endedAt: iso(endedAt),
        policy: { ...policy, effective: iso(policy.effective) },
        milestones: milestones.map(one => ({ ...one, at: iso(one.at) })),
        owners: owners.map(span => ({ ...span, from: iso(span.from), to: iso(span.to) })),
        delays: {
          ...delays,
          system: delays.system.map(ofSpan),
          rep: delays.rep && ofSpan(delays.rep),
        },
        dropped: dropped && { ...dropped, since: iso(dropped.since) },
        promises: promises.map(promiseJson),
      }),
    ),
    timeline: timeline.map(({ at, ...happening }) => ({
      at: iso(at),
      ...happening,
      url: link(pageOf(happening)),
    })),
  }
}

function promiseJson(promise: ExplainedPromise) {
  const { from, until, warnAt, dueAt, restartedAt, pause, intervals, ...rest } = promise
  return {
    ...rest,
    ...{ from: iso(from), until: iso(until), warnAt: iso(warnAt), dueAt: iso(dueAt) },
    restartedAt: iso(restartedAt),
    pause: pause && { ...pause, since: iso(pause.since), latest: iso(pause.latest) },
    intervals: intervals.map(one => ({ ...one, from: iso(one.from), to: iso(one.to) })),
  }
}

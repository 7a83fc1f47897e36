import type { ObjectName } from '../domain/facts.ts'
import { type Instant, MINUTE } from '../domain/time.ts'
import type { EventStream } from '../store/streams.ts'
import { sentence, type Trouble, VENDOR_NAMES } from './health.ts'
import type { CrmState, EventsState } from './views.ts'

/** A stream that brings nothing gives a sign of life every two minutes. */
const SILENCE = 5 * MINUTE

/** The states of CRMs with how their change events come. */
export function withEvents(crms: readonly CrmState[], streams: readonly EventStream[]): CrmState[] {
  return crms.map(crm => {
    const own = streams.filter(({ vendor }) => vendor === crm.vendor)
    return own.length === 0 ? crm : { ...crm, events: eventsOf(own) }
  })
}

const eventsOf = (streams: readonly EventStream[]): EventsState => ({
  heardAt: Math.max(...streams.map(({ heardAt }) => heardAt)),
  told: streams.filter(({ refusal }) => refusal === null).map(({ object }) => object),
  untold: streams.flatMap(({ object, refusal }) => (refusal === null ? [] : [{ object, reason: refusal }])),
  missed: streams.filter(({ missedAt }) => missedAt !== null).map(({ object }) => object),
})

/**
 * What change events do not tell. Changes that were lost are red until they have been read; that nothing is told is not:
 * polling is complete without.
 */
export function eventTroubles({ vendor, events }: CrmState, now: Instant): Trouble[] {
  if (events === undefined) return []
  const name = VENDOR_NAMES[vendor]
  const found: Trouble[] = []
  if (events.missed.length > 0)
    found.push({
      ...{ code: 'events_missed', vendor, needsPerson: false, red: true },
      title: `Change events of ${name} were lost: ${namesOf(events.missed)}`,
      remedy: 'What they would have told is being read by query; nothing has to be done.',
    })
  const [reason] = events.untold.map(one => one.reason)
  if (reason !== undefined || now - events.heardAt > SILENCE)
    found.push({
      ...{ code: 'events_untold', vendor, needsPerson: false, red: false },
      title: `${name} does not tell all changes`,
      remedy: `They are found by polling, a little later. ${reason === undefined ? 'Nobody listens; check that a worker runs.' : `${sentence(reason)} leadtime doctor says more.`}`,
    })
  return found
}

/** One line for people. */
export function eventWords({ told, untold, missed, heardAt }: EventsState, asOf: Instant): string {
  const parts = [
    told.length > 0 && asOf - heardAt <= SILENCE && `told of ${namesOf(told)}`,
    told.length > 0 && asOf - heardAt > SILENCE && 'nothing heard for a while; polling does it',
    missed.length > 0 && `lost events of ${namesOf(missed)}, catching up by query`,
    untold.length > 0 && `not told of ${namesOf(untold.map(({ object }) => object))}; polling does it`,
  ]
  return `Change events: ${parts.filter(part => part !== false).join('; ')}.`
}

const namesOf = (objects: readonly ObjectName[]): string =>
  objects.map(object => object.replaceAll('_', ' ')).join(', ')

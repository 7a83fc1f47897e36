import { z } from 'zod'
import type { ObjectName } from '../../domain/facts.ts'
import type { ChangeEvents, Heard, StreamState } from '../crm.ts'
import { AuthExpired, CrmError, Refused } from '../errors.ts'
import { Bayeux, Forgotten, type Subscribed } from './bayeux.ts'
import type { SalesforceClient } from './client.ts'
import { type SalesforceObject, SOURCES } from './objects.ts'
import { ownedNames } from './owned.ts'

/** Those that are polled with every poll; Salesforce lets five objects be chosen without an add-on. */
const TOLD = ['lead', 'contact', 'deal', 'task', 'event'] as const satisfies SalesforceObject[]

const channelOf = (object: (typeof TOLD)[number]) => `/data/${SOURCES[object].sobject}ChangeEvent`
const BY_CHANNEL = new Map<string, ObjectName>(TOLD.map(object => [channelOf(object), object]))

/** A change event as far as we believe it (Change Data Capture Developer Guide, "Change Event Header Fields"). */
const event = z.object({
  event: z.object({ replayId: z.int().min(0) }),
  payload: z.object({
    ChangeEventHeader: z.object({
      changeType: z.string(),
      recordIds: z.array(z.string()),
      changedFields: z.array(z.string()).default([]),
    }),
  }),
})

/** What moves with every change. */
const STAMPS = ['LastModifiedDate', 'LastModifiedById', 'SystemModstamp']
const NONE = 'none of our objects is chosen under Setup, Change Data Capture, for this user'
const ID = /^[A-Za-z0-9]{18}$/

/** Salesforce's change data capture: each event is a hint to read its records, no more. */
export function changeEvents(client: SalesforceClient, prefix: string): ChangeEvents {
  const echoes: ReadonlySet<string> = new Set([...ownedNames(prefix), ...STAMPS])
  return {
    objects: TOLD,
    listen: (positions, signal) => listen(client, echoes, positions, signal),
    check: signal => check(client, signal),
  }
}

async function* listen(
  client: SalesforceClient,
  echoes: ReadonlySet<string>,
  positions: ReadonlyMap<ObjectName, string | null>,
  signal: AbortSignal,
): AsyncGenerator<Heard> {
  const at = new Map(positions)
  const keep = ({ streams }: Heard) => {
    for (const { object, position } of streams) at.set(object, position)
  }
  // A session that ends before it was good for anything is not followed by a further one at once.
  let proven = true
  for (;;) {
    const token = await client.session.token()
    let bayeux: Bayeux | null = null
    try {
      bayeux = await Bayeux.open(client, signal)
      const begun = await subscribeAll(bayeux, at)
      yield begun
      keep(begun)
      if (begun.streams.every(({ refusal }) => refusal !== null))
        throw new Refused('salesforce', 'listen to change events', NONE)
      for (let polls = 1; ; polls++) {
        const heard = heardIn(await bayeux.poll(), echoes)
        // The first is answered at once and proves nothing.
        if (polls > 1) proven = true
        yield heard
        keep(heard)
      }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof AuthExpired && proven) {
        proven = false
        await client.session.renew(token)
      } else if (!(error instanceof Forgotten && proven)) throw error
      else proven = false
    } finally {
      await bayeux?.close()
    }
  }
}

/**
 * Every stream from its position; where that is no longer known, from now on, and what came between is missed. Nobody tells
 * where now is: a stream that has brought nothing yet begins anew each time, and the query sees to what was before.
 */
async function subscribeAll(
  bayeux: Bayeux,
  positions: ReadonlyMap<ObjectName, string | null>,
): Promise<Heard> {
  const heard: Heard = { records: [], ask: [], missed: [], streams: [] }
  for (const object of TOLD) {
    let position = positions.get(object) ?? null
    let answer = await bayeux.subscribe(channelOf(object), position)
    if (!answer.ok && answer.invalid && position !== null) {
      position = null
      heard.missed.push(object)
      answer = await bayeux.subscribe(channelOf(object), position)
    }
    if (answer.ok && position === null) heard.ask.push(object)
    heard.streams.push({ object, position, refusal: refusalOf(object, answer) })
  }
  return heard
}

function refusalOf(object: (typeof TOLD)[number], answer: Subscribed): string | null {
  if (answer.ok) return null
  const { sobject } = SOURCES[object]
  if (answer.code !== 403 && answer.code !== 400)
    return `Salesforce refuses the change events of ${sobject} (${answer.code})`
  return `choose ${sobject} under Setup, Change Data Capture, and give the integration user View All on it`
}

/** The records that events are about. What is not understood is missed, not ignored; of our own writes nothing is read. */
function heardIn(events: readonly { channel: string; data: unknown }[], echoes: ReadonlySet<string>): Heard {
  const records = new Map<string, Heard['records'][number]>()
  const missed = new Set<ObjectName>()
  const streams = new Map<ObjectName, StreamState>()
  for (const { channel, data } of events) {
    const object = BY_CHANNEL.get(channel)
    if (object === undefined) continue
    const told = event.safeParse(data)
    if (!told.success) {
      missed.add(object)
      continue
    }
    const { changeType, recordIds, changedFields } = told.data.payload.ChangeEventHeader
    streams.set(object, { object, position: String(told.data.event.replayId), refusal: null })
    const ids = recordIds.filter(id => ID.test(id))
    if (changeType.startsWith('GAP_') || ids.length < recordIds.length) missed.add(object)
    if (changeType === 'GAP_OVERFLOW') continue
    const echo = changeType === 'UPDATE' && changedFields.some(isOurs(echoes, STAMPS))
    if (echo && changedFields.every(field => echoes.has(field))) continue
    for (const id of ids) records.set(`${object} ${id}`, { object, id })
  }
  const lost = [...missed]
  return { records: [...records.values()], ask: lost, missed: lost, streams: [...streams.values()] }
}

/** A field of ours, not only a stamp: a change of stamps alone may be anything. */
const isOurs = (echoes: ReadonlySet<string>, stamps: readonly string[]) => (field: string) =>
  echoes.has(field) && !stamps.includes(field)

/** Subscribes once and leaves again. */
async function check(client: SalesforceClient, signal: AbortSignal): Promise<string[]> {
  try {
    await client.session.token()
    const bayeux = await Bayeux.open(client, signal)
    try {
      const { streams } = await subscribeAll(bayeux, new Map())
      return streams.flatMap(({ refusal }) => refusal ?? [])
    } finally {
      await bayeux.close()
    }
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [error.message]
  }
}

import { z } from 'zod'
import type { Instant } from '../../domain/time.ts'
import { Unavailable } from '../errors.ts'
import { contactsOf, paging } from './associations.ts'
import { type HubSpotClient, HubSpotRefused } from './client.ts'
import type { Source } from './objects.ts'
import { type HubSpotObject, time } from './values.ts'

/** Records per page: HubSpot halves it as soon as a history is asked for. */
const LIST = 100
const WITH_HISTORY = 50
const SEARCH = 200

export interface PagedObjects {
  objects: HubSpotObject[]
  /** What to ask for next; null at the end. */
  next: string | null
  date: Instant | null
}

const version = z.object({
  value: z.string().nullish(),
  timestamp: time,
  sourceType: z.string().nullish(),
})

const object = z.object({
  id: z.string().min(1),
  properties: z.record(z.string(), z.string().nullish()).default({}),
  propertiesWithHistory: z.record(z.string(), z.array(version)).nullish(),
  associations: z
    .record(z.string(), z.object({ results: z.array(z.object({ id: z.string() })), paging }))
    .nullish(),
  createdAt: time,
  updatedAt: time,
  archived: z.boolean().nullish(),
  archivedAt: time.nullish(),
})
type Raw = z.infer<typeof object>

const page = z.object({ results: z.array(object), paging })
const found = z.object({ results: z.array(z.object({ id: z.string().regex(/^\d+$/) })), paging })

/** One page of the list: all records of a kind by id, archived or not, with history and contacts. */
export async function list(
  client: HubSpotClient,
  source: Source,
  after: string | null,
  archived: boolean,
  signal: AbortSignal,
): Promise<PagedObjects> {
  const limit = source.history.length > 0 ? WITH_HISTORY : LIST
  const { body, date } = await client.read(`list ${source.type}`, page, signal, sdk =>
    sdk.list.getPage(
      source.type,
      limit,
      after ?? undefined,
      [...source.properties],
      source.history.length > 0 ? [...source.history] : undefined,
      source.ofContacts ? ['contacts'] : undefined,
      archived,
    ),
  )
  client.traffic.reads.records += body.results.length
  const cut = body.results.filter(raw => raw.associations?.contacts?.paging?.next).map(({ id }) => id)
  const whole =
    cut.length > 0 ? await contactsOf(client, source.type, cut, signal) : new Map<string, string[]>()
  const objects = body.results.map(raw => objectOf(raw, whole.get(raw.id) ?? inlineContacts(raw)))
  return { objects, next: body.paging?.next?.after ?? null, date }
}

const inlineContacts = (raw: Raw): string[] => raw.associations?.contacts?.results.map(({ id }) => id) ?? []

/** Empty pages in a row that say they go on, before we stop believing it. */
const EMPTY_PAGES = 20

/**
 * One page of what was modified since `from`, in the order of ids, strictly after the id `last`. A keyset instead of
 * an offset: a search ends at 10,000 results, and an offset would drift when records change. What changes again
 * behind the keyset belongs to the next scan. A search knows no histories and no associations: both are read after.
 */
export async function search(
  client: HubSpotClient,
  source: Source,
  from: Instant,
  last: string | null,
  signal: AbortSignal,
): Promise<PagedObjects> {
  const operation = `search ${source.type}`
  const request = searchRequest(source, from, last)
  let after: string | undefined
  for (let empty = 0; empty <= EMPTY_PAGES; empty++) {
    const ask = { ...request, ...(after !== undefined && { after }) }
    const { body, date } = await client.read(
      operation,
      found,
      signal,
      sdk => sdk.search.doSearch(source.type, ask),
      'search',
    )
    const ids = body.results.map(({ id }) => id)
    after = body.paging?.next?.after
    // A page without records that goes on is not the end: only its offset leads to what comes after it.
    if (ids.length === 0 && after !== undefined) continue
    client.traffic.reads.records += ids.length
    const objects = await read(client, source, ids, false, signal)
    const more = ids.length === SEARCH || after !== undefined
    return { objects, next: more ? (ids.at(-1) ?? null) : null, date }
  }
  throw new Unavailable('hubspot', operation, 'empty pages without end')
}

type SearchRequest = Parameters<Parameters<Parameters<HubSpotClient['read']>[3]>[0]['search']['doSearch']>[1]

function searchRequest(source: Source, from: Instant, last: string | null): SearchRequest {
  const since = { propertyName: source.modified, operator: 'GTE', value: String(from) }
  const beyond = { propertyName: 'hs_object_id', operator: 'GT', value: last ?? '' }
  const request = {
    limit: SEARCH,
    properties: ['hs_object_id'],
    sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' }],
    filterGroups: [{ filters: last === null ? [since] : [since, beyond] }],
  }
  // The SDK's types know sorts only as strings and operators as an enum of their own; the wire takes these.
  return request as unknown as SearchRequest
}

/** Records by id, with histories and contacts; ids that are not there are absent. */
export async function read(
  client: HubSpotClient,
  source: Source,
  ids: readonly string[],
  archived: boolean,
  signal: AbortSignal,
): Promise<HubSpotObject[]> {
  const size = source.history.length > 0 ? WITH_HISTORY : LIST
  const raws: Raw[] = []
  for (let i = 0; i < ids.length; i += size) {
    raws.push(...(await readBatch(client, source, ids.slice(i, i + size), archived, signal)))
  }
  const contacts = source.ofContacts
    ? await contactsOf(
        client,
        source.type,
        raws.map(({ id }) => id),
        signal,
      )
    : new Map<string, string[]>()
  return raws.map(raw => objectOf(raw, contacts.get(raw.id) ?? []))
}

/** The contact that an id leads to, which is another one's after a merge; null: nothing is there. */
export async function follow(
  client: HubSpotClient,
  id: string,
  signal: AbortSignal,
): Promise<HubSpotObject | null> {
  try {
    const { body } = await client.read('read contact', object, signal, sdk =>
      sdk.list.getById('contacts', id, ['hs_merged_object_ids']),
    )
    return objectOf(body, [])
  } catch (error) {
    if (error instanceof HubSpotRefused && error.status === 404) return null
    throw error
  }
}

async function readBatch(
  client: HubSpotClient,
  source: Source,
  ids: readonly string[],
  archived: boolean,
  signal: AbortSignal,
): Promise<Raw[]> {
  const { body } = await client.read(`read ${source.type}`, page, signal, sdk =>
    sdk.batch.read(
      source.type,
      {
        inputs: ids.map(id => ({ id })),
        properties: [...source.properties],
        propertiesWithHistory: [...source.history],
      },
      archived,
    ),
  )
  client.traffic.reads.records += body.results.length
  return body.results
}

function objectOf(raw: Raw, contacts: readonly string[]): HubSpotObject {
  const history = Object.entries(raw.propertiesWithHistory ?? {}).map(
    ([name, entries]) =>
      [
        name,
        entries.map(({ value, timestamp, sourceType }) => ({
          value: value ?? null,
          at: timestamp,
          by: sourceType ?? undefined,
        })),
      ] as const,
  )
  return {
    id: raw.id,
    properties: raw.properties,
    history: Object.fromEntries(history),
    contacts: [...new Set(contacts)].sort(),
    createdAt: raw.createdAt,
    updatedAt: raw.updatedAt,
    archivedAt: raw.archived ? (raw.archivedAt ?? raw.updatedAt) : null,
  }
}

import type { CensusPage, CensusRecord, Cursor } from '../crm.ts'
import { Unavailable } from '../errors.ts'
import type { HubSpotClient } from './client.ts'
import { type HubSpotName, SOURCES, type Source } from './objects.ts'
import { list } from './pages.ts'
import type { HubSpotObject } from './values.ts'

/**
 * Ids and stamps of all records of a kind, 100 a page: the list with one property, then that of the archived ones where
 * deletions matter. Associations come along at no further call, and adding or removing one moves no stamp.
 */
export async function* census(
  client: HubSpotClient,
  object: HubSpotName,
  cursor: Cursor | null,
  signal: AbortSignal,
): AsyncGenerator<CensusPage> {
  const source: Source = { ...SOURCES[object], properties: ['hs_object_id'], history: [] }
  let archived = cursor?.archived === true
  let after = typeof cursor?.after === 'string' ? cursor.after : null
  for (;;) {
    const { objects, next, date } = await list(client, source, after, archived, signal)
    if (next !== null && next === after)
      throw new Unavailable('hubspot', `count ${source.type}`, 'the same page came twice')
    const more = next !== null || (!archived && source.archived)
    archived ||= next === null
    after = next
    yield {
      records: objects.map(one => counted(source, one)),
      cursor: more ? { archived, after } : null,
      date,
    }
    if (!more) return
  }
}

const counted = (source: Source, { id, updatedAt, archivedAt, contacts }: HubSpotObject): CensusRecord => ({
  id,
  stamp: archivedAt ?? updatedAt,
  deleted: archivedAt !== null,
  ...(source.ofContacts && { unstamped: { contacts: [...contacts] } }),
})

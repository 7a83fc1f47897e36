import { z } from 'zod'
import type { Crm } from '../crm.ts'
import { Refused } from '../errors.ts'
import type { HubSpotOptions } from './client.ts'
import { recordPage } from './link.ts'
import { isSource, OBJECTS } from './objects.ts'
import { ownedFields } from './owned.ts'
import { PACES } from './paces.ts'

export type { HubSpotOptions } from './client.ts'

/**
 * The HubSpot portal behind the port. Loads the SDK (0.4 s) and asks once for the portal's number, which record
 * pages need; a portal that does not answer now is asked again with the next check.
 */
export async function hubspot(options: HubSpotOptions): Promise<Crm> {
  const [{ HubSpotClient }, { HubSpotReader }, { census }, { BATCH, write }, { check }] = await Promise.all([
    import('./client.ts'),
    import('./read.ts'),
    import('./census.ts'),
    import('./write.ts'),
    import('./check.ts'),
  ])
  const { fields = [] } = options
  const client = new HubSpotClient(options)
  const reader = new HubSpotReader(client, options.prefix, fields)
  let portal = ''
  const findPortal = async (signal: AbortSignal) => {
    if (portal) return portal
    const { body } = await client.get('account details', details, DETAILS, signal)
    const { portalId, timeZone } = body
    if (timeZone) await options.budget?.inZone(timeZone)
    portal = String(portalId)
    return portal
  }
  await findPortal(AbortSignal.timeout(PORTAL_WAIT)).catch(() => {})
  return {
    vendor: 'hubspot',
    objects: OBJECTS,
    writable: ['contact'],
    paces: PACES,
    ownedFields,
    writeBatch: BATCH,
    changes(object, cursor, signal, patience) {
      if (object === 'user') return reader.owners(cursor, signal)
      if (isSource(object)) return reader.changes(object, cursor, signal, patience)
      throw new Refused('hubspot', `read ${object}`, 'HubSpot has no such object')
    },
    census(object, cursor, signal) {
      if (object === 'user') return reader.countOwners(cursor, signal)
      if (isSource(object)) return census(client, object, cursor, signal)
      throw new Refused('hubspot', `count ${object}`, 'HubSpot has no such object')
    },
    ageing: [],
    async fetch(object, ids, signal) {
      if (isSource(object)) return await reader.fetch(object, ids, signal)
      if (object === 'user') return await reader.fetchOwners(ids, signal)
      throw new Refused('hubspot', `read ${object}`, 'HubSpot has no such object')
    },
    async write(object, changes, signal) {
      if (object !== 'contact')
        throw new Refused('hubspot', `update ${object}`, 'it does not carry our fields')
      return await write(client, changes, options.prefix, signal)
    },
    account: findPortal,
    async check(signal) {
      await findPortal(signal).catch(() => {})
      return await check(client, options.prefix, fields, signal)
    },
    async vitals(signal) {
      const { date, calls } = await client.get('account details', details, DETAILS, signal)
      return { serverTime: date, calls }
    },
    url: ref => recordPage(options.uiUrl, portal, ref),
    traffic: () => structuredClone(client.traffic),
    async close() {
      client.close()
    },
  }
}

const PORTAL_WAIT = 3_000
const DETAILS = '/account-info/v3/details'
const details = z.object({
  portalId: z.union([z.number().int(), z.string().regex(/^\d+$/)]),
  /** Its midnight ends the account's day; one that this machine does not know is left out. */
  timeZone: z.string().refine(isZone).optional().catch(undefined),
})

function isZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}

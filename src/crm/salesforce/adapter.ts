import type { Crm } from '../crm.ts'
import { Refused } from '../errors.ts'
import { own, recordPage } from './link.ts'
import { AGEING, isWritable, OBJECTS, WRITABLE } from './objects.ts'
import { ownedFields } from './owned.ts'
import { PACES } from './paces.ts'
import type { SalesforceOptions } from './session.ts'

export type { SalesforceOptions } from './session.ts'

/**
 * The Salesforce organisation behind the port. Makes no call before it is used; jsforce is loaded here and not
 * before (0.3 s).
 */
export async function salesforce(options: SalesforceOptions): Promise<Crm> {
  const [
    { SalesforceClient },
    { SalesforceReader },
    { census },
    { BATCH, write },
    { check, vitals },
    { calendars },
  ] = await Promise.all([
    import('./client.ts'),
    import('./read.ts'),
    import('./census.ts'),
    import('./write.ts'),
    import('./check.ts'),
    import('./calendars.ts'),
  ])
  const { fields = [], bulk } = options
  const client = new SalesforceClient(options)
  const reader = new SalesforceReader(client, options.prefix, fields, bulk)
  return {
    vendor: 'salesforce',
    objects: OBJECTS,
    writable: WRITABLE,
    ownedFields,
    writeBatch: BATCH,
    changes: (object, cursor, signal) => reader.changes(own(object), cursor, signal),
    census: (object, cursor, signal) => census(reader, own(object), cursor, signal),
    ageing: AGEING,
    ahead: (scans, signal) =>
      reader.ahead(
        scans.map(({ object, cursor }) => ({ object: own(object), cursor })),
        signal,
      ),
    paces: PACES,
    fetch: (object, ids, signal) => reader.fetch(own(object), ids, signal),
    async write(object, changes, signal) {
      if (!isWritable(object))
        throw new Refused('salesforce', `update ${object}`, 'it does not carry our fields')
      return await write(client, object, changes, options.prefix, signal)
    },
    account: signal => client.account(signal),
    check: signal => check(reader, options.prefix, fields, signal),
    vitals: signal => vitals(client, signal),
    calendars: calendars(reader),
    ...(options.changeEvents && {
      events: (await import('./events.ts')).changeEvents(client, options.prefix),
    }),
    url: ref => recordPage(client.instanceUrl, ref),
    traffic: () => structuredClone(client.traffic),
    async close() {
      client.close()
    },
  }
}

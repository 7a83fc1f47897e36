import { Client } from '@hubspot/api-client'
import jsforce from 'jsforce'
import type pg from 'pg'
import type { Access } from '../stage.ts'
import { type Arm, type Kept, LEAD_FIELDS, PROPERTIES, table } from './job.ts'

const HISTORY = ['lifecyclestage']
/** What came late is read again. */
const OVERLAP_MS = 5 * 60_000

interface Found {
  id: string
  properties: Record<string, string | null>
  propertiesWithHistory?: Record<string, unknown>
}

/**
 * What a careful engineer writes in a day: pages with their histories, a statement a page, changes by a keyset on the id
 * with an overlap, archived and deleted records taken out.
 */
export async function good(db: pg.Client, access: Access): Promise<Arm> {
  const hubspot = new Client({ accessToken: access.token, basePath: access.hubspotUrl })
  const { basicApi, batchApi, searchApi } = hubspot.crm.contacts
  const salesforce = new jsforce.Connection({
    oauth2: { ...access, loginUrl: access.salesforceUrl },
    version: '66.0',
  })
  await salesforce.authorize({ grant_type: 'client_credentials' } as never)
  await table(db, 'peer_good')
  let contactsSince = 0
  let leadsSince = 0

  const save = async (object: string, rows: readonly Kept[]) => {
    await db.query(
      `insert into peer_good select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::jsonb[])
        on conflict (object, id)
        do update set company = excluded.company, stage = excluded.stage, history = excluded.history`,
      [
        object,
        rows.map(row => row.id),
        rows.map(row => row.company),
        rows.map(row => row.stage),
        rows.map(row => JSON.stringify(row.history)),
      ],
    )
  }
  const remove = (object: string, ids: readonly string[]) =>
    db.query('delete from peer_good where object = $1 and id = any($2::text[])', [object, ids])

  const saveContacts = async (found: readonly Found[]) => {
    for (const { properties } of found) {
      contactsSince = Math.max(contactsSince, Date.parse(properties.lastmodifieddate ?? ''))
    }
    await save(
      'contact',
      found.map(({ id, properties: { company = null, lifecyclestage: stage = null }, ...rest }) => {
        return { id, company, stage, history: rest.propertiesWithHistory?.lifecyclestage }
      }),
    )
  }
  const eachPage = async (archived: boolean, take: (found: Found[]) => Promise<unknown>) => {
    for (let after: string | undefined; ; ) {
      const history = archived ? undefined : HISTORY
      const page = await basicApi.getPage(
        archived ? 100 : 50,
        after,
        PROPERTIES,
        history,
        undefined,
        archived,
      )
      await take(page.results as unknown as Found[])
      after = page.paging?.next?.after
      if (after === undefined) return
    }
  }
  const changedContacts = async (since: number) => {
    for (let last = '0'; ; ) {
      const filters = [
        { propertyName: 'lastmodifieddate', operator: 'GTE' as never, value: `${since}` },
        { propertyName: 'hs_object_id', operator: 'GT' as never, value: last },
      ]
      const { results } = await searchApi.doSearch({
        filterGroups: [{ filters }],
        sorts: [{ propertyName: 'hs_object_id', direction: 'ASCENDING' } as never],
        properties: ['hs_object_id'],
        limit: 200,
        after: '0',
      })
      for (let i = 0; i < results.length; i += 50) {
        const inputs = results.slice(i, i + 50).map(({ id }) => ({ id }))
        const read = await batchApi.read({ inputs, properties: PROPERTIES, propertiesWithHistory: HISTORY })
        await saveContacts(read.results as unknown as Found[])
      }
      if (results.length < 200) return
      last = results.at(-1)!.id
    }
  }
  const saveLeads = async (where: string) => {
    const soql = `SELECT ${LEAD_FIELDS} FROM Lead ${where} ORDER BY SystemModstamp, Id`
    for (let page = await salesforce.query(soql, { scanAll: true }); ; ) {
      const rows = page.records as Record<string, string>[]
      const gone = rows.filter(row => row.IsDeleted as unknown as boolean).map(row => row.Id!)
      const there = rows.filter(row => !(row.IsDeleted as unknown as boolean))
      const kept = there.map(row => ({
        id: row.Id!,
        company: row.Company!,
        stage: row.Status!,
        history: null,
      }))
      await save('lead', kept)
      await remove('lead', gone)
      for (const row of rows) leadsSince = Math.max(leadsSince, Date.parse(row.SystemModstamp!))
      if (page.done) return
      page = await salesforce.queryMore(page.nextRecordsUrl!)
    }
  }
  const removeArchived = () =>
    eachPage(true, archived =>
      remove(
        'contact',
        archived.map(({ id }) => id),
      ),
    )

  return {
    first: async () => {
      await eachPage(false, saveContacts)
      await saveLeads('')
    },
    again: async () => {
      await changedContacts(contactsSince - OVERLAP_MS)
      await removeArchived()
      await saveLeads(`WHERE SystemModstamp >= ${new Date(leadsSince - OVERLAP_MS).toISOString()}`)
    },
  }
}

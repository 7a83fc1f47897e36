import { Client } from '@hubspot/api-client'
import jsforce from 'jsforce'
import type pg from 'pg'
import type { Access } from '../stage.ts'
import { type Arm, type Kept, LEAD_FIELDS, PROPERTIES, table } from './job.ts'

/**
 * The script that one finds in answers and tutorials: the libraries' own ways to get everything, a call for each record's
 * history, a statement a row, and from then on whatever was modified after the last thing seen.
 */
export async function typical(db: pg.Client, access: Access): Promise<Arm> {
  const hubspot = new Client({ accessToken: access.token, basePath: access.hubspotUrl })
  const salesforce = new jsforce.Connection({
    oauth2: { ...access, loginUrl: access.salesforceUrl },
    version: '66.0',
  })
  await salesforce.authorize({ grant_type: 'client_credentials' } as never)
  await table(db, 'peer_typical')
  let contactsSince = ''
  let leadsSince = ''

  const save = async (object: string, { id, company, stage, history }: Kept) => {
    await db.query(
      `insert into peer_typical values ($1, $2, $3, $4, $5) on conflict (object, id)
        do update set company = excluded.company, stage = excluded.stage, history = excluded.history`,
      [object, id, company, stage, JSON.stringify(history)],
    )
  }
  const saveContact = async (id: string) => {
    const found = await hubspot.crm.contacts.basicApi.getById(id, PROPERTIES, ['lifecyclestage'])
    const { company = null, lifecyclestage: stage = null, lastmodifieddate } = found.properties
    if ((lastmodifieddate ?? '') > contactsSince) contactsSince = lastmodifieddate ?? ''
    await save('contact', { id, company, stage, history: found.propertiesWithHistory?.lifecyclestage })
  }
  const saveLeads = async (where: string) => {
    const query = `SELECT ${LEAD_FIELDS} FROM Lead ${where} ORDER BY SystemModstamp`
    const { records } = await salesforce.query(query).execute({ autoFetch: true })
    for (const lead of records as Record<string, string>[]) {
      await save('lead', { id: lead.Id!, company: lead.Company!, stage: lead.Status!, history: null })
      leadsSince = lead.SystemModstamp!
    }
  }

  return {
    first: async () => {
      for (const { id } of await hubspot.crm.contacts.getAll(100)) await saveContact(id)
      await saveLeads('')
    },
    again: async () => {
      const since = `${Date.parse(contactsSince)}`
      for (let after: string | undefined = '0'; after !== undefined; ) {
        const page = await hubspot.crm.contacts.searchApi.doSearch({
          filterGroups: [
            {
              filters: [{ propertyName: 'lastmodifieddate', operator: 'GT' as never, value: since }],
            },
          ],
          sorts: ['lastmodifieddate'],
          properties: ['email'],
          limit: 100,
          after,
        })
        for (const { id } of page.results) await saveContact(id)
        after = page.paging?.next?.after
      }
      await saveLeads(`WHERE SystemModstamp > ${leadsSince}`)
    },
  }
}

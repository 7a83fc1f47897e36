import { Client } from '@hubspot/api-client'
import { type HubSpotOptions, hubspot } from '../../../../src/crm/hubspot/adapter.ts'
import type { Account } from './account.ts'
import { chunks, examples, run } from './people.ts'

const BATCH = 100

/** A portal, changed by HubSpot's own client on the paths that it knows. */
export async function hubspotAccount(options: HubSpotOptions): Promise<Account> {
  const { baseUrl: basePath, token: accessToken = '' } = options
  const { basicApi, batchApi } = new Client({ basePath, accessToken }).crm.contacts
  const crm = await hubspot(options)
  const made = new Set<string>()
  return {
    crm,
    object: 'contact',
    async create(count) {
      const inputs = examples(count, run()).map(({ email, firstName, lastName, company }) => ({
        properties: { email, firstname: firstName, lastname: lastName, company },
        associations: [],
      }))
      const ids: string[] = []
      for (const some of chunks(inputs, BATCH)) {
        const { results } = await batchApi.create({ inputs: some })
        for (const { id } of results) made.add(id)
        ids.push(...results.map(({ id }) => id))
      }
      return ids
    },
    async edit(id, company) {
      await basicApi.update(id, { properties: { company } })
    },
    // What is archived already is passed over by HubSpot.
    async remove(ids = [...made]) {
      for (const some of chunks(ids, BATCH)) {
        await batchApi.archive({ inputs: some.map(id => ({ id })) })
        for (const id of some) made.delete(id)
      }
    },
    close: () => crm.close(),
  }
}

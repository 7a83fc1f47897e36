import { RETRY } from '../../../../src/crm/retry.ts'
import { type SalesforceOptions, salesforce } from '../../../../src/crm/salesforce/adapter.ts'
import { Session } from '../../../../src/crm/salesforce/session.ts'
import type { Account } from './account.ts'
import { chunks, examples, run } from './people.ts'

/** People of example.com are nobody's leads: no rule may hand them to a rep, and none may call them duplicates. */
const headers = { 'Sforce-Auto-Assign': 'FALSE', 'Sforce-Duplicate-Rule-Header': 'allowSave=true' }
const BATCH = 200

interface Saved {
  id?: string
  success: boolean
  errors: { statusCode?: string; message?: string }[]
}

/** An organisation, changed by jsforce; signed in to as the service does, by whichever grant is set up. */
export async function salesforceAccount(options: SalesforceOptions): Promise<Account> {
  const session = new Session(options, RETRY, new AbortController().signal)
  await session.token()
  const leads = session.connection.sobject('Lead')
  const crm = await salesforce(options)
  const made = new Set<string>()
  return {
    crm,
    object: 'lead',
    async create(count) {
      const records = examples(count, run()).map(({ email, firstName, lastName, company }) => ({
        ...{ Email: email, FirstName: firstName, LastName: lastName, Company: company },
      }))
      const ids: string[] = []
      for (const some of chunks(records, BATCH)) {
        const saved = (await leads.create(some, { headers })) as Saved[]
        // Those that were made are to be deleted, whatever became of the others.
        for (const { id, success } of saved) if (success && id) made.add(id)
        ids.push(...saved.map(one => idOf(one)))
      }
      return ids
    },
    async edit(Id, Company) {
      idOf((await leads.update({ Id, Company }, { headers })) as Saved)
    },
    async remove(ids = [...made]) {
      for (const some of chunks(ids, BATCH)) {
        const deleted = (await leads.destroy(some)) as Saved[]
        for (const [place, one] of deleted.entries()) {
          if (one.errors[0]?.statusCode !== 'ENTITY_IS_DELETED') idOf(one)
          made.delete(some[place] ?? '')
        }
      }
    },
    close: () => crm.close(),
  }
}

function idOf({ id, success, errors }: Saved): string {
  if (success && id) return id
  throw new Error(`Salesforce refused a lead of example data: ${errors[0]?.statusCode} ${errors[0]?.message}`)
}

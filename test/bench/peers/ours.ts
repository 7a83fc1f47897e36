import { pull } from '../../../src/pipeline/pull.ts'
import { openDatabase } from '../../../src/store/db.ts'
import { type Access, connect, context } from '../stage.ts'
import type { Arm } from './job.ts'

/** The service itself, with everything it does on the way: facts, identities, marks for what is to be judged. */
export async function ours(url: string, access: Access): Promise<(now: number) => Arm> {
  const db = await openDatabase(url)
  const [salesforce, hubspot] = await connect(access)
  return now => {
    // Both CRMs at once, as every round does.
    const read = async () => {
      const contacts = pull(context(db, [hubspot!], now), hubspot!, 'contact')
      const leads = pull(context(db, [salesforce!], now), salesforce!, 'lead')
      await Promise.all([contacts, leads])
    }
    return { first: read, again: read }
  }
}

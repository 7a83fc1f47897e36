import { pull } from '../../src/pipeline/pull.ts'
import type { Database } from '../../src/store/db.ts'
import { replay } from './replay.ts'
import { company, connect, context, stage } from './stage.ts'

/** So many HubSpot contacts that are answered from memory, and a reading of them from wherever it stands. */
export async function contactsStage(
  people: number,
): Promise<{ db: Database; reading: () => Promise<void>; close: () => Promise<void> }> {
  const { db, close } = await stage()
  const twins = await company(people)
  const front = await replay(twins.hubspotUrl)
  const crm = (await connect(twins, { hubspot: front.url }))[1]!
  return {
    db,
    reading: () => pull(context(db, [crm], twins.company.now), crm, 'contact'),
    close: async () => {
      await front.close()
      await twins.close()
      await close()
    },
  }
}

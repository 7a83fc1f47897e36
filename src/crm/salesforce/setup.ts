import { stageMeanings } from './deal.ts'
import type { Context } from './facts.ts'
import { isAbsent } from './fields.ts'
import type { Row } from './values.ts'

/** Reads the whole of a small table of settings. @throws SalesforceRefused when this user may not see it */
type Settings = (soql: string, sobject: string) => Promise<Row[]>

/** The organisation's zone and the meaning of its stages; of what this user may not see, nothing. */
export async function readContext(settings: Settings): Promise<Omit<Context, 'extra'>> {
  const organization = await seen(settings, 'SELECT Id, TimeZoneSidKey FROM Organization', 'Organization')
  const stages = await seen(
    settings,
    'SELECT Id, ApiName, IsClosed, IsWon FROM OpportunityStage',
    'OpportunityStage',
  )
  const zone = organization[0]?.TimeZoneSidKey
  return { zone: typeof zone === 'string' ? zone : 'UTC', stages: stageMeanings(stages) }
}

async function seen(settings: Settings, soql: string, sobject: string): Promise<Row[]> {
  try {
    return await settings(soql, sobject)
  } catch (error) {
    if (isAbsent(error)) return []
    throw error
  }
}

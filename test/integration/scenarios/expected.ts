import type { Company, Person, ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { qualifyings } from '../../oracle/handoffs.ts'
import { type OracleRow, oracle } from '../../oracle/oracle.ts'
import type { Told } from './rehearsal.ts'

/** Every row that the scenario must lead to. */
export function expected({ company, people }: Told, now: number): OracleRow[] {
  return people.flatMap(({ person, events }) =>
    oracle(company, person, linked(company, person) ? inBoth(events) : inHubspot(company, events), now),
  )
}

/** Without the answers that nobody can see: neither the open lead, if there is one, nor HubSpot's lead status changes. */
function inBoth(events: readonly ScenarioEvent[]): ScenarioEvent[] {
  const { opening } = qualifyings(events)
  let status = ''
  let lead = ''
  let gone = false
  return events.filter(event => {
    const answer = event.event
    if (answer === 'mql') lead = 'open'
    if (answer === 'deleted') gone = true
    if (answer === 'restored') gone = false
    if (answer === 'mql' && gone) status = ''
    if (answer === 'mql') gone = false
    if (opening.includes(event)) lead = ''
    if (lead !== '' && (answer === 'recycled' || answer === 'sql')) lead = answer
    if (answer !== 'accepted' && answer !== 'rejected') return true
    const seen = (lead !== '' && lead !== answer) || status !== answer
    if (lead !== '') lead = answer
    status = answer
    return seen
  })
}

/** Whether the records of both CRMs can be known to be one human's: by the connector's ids, or an address of their own. */
function linked({ connector }: Company, { email }: Person): boolean {
  return connector || (email !== '' && !email.startsWith('info@'))
}

/**
 * What HubSpot alone tells of somebody, who becomes MQL there: the activities of those who work in HubSpot (of all, before
 * there is a Salesforce record), and owner and lead status when they have come over. A lead status that is set to what it is already is no change.
 */
function inHubspot({ users, hubspotLagSeconds }: Company, events: readonly ScenarioEvent[]): ScenarioEvent[] {
  const here = new Set(users.filter(user => user.works_in === 'hubspot').map(user => user.user))
  let status = ''
  let salesforce = false
  return events.flatMap(event => {
    switch (event.event) {
      case 'mql':
      case 'opportunity':
      case 'won':
      case 'lost':
        salesforce = true
        return [event]
      case 'call':
      case 'email':
      case 'meeting':
        return here.has(event.actor) || !salesforce ? [event] : []
      case 'assigned':
        return [{ ...event, at: event.at + hubspotLagSeconds * 1_000 }]
      case 'accepted':
      case 'rejected':
        if (event.event === status) return []
        status = event.event
        return [{ ...event, at: event.at + hubspotLagSeconds * 1_000 }]
      default:
        return [event]
    }
  })
}

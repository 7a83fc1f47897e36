import { ref } from '../../domain/facts.ts'
import type { Rep } from '../../domain/handoff.ts'
import type { PulledRecord } from '../crm.ts'
import { id18 } from '../id18.ts'
import type { Mapped } from '../mapped.ts'
import { email, event, task } from './activity.ts'
import { deal, dealHistory, dealRole } from './deal.ts'
import { campaign, campaignMember, history } from './history.ts'
import { isWritable, type SalesforceObject, SOURCES } from './objects.ts'
import { readOwned } from './owned.ts'
import { type Context, contact, lead } from './person.ts'
import { flag, instant, mustInstant, type Row, related, text } from './values.ts'

export type { Context } from './person.ts'

const MAPPERS: Record<SalesforceObject, (row: Row, context: Context) => Mapped> = {
  ...{ user, queue, campaign, lead, contact, history, task, event, email, deal },
  ...{ campaign_member: campaignMember, deal_history: dealHistory, deal_role: dealRole },
}

/**
 * One row, translated: a pure function of the row and the organisation's settings.
 * @throws BadRow when the row lacks what every row of its object has
 */
export function toRecord(object: SalesforceObject, row: Row, context: Context, prefix: string): PulledRecord {
  const mapped = MAPPERS[object](row, context)
  return {
    object,
    id: id18(String(row.Id)),
    modifiedAt: mustInstant(row, SOURCES[object].stamp),
    deleted: flag(row.IsDeleted),
    identity: [],
    memberships: [],
    owned: isWritable(object) ? readOwned(row, prefix) : null,
    ...mapped,
  }
}

/** Users that no human sits behind; partner and community users are people. */
const MACHINES = new Set(['AutomatedProcess', 'CloudIntegrationUser', 'Guest'])

/**
 * User → one of ours. The team is the name of the role: the role hierarchy is what Salesforce itself reports and forecasts
 * teams by; a department, free text that many leave out, stands in where there is no role or it may not be read. There
 * is no field for when somebody was deactivated: until they are changed again, it was the last change.
 */
function user(row: Row): Mapped {
  const active = flag(row.IsActive)
  const rep: Rep = {
    ref: ref('salesforce', 'user', id18(String(row.Id))),
    name: text(row.Name) ?? '',
    email: text(row.Email),
    timeZone: text(row.TimeZoneSidKey),
    active,
    inactiveSince: active ? null : (instant(row.LastModifiedDate) ?? mustInstant(row, 'SystemModstamp')),
    team: text(related(row, 'UserRole').Name) ?? text(row.Department),
    country: text(row.Country),
    human: !MACHINES.has(text(row.UserType) ?? 'Standard'),
  }
  const { ref: _, inactiveSince: __, ...fields } = rep
  return { fields, facts: [], rep }
}

function queue(row: Row): Mapped {
  const rep: Rep = {
    ref: ref('salesforce', 'queue', id18(String(row.Id))),
    name: text(row.Name) ?? '',
    email: null,
    timeZone: null,
    active: true,
    inactiveSince: null,
    team: null,
    country: null,
    human: false,
  }
  return { fields: { name: rep.name }, facts: [], rep }
}

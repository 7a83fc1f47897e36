import type { ScenarioEvent } from '../scenario/types.ts'
import { DISPOSITION } from './definitions/engagement.ts'
import { assign, iso, type Rec } from './record.ts'

const HALF_HOUR = 30 * 60_000

const MEETING_OUTCOME: Record<string, string> = {
  held: 'COMPLETED',
  no_show: 'NO_SHOW',
  scheduled: 'SCHEDULED',
  cancelled: 'CANCELED',
  canceled: 'CANCELED',
}

/** What made it; the others are logged by hand. */
const SOURCES: Record<string, string> = { automated: 'AUTOMATION_PLATFORM', sequence: 'SEQUENCES' }

/** Fills a call, e-mail or meeting from the event that tells of it. */
export function describeActivity(rec: Rec, event: ScenarioEvent, owner: string): void {
  const values = {
    hs_timestamp: iso(event.at),
    hubspot_owner_id: owner,
    hs_engagement_source: SOURCES[event.outcome] ?? 'CRM_UI',
    ...detailsOf(event),
  }
  for (const [name, value] of Object.entries(values)) assign(rec, name, value)
}

function detailsOf(event: ScenarioEvent): Record<string, string> {
  if (event.event === 'call') return call(event)
  return event.event === 'email' ? email(event) : meeting(event)
}

function call({ direction, outcome, detail }: ScenarioEvent) {
  return {
    hs_call_title: detail,
    hs_call_direction: direction === 'in' ? 'INBOUND' : 'OUTBOUND',
    hs_call_disposition: (DISPOSITION as Record<string, string>)[outcome] ?? '',
    hs_call_status: 'COMPLETED',
  }
}

function email({ direction, outcome, detail }: ScenarioEvent) {
  const incoming = direction === 'in'
  return {
    hs_email_subject: detail,
    hs_email_direction: incoming ? 'INCOMING_EMAIL' : 'EMAIL',
    hs_email_status: outcome === 'bounced' ? 'BOUNCED' : 'SENT',
    hs_email_reply_count: outcome === 'replied' && !incoming ? '1' : '',
  }
}

function meeting({ at, outcome, detail }: ScenarioEvent) {
  return {
    hs_meeting_title: detail,
    hs_meeting_start_time: iso(at),
    hs_meeting_end_time: iso(at + HALF_HOUR),
    hs_meeting_outcome: MEETING_OUTCOME[outcome] ?? '',
  }
}

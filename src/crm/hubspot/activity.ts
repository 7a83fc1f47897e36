import { type ActivityOutcome, type Channel, type Fact, ref } from '../../domain/facts.ts'
import type { Mapped } from '../mapped.ts'
import { type HubSpotObject, instant, number, text } from './values.ts'

interface What {
  channel: Channel
  direction: 'in' | 'out'
  outcome: ActivityOutcome
}

/** A call that took place. What is queued, ringing, cancelled or failed is none. */
export function call(from: HubSpotObject): Mapped {
  const { properties: p } = from
  const status = text(p.hs_call_status)
  const disposition = text(p.hs_call_disposition)
  const direction = p.hs_call_direction === 'INBOUND' ? 'in' : 'out'
  const outcome = DISPOSITIONS[disposition ?? ''] ?? (UNANSWERED.has(status ?? '') ? 'no_answer' : 'done')
  const happened = status === null || status === 'COMPLETED' || UNANSWERED.has(status)
  const fields = { status, disposition, direction }
  return activity(
    from,
    fields,
    happened ? { channel: 'call', direction, outcome } : null,
    instant(p.hs_timestamp),
  )
}

const UNANSWERED = new Set(['NO_ANSWER', 'BUSY'])

/** The outcomes every portal has, by their fixed ids. A message left with a person is no talk with the lead. */
const DISPOSITIONS: Readonly<Record<string, ActivityOutcome>> = {
  'f240bbac-87c9-4f6e-bf70-924b57d47db7': 'connected',
  'b2cf5968-551e-4856-9783-52b3da59a7d0': 'voicemail',
  'a4c4c377-d246-4b32-a13b-75a56a4cd0ff': 'voicemail',
  '73a0d17f-1163-4015-bdd5-ec830791da20': 'no_answer',
  '9d9162e7-6cf3-4944-bf63-4dff82258764': 'no_answer',
  '17b47fee-58de-441e-a44c-c6300d46f273': 'no_answer',
}

/** An e-mail that was sent or came in; one forwarded to HubSpot is one that came in. */
export function email(from: HubSpotObject): Mapped {
  const { properties: p } = from
  const status = text(p.hs_email_status)
  const sent = !INCOMING.has(p.hs_email_direction ?? '')
  const direction = sent ? 'out' : 'in'
  const replied = (number(p.hs_email_reply_count) ?? 0) > 0
  const fields = { status, direction, replied }
  const answered = replied ? 'replied' : 'done'
  const outcome = status === 'BOUNCED' ? 'bounced' : answered
  const happened = !sent || status === null || status === 'SENT' || status === 'BOUNCED'
  return activity(
    from,
    fields,
    happened ? { channel: 'email', direction, outcome } : null,
    instant(p.hs_timestamp),
  )
}

const INCOMING = new Set(['INCOMING_EMAIL', 'FORWARDED_EMAIL'])

const MEETINGS: Readonly<Record<string, ActivityOutcome>> = {
  COMPLETED: 'held',
  NO_SHOW: 'no_show',
  SCHEDULED: 'scheduled',
  RESCHEDULED: 'scheduled',
  CANCELED: 'cancelled',
}

/** A meeting, at its start. Without an outcome it is only booked. */
export function meeting(from: HubSpotObject): Mapped {
  const { properties: p } = from
  const outcome = MEETINGS[text(p.hs_meeting_outcome) ?? ''] ?? 'scheduled'
  const at = instant(p.hs_meeting_start_time) ?? instant(p.hs_timestamp)
  return activity(from, { outcome }, { channel: 'meeting', direction: 'out', outcome }, at)
}

const MACHINES = new Set(['AUTOMATION_PLATFORM', 'SEQUENCES'])

/** One fact for each associated contact; none when it did not happen, or nobody knows when. */
function activity(
  from: HubSpotObject,
  fields: Mapped['fields'],
  what: What | null,
  at: number | null,
): Mapped {
  const { properties: p } = from
  const source = text(p.hs_engagement_source)
  const ownerId = text(p.hubspot_owner_id)
  const owner = ownerId === null ? null : ref('hubspot', 'user', ownerId)
  const mirror = { ...fields, at, source, owner, contacts: [...from.contacts] }
  if (!what || at === null || from.archivedAt !== null) return { fields: mirror, facts: [] }
  const facts = from.contacts.map(
    (id): Fact => ({
      ...{
        key: `activity:${id}`,
        at,
        subject: ref('hubspot', 'contact', id),
        origin: 'record',
        kind: 'activity',
      },
      ...what,
      actor: owner,
      automated: MACHINES.has(source ?? ''),
      ...(source === 'SEQUENCES' && { sequence: true }),
      loggedAt: instant(p.hs_createdate) ?? from.createdAt,
    }),
  )
  return { fields: mirror, facts }
}

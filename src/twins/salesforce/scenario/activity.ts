import type { ScenarioEvent } from '../../scenario/types.ts'
import { emailMessage, event as meetingObject, task } from '../schema/activities.ts'
import { type Row, wholeSeconds } from '../values.ts'
import type { Dossier } from './dossier.ts'

const MEETING_MS = 30 * 60_000

const DISPOSITIONS: Record<string, string> = {
  connected: 'Connected',
  voicemail: 'Voicemail',
  no_answer: 'No Answer',
}

/** The subtype of an e-mail that a machine sent; its calls are all steps of cadences. */
const MACHINES: Record<string, string> = { automated: 'ListEmail', sequence: 'Cadence' }

const MEETINGS: Record<string, string> = {
  held: 'Held',
  no_show: 'No Show',
  scheduled: 'Scheduled',
  cancelled: 'Cancelled',
}

/** Codes of EmailMessage.Status. */
const READ = '1'
const REPLIED = '2'
const SENT = '3'

/** `call`, `email`, `meeting`: shown here when its actor works in Salesforce, or everywhere with a connector. */
export function act(dossier: Dossier, event: ScenarioEvent): void {
  const { organisation } = dossier
  const worksIn = organisation.users.get(event.actor)?.works_in ?? 'salesforce'
  const who = dossier.openLead() ?? dossier.contact()
  if (!who || (worksIn !== 'salesforce' && !organisation.connector)) return
  if (event.event === 'call') call(dossier, event, who)
  else if (event.event === 'email') email(dossier, event, who)
  else meet(dossier, event, who)
  const day = organisation.days.of(event.at)
  const last = who.LastActivityDate
  if (typeof last !== 'string' || last < day) dossier.touch(who, { LastActivityDate: day }, event.at)
}

function call(dossier: Dossier, event: ScenarioEvent, who: Row): void {
  addTask(dossier, event, who, {
    Subject: event.detail || 'Call',
    TaskSubtype: MACHINES[event.outcome] ? 'Cadence' : 'Call',
    CallType: event.direction === 'in' ? 'Inbound' : 'Outbound',
    CallDisposition: DISPOSITIONS[event.outcome] ?? null,
  })
}

/** An e-mail is a message and the task that shows it in the timeline. */
function email(dossier: Dossier, event: ScenarioEvent, who: Row): void {
  const { organisation } = dossier
  const subject = event.detail || 'Email'
  const TaskSubtype = MACHINES[event.outcome] ?? 'Email'
  const { Id } = addTask(dossier, event, who, { Subject: `Email: ${subject}`, TaskSubtype })
  const incoming = event.direction === 'in'
  const ours = organisation.users.get(event.actor)?.email || 'hello@leadtime.example.com'
  const theirs = String(who.Email ?? '')
  const message = {
    ActivityId: Id ?? null,
    Subject: subject,
    Incoming: incoming ? 1 : 0,
    FromAddress: incoming ? theirs : ours,
    ToAddress: incoming ? ours : theirs,
    IsBounced: event.outcome === 'bounced' ? 1 : 0,
    Status: event.outcome === 'replied' ? REPLIED : incoming ? READ : SENT,
    MessageDate: wholeSeconds(event.at),
  }
  dossier.add(emailMessage, message, event.at, organisation.userId(event.actor))
}

function meet(dossier: Dossier, event: ScenarioEvent, who: Row): void {
  const { organisation } = dossier
  const start = wholeSeconds(event.at)
  const by = organisation.userId(event.actor)
  dossier.add(
    meetingObject,
    {
      WhoId: who.Id ?? null,
      AccountId: who.AccountId ?? null,
      Subject: event.detail || 'Meeting',
      OwnerId: by,
      ActivityDate: organisation.days.of(event.at),
      ActivityDateTime: start,
      StartDateTime: start,
      EndDateTime: start + MEETING_MS,
      DurationInMinutes: MEETING_MS / 60_000,
      ShowAs: 'Busy',
      EventSubtype: 'Event',
      Outcome__c: MEETINGS[event.outcome] ?? null,
    },
    event.at,
    by,
  )
}

function addTask(dossier: Dossier, event: ScenarioEvent, who: Row, row: Row): Row {
  const { organisation } = dossier
  const by = organisation.userId(event.actor)
  const done = {
    Status: 'Completed',
    IsClosed: 1,
    CompletedDateTime: wholeSeconds(event.at),
    Priority: 'Normal',
  }
  const on = { WhoId: who.Id ?? null, AccountId: who.AccountId ?? null, OwnerId: by }
  const ActivityDate = organisation.days.of(event.at)
  return dossier.add(task, { ...on, ...done, ActivityDate, ...row }, event.at, by)
}

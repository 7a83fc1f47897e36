import { type ActivityOutcome, type Channel, type Fact, type Ref, ref } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import { id18, isId } from '../id18.ts'
import type { Mapped } from '../mapped.ts'
import { dealRef } from './deal.ts'
import type { Context } from './person.ts'
import { dayStart, flag, instant, mustInstant, type Row, refOf, related, text } from './values.ts'

/** Task → a call or e-mail that took place. To-dos, open tasks and those about nobody are no activity. */
export function task(row: Row, context: Context): Mapped {
  const fields = {
    who: subject(row.WhoId, row.WhatId),
    owner: refOf(row.OwnerId),
    subtype: text(row.TaskSubtype),
    closed: flag(row.IsClosed),
    on: text(row.ActivityDate),
    completed: text(row.CompletedDateTime),
    callType: text(row.CallType),
    disposition: text(row.CallDisposition),
  }
  const kind = taskKind(row)
  const when = moment(row.CompletedDateTime, row.ActivityDate, context.zone)
  if (!kind || !when || !fields.who || !fields.closed || flag(row.IsDeleted)) return { fields, facts: [] }
  const direction = row.CallType === 'Inbound' ? 'in' : 'out'
  return {
    fields,
    facts: [activity(row, { ...when, ...kind, direction, subject: fields.who, actor: fields.owner })],
  }
}

const CALL_OUTCOMES: Readonly<Record<string, ActivityOutcome>> = {
  connected: 'connected',
  voicemail: 'voicemail',
  'left voicemail': 'voicemail',
  'no answer': 'no_answer',
  busy: 'no_answer',
}

/**
 * Whom an activity is about: the lead or contact it names, else the opportunity, which stands for everybody who takes
 * part in it. Once a lead is converted, people log on what it became.
 */
function subject(who: unknown, what: unknown): Ref | null {
  return refOf(who) ?? dealRef(what)
}

type Kind = { channel: Channel; outcome: ActivityOutcome; automated: boolean; sequence?: true }

/** List e-mails and cadence steps are sent by a machine in somebody's name. */
function taskKind(row: Row): Kind | null {
  const disposition = text(row.CallDisposition)?.trim().toLowerCase() ?? ''
  const called = disposition !== '' || text(row.CallType) !== null
  const call = { channel: 'call', outcome: CALL_OUTCOMES[disposition] ?? 'done' } as const
  const email = { channel: 'email', outcome: 'done' } as const
  switch (row.TaskSubtype) {
    case 'Call':
      return { ...call, automated: false }
    case 'Email':
      return { ...email, automated: false }
    case 'ListEmail':
      return { ...email, automated: true }
    case 'Cadence':
      return { ...(called ? call : email), automated: true, sequence: true }
    default:
      return null
  }
}

/** EmailMessage → an e-mail with its fate. It stands for its task, which knows neither direction nor bounce. */
export function email(row: Row): Mapped {
  const of = related(row, 'Activity')
  const subtype = text(of.TaskSubtype)
  const fields = {
    task: text(row.ActivityId),
    who: subject(of.WhoId, row.RelatedToId),
    owner: refOf(of.OwnerId),
    subtype,
    incoming: flag(row.Incoming),
    status: text(row.Status),
    bounced: flag(row.IsBounced),
    sent: text(row.MessageDate),
  }
  const at = instant(row.MessageDate)
  if (!fields.who || at === null || fields.status === DRAFT || flag(row.IsDeleted))
    return { fields, facts: [] }
  const fact = activity(row, {
    ...{ at, channel: 'email', direction: fields.incoming ? 'in' : 'out', outcome: emailOutcome(row) },
    ...{
      subject: fields.who,
      actor: fields.owner,
      automated: subtype === 'ListEmail' || subtype === 'Cadence',
      ...(subtype === 'Cadence' && { sequence: true }),
    },
  })
  const supersedes = isId(row.ActivityId) && {
    supersedes: ref('salesforce', 'task', id18(row.ActivityId)),
  }
  return { fields, facts: [{ ...fact, ...supersedes }] }
}

/** EmailMessage.Status: 0 new, 1 read, 2 replied, 3 sent, 4 forwarded, 5 draft. */
const REPLIED = '2'
const DRAFT = '5'

function emailOutcome(row: Row): ActivityOutcome {
  if (flag(row.IsBounced)) return 'bounced'
  return row.Status === REPLIED ? 'replied' : 'done'
}

/** Event → a meeting. Salesforce keeps a copy for every invitee; only the organiser's row counts. */
export function event(row: Row, context: Context): Mapped {
  const fields = {
    who: subject(row.WhoId, row.WhatId),
    owner: refOf(row.OwnerId),
    start: text(row.StartDateTime),
    on: text(row.ActivityDate),
    allDay: flag(row.IsAllDayEvent),
    child: flag(row.IsChild),
    outcome: text(row.Outcome__c),
  }
  const when = moment(fields.allDay ? null : row.StartDateTime, row.ActivityDate, context.zone)
  if (!fields.who || !when || fields.child || flag(row.IsDeleted)) return { fields, facts: [] }
  const outcome = MEETING_OUTCOMES[fields.outcome?.toLowerCase() ?? ''] ?? 'scheduled'
  const meeting = { channel: 'meeting', direction: 'out', outcome, automated: false } as const
  return { fields, facts: [activity(row, { ...when, ...meeting, subject: fields.who, actor: fields.owner })] }
}

const MEETING_OUTCOMES: Readonly<Record<string, ActivityOutcome>> = {
  held: 'held',
  'no show': 'no_show',
  scheduled: 'scheduled',
  cancelled: 'cancelled',
}

/** When it took place: an instant where there is one, else a day of the organisation. */
function moment(exact: unknown, day: unknown, zone: string): { at: Instant; dayPrecise?: true } | null {
  const at = instant(exact)
  if (at !== null) return { at }
  const start = dayStart(day, zone)
  return start === null ? null : { at: start, dayPrecise: true }
}

type ActivityFact = Extract<Fact, { kind: 'activity' }>

function activity(row: Row, fact: Omit<ActivityFact, 'key' | 'origin' | 'kind' | 'loggedAt'>): ActivityFact {
  return {
    key: 'activity',
    origin: 'record',
    kind: 'activity',
    loggedAt: mustInstant(row, 'CreatedDate'),
    ...fact,
  }
}

import { type Options, property } from './property.ts'

/** What a call can come to, as every portal has it. */
export const DISPOSITION = {
  busy: '9d9162e7-6cf3-4944-bf63-4dff82258764',
  connected: 'f240bbac-87c9-4f6e-bf70-924b57d47db7',
  left_live_message: 'a4c4c377-d246-4b32-a13b-75a56a4cd0ff',
  voicemail: 'b2cf5968-551e-4856-9783-52b3da59a7d0',
  no_answer: '73a0d17f-1163-4015-bdd5-ec830791da20',
  wrong_number: '17b47fee-58de-441e-a44c-c6300d46f273',
} as const

const shared = [
  property('hs_object_id', 'Record ID', 'number', { readOnly: true, unique: true }),
  property('hs_createdate', 'Create date', 'datetime', { readOnly: true }),
  property('hs_lastmodifieddate', 'Last modified date', 'datetime', { readOnly: true }),
  property('hs_timestamp', 'Activity date', 'datetime'),
  property('hubspot_owner_id', 'Activity assigned to', 'enumeration', { externalOptions: true }),
  property('hs_engagement_source', 'Record source', 'string'),
]

const CALL_STATUS: Options = [
  'BUSY',
  'CALLING_CRM_USER',
  'CANCELED',
  'COMPLETED',
  'CONNECTING',
  'FAILED',
  'IN_PROGRESS',
  'NO_ANSWER',
  'QUEUED',
  'RINGING',
]

export const callProperties = [
  ...shared,
  property('hs_call_title', 'Call title', 'string'),
  property('hs_call_body', 'Call notes', 'string', { fieldType: 'textarea' }),
  property('hs_call_direction', 'Call direction', 'enumeration', { options: ['INBOUND', 'OUTBOUND'] }),
  property('hs_call_disposition', 'Call outcome', 'string'),
  property('hs_call_duration', 'Call duration', 'number'),
  property('hs_call_status', 'Call status', 'enumeration', { options: CALL_STATUS }),
]

export const emailProperties = [
  ...shared,
  property('hs_email_direction', 'Email direction', 'enumeration', {
    options: ['EMAIL', 'INCOMING_EMAIL', 'FORWARDED_EMAIL'],
  }),
  property('hs_email_status', 'Email send status', 'enumeration', {
    options: ['BOUNCED', 'FAILED', 'SCHEDULED', 'SENDING', 'SENT'],
  }),
  property('hs_email_subject', 'Email subject', 'string'),
  property('hs_email_text', 'Email body', 'string', { fieldType: 'textarea' }),
  property('hs_email_reply_count', 'Number of email replies', 'number', { readOnly: true }),
]

export const meetingProperties = [
  ...shared,
  property('hs_meeting_title', 'Meeting name', 'string'),
  property('hs_meeting_start_time', 'Meeting start time', 'datetime'),
  property('hs_meeting_end_time', 'Meeting end time', 'datetime'),
  property('hs_meeting_outcome', 'Meeting outcome', 'enumeration', {
    options: ['SCHEDULED', 'COMPLETED', 'RESCHEDULED', 'NO_SHOW', 'CANCELED'],
  }),
]

import {
  checkbox,
  date,
  datetime,
  type Field,
  int,
  longText,
  picklist,
  READ_ONLY,
  REQUIRED,
  reference,
  type SObject,
  sobject,
  text,
} from './field.ts'

const WHAT = ['Account', 'Opportunity', 'Campaign']

function onWhom(children: string): readonly Field[] {
  return [
    reference('WhoId', ['Contact', 'Lead'], { children }),
    reference('WhatId', WHAT, { children }),
    text('Subject', 255),
    reference('OwnerId', ['User'], REQUIRED),
    longText('Description', 32000),
    reference('AccountId', ['Account'], READ_ONLY),
    date('ActivityDate'),
    checkbox('IsArchived', READ_ONLY),
  ]
}

export const task: SObject = sobject({ name: 'Task', prefix: '00T', indexes: ['WhoId', 'WhatId'] }, [
  ...onWhom('Tasks'),
  picklist(
    'Status',
    ['Not Started', 'In Progress', 'Completed', 'Waiting on someone else', 'Deferred'],
    REQUIRED,
  ),
  picklist('Priority', ['High', 'Normal', 'Low'], REQUIRED),
  checkbox('IsHighPriority', READ_ONLY),
  checkbox('IsClosed', READ_ONLY),
  picklist('TaskSubtype', ['Task', 'Email', 'ListEmail', 'Cadence', 'Call', 'LinkedIn'], {
    updateable: false,
  }),
  int('CallDurationInSeconds'),
  picklist('CallType', ['Internal', 'Inbound', 'Outbound']),
  text('CallDisposition', 255),
  datetime('CompletedDateTime', READ_ONLY),
])

export const event: SObject = sobject({ name: 'Event', prefix: '00U', indexes: ['WhoId', 'WhatId'] }, [
  ...onWhom('Events'),
  text('Location', 255),
  checkbox('IsAllDayEvent'),
  datetime('ActivityDateTime'),
  datetime('StartDateTime'),
  datetime('EndDateTime'),
  int('DurationInMinutes'),
  picklist('ShowAs', ['Busy', 'OutOfOffice', 'Free']),
  checkbox('IsPrivate'),
  checkbox('IsChild', READ_ONLY),
  picklist('EventSubtype', ['Event'], { updateable: false }),
  picklist('Outcome__c', ['Held', 'No Show', 'Scheduled', 'Cancelled']),
])

export const emailMessage: SObject = sobject(
  { name: 'EmailMessage', prefix: '02s', label: 'Email Message', indexes: ['ActivityId', 'RelatedToId'] },
  [
    reference('ActivityId', ['Task'], { updateable: false }),
    reference('RelatedToId', WHAT),
    longText('Subject', 3000),
    text('FromAddress', 1000),
    longText('ToAddress', 4000),
    longText('TextBody', 32000),
    checkbox('Incoming', { updateable: false }),
    checkbox('HasAttachment', READ_ONLY),
    checkbox('IsBounced', READ_ONLY),
    picklist('Status', ['0', '1', '2', '3', '4', '5'], REQUIRED),
    datetime('MessageDate'),
  ],
)

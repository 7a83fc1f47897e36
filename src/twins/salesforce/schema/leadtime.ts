import { checkbox, datetime, double, type Field, picklist, text } from './field.ts'

const STATUSES = [
  'not_started',
  'running',
  'due_soon',
  'overdue',
  'met',
  'met_late',
  'missed',
  'excused',
  'void',
]
const OUTCOMES = ['open', 'sql', 'rejected', 'recycled', 'expired', 'void']

/** The fields that Leadtime writes on Lead and Contact, as an administrator has created them. */
export const leadtimeFields: readonly Field[] = [
  checkbox('Leadtime_Overdue__c'),
  picklist('Leadtime_Status__c', STATUSES, { restricted: true }),
  datetime('Leadtime_Due__c'),
  text('Leadtime_Reason__c', 255),
  datetime('Leadtime_MQL_At__c'),
  datetime('Leadtime_Assigned_At__c'),
  datetime('Leadtime_First_Attempt_At__c'),
  datetime('Leadtime_SQL_At__c'),
  double('Leadtime_Attempts__c', 18, 0),
  double('Leadtime_Follow_Up_Minutes__c', 18, 0),
  double('Leadtime_Follow_Up_Hours__c', 18, 2),
  double('Leadtime_MQL_to_SQL_Hours__c', 18, 2),
  double('Leadtime_Handoff__c', 18, 0),
  picklist('Leadtime_Outcome__c', OUTCOMES, { restricted: true }),
]

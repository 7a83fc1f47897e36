import { type Options, type PropertyType, property } from './property.ts'

const STATUS: Options = [
  ['not_started', 'Not started'],
  ['running', 'Running'],
  ['due_soon', 'Due soon'],
  ['overdue', 'Overdue'],
  ['met', 'Met'],
  ['met_late', 'Met late'],
  ['missed', 'Missed'],
  ['excused', 'Excused'],
  ['void', 'Void'],
]

const OUTCOME: Options = [
  ['open', 'Open'],
  ['sql', 'SQL'],
  ['rejected', 'Rejected'],
  ['recycled', 'Recycled'],
  ['expired', 'Expired'],
  ['void', 'Void'],
]

const custom = (name: string, label: string, type: PropertyType, options: Options = [], fieldType?: string) =>
  property(`leadtime_${name}`, label, type, {
    group: 'leadtime',
    custom: true,
    ...(options.length > 0 && { options }),
    ...(fieldType !== undefined && { fieldType }),
  })

/** The properties Leadtime writes, provisioned. */
export const leadtimeProperties = [
  custom('overdue', 'Overdue', 'bool'),
  custom('status', 'Follow-up status', 'enumeration', STATUS),
  custom('due', 'Due', 'datetime'),
  custom('reason', 'Reason', 'string'),
  custom('mql_at', 'MQL at', 'datetime'),
  custom('assigned_at', 'Assigned at', 'datetime'),
  custom('first_attempt_at', 'First attempt at', 'datetime'),
  custom('sql_at', 'SQL at', 'datetime'),
  custom('attempts', 'Attempts', 'number'),
  custom('follow_up_minutes', 'Follow-up, working minutes', 'number'),
  custom('follow_up_hours', 'Follow-up, hours', 'number'),
  custom('mql_to_sql_hours', 'MQL to SQL, hours', 'number'),
  custom('handoff', 'Handoff number', 'number'),
  custom('outcome', 'Handoff outcome', 'enumeration', OUTCOME),
  custom('feedback_reason', 'Why sales turned it down', 'string'),
  custom('feedback_note', 'What would make it actionable', 'string', [], 'textarea'),
]

import { checkbox, date, int, picklist, REQUIRED, type SObject, sobject, text, time } from './field.ts'

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']

export const businessHours: SObject = sobject({ name: 'BusinessHours', prefix: '01m', deletable: false }, [
  text('Name', 80, REQUIRED),
  checkbox('IsActive'),
  checkbox('IsDefault'),
  ...DAYS.flatMap(day => [time(`${day}StartTime`), time(`${day}EndTime`)]),
  picklist('TimeZoneSidKey', [], REQUIRED),
])

const TYPES = [
  ...['RecursDaily', 'RecursEveryWeekday', 'RecursMonthly', 'RecursMonthlyNth'],
  ...['RecursWeekly', 'RecursYearly', 'RecursYearlyNth'],
]

export const holiday: SObject = sobject({ name: 'Holiday', prefix: '0C0', deletable: false }, [
  text('Name', 80, REQUIRED),
  date('ActivityDate'),
  checkbox('IsAllDay'),
  int('StartTimeInMinutes'),
  int('EndTimeInMinutes'),
  checkbox('IsRecurrence'),
  date('RecurrenceStartDate'),
  date('RecurrenceEndDateOnly'),
  picklist('RecurrenceType', TYPES, { restricted: true }),
  int('RecurrenceInterval'),
  int('RecurrenceDayOfWeekMask'),
  int('RecurrenceDayOfMonth'),
  picklist('RecurrenceInstance', ['First', 'Second', 'Third', 'Fourth', 'Last'], { restricted: true }),
  picklist('RecurrenceMonthOfYear', []),
])

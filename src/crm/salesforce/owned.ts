import type { OwnedField, OwnedFields } from '../../domain/desired.ts'
import { flag, instant, number, type Row, text } from './values.ts'

type Kind = 'flag' | 'text' | 'instant' | 'number'

/** Our fields on Lead and Contact, without prefix and `__c`; feedback is read here, so it is not among them. */
const FIELDS = {
  overdue: ['Overdue', 'flag'],
  status: ['Status', 'text'],
  due: ['Due', 'instant'],
  reason: ['Reason', 'text'],
  mqlAt: ['MQL_At', 'instant'],
  assignedAt: ['Assigned_At', 'instant'],
  firstAttemptAt: ['First_Attempt_At', 'instant'],
  sqlAt: ['SQL_At', 'instant'],
  attempts: ['Attempts', 'number'],
  followUpMinutes: ['Follow_Up_Minutes', 'number'],
  followUpHours: ['Follow_Up_Hours', 'number'],
  mqlToSqlHours: ['MQL_to_SQL_Hours', 'number'],
  handoff: ['Handoff', 'number'],
  outcome: ['Outcome', 'text'],
} as const satisfies Partial<Record<OwnedField, readonly [string, Kind]>>

type Owned = keyof typeof FIELDS

export const ownedFields = Object.keys(FIELDS) as Owned[]

export const fieldName = (prefix: string, field: Owned): string => `${prefix}_${FIELDS[field][0]}__c`

export const ownedNames = (prefix: string): string[] => ownedFields.map(field => fieldName(prefix, field))

/** What the field must be in the org, for the words of {@link check}. */
export const fieldType = (field: Owned): string =>
  ({ flag: 'Checkbox', text: 'Text(255)', instant: 'Date/Time', number: 'Number(16,2)' })[FIELDS[field][1]]

/** Our fields of a row; a field the org lacks is absent. */
export function readOwned(row: Row, prefix: string): Partial<OwnedFields> {
  const owned: Partial<Record<OwnedField, unknown>> = {}
  for (const field of ownedFields) {
    const name = fieldName(prefix, field)
    if (name in row) owned[field] = parse(FIELDS[field][1], row[name])
  }
  return owned as Partial<OwnedFields>
}

function parse(kind: Kind, value: unknown): boolean | string | number | null {
  if (kind === 'flag') return flag(value)
  if (kind === 'text') return text(value)
  return kind === 'instant' ? instant(value) : number(value)
}

/** The body of an update: null clears, instants in whole seconds. Fields this CRM has not are left out. */
export function writeOwned(
  fields: Partial<OwnedFields>,
  prefix: string,
): Record<string, string | number | boolean | null> {
  const row: Record<string, string | number | boolean | null> = {}
  for (const field of ownedFields) {
    const value = fields[field]
    if (value === undefined) continue
    row[fieldName(prefix, field)] =
      FIELDS[field][1] === 'instant' && typeof value === 'number' ? new Date(value).toISOString() : value
  }
  return row
}

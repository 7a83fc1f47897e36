import type { OwnedField, OwnedFields } from '../../domain/desired.ts'
import { instant, number, text } from './values.ts'

type Kind = 'flag' | 'text' | 'instant' | 'number'

/** Our properties on contacts, without prefix. */
const FIELDS = {
  overdue: ['overdue', 'flag'],
  status: ['status', 'text'],
  due: ['due', 'instant'],
  reason: ['reason', 'text'],
  mqlAt: ['mql_at', 'instant'],
  assignedAt: ['assigned_at', 'instant'],
  firstAttemptAt: ['first_attempt_at', 'instant'],
  sqlAt: ['sql_at', 'instant'],
  attempts: ['attempts', 'number'],
  followUpMinutes: ['follow_up_minutes', 'number'],
  followUpHours: ['follow_up_hours', 'number'],
  mqlToSqlHours: ['mql_to_sql_hours', 'number'],
  handoff: ['handoff', 'number'],
  outcome: ['outcome', 'text'],
  feedbackReason: ['feedback_reason', 'text'],
  feedbackNote: ['feedback_note', 'text'],
} as const satisfies Record<OwnedField, readonly [string, Kind]>

export const ownedFields = Object.keys(FIELDS) as OwnedField[]

/** HubSpot's property names are lower-case. */
export const propertyName = (prefix: string, field: OwnedField): string =>
  `${prefix.toLowerCase()}_${FIELDS[field][0]}`

export const ownedNames = (prefix: string): string[] => Object.values(namesUnder(prefix))

const names = new Map<string, Record<OwnedField, string>>()

/** Kept: every contact of a page is asked for all of them. */
function namesUnder(prefix: string): Record<OwnedField, string> {
  const known = names.get(prefix)
  if (known) return known
  const entries = ownedFields.map(field => [field, propertyName(prefix, field)] as const)
  const made = Object.fromEntries(entries) as Record<OwnedField, string>
  names.set(prefix, made)
  return made
}

/** What the property must be in the portal, for the words of the check. */
export const propertyType = (field: OwnedField): string =>
  ({ flag: 'bool', text: 'string or enumeration', instant: 'datetime', number: 'number' })[FIELDS[field][1]]

/** Our properties as read. A checkbox never set is absent: it is neither true nor false. */
export function readOwned(
  properties: Readonly<Record<string, string | null | undefined>>,
  prefix: string,
): Partial<OwnedFields> {
  const owned: Partial<Record<OwnedField, unknown>> = {}
  const named = namesUnder(prefix)
  for (const field of ownedFields) {
    const value = properties[named[field]]
    const kind = FIELDS[field][1]
    if (kind === 'flag' && text(value) === null) continue
    owned[field] = parse(kind, value)
  }
  return owned as Partial<OwnedFields>
}

function parse(kind: Kind, value: string | null | undefined): boolean | string | number | null {
  if (kind === 'flag') return value === 'true'
  if (kind === 'text') return text(value)
  return kind === 'instant' ? instant(value) : number(value)
}

/** The properties of an update: everything is a string, `""` clears, instants are epoch milliseconds. */
export function writeOwned(fields: Partial<OwnedFields>, prefix: string): Record<string, string> {
  const properties: Record<string, string> = {}
  for (const field of ownedFields) {
    const value = fields[field]
    if (value !== undefined) properties[propertyName(prefix, field)] = value === null ? '' : String(value)
  }
  return properties
}

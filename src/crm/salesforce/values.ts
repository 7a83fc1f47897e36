import { type Ref, ref } from '../../domain/facts.ts'
import type { Instant } from '../../domain/time.ts'
import { id18, isId } from '../id18.ts'

/** One row as the REST API returned it: field names as in describe, relations as nested rows. */
export type Row = Readonly<Record<string, unknown>>

export const text = (value: unknown): string | null =>
  typeof value === 'string' && value.trim() !== '' ? value : null

/** Any single value in the words of a condition: numbers in digits, checkboxes as true and false. Undefined: it is none. */
export function plain(value: unknown): string | null | undefined {
  if (value === null) return null
  if (typeof value === 'string') return text(value)
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined
}

export const number = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? value : null

export const flag = (value: unknown): boolean => value === true

/** A datetime such as `2024-05-20T20:49:32.000+0000` (whole seconds are kept, REST prints `+0000`). */
export function instant(value: unknown): Instant | null {
  if (typeof value !== 'string') return null
  const at = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) ? null : at
}

/** The instant of a field that every row has; a row without it is no answer we can use. */
export function mustInstant(row: Row, field: string): Instant {
  const at = instant(row[field])
  if (at === null) throw new BadRow(field)
  return at
}

/** A row lacks what every row of its kind has. */
export class BadRow extends Error {
  constructor(field: string) {
    super(`a row came without ${field}`)
    this.name = 'BadRow'
  }
}

/** The start of a date (`2024-05-20`) in the organisation's zone; null when there is none. */
export function dayStart(value: unknown, zone: string): Instant | null {
  if (typeof value !== 'string' || !/^\d{4}-\d\d-\d\d$/.test(value)) return null
  return Temporal.PlainDate.from(value).toZonedDateTime({ timeZone: zone }).epochMilliseconds
}

const PREFIX = {
  '00Q': 'lead',
  '003': 'contact',
  '005': 'user',
  '00G': 'queue',
  '006': 'deal',
  '00T': 'task',
} as const

/** What an id of several possible objects names, by its key prefix; null for other objects and for no id. */
export function refOf(id: unknown): Ref | null {
  if (!isId(id)) return null
  const object = PREFIX[id.slice(0, 3) as keyof typeof PREFIX]
  return object ? ref('salesforce', object, id18(id)) : null
}

/** A related row, such as `Campaign` of a campaign member. */
export function related(row: Row, relation: string): Row {
  const value = row[relation]
  return typeof value === 'object' && value !== null ? (value as Row) : {}
}

/** Money in minor units. The API does not say how many decimals a currency has: two are assumed, also for the yen. */
export function minor(value: unknown): number | null {
  const amount = number(value)
  return amount === null ? null : Math.round(amount * 100)
}

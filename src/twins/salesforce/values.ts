import type { Field } from './schema/field.ts'

/** What a column holds: booleans as 0 and 1, datetimes as milliseconds since the epoch, dates as YYYY-MM-DD. */
export type Value = string | number | null

/** A record's columns by API name; a column that is absent is null, or false for a checkbox. */
export type Row = Record<string, Value>

export type Json = string | number | boolean | null

/** A column's value as the REST API prints it. */
export function toJson(field: Field, value: Value | undefined): Json {
  if (field.type === 'boolean') return value === 1
  if (value === null || value === undefined) return null
  if (field.type === 'datetime') return printDatetime(value as number)
  return value
}

/** `2013-05-20T20:49:32.000+0000`: UTC, whole seconds, no colon in the offset. */
export function printDatetime(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19)}.000+0000`
}

/** Salesforce keeps whole seconds. */
export function wholeSeconds(at: number): number {
  return Math.floor(at / 1000) * 1000
}

const DATETIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)$/

/** Milliseconds of an ISO 8601 date-time with a zone; null when the text is none. */
export function parseDatetime(text: string): number | null {
  if (!DATETIME.test(text)) return null
  const at = Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  return Number.isNaN(at) ? null : at
}

/** Whether the text is a day of the calendar, YYYY-MM-DD. */
export function isDate(text: string): boolean {
  if (!/^\d{4}-\d\d-\d\d$/.test(text)) return false
  const at = Date.parse(`${text}T00:00:00Z`)
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text)
}

import type { Field } from '../schema/field.ts'
import { toJson, type Value } from '../values.ts'

/** How a job's CSV is written. */
export interface Dialect {
  columnDelimiter: keyof typeof DELIMITERS
  lineEnding: keyof typeof LINE_ENDINGS
}

export const DELIMITERS = {
  BACKQUOTE: '`',
  CARET: '^',
  COMMA: ',',
  PIPE: '|',
  SEMICOLON: ';',
  TAB: '\t',
} as const

export const LINE_ENDINGS = { LF: '\n', CRLF: '\r\n' } as const

/** One line, every value quoted, as Salesforce's results are. */
export function csvLine(values: readonly string[], { columnDelimiter, lineEnding }: Dialect): string {
  const cells = values.map(value => `"${value.replaceAll('"', '""')}"`)
  return cells.join(DELIMITERS[columnDelimiter]) + LINE_ENDINGS[lineEnding]
}

const FRACTIONS = new Set(['double', 'currency', 'percent'])

/** A value as bulk results print it: empty for null, datetimes with Z, numbers with a fraction always with one. */
export function csvValue(field: Field, value: Value | undefined): string {
  const json = toJson(field, value)
  if (json === null) return ''
  if (field.type === 'datetime') return String(json).replace('+0000', 'Z')
  const whole = typeof json === 'number' && Number.isInteger(json)
  return whole && FRACTIONS.has(field.type) ? `${json}.0` : String(json)
}

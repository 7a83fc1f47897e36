import { RecordError } from './errors.ts'
import { longId } from './ids.ts'
import type { Field, SObject } from './schema/field.ts'
import { fieldNamed, objectNamed } from './schema.ts'
import { isDate, parseDatetime, type Row, type Value, wholeSeconds } from './values.ts'

/** A record as a client sends it. */
export type Sent = Record<string, unknown>

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@.]+$/
const NO_RIGHT = 'Please check the security settings of this field and verify that it is read/write for your'

/** The columns a client's record sets. @throws RecordError for the first field that does not fit */
export function readRecord(object: SObject, sent: Sent, mode: 'create' | 'update'): Row {
  const row: Row = {}
  const refused: string[] = []
  for (const [name, value] of Object.entries(sent)) {
    if (name === 'attributes' || /^id$/i.test(name)) continue
    const field = fieldNamed(object, name)
    if (!field) {
      throw new RecordError('INVALID_FIELD', `No such column '${name}' on sobject of type ${object.name}`)
    }
    if (!(mode === 'create' ? field.createable : field.updateable)) refused.push(field.name)
    else row[field.name] = readValue(field, value)
  }
  if (refused.length) {
    const message = `Unable to create/update fields: ${refused.join(', ')}. ${NO_RIGHT} profile or permission set.`
    throw new RecordError('INVALID_FIELD_FOR_INSERT_UPDATE', message, refused)
  }
  requireFields(object, row, mode)
  return row
}

function requireFields(object: SObject, row: Row, mode: 'create' | 'update'): void {
  const absent = (name: string) =>
    row[name] === null || (mode === 'create' && row[name] === undefined && !DEFAULTED.has(name))
  const required = object.fields.filter(
    field => !field.nillable && field.createable && field.type !== 'boolean',
  )
  const names = required.map(field => field.name).filter(absent)
  if (names.length === 0) return
  throw new RecordError('REQUIRED_FIELD_MISSING', `Required fields are missing: [${names.join(', ')}]`, names)
}

/** Required fields the organisation fills in when a client does not. */
const DEFAULTED: ReadonlySet<string> = new Set(['OwnerId', 'Status', 'Priority'])

/** One value as its column holds it. @throws RecordError */
export function readValue(field: Field, sent: unknown): Value {
  if (field.type === 'boolean') return readBoolean(field, sent)
  if (sent === null || sent === undefined || sent === '') return null
  switch (field.type) {
    case 'int':
    case 'double':
    case 'currency':
    case 'percent':
      return readNumber(field, sent)
    case 'datetime': {
      const at = typeof sent === 'string' ? parseDatetime(sent) : null
      return at === null ? wrongType(field, sent) : wholeSeconds(at)
    }
    case 'date':
      return typeof sent === 'string' && isDate(sent.slice(0, 10))
        ? sent.slice(0, 10)
        : wrongType(field, sent)
    case 'reference':
      return readReference(field, sent)
    default:
      return readText(field, sent)
  }
}

function readBoolean(field: Field, sent: unknown): Value {
  if (typeof sent === 'boolean') return sent ? 1 : 0
  if (sent === 'true' || sent === 'false') return sent === 'true' ? 1 : 0
  return wrongType(field, sent)
}

function readNumber(field: Field, sent: unknown): Value {
  const number = typeof sent === 'string' && sent.trim() ? Number(sent) : sent
  if (typeof number !== 'number' || !Number.isFinite(number)) return wrongType(field, sent)
  if (Math.abs(number) >= 10 ** (field.precision - field.scale)) {
    const message = `${field.label}: value outside of valid range on numeric field: ${number}`
    throw new RecordError('NUMBER_OUTSIDE_VALID_RANGE', message, [field.name])
  }
  return Number(number.toFixed(field.scale))
}

function readReference(field: Field, sent: unknown): Value {
  const id = typeof sent === 'string' ? longId(sent) : null
  const fits = id !== null && field.refersTo.some(name => id.startsWith(objectNamed(name)?.prefix ?? '-'))
  if (fits) return id
  throw new RecordError('MALFORMED_ID', `${field.label}: id value of incorrect type: ${String(sent)}`, [
    field.name,
  ])
}

function readText(field: Field, sent: unknown): Value {
  if (typeof sent === 'object') return wrongType(field, sent)
  const text = String(sent).trim()
  if (text === '') return null
  if (field.length > 0 && text.length > field.length) {
    const message = `${field.label}: data value too large: ${text} (max length=${field.length})`
    throw new RecordError('STRING_TOO_LONG', message, [field.name])
  }
  if (field.restricted && !field.values.includes(text)) {
    const message = `${field.label}: bad value for restricted picklist field: ${text}`
    throw new RecordError('INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST', message, [field.name])
  }
  if (field.type === 'email' && !EMAIL.test(text)) {
    throw new RecordError('INVALID_EMAIL_ADDRESS', `${field.label}: invalid email address: ${text}`, [
      field.name,
    ])
  }
  return text
}

function wrongType(field: Field, sent: unknown): never {
  const message = `${field.label}: value not of required type: ${String(sent)}`
  throw new RecordError('INVALID_TYPE_ON_FIELD_IN_RECORD', message, [field.name])
}

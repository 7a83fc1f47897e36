import type { PropertyDefinition } from './definitions/property.ts'
import type { Definitions } from './definitions.ts'
import { invalid } from './errors.ts'
import type { ObjectType } from './objects.ts'
import { PORTAL_ID } from './portal.ts'

/** What clients send as a value. */
export type Given = unknown

interface Problem {
  isValid: false
  message: string
  error: string
  name: string
  localizedErrorMessage: string
  portalId: number
}

type Checked = { value: string } | { error: string; message: string }

const wrong = (error: string, message: string): Checked => ({ error, message })

/**
 * The values of one or more records in HubSpot's own form: ISO instants with milliseconds, dates, "true".
 * @throws HubspotError 400 with every problem as JSON in its message; one bad value refuses the whole call
 */
export function accept(
  definitions: Definitions,
  type: ObjectType,
  inputs: readonly Record<string, Given>[],
): Record<string, string>[] {
  const problems: Problem[] = []
  const accepted = inputs.map(properties => {
    const values: Record<string, string> = {}
    for (const [name, given] of Object.entries(properties)) {
      const checked = check(definitions.get(type, name), name, given)
      if ('value' in checked) values[name] = checked.value
      else problems.push(problem(name, checked))
    }
    return values
  })
  if (problems.length > 0) throw invalid(`Property values were not valid: ${JSON.stringify(problems)}`)
  return accepted
}

function problem(name: string, { error, message }: { error: string; message: string }): Problem {
  return { isValid: false, message, error, name, localizedErrorMessage: message, portalId: PORTAL_ID }
}

function check(definition: PropertyDefinition | undefined, name: string, given: Given): Checked {
  if (!definition) return wrong('PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`)
  if (definition.modificationMetadata.readOnlyValue) {
    return wrong('READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`)
  }
  if (given === null || given === undefined || given === '') return { value: '' }
  if (typeof given === 'object')
    return wrong('INVALID_TYPE', `${JSON.stringify(given)} is not a property value.`)
  return checkType(definition, String(given))
}

function checkType(definition: PropertyDefinition, text: string): Checked {
  switch (definition.type) {
    case 'string':
      return checkText(text)
    case 'number':
      if (text.trim() !== '' && Number.isFinite(Number(text))) return { value: text.trim() }
      return wrong('INVALID_DOUBLE', `${text} was not a valid number.`)
    case 'bool':
      if (/^(true|false)$/i.test(text)) return { value: text.toLowerCase() }
      return wrong('INVALID_BOOLEAN', `${text} was not a valid boolean.`)
    case 'datetime':
    case 'date':
      return checkDate(definition.type, text)
    case 'enumeration':
      return checkOption(definition, text)
  }
}

const LONGEST = 65_536

function checkText(text: string): Checked {
  if (text.length <= LONGEST) return { value: text }
  return wrong(
    'VALUE_TOO_LONG',
    `The value is ${text.length} characters long; at most ${LONGEST} are allowed.`,
  )
}

function checkDate(type: 'date' | 'datetime', text: string): Checked {
  const at = instantOf(text)
  if (Number.isNaN(at)) return wrong('INVALID_DATE', `${text} was not a valid date.`)
  const text24 = new Date(at).toISOString()
  return { value: type === 'date' ? text24.slice(0, 10) : text24 }
}

function checkOption({ options, externalOptions }: PropertyDefinition, text: string): Checked {
  if (externalOptions || options.some(({ value }) => value === text)) return { value: text }
  const allowed = options.map(({ label, value }) => `label: "${label}"\nvalue: "${value}"`).join(', ')
  return wrong('INVALID_OPTION', `${text} was not one of the allowed options: [${allowed}]`)
}

/** Milliseconds since the epoch of an ISO date or instant, or of epoch milliseconds as text; NaN for anything else. */
export function instantOf(text: string): number {
  if (/^-?\d+$/.test(text)) {
    const at = Number(text)
    return Math.abs(at) <= 8.64e15 ? at : Number.NaN
  }
  return /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN
}

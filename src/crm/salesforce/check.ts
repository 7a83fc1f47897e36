import { CrmError } from '../errors.ts'
import { SOURCES, WRITABLE } from './objects.ts'
import { fieldName, fieldType, ownedFields } from './owned.ts'
import type { SalesforceReader } from './read.ts'

/** Why a sync would not work, each with its remedy; empty when it would. */
export async function check(
  reader: SalesforceReader,
  prefix: string,
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const problems: string[] = []
    for (const object of WRITABLE)
      problems.push(...(await fieldProblems(reader, SOURCES[object].sobject, prefix, signal)))
    return problems
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [error.message]
  }
}

/** A field created by the API is invisible to everybody until a permission set grants it, so both cases look alike. */
async function fieldProblems(
  reader: SalesforceReader,
  sobject: string,
  prefix: string,
  signal: AbortSignal,
): Promise<string[]> {
  const described = await reader.described(sobject, signal)
  if (!described) return [`salesforce: ${sobject} cannot be read: give the integration user access to it`]
  return ownedFields.flatMap(field => {
    const name = fieldName(prefix, field)
    const found = described.get(name)
    if (!found) {
      const make = `create it as ${fieldType(field)}, or grant the integration user read and edit access to it`
      return [`salesforce: ${sobject} has no field ${name}: ${make}`]
    }
    if (found.updateable) return []
    return [`salesforce: ${sobject}.${name} is read-only: grant the integration user edit access to it`]
  })
}

import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import type { Vitals } from '../crm.ts'
import { CrmError } from '../errors.ts'
import { absent, spelt } from '../extra.ts'
import type { SalesforceClient } from './client.ts'
import { SOURCES, WRITABLE } from './objects.ts'
import { fieldName, fieldType, ownedFields } from './owned.ts'
import type { SalesforceReader } from './read.ts'

/** Why a sync would not work, or without what it goes on, each with its remedy; empty when all is well. */
export async function check(
  reader: SalesforceReader,
  prefix: string,
  wished: readonly PolicyField[],
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const problems: string[] = []
    for (const object of WRITABLE)
      problems.push(...(await fieldProblems(reader, SOURCES[object].sobject, prefix, signal)))
    problems.push(...(await rightProblems(reader, signal)))
    return [...problems, ...(await policyProblems(reader, wished, signal))]
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [error.message]
  }
}

/** Objects that are only read; without the optional ones a sync goes on and knows less. */
async function rightProblems(reader: SalesforceReader, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  for (const [object, source] of Object.entries(SOURCES)) {
    if (WRITABLE.some(name => name === object) || (await reader.described(source.sobject, signal))) continue
    problems.push(`salesforce: ${source.sobject} cannot be read: give the integration user read access to it`)
  }
  return problems
}

const limits = z.object({ DailyApiRequests: z.object({ Max: z.number(), Remaining: z.number() }) })

/** The day's calls of the organisation, as `/limits` tells them. */
export async function vitals(client: SalesforceClient, signal: AbortSignal): Promise<Vitals> {
  const { body, date } = await client.get('limits', '/limits', limits, signal)
  const { Max, Remaining } = body.DailyApiRequests
  return { serverTime: date, calls: { used: Max - Remaining, limit: Max } }
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

async function policyProblems(
  reader: SalesforceReader,
  wished: readonly PolicyField[],
  signal: AbortSignal,
): Promise<string[]> {
  const described = wished.length > 0 ? await reader.described(SOURCES.lead.sobject, signal) : null
  if (!described) return []
  const remedy = 'create it, grant the integration user read access to it, or correct the policy'
  return wished
    .filter(field => spelt([field], described.keys()).length === 0)
    .map(field => absent('salesforce: Lead has no field', field, remedy))
}

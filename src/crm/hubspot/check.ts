import { z } from 'zod'
import type { PolicyField } from '../../domain/facts.ts'
import { CrmError, Refused } from '../errors.ts'
import { absent, spelt } from '../extra.ts'
import type { HubSpotClient } from './client.ts'
import { SOURCES } from './objects.ts'
import { ownedFields, propertyName, propertyType } from './owned.ts'
import { contactProperties } from './properties.ts'
import type { Sdk } from './wire.ts'

/** Why a sync would not work, or without what it goes on, each with its remedy; empty when all is well. */
export async function check(
  client: HubSpotClient,
  prefix: string,
  wished: readonly PolicyField[],
  signal: AbortSignal,
): Promise<string[]> {
  try {
    const found = await contactProperties(client, signal)
    const ours = ownedFields.flatMap(field => {
      const name = propertyName(prefix, field)
      const property = found.get(name)
      if (!property)
        return [`hubspot: contacts have no property ${name}: create it as ${propertyType(field)}`]
      return property.readOnly ? [`hubspot: contacts.${name} is read-only: make its value editable`] : []
    })
    const remedy = 'create it, let the token read it, or correct the policy'
    return [
      ...(await scopeProblems(client, signal)),
      ...ours,
      ...wished
        .filter(field => spelt([field], found.keys()).length === 0)
        .map(field => absent('hubspot: contacts have no property', field, remedy)),
    ]
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [error.message]
  }
}

/** Asks for one record of each kind, owners too: HubSpot names the scope that is missing. */
async function scopeProblems(client: HubSpotClient, signal: AbortSignal): Promise<string[]> {
  const problems: string[] = []
  const asks = new Map<string, (sdk: Sdk) => Promise<unknown>>()
  for (const { type } of Object.values(SOURCES)) asks.set(type, sdk => sdk.list.getPage(type, 1))
  asks.set('owners', sdk => sdk.owners.getPage(undefined, undefined, 1))
  for (const [type, ask] of asks) {
    try {
      await client.read(`read ${type}`, z.unknown(), signal, ask)
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      problems.push(error.message)
    }
  }
  return problems
}

import { z } from 'zod'
import { CrmError } from '../errors.ts'
import type { HubSpotClient } from './client.ts'
import { ownedFields, propertyName, propertyType } from './owned.ts'

const properties = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      modificationMetadata: z.object({ readOnlyValue: z.boolean().default(false) }).nullish(),
    }),
  ),
})

/** Why a sync would not work, each with its remedy; empty when it would. */
export async function check(client: HubSpotClient, prefix: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { body } = await client.read('list properties of contacts', properties, signal, sdk =>
      sdk.properties.getAll('contacts', false),
    )
    const found = new Map(body.results.map(property => [property.name, property]))
    return ownedFields.flatMap(field => {
      const name = propertyName(prefix, field)
      const property = found.get(name)
      if (!property)
        return [`hubspot: contacts have no property ${name}: create it as ${propertyType(field)}`]
      return property.modificationMetadata?.readOnlyValue
        ? [`hubspot: contacts.${name} is read-only: make its value editable`]
        : []
    })
  } catch (error) {
    if (!(error instanceof CrmError)) throw error
    return [error.message]
  }
}

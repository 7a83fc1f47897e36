import { z } from 'zod'
import type { HubSpotClient } from './client.ts'

const properties = z.object({
  results: z.array(
    z.object({
      name: z.string(),
      modificationMetadata: z.object({ readOnlyValue: z.boolean().default(false) }).nullish(),
    }),
  ),
})

/** The properties that contacts have in this portal, by name, and whether values can be written to them. */
export async function contactProperties(
  client: HubSpotClient,
  signal: AbortSignal,
): Promise<Map<string, { readOnly: boolean }>> {
  const { body } = await client.read('list properties of contacts', properties, signal, sdk =>
    sdk.properties.getAll('contacts', false),
  )
  return new Map(
    body.results.map(({ name, modificationMetadata }) => [
      name,
      { readOnly: modificationMetadata?.readOnlyValue === true },
    ]),
  )
}

import { z } from 'zod'
import { policyFile } from './schema.ts'

/** The part of a JSON Schema (draft 7) that describes values and their keys. */
export interface JsonSchema {
  description?: string
  properties?: Readonly<Record<string, JsonSchema>>
  additionalProperties?: JsonSchema | boolean
  items?: JsonSchema
  anyOf?: readonly JsonSchema[]
}

/**
 * The shape of a policy file, for editors: completion, descriptions, and most of what can be wrong with a single value.
 * What has to go together only {@link parsePolicy} knows.
 */
export const policySchema = (): JsonSchema => ({
  ...{
    title: 'Leadtime policy',
    description: 'What marketing and sales have agreed: docs/policy.md explains it.',
  },
  ...(z.toJSONSchema(policyFile, { io: 'input', target: 'draft-7' }) as JsonSchema),
})

/** A key that a policy file may have: `promises.<name>.tiers[].when.source`. */
export interface Key {
  path: string
  description: string | null
}

/** Every key, each once, in the order of the schema. */
export function schemaKeys(schema: JsonSchema = policySchema(), path = ''): Key[] {
  const found = new Map<string, Key>()
  const add = (keys: readonly Key[]) =>
    keys.forEach(key => void (found.has(key.path) || found.set(key.path, key)))
  for (const [name, inner] of Object.entries(schema.properties ?? {})) {
    const at = path === '' ? name : `${path}.${name}`
    add([{ path: at, description: inner.description ?? null }])
    add(schemaKeys(inner, at))
  }
  if (typeof schema.additionalProperties === 'object') {
    add(schemaKeys(schema.additionalProperties, `${path}.<name>`))
  }
  if (schema.items) add(schemaKeys(schema.items, `${path}[]`))
  for (const option of schema.anyOf ?? []) add(schemaKeys(option, path))
  return [...found.values()]
}

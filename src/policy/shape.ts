import type { z } from 'zod'

type Schema = z.core.$ZodType

/** What is inside defaults, optionals and nullables. */
function bare(schema: Schema): Schema {
  const inner = (schema._zod.def as { innerType?: Schema }).innerType
  return inner ? bare(inner) : schema
}

interface Def {
  type: string
  shape?: Record<string, Schema>
  element?: Schema
  valueType?: Schema
  options?: readonly Schema[]
}

const def = (schema: Schema): Def => bare(schema)._zod.def as unknown as Def

/** The schema one step further down. */
function step(schema: Schema, key: PropertyKey): Schema[] {
  const { shape, element, valueType, options } = def(schema)
  if (options) return options.flatMap(option => step(option, key))
  const next = shape?.[String(key)] ?? element ?? valueType
  return next ? [next] : []
}

/** The keys a mapping at this path may have; empty where no mapping with fixed keys belongs. */
export function keysAt(schema: Schema, path: readonly PropertyKey[]): string[] {
  let here: Schema[] = [schema]
  for (const key of path) here = here.flatMap(one => step(one, key))
  return here.flatMap(one => {
    const { shape, options } = def(one)
    if (options) return options.flatMap(option => keysAt(option, []))
    return Object.keys(shape ?? {})
  })
}

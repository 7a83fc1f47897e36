import { z } from 'zod'
import { SalesforceError } from './errors.ts'
import type { Field } from './schema/field.ts'
import * as make from './schema/field.ts'

const valueSet = z.looseObject({
  restricted: z.boolean().default(false),
  valueSetDefinition: z.looseObject({
    value: z.array(z.looseObject({ fullName: z.string().optional(), valueName: z.string().optional() })),
  }),
})

/** What the Metadata of a CustomField may say; the rest is taken and forgotten, as far as this twin goes. */
export const fieldMetadata = z.looseObject({
  type: z.string(),
  label: z.string().min(1).max(40),
  length: z.int().positive().optional(),
  precision: z.int().min(1).max(18).optional(),
  scale: z.int().min(0).max(17).optional(),
  visibleLines: z.int().positive().optional(),
  defaultValue: z.union([z.string(), z.boolean()]).optional(),
  valueSet: valueSet.optional(),
})

type Metadata = z.infer<typeof fieldMetadata>

/** The parts that a type cannot do without. */
const NEEDED: Record<string, readonly (keyof Metadata)[]> = {
  Checkbox: ['defaultValue'],
  Text: ['length'],
  LongTextArea: ['length', 'visibleLines'],
  Number: ['precision', 'scale'],
  Currency: ['precision', 'scale'],
  Percent: ['precision', 'scale'],
  Picklist: ['valueSet'],
  MultiselectPicklist: ['valueSet', 'visibleLines'],
}

const TYPES: Record<string, (name: string, metadata: Metadata) => Field> = {
  Checkbox: name => make.checkbox(name),
  Text: (name, { length = 255 }) => make.text(name, length),
  TextArea: name => make.longText(name, 255),
  LongTextArea: (name, { length = 32_768 }) => make.longText(name, length),
  Number: (name, { precision = 18, scale = 0 }) => make.double(name, precision, scale),
  Currency: (name, { precision = 18, scale = 2 }) => make.currency(name, { precision, scale }),
  Percent: (name, { precision = 18, scale = 0 }) => make.percent(name, { precision, scale }),
  Date: name => make.date(name),
  DateTime: name => make.datetime(name),
  Email: name => make.email(name),
  Phone: name => make.phone(name),
  Url: name => make.url(name),
  Picklist: (name, metadata) => make.picklist(name, valuesOf(metadata), restriction(metadata)),
  MultiselectPicklist: (name, metadata) =>
    make.multipicklist(name, valuesOf(metadata), restriction(metadata)),
}

const valuesOf = ({ valueSet: set }: Metadata) =>
  set?.valueSetDefinition.value.map(({ fullName, valueName }) => fullName ?? valueName ?? '') ?? []

const restriction = ({ valueSet: set }: Metadata) => ({ restricted: set?.restricted === true })

/** The field that this metadata describes. @throws SalesforceError FIELD_INTEGRITY_EXCEPTION */
export function fieldOf(name: string, sent: unknown): Field {
  const parsed = fieldMetadata.safeParse(sent)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw integrity(`Metadata: ${issue?.path.join('.')}: ${issue?.message}`)
  }
  const metadata = parsed.data
  const type = TYPES[metadata.type]
  if (!type) throw integrity(`this twin has no fields of type ${metadata.type}`)
  for (const part of NEEDED[metadata.type] ?? []) {
    if (metadata[part] === undefined)
      throw integrity(`Must specify '${part}' for a CustomField of type ${metadata.type}`)
  }
  return { ...type(name, metadata), label: metadata.label }
}

export const integrity = (message: string) => new SalesforceError(400, 'FIELD_INTEGRITY_EXCEPTION', message)

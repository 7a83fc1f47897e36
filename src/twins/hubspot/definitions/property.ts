export type PropertyType = 'string' | 'number' | 'date' | 'datetime' | 'enumeration' | 'bool'

export interface PropertyOption {
  label: string
  value: string
  displayOrder: number
  hidden: boolean
}

/** A property as the properties API shows it. */
export interface PropertyDefinition {
  name: string
  label: string
  type: PropertyType
  fieldType: string
  groupName: string
  description: string
  options: PropertyOption[]
  displayOrder: number
  calculated: boolean
  externalOptions: boolean
  hasUniqueValue: boolean
  hidden: boolean
  hubspotDefined: boolean
  formField: boolean
  archived: boolean
  createdAt: string
  updatedAt: string
  modificationMetadata: {
    archivable: boolean
    readOnlyDefinition: boolean
    readOnlyOptions: boolean
    readOnlyValue: boolean
  }
}

const FIELD_TYPE: Record<PropertyType, string> = {
  string: 'text',
  number: 'number',
  date: 'date',
  datetime: 'date',
  enumeration: 'select',
  bool: 'booleancheckbox',
}

const BORN = '2017-01-01T00:00:00.000Z'

/** Text of a property's options, by value: the label, or the value itself. */
export type Options = readonly (string | readonly [value: string, label: string])[]

interface Traits {
  options?: Options
  /** Computed by HubSpot: read-only and without history. */
  calculated?: boolean
  readOnly?: boolean
  unique?: boolean
  group?: string
  fieldType?: string
  custom?: boolean
  externalOptions?: boolean
}

export function optionsOf(options: Options): PropertyOption[] {
  return options.map((option, displayOrder) => {
    const [value, label] = typeof option === 'string' ? [option, option] : option
    return { label, value, displayOrder, hidden: false }
  })
}

export function property(
  name: string,
  label: string,
  type: PropertyType,
  traits: Traits = {},
): PropertyDefinition {
  const readOnlyValue = (traits.readOnly ?? false) || (traits.calculated ?? false)
  const hubspotDefined = !traits.custom
  return {
    name,
    label,
    type,
    fieldType: traits.fieldType ?? FIELD_TYPE[type],
    groupName: traits.group ?? 'information',
    description: '',
    options: optionsOf(traits.options ?? (type === 'bool' ? BOOLEAN : [])),
    displayOrder: -1,
    calculated: traits.calculated ?? false,
    externalOptions: traits.externalOptions ?? false,
    hasUniqueValue: traits.unique ?? false,
    hidden: false,
    hubspotDefined,
    formField: !readOnlyValue,
    archived: false,
    createdAt: BORN,
    updatedAt: BORN,
    modificationMetadata: {
      archivable: !hubspotDefined,
      readOnlyDefinition: hubspotDefined,
      readOnlyOptions: hubspotDefined,
      readOnlyValue,
    },
  }
}

const BOOLEAN: Options = [
  ['true', 'Yes'],
  ['false', 'No'],
]

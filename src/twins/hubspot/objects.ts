export type ObjectType = 'contact' | 'company' | 'deal' | 'call' | 'email' | 'meeting'

export interface ObjectInfo {
  type: ObjectType
  plural: string
  /** The id every portal uses for the type, as in /crm/v3/objects/0-1. */
  typeId: string
  /** Moves on any change of a property. */
  modified: 'lastmodifieddate' | 'hs_lastmodifieddate'
  created: 'createdate' | 'hs_createdate'
  /** Properties shown when a request names none. */
  defaults: readonly string[]
}

const engagement = (type: ObjectType, typeId: string): ObjectInfo => ({
  type,
  plural: `${type}s`,
  typeId,
  modified: 'hs_lastmodifieddate',
  created: 'hs_createdate',
  defaults: [],
})

export const OBJECTS: readonly ObjectInfo[] = [
  {
    type: 'contact',
    plural: 'contacts',
    typeId: '0-1',
    modified: 'lastmodifieddate',
    created: 'createdate',
    defaults: ['firstname', 'lastname', 'email'],
  },
  {
    type: 'company',
    plural: 'companies',
    typeId: '0-2',
    modified: 'hs_lastmodifieddate',
    created: 'createdate',
    defaults: ['name', 'domain'],
  },
  {
    type: 'deal',
    plural: 'deals',
    typeId: '0-3',
    modified: 'hs_lastmodifieddate',
    created: 'createdate',
    defaults: ['dealname', 'amount', 'closedate', 'pipeline', 'dealstage'],
  },
  engagement('call', '0-48'),
  engagement('email', '0-49'),
  engagement('meeting', '0-47'),
]

const byName = new Map(OBJECTS.flatMap(info => namesOf(info).map(name => [name, info] as const)))
const byType = new Map(OBJECTS.map(info => [info.type, info]))

function namesOf({ type, plural, typeId }: ObjectInfo): string[] {
  return [type, plural, typeId]
}

/** The object a path names: `contacts`, `contact` and `0-1` are the same; undefined for a name no portal has. */
export function objectNamed(name: string): ObjectInfo | undefined {
  return byName.get(name.toLowerCase())
}

export function infoOf(type: ObjectType): ObjectInfo {
  return byType.get(type)!
}

/** HubSpot's own association types, by direction. */
const ASSOCIATION_TYPES: Record<string, number> = {
  'contact deal': 4,
  'deal contact': 3,
  'contact call': 193,
  'call contact': 194,
  'contact email': 197,
  'email contact': 198,
  'contact meeting': 199,
  'meeting contact': 200,
  'contact company': 279,
  'company contact': 280,
  'deal company': 341,
  'company deal': 342,
  'deal call': 205,
  'call deal': 206,
  'deal email': 209,
  'email deal': 210,
  'deal meeting': 211,
  'meeting deal': 212,
}

/** The type id of an unlabelled association; undefined when the two types do not associate here. */
export function associationTypeId(from: ObjectType, to: ObjectType): number | undefined {
  return ASSOCIATION_TYPES[`${from} ${to}`]
}

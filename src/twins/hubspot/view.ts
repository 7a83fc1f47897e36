import type { Definitions } from './definitions.ts'
import { invalid } from './errors.ts'
import { associationTypeId, infoOf, type ObjectInfo, type ObjectType, objectNamed } from './objects.ts'
import { iso, type Rec, versionsOf } from './record.ts'
import type { RecordStore } from './store.ts'

/** What of a record an answer shows. */
export interface Selection {
  properties: readonly string[]
  withHistory: readonly string[]
  associations: readonly string[]
  /** Versions of a property at most; all without it. */
  versions: number
}

/** A record as HubSpot gives it out. Named properties without a value are null, unknown ones absent. */
export function viewOf(
  definitions: Definitions,
  rec: Rec,
  selection: Partial<Selection>,
): Record<string, unknown> {
  const info = infoOf(rec.type)
  const history = selection.withHistory ?? []
  return {
    id: String(rec.id),
    properties: propertiesOf(definitions, info, rec, selection.properties ?? []),
    ...(history.length > 0 && {
      propertiesWithHistory: historiesOf(definitions, rec, history, selection.versions),
    }),
    createdAt: iso(rec.created),
    updatedAt: iso(rec.modified),
    archived: rec.archivedAt !== null,
    ...(rec.archivedAt !== null && { archivedAt: iso(rec.archivedAt) }),
  }
}

function propertiesOf(definitions: Definitions, info: ObjectInfo, rec: Rec, named: readonly string[]) {
  const always = [info.created, info.modified, 'hs_object_id']
  const wanted = named.length > 0 ? named : info.defaults
  const shown: Record<string, string | null> = {}
  for (const name of new Set([...always, ...wanted])) {
    if (definitions.get(rec.type, name)) shown[name] = currentValue(rec, name)
  }
  return shown
}

/** A property's value now; null when it has none. */
export function currentValue(rec: Rec, name: string): string | null {
  switch (name) {
    case 'hs_object_id':
      return String(rec.id)
    case 'createdate':
    case 'hs_createdate':
      return iso(rec.created)
    case 'lastmodifieddate':
    case 'hs_lastmodifieddate':
      return iso(rec.modified)
    default:
      return rec.properties[name] ?? null
  }
}

function historiesOf(definitions: Definitions, rec: Rec, names: readonly string[], versions?: number) {
  const shown: Record<string, unknown[]> = {}
  for (const name of names) {
    const definition = definitions.get(rec.type, name)
    if (definition) shown[name] = definition.calculated ? [] : historyOf(rec, name).slice(0, versions)
  }
  return shown
}

/** Newest first, as HubSpot shows it. */
export function historyOf(rec: Rec, name: string) {
  return versionsOf(rec, name)
    .map(([value, at, sourceType]) => ({ value, timestamp: iso(at), sourceType }))
    .reverse()
}

const INLINE = 100

/**
 * The associations a list or a single record shows inline, a page of each; absent where there are none.
 * @throws HubspotError 400 for a name that is no object type
 */
export function inlineAssociations(store: RecordStore, rec: Rec, names: readonly string[]) {
  const shown: Record<string, unknown> = {}
  for (const name of names) {
    const other = objectNamed(name)
    if (!other) throw invalid(`Unable to infer object type from: ${name}`)
    const ids = store.associated(rec.type, rec.id, other.type, 0, INLINE + 1)
    if (ids.length > 0) shown[other.plural] = associationPage(rec.type, other.type, ids)
  }
  return Object.keys(shown).length > 0 ? { associations: shown } : {}
}

function associationPage(from: ObjectType, to: ObjectType, ids: readonly number[]) {
  const type = associationTypeId(from, to) === undefined ? 'associated' : `${from}_to_${to}`
  const next = ids[INLINE]
  return {
    results: ids.slice(0, INLINE).map(id => ({ id: String(id), type })),
    ...(next !== undefined && { paging: { next: { after: String(next) } } }),
  }
}

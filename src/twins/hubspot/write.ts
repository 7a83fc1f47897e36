import { HubspotError, invalid, notFound } from './errors.ts'
import { advanceStage, enterStage } from './lifecycle.ts'
import type { ObjectType } from './objects.ts'
import type { Portal } from './portal.ts'
import { assign, change, iso, newRecord, type Rec, touch } from './record.ts'
import { accept } from './values.ts'

const SOURCE = 'INTEGRATION'

export interface UpdateInput {
  id?: unknown
  idProperty?: string
  properties?: Record<string, unknown>
}

/**
 * Gives the records new values; an equal value changes nothing, moves no stamp and is logged as `same`.
 * @returns the records, and the ids that lead to none: missing, archived, or merged away
 * @throws HubspotError 400 when any value of any input is refused: then nothing is written
 */
export function updateAll(portal: Portal, type: ObjectType, inputs: readonly UpdateInput[]) {
  const values = accept(
    portal.definitions,
    type,
    inputs.map(({ properties }) => properties ?? {}),
  )
  refuseTwice(inputs)
  const missing: string[] = []
  const records: Rec[] = []
  portal.store.transaction(() => {
    for (const [index, input] of inputs.entries()) {
      const rec = find(portal, type, String(input.id ?? ''), input.idProperty)
      if (!rec) missing.push(String(input.id ?? ''))
      else records.push(setValues(portal, rec, values[index]!))
    }
  })
  return { records, missing }
}

/** A live record by its id or a unique property; not by an id merged away. */
export function find(portal: Portal, type: ObjectType, id: string, idProperty?: string): Rec | undefined {
  const rec =
    idProperty === undefined || idProperty === 'hs_object_id'
      ? byId(portal, type, id)
      : byValue(portal, type, id, idProperty)
  return rec?.archivedAt === null ? rec : undefined
}

function byId(portal: Portal, type: ObjectType, id: string): Rec | undefined {
  return /^\d{1,15}$/.test(id) ? portal.store.get(type, Number(id)) : undefined
}

/** @throws HubspotError 400 for a property that is not unique */
export function byValue(portal: Portal, type: ObjectType, value: string, name: string): Rec | undefined {
  if (!portal.definitions.get(type, name)?.hasUniqueValue) {
    throw invalid(`Property ${name} does not identify a ${type}; an idProperty must have unique values`)
  }
  const column = name === 'email' ? 'email' : `lower(json_extract(properties, '$.${name}'))`
  return portal.store.select(type, `${column} = ? ORDER BY archived_at IS NOT NULL, id LIMIT 1`, [
    value.toLowerCase(),
  ])[0]
}

function refuseTwice(inputs: readonly UpdateInput[]): void {
  const ids = inputs.map(({ id }) => String(id))
  const twice = ids.find((id, index) => ids.indexOf(id) !== index)
  if (twice !== undefined) throw invalid(`Duplicate IDs found in batch input: [${twice}]. IDs must be unique`)
}

/** Sets accepted values on one record and saves it; what clients set is noted in the write log, each value. */
export function setValues(
  portal: Portal,
  rec: Rec,
  values: Record<string, string>,
  source: string = SOURCE,
): Rec {
  const at = portal.clock.now()
  for (const [name, value] of Object.entries(values)) {
    const from = rec.properties[name] ?? ''
    set(rec, name, name === 'email' ? value.toLowerCase() : value, Math.max(at, newest(rec, name)), source)
    if (source !== SOURCE) continue
    const to = rec.properties[name] ?? ''
    portal.parts.writes.add({ record: `${rec.type}/${rec.id}`, field: name, from, to, at })
  }
  portal.store.save(rec)
  return rec
}

/** A write is never older than what it replaces, whatever a late event has left there. */
const newest = (rec: Rec, name: string) => rec.history[name]?.at(-1)?.[1] ?? 0

function set(rec: Rec, name: string, value: string, at: number, source: string): void {
  if (name === 'lifecyclestage' && rec.type === 'contact') {
    if (value === '') enterStage(rec, '', at, source)
    else advanceStage(rec, value, at, source)
    return
  }
  const changed = change(rec, name, value, at, source)
  if (changed && name === 'hubspot_owner_id') assign(rec, 'hubspot_owner_assigneddate', value && iso(at))
}

/** @throws HubspotError 400 for refused values, 409 for an e-mail address another contact has */
export function create(
  portal: Portal,
  type: ObjectType,
  properties: Record<string, unknown>,
  source: string = SOURCE,
): Rec {
  const [values = {}] = accept(portal.definitions, type, [properties])
  const email = values.email ?? ''
  const taken = type === 'contact' && email !== '' ? byValue(portal, type, email, 'email') : undefined
  if (taken) throw conflict(taken)
  const rec = newRecord(type, portal.store.nextId(type), portal.clock.now())
  if (type === 'contact' && !values.lifecyclestage) enterStage(rec, 'lead', rec.created, source)
  return setValues(portal, rec, values, source)
}

/**
 * On dated paths a portal's own rules hold: what they require must be there; the numbered ones never asked.
 * @throws HubspotError 400 that names what is missing
 */
export function refuseIncomplete(
  { settings }: Portal,
  type: ObjectType,
  properties: Record<string, unknown>,
  prefix: string,
): void {
  if (type !== 'contact' || !/\/\d{4}-\d{2}$/.test(prefix)) return
  const missing = settings.requiredProperties.filter(name => !properties[name])
  if (missing.length === 0) return
  const message = `Some required properties were not set: ${missing.join(', ')}`
  throw invalid(message, { errors: [{ message, code: 'REQUIRED_FIELDS_MISSING', context: { missing } }] })
}

function conflict(taken: Rec) {
  return new HubspotError(409, 'CONFLICT', `Contact already exists. Existing ID: ${taken.id}`)
}

/** @throws HubspotError 404 for a record that is not there */
export function archive(portal: Portal, type: ObjectType, id: string): void {
  const rec = find(portal, type, id)
  if (!rec) throw notFound()
  rec.archivedAt = portal.clock.now()
  touch(rec, rec.archivedAt)
  portal.store.save(rec)
}

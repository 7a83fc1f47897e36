import type { ObjectType } from './objects.ts'

/** Value, instant (ms since the epoch), sourceType. An empty value means cleared. */
export type Version = [value: string, at: number, source: string]

/**
 * One CRM record. `properties` holds no empty values. `history` holds, oldest first, only the properties that
 * changed after creation: the others have had their value since `created`.
 */
export interface Rec {
  type: ObjectType
  id: number
  created: number
  modified: number
  archivedAt: number | null
  /** The scenario's key of a deal. */
  key: string | null
  properties: Record<string, string>
  history: Record<string, Version[]>
  /** Not yet in the store, or in it with other values. */
  unsaved: 'new' | 'changed' | null
}

export function newRecord(type: ObjectType, id: number, at: number, key: string | null = null): Rec {
  return {
    type,
    id,
    created: at,
    modified: at,
    archivedAt: null,
    key,
    properties: {},
    history: {},
    unsaved: 'new',
  }
}

/** What happened to a property, oldest first. */
export function versionsOf(rec: Rec, name: string): Version[] {
  const versions = rec.history[name]
  if (versions) return versions
  const value = rec.properties[name]
  return value === undefined ? [] : [[value, rec.created, 'IMPORT']]
}

export function touch(rec: Rec, at: number): void {
  rec.modified = Math.max(rec.modified, at)
  rec.unsaved ??= 'changed'
}

/**
 * Gives a property a value as of an instant, with its history; an instant before the newest version becomes
 * history only. Answers false when nothing changed. `again` records a value that is the same as before.
 */
export function change(
  rec: Rec,
  name: string,
  value: string,
  at: number,
  source: string,
  again = false,
): boolean {
  const versions = versionsOf(rec, name)
  let place = versions.length
  while (place > 0 && versions[place - 1]![1] > at) place--
  const before = place > 0 ? versions[place - 1]![0] : ''
  if (before === value && !again) return false
  const newest = place === versions.length
  rec.history[name] = versions.toSpliced(place, 0, [value, at, source])
  if (newest) assign(rec, name, value)
  touch(rec, at)
  return true
}

/** Sets a property that keeps no history: an initial value or a calculated one. */
export function assign(rec: Rec, name: string, value: string): void {
  if (value === '') delete rec.properties[name]
  else rec.properties[name] = value
}

export const iso = (at: number): string => new Date(at).toISOString()

import { invalid } from './errors.ts'
import { rankOf } from './lifecycle.ts'
import type { ObjectType } from './objects.ts'
import type { Portal } from './portal.ts'
import { assign, change, newRecord, type Rec, type Version, versionsOf } from './record.ts'
import type { RecordStore } from './store.ts'
import { MERGE } from './world.ts'

/** Merges as the API and the pages do, now. @throws HubspotError 400 for what does not merge */
export function mergeRecords({ store, clock }: Portal, type: ObjectType, primary: Rec, other: Rec): Rec {
  if (type !== 'contact') throw invalid(`Merging ${type} records is not supported`)
  if (primary.id === other.id) throw invalid('A record cannot be merged with itself')
  return store.transaction(() => {
    const survivor = mergeContacts(store, primary, other, clock.now())
    store.sql('UPDATE person SET contact = ? WHERE contact IN (?, ?)').run(survivor.id, primary.id, other.id)
    return survivor
  })
}

const JOINED = new Set(['hs_merged_object_ids', 'hs_calculated_merged_vids', 'hs_additional_emails'])

/**
 * Merges two contacts as HubSpot does since 2025: a record with a new id takes their place, both old ids lead
 * to it, the primary's values win (of the lifecycle stages the one further on), the histories of both are kept. It cannot
 * be undone.
 */
export function mergeContacts(store: RecordStore, primary: Rec, other: Rec, at: number): Rec {
  const merged = store.feed.quietly(() => mergeQuietly(store, primary, other, at))
  store.feed.tell({ what: 'merged', type: 'contact', primary: primary.id, other: other.id, into: merged.id })
  return merged
}

function mergeQuietly(store: RecordStore, primary: Rec, other: Rec, at: number): Rec {
  const merged = newRecord('contact', store.nextId('contact'), Math.min(primary.created, other.created))
  merged.modified = Math.max(primary.modified, other.modified, at)
  for (const name of namesOf(primary, other)) mergeProperty(merged, primary, other, name, at)
  const own = (rec: Rec, name: string) => rec.properties[name]?.split(';') ?? []
  const both = (name: string, ...more: string[]) =>
    assign(merged, name, [...new Set([...own(primary, name), ...own(other, name), ...more])].join(';'))
  both('hs_merged_object_ids', String(primary.id), String(other.id))
  both('hs_calculated_merged_vids', `${primary.id}:${at}`, `${other.id}:${at}`)
  const lost = other.properties.email
  both('hs_additional_emails', ...(lost && lost !== primary.properties.email ? [lost] : []))
  const conversions = [primary, other].map(rec => Number(rec.properties.num_conversion_events ?? 0))
  const sum = conversions[0]! + conversions[1]!
  if (sum > 0) assign(merged, 'num_conversion_events', String(sum))
  store.save(merged)
  store.replace(primary, merged)
  store.replace(other, merged)
  assign(merged, 'num_associated_deals', String(store.associated('contact', merged.id, 'deal').length || ''))
  merged.unsaved = 'changed'
  store.save(merged)
  return merged
}

function namesOf(a: Rec, b: Rec): Set<string> {
  const names = [a.properties, b.properties, a.history, b.history].flatMap(Object.keys)
  return new Set(names.filter(name => !JOINED.has(name)))
}

function mergeProperty(merged: Rec, primary: Rec, other: Rec, name: string, at: number): void {
  const value = winner(primary, other, name)
  if (name.startsWith('hs_v2_')) {
    assign(
      merged,
      name,
      [primary, other]
        .map(rec => rec.properties[name] ?? '')
        .sort()
        .at(-1)!,
    )
    return
  }
  const versions = inOrder(versionsOf(primary, name), versionsOf(other, name))
  const last = versions.at(-1)
  merged.history[name] = versions
  assign(merged, name, last?.[0] ?? '')
  if (last && last[0] !== value) change(merged, name, value, Math.max(at, last[1]), MERGE)
}

function winner(primary: Rec, other: Rec, name: string): string {
  const [own, theirs] = [primary.properties[name] ?? '', other.properties[name] ?? '']
  if (name === 'lifecyclestage' && rankOf(theirs) > rankOf(own)) return theirs
  return own || theirs
}

/** Both histories as one; of equal instants the primary's is the later. */
function inOrder(primary: readonly Version[], other: readonly Version[]): Version[] {
  return [...other, ...primary].sort((a, b) => a[1] - b[1])
}

import { z } from 'zod'
import type { Instant } from '../../domain/time.ts'
import { id18, isId as isSalesforceId } from '../id18.ts'

/** One object, as read: property values are strings or null whatever their type; a missing one counts as null. */
export interface HubSpotObject {
  id: string
  properties: Readonly<Record<string, string | null | undefined>>
  /** Newest first. Long histories are cut by HubSpot. */
  history: Readonly<Record<string, readonly HistoryEntry[]>>
  /** Ids of the contacts it is associated with; empty for contacts. */
  contacts: readonly string[]
  createdAt: Instant
  updatedAt: Instant
  archivedAt: Instant | null
}

export interface HistoryEntry {
  value: string | null
  at: Instant
  /** What changed it, where HubSpot tells: `CRM_UI`, `MERGE_OBJECTS`. */
  by?: string | undefined
}

/** A time in an answer, ISO 8601; read as an instant. */
export const time = z.string().transform((value, context): Instant => {
  const at = Date.parse(value)
  if (Number.isNaN(at)) context.addIssue('no time')
  return at
})

export const text = (value: string | null | undefined): string | null =>
  value !== undefined && value !== null && value.trim() !== '' ? value : null

/** ISO 8601, or milliseconds since the epoch in digits: histories and older properties use both. */
export function instant(value: string | null | undefined): Instant | null {
  const given = text(value)
  if (given === null) return null
  const at = /^-?\d+$/.test(given) ? Number(given) : Date.parse(given)
  return Number.isFinite(at) ? at : null
}

export function number(value: string | null | undefined): number | null {
  const given = text(value)
  const parsed = given === null ? Number.NaN : Number(given)
  return Number.isFinite(parsed) ? parsed : null
}

/** Several values in one property: `a;b`. */
export const list = (value: string | null | undefined): string[] =>
  (value ?? '').split(';').flatMap(part => (part.trim() ? [part.trim()] : []))

/** Oldest first, an emptied property as null. */
export const oldestFirst = (entries: readonly HistoryEntry[] | undefined): HistoryEntry[] =>
  (entries ?? []).map(entry => ({ ...entry, value: text(entry.value) })).toReversed()

/** A HubSpot record id; anything else is no record, and some of it would refuse a whole batch. */
export const isId = (value: string): boolean => /^\d{1,20}$/.test(value)

/** A Salesforce id as the connector left it, in 18 characters; null when it is none. */
export function salesforceId(value: string | null | undefined): string | null {
  const id = text(value)?.trim()
  return isSalesforceId(id) ? id18(id) : null
}

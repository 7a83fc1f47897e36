import type { Instant } from '../../domain/time.ts'

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
}

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
  (entries ?? []).map(({ value, at }) => ({ value: text(value), at })).toReversed()

const CHECK = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ012345'

/** A Salesforce id as the connector left it, in 18 characters; null when it is none. */
export function salesforceId(value: string | null | undefined): string | null {
  const id = text(value)?.trim() ?? ''
  if (/^[A-Za-z0-9]{18}$/.test(id)) return id
  if (!/^[A-Za-z0-9]{15}$/.test(id)) return null
  const capitals = (chunk: string) =>
    [...chunk].reduce((bits, c, i) => bits | (/[A-Z]/.test(c) ? 1 << i : 0), 0)
  return id + [0, 5, 10].map(at => CHECK.charAt(capitals(id.slice(at, at + 5)))).join('')
}

import type { PolicyField } from '../domain/facts.ts'
import type { Cursor } from './crm.ts'

/**
 * Where a scan goes on that reads these extra fields: from the beginning when the records behind it were read without
 * one of them. So a field that the policy names later, or that the user may read only now, is read of every record.
 */
export function resume(cursor: Cursor | null, extra: readonly string[]): Cursor | null {
  if (cursor === null) return null
  const { extra: read, ...rest } = cursor
  const known = Array.isArray(read) ? read : []
  return extra.every(name => known.includes(name)) ? rest : null
}

/** The cursor of a scan that reads these extra fields. */
export const reading = (cursor: Cursor, extra: readonly string[]): Cursor =>
  extra.length === 0 ? cursor : { ...cursor, extra: [...extra] }

/** Those of the wished fields that are there, as the CRM spells them, in order; API names ignore case. */
export function spelt(wished: readonly PolicyField[], there: Iterable<string>): string[] {
  const names = new Set(wished.map(({ name }) => name.toLowerCase()))
  return [...there].filter(name => names.has(name.toLowerCase())).sort()
}

/** What to say of a wished field that is not there or that this user may not see; both look alike. */
export const absent = (where: string, { name, key }: PolicyField, remedy: string): string =>
  `${where} ${name}, which ${key} of the policy names: ${remedy}; until then nothing is known of it`

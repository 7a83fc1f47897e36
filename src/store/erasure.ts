import type { Ref } from '../domain/facts.ts'
import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/**
 * Takes what leads and contacts are called out of what is kept of their past, and the e-mail addresses by which they were
 * tied to others. What happened to them, and when, stays.
 */
export async function forgetNames(tx: Queryable, refs: readonly Ref[]): Promise<void> {
  if (refs.length === 0) return
  await tx.query(sql`
    with fact as (
      update fact_past set data = case kind
          when 'created' then jsonb_set(data, '{profile}', (data -> 'profile') || '{"email": null, "name": null, "company": null}')
          else data || '{"note": null}' end
        where subject = any(${refs}::text[]) and kind in ('created', 'feedback')),
    tie as (
      update person_record_past set key = ref where ref = any(${refs}::text[]) and key like 'email:%')
    update person_record set key = ref where ref = any(${refs}::text[]) and key like 'email:%'`)
}

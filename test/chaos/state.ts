import { createHash } from 'node:crypto'
import type { Database } from '../../src/store/db.ts'

/**
 * What a database holds, without what may differ between two runs: surrogate numbers, our own clock, and how often
 * a write was tried before its answer came.
 */
const CONTENTS: Record<string, string> = {
  record: 'select ref, fields, hash, modified_at, deleted_at from record order by ref',
  fact: 'select source, key, subject, kind, origin, at, data from fact order by source, key',
  identity: 'select ref, key, reason from identity order by ref, key',
  membership: 'select via, deal, member from membership order by via, deal, member',
  people: `select array_agg(ref order by ref) as refs from person_record group by person order by 1`,
  rep: 'select * from rep order by ref',
  handoff: `select (to_jsonb(handoff) - 'person') as handoff from handoff order by opened_by`,
  promise: `select (to_jsonb(promise) - 'person') as promise from promise order by handoff, name`,
  target: `select ref, desired, acked, original, claimed_by, sending, doubt, next_at, error
    from target order by ref`,
  marks: '(select ref from stale_record) union all (select person::text from stale_person)',
}

/** Each part of the state: how many rows, and a digest of them. */
export async function stateOf(db: Database): Promise<Record<string, string>> {
  const state: Record<string, string> = {}
  for (const [part, text] of Object.entries(CONTENTS)) {
    const { rows } = await db.query({ text, values: [] })
    state[part] = `${rows.length} rows ${createHash('md5').update(JSON.stringify(rows)).digest('hex')}`
  }
  return state
}

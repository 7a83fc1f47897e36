import type { Queryable } from './db.ts'
import { sql } from './sql.ts'

/** How much there is. */
export interface Census {
  people: number
  handoffs: number
  /** Promises overdue now. */
  overdue: number
}

export async function readCensus(db: Queryable): Promise<Census> {
  const { rows } = await db.query<Census>(sql`
    select (select count(*) from person) as people, (select count(*) from handoff) as handoffs,
      (select count(*) from promise where state = 'overdue') as overdue`)
  return rows[0]!
}

import { iso, MINUTE } from '../domain/time.ts'
import type { Queryable } from '../store/db.ts'
import { readVerdicts, type VerdictPosition, type VerdictRow } from '../store/verdicts.ts'
import type { Naming } from './naming.ts'

const PAGE = 2_000

/** One JSON text per handoff, in the scenario's words. */
export async function* verdictLines(db: Queryable, naming: Naming): AsyncGenerator<string> {
  let after: VerdictPosition = { person: 0, openedBy: '' }
  for (;;) {
    const rows = await readVerdicts(db, after, PAGE)
    for (const row of rows) yield JSON.stringify(line(row, naming))
    const last = rows.at(-1)
    if (last === undefined) return
    after = last
  }
}

function line(row: VerdictRow, naming: Naming) {
  return {
    person: naming.person(row.refs),
    email: row.email,
    handoff: row.number,
    owner: naming.user(row.owner),
    source: row.source,
    campaign: naming.campaign(row.campaign),
    ...Object.fromEntries(row.instants.map((at, i) => [`t${i}`, iso(at)])),
    attempts: row.attempts,
    outcome: row.outcome,
    promises: Object.fromEntries(
      row.promises.map(({ name, state, due, warn, kind, countedMs }) => [
        name,
        {
          state,
          due: iso(due),
          warn: iso(warn),
          kind,
          minutes: countedMs === null ? null : countedMs / MINUTE,
        },
      ]),
    ),
  }
}

import type { RoundResult } from '../pipeline/round.ts'
import { type Census, readCensus } from '../store/census.ts'
import type { Queryable } from '../store/db.ts'

/** What `leadtime sync --json` prints. */
export interface SyncSummary extends Census {
  /** When the round ended, in the CRMs' time (ISO 8601, UTC). */
  asOf: string
  /** Records by CRM. */
  read: Record<string, number>
  written: Record<string, number>
  /** Persons judged in this round. */
  judged: number
  rowsChanged: number
  seconds: number
}

export async function summary(
  db: Queryable,
  { traffic, judged, rowsChanged }: RoundResult,
  now: number,
  seconds: number,
): Promise<SyncSummary> {
  const by = (side: 'reads' | 'writes') =>
    Object.fromEntries(Object.entries(traffic).map(([vendor, counts]) => [vendor, counts[side].records]))
  return {
    asOf: new Date(now).toISOString(),
    ...(await readCensus(db)),
    read: by('reads'),
    written: by('writes'),
    judged,
    rowsChanged,
    seconds: Math.round(seconds * 100) / 100,
  }
}

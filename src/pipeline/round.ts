import type { Traffic } from '../crm/crm.ts'
import type { Vendor } from '../domain/facts.ts'
import { beginRun, endRun } from '../store/runs.ts'
import { refreshAlmanac } from './almanac.ts'
import type { Context, Counted } from './context.ts'
import { judge } from './judge.ts'
import { link } from './link.ts'
import { pullAllOf } from './pull.ts'
import { push } from './push.ts'
import { told } from './told.ts'

type Stage = 'pull' | 'link' | 'judge' | 'push'

/** What a round did. */
export interface RoundResult {
  /** Wall-clock seconds by stage. */
  seconds: Record<Stage, number>
  /** Rows inserted, updated or deleted. Marks, cursors and the log of runs are not counted. */
  rowsChanged: number
  rows: Partial<Record<Counted, number>>
  /** Persons judged. */
  judged: number
  /** Calls and records of this round, by CRM. */
  traffic: Partial<Record<Vendor, Traffic>>
}

/**
 * One full synchronisation: everything new is read, linked, judged and written back. May be repeated at any time;
 * with nothing new it changes no row and writes no record.
 * @throws RateLimited, AuthExpired, Unavailable, Refused, DatabaseUnavailable. What was done stays, the rest is done by the next round.
 */
export async function round(context: Context): Promise<RoundResult> {
  const { db, crms, tally, now } = context
  const before = crms.map(crm => structuredClone(crm.traffic()))
  const rows = { ...tally.rows }
  const seconds: Record<Stage, number> = { pull: 0, link: 0, judge: 0, push: 0 }
  const run = await beginRun(db, 'round', now())
  let judged = 0
  const result = (): RoundResult => ({
    seconds,
    ...changedSince(rows, tally.rows),
    judged,
    traffic: Object.fromEntries(crms.map((crm, i) => [crm.vendor, difference(crm.traffic(), before[i]!)])),
  })
  try {
    await timed(seconds, 'pull', async () => {
      await refreshAlmanac(context)
      await pullAll(context)
    })
    await timed(seconds, 'link', () => link(context))
    judged = await timed(seconds, 'judge', () => judge(context))
    await timed(seconds, 'push', () => push(context))
  } catch (error) {
    await endRun(db, run, now(), result(), told(error)).catch(() => {})
    throw error
  }
  await endRun(db, run, now(), result(), null)
  return result()
}

/** Both CRMs at once, the objects of each in its order; one that fails does not keep the other from being read. */
async function pullAll(context: Context): Promise<void> {
  const done = await Promise.allSettled(context.crms.map(crm => pullAllOf(context, crm)))
  for (const result of done) if (result.status === 'rejected') throw result.reason
}

async function timed<T>(seconds: Record<Stage, number>, stage: Stage, work: () => Promise<T>): Promise<T> {
  const start = performance.now()
  try {
    return await work()
  } finally {
    seconds[stage] += (performance.now() - start) / 1000
  }
}

function changedSince(before: Partial<Record<Counted, number>>, after: Partial<Record<Counted, number>>) {
  const rows = Object.fromEntries(
    Object.entries(after).flatMap(([table, count]) => {
      const changed = count - (before[table as Counted] ?? 0)
      return changed === 0 ? [] : [[table, changed]]
    }),
  ) as Partial<Record<Counted, number>>
  return { rows, rowsChanged: Object.values(rows).reduce((sum, count) => sum + count, 0) }
}

function difference(after: Traffic, before: Traffic): Traffic {
  return {
    reads: {
      calls: after.reads.calls - before.reads.calls,
      records: after.reads.records - before.reads.records,
    },
    writes: {
      calls: after.writes.calls - before.writes.calls,
      records: after.writes.records - before.writes.records,
    },
  }
}

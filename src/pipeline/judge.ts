import type { Crm } from '../crm/crm.ts'
import type { Almanac } from '../domain/almanac.ts'
import type { Directory } from '../domain/handoff.ts'
import { judge as judgePerson } from '../domain/judge.ts'
import { desiredFields } from '../domain/show.ts'
import type { Instant } from '../domain/time.ts'
import type { Policy } from '../policy/policy.ts'
import { readAlmanac } from '../store/almanac.ts'
import type { Tx } from '../store/db.ts'
import { readPersonFacts } from '../store/facts.ts'
import { replaceHandoffs } from '../store/handoffs.ts'
import {
  lockPersons,
  readPersonRecords,
  removeEmptyPersons,
  storeStandings,
  takeDuePersons,
} from '../store/people.ts'
import { readPolicyAt } from '../store/policies.ts'
import { readDirectory } from '../store/reps.ts'
import { readByIndex, takeStalePersons } from '../store/stale.ts'
import { storeDesired, withdrawDesired } from '../store/targets.ts'
import { type Bench, type Conclusion, conclude } from './conclude.ts'
import type { Context, Counted } from './context.ts'

const BATCH = 1_000

/**
 * Passes the verdicts on every person that is marked or has fallen due, and derives from them what each of their open
 * records should show. Returns when nobody is left.
 * @returns persons judged
 */
export async function judge(context: Context): Promise<number> {
  const directory = await readDirectory(context.db)
  const almanac = await readAlmanac(context.db)
  let judged = 0
  for (;;) {
    context.signal.throwIfAborted()
    const { persons, counts } = await context.db.tx(async tx => {
      const bench = benchOf(context.crms, { directory, almanac }, await readPolicyAt(tx))
      return await judgeBatch(tx, bench, context.now())
    })
    if (persons === 0) return judged
    judged += persons
    context.tally.add(counts)
  }
}

/** A handoff keeps the policy in force at its MQL, in what is shown of it too. */
function benchOf(
  crms: readonly Crm[],
  { directory, almanac }: { directory: Directory; almanac: Almanac },
  policyAt: (at: Instant) => Policy,
): Bench {
  return {
    crms,
    judge: (facts, now) => judgePerson({ facts, policyAt, directory, almanac, now }),
    show: (judgement, now) =>
      desiredFields(judgement, directory, policyAt(judgement.handoffs.at(-1)?.t1 ?? now), now),
  }
}

type Counts = Partial<Record<Counted, number>>

async function judgeBatch(tx: Tx, bench: Bench, now: Instant): Promise<{ persons: number; counts: Counts }> {
  await readByIndex(tx)
  const stale = await takeStalePersons(tx, BATCH)
  const due = stale.length < BATCH ? await takeDuePersons(tx, now, BATCH - stale.length) : []
  const persons = [...new Set([...stale, ...due])].sort((a, b) => a - b)
  if (persons.length === 0) return { persons: 0, counts: {} }
  const known = await lockPersons(tx, persons)
  const facts = await readPersonFacts(tx, persons)
  const records = Map.groupBy(await readPersonRecords(tx, persons), record => record.person)
  const conclusions = [...known.keys()].map(person =>
    conclude(bench, person, facts.get(person) ?? [], records.get(person) ?? [], now),
  )
  const changed = conclusions.filter(({ standing }) => known.get(standing.person) !== standing.verdict)
  const counts = await store(tx, bench, changed, known)
  const standing = await storeStandings(
    tx,
    conclusions.map(conclusion => conclusion.standing),
  )
  const empty = persons.filter(person => !records.has(person))
  counts.person = standing + (empty.length === 0 ? 0 : await removeEmptyPersons(tx, empty))
  return { persons: persons.length, counts }
}

async function store(
  tx: Tx,
  { crms }: Bench,
  changed: readonly Conclusion[],
  known: ReadonlyMap<number, string | null>,
): Promise<Counts> {
  if (changed.length === 0) return {}
  const before = changed.filter(({ standing }) => known.get(standing.person) !== null)
  const counts: Counts = await replaceHandoffs(
    tx,
    changed.map(conclusion => conclusion.rows),
    before.map(({ standing }) => standing.person),
  )
  let target = await withdrawDesired(
    tx,
    changed.flatMap(conclusion => conclusion.closed),
  )
  for (const { vendor } of crms) {
    target += await storeDesired(
      tx,
      vendor,
      changed.flatMap(({ shown }) => shown[vendor] ?? []),
    )
  }
  return { ...counts, target }
}

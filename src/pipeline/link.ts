import type { Ref } from '../domain/facts.ts'
import { groupByIdentity, keepPersons } from '../domain/person.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../store/db.ts'
import {
  createPersons,
  lockLinking,
  type Placement,
  personsOf,
  placeRecords,
  readClosure,
  readPlacements,
} from '../store/people.ts'
import { readPolicyAt } from '../store/policies.ts'
import { linkUnder, markPersons, readByIndex, takeStaleRecords } from '../store/stale.ts'
import type { Context, Counted } from './context.ts'

const BATCH = 2_000

/**
 * Decides for every marked record which person it belongs to, and marks every person about whom something changed
 * or who gained or lost a record. Returns when no mark is left.
 */
export async function link(context: Context): Promise<void> {
  for (;;) {
    context.signal.throwIfAborted()
    const counts = await context.db.tx(tx => linkBatch(tx, context.now()))
    if (counts === null) return
    context.tally.add(counts)
  }
}

async function linkBatch(tx: Tx, now: Instant): Promise<Partial<Record<Counted, number>> | null> {
  await lockLinking(tx)
  await readByIndex(tx)
  const { sharedMailboxes: shared } = (await readPolicyAt(tx))(now)
  await linkUnder(tx, shared)
  const marked = await takeStaleRecords(tx, BATCH)
  if (marked.length === 0) return null
  const groups = groupByIdentity(await readClosure(tx, marked, shared))
  const before = await readPlacements(
    tx,
    groups.flatMap(group => group.map(member => member.ref)),
  )
  const current = new Map(before.map(({ ref, person }) => [ref, person]))
  const kept = keepPersons(groups, current)
  const created = await createPersons(tx, kept.filter(id => id === null).length)
  const fresh = created.values()
  const placements = groups.flatMap((group, i): Placement[] => {
    const person = kept[i] ?? fresh.next().value!
    return group.map(({ ref, reason, key }) => ({ ref, person, reason, key }))
  })
  const placed = await placeRecords(
    tx,
    placements.sort((a, b) => (a.ref < b.ref ? -1 : 1)),
    now,
  )
  await markPersons(tx, new Set([...moved(placements, current), ...(await personsOf(tx, marked))]))
  return { person: created.length, person_record: placed }
}

/** Persons who gained or lost a record. */
function moved(placements: readonly Placement[], current: ReadonlyMap<Ref, number>): number[] {
  return placements.flatMap(({ ref, person }) => {
    const was = current.get(ref)
    if (was === person) return []
    return was === undefined ? [person] : [person, was]
  })
}

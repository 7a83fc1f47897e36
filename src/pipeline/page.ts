import type { Crm, Cursor } from '../crm/crm.ts'
import type { Fact, ObjectName, Ref } from '../domain/facts.ts'
import { companionsOf } from '../domain/polling.ts'
import type { Instant } from '../domain/time.ts'
import { lockCursor, lockObject, storeCursor, want } from '../store/cursors.ts'
import type { Tx } from '../store/db.ts'
import { factRow, insertFacts, readFacts, replaceFacts } from '../store/facts.ts'
import { insertRecords, type Mirrored, readMirror, updateRecords } from '../store/records.ts'
import { joinReps, personsOfReps, upsertReps } from '../store/reps.ts'
import { markPersons, markRecords, readByIndex } from '../store/stale.ts'
import { complete, doubtDifferent, insertFound, isBlank } from '../store/targets.ts'
import {
  insertIdentity,
  insertMemberships,
  readTied,
  replaceIdentity,
  replaceMemberships,
} from '../store/ties.ts'
import type { Counted } from './context.ts'
import type { Encoded } from './encode.ts'
import { observe } from './observe.ts'

/** Records of one object, as read. */
export interface RecordsWrite {
  crm: Crm
  object: ObjectName
  records: ReadonlyMap<Ref, Encoded>
  now: Instant
  /**
   * The mirror's stamps before records were asked for by id: where they still stand, the answer is taken even if its
   * own stamp is older, for nothing newer has come.
   */
  before?: ReadonlyMap<Ref, Instant>
}

/** A page, and where the scan stood before and stands after it. */
export interface PageWrite extends RecordsWrite {
  from: Cursor | null
  cursor: Cursor
}

export type Counts = Partial<Record<Counted, number>>

/** What storing records did. */
export interface Stored {
  counts: Counts
  fresh: Ref[]
  changed: Ref[]
}

/** Stores a page with everything derived from its records alone, the marks for the next stages, and its cursor. */
export async function storePage(tx: Tx, page: PageWrite): Promise<Counts> {
  await readByIndex(tx)
  await lockCursor(tx, page.crm.vendor, page.object, page.from)
  return (await store(tx, page, page.cursor)).counts
}

/** Stores records that were asked for by id as a page is stored; the object's scan stays where it is. */
export async function storeRecords(tx: Tx, write: RecordsWrite): Promise<Stored> {
  await readByIndex(tx)
  await lockObject(tx, write.crm.vendor, write.object)
  return await store(tx, write, null)
}

async function store(tx: Tx, page: RecordsWrite, cursor: Cursor | null): Promise<Stored> {
  const { crm, object, records, now } = page
  const mirror = records.size === 0 ? new Map() : await readMirror(tx, [...records.keys()])
  const { fresh, changed } = compare(page, mirror)
  const counts: Counts = {}
  const stale = new Set<Ref>()
  if (fresh.length > 0) await storeFresh(tx, fresh, now, counts)
  if (changed.length > 0) await storeChanged(tx, changed, now, counts, stale)
  for (const encoded of [...fresh, ...changed]) markAbout(encoded, stale)
  await markRecords(tx, stale)
  await storeReps(tx, [...fresh, ...changed], now, counts)
  await compareShown(tx, page, fresh, mirror, counts)
  if (records.size > 0) await want(tx, crm.vendor, companionsOf(object, crm.paces ?? {}))
  await storeCursor(tx, crm.vendor, object, {
    cursor,
    lastChange: newest(records),
    fresh: fresh.length,
  })
  return { counts, fresh: fresh.map(({ ref }) => ref), changed: changed.map(({ ref }) => ref) }
}

/** A reading older than the mirror is of no use: a slower page may arrive after a newer one. */
function compare({ records, before }: RecordsWrite, mirror: ReadonlyMap<Ref, Mirrored>) {
  const fresh: Encoded[] = []
  const changed: Encoded[] = []
  for (const [ref, encoded] of records) {
    const known = mirror.get(ref)
    if (known === undefined) fresh.push(encoded)
    else if (known.hash !== encoded.row.hash && isNewer(encoded, known, before?.get(ref)))
      changed.push(encoded)
  }
  return { fresh, changed }
}

const isNewer = ({ row }: Encoded, { modifiedAt }: Mirrored, before: Instant | undefined): boolean =>
  modifiedAt <= row.modifiedAt || modifiedAt === before

async function storeFresh(tx: Tx, fresh: readonly Encoded[], now: Instant, counts: Counts): Promise<void> {
  const rows = fresh.map(encoded => encoded.row)
  counts.record = await insertRecords(tx, rows, now)
  counts.fact = await insertFacts(
    tx,
    fresh.flatMap(encoded => encoded.facts),
    now,
  )
  counts.identity = await insertIdentity(
    tx,
    fresh.flatMap(encoded => encoded.identity),
  )
  counts.membership = await insertMemberships(
    tx,
    fresh.flatMap(encoded => encoded.memberships),
    now,
  )
}

async function storeChanged(
  tx: Tx,
  changed: readonly Encoded[],
  now: Instant,
  counts: Counts,
  stale: Set<Ref>,
): Promise<void> {
  const refs = changed.map(encoded => encoded.ref)
  const before = await readFacts(tx, refs)
  for (const fact of [...before.values()].flat()) stale.add(fact.subject)
  for (const tied of await readTied(tx, refs)) stale.add(tied)
  const facts = changed.flatMap(encoded => [
    ...encoded.facts,
    ...observed(encoded, before.get(encoded.ref) ?? []),
  ])
  add(
    counts,
    'record',
    await updateRecords(
      tx,
      changed.map(encoded => encoded.row),
      now,
    ),
  )
  add(counts, 'fact', await replaceFacts(tx, refs, facts, now))
  add(
    counts,
    'identity',
    await replaceIdentity(
      tx,
      refs,
      changed.flatMap(encoded => encoded.identity),
    ),
  )
  add(
    counts,
    'membership',
    await replaceMemberships(
      tx,
      refs,
      changed.flatMap(encoded => encoded.memberships),
      now,
    ),
  )
}

const observed = (encoded: Encoded, before: readonly Fact[]) =>
  observe(encoded.untold, encoded.row.modifiedAt, before).map(fact => factRow(encoded.ref, fact))

function add(counts: Counts, table: Counted, count: number): void {
  counts[table] = (counts[table] ?? 0) + count
}

/** The leads, contacts and deals that a record says something about. */
function markAbout(encoded: Encoded, stale: Set<Ref>): void {
  if (encoded.identity.length > 0) stale.add(encoded.ref)
  for (const fact of encoded.facts) stale.add(fact.subject)
  for (const { deal, member } of encoded.memberships) stale.add(deal).add(member)
}

async function storeReps(tx: Tx, records: readonly Encoded[], now: Instant, counts: Counts): Promise<void> {
  const reps = records.flatMap(({ rep }) => rep ?? [])
  if (reps.length === 0) return
  const stored = await upsertReps(tx, reps, now)
  const joined = stored.length === 0 ? [] : await joinReps(tx, now)
  counts.rep = stored.length + joined.length
  if (counts.rep > 0) await markPersons(tx, await personsOfReps(tx, [...stored, ...joined]))
}

/** Takes note of our own fields as the page shows them. */
async function compareShown(
  tx: Tx,
  { crm, object, records }: RecordsWrite,
  fresh: readonly Encoded[],
  mirror: ReadonlyMap<Ref, Mirrored>,
  counts: Counts,
): Promise<void> {
  if (!crm.writable.includes(object)) return
  const shown = ({ ref, owned }: Encoded) => ({ ref, fields: complete(owned, crm.ownedFields) })
  const found = fresh.filter(({ owned }) => owned !== null && !isBlank(owned)).map(shown)
  const known = [...records.values()].filter(({ ref, owned }) => owned !== null && mirror.has(ref)).map(shown)
  const inserted = await insertFound(tx, crm.vendor, found)
  counts.target = inserted + (await doubtDifferent(tx, known))
}

function newest(records: ReadonlyMap<Ref, Encoded>): Instant | null {
  let latest: Instant | null = null
  for (const { row } of records.values())
    if (latest === null || row.modifiedAt > latest) latest = row.modifiedAt
  return latest
}

import type { Crm, PulledRecord } from '../crm/crm.ts'
import { Refused } from '../crm/errors.ts'
import { type ObjectName, type Ref, ref as refOf, type Vendor } from '../domain/facts.ts'
import { lockObject } from '../store/cursors.ts'
import { forgetNames } from '../store/erasure.ts'
import { readHints, type StoredHint, settleHints } from '../store/hints.ts'
import { readRecords } from '../store/records.ts'
import { sameAccount } from './account.ts'
import type { Context } from './context.ts'
import { encodeAll } from './encode.ts'
import { storeRecords } from './page.ts'
import { isPerson, tombstone } from './tombstone.ts'

/** Records read and stored at once. */
const BATCH = 500

/**
 * Reads every record that its CRM told us of, by id, and stores it as a page is stored; no cursor moves, so whatever
 * a hint does not say is still found by the next reading. A hint goes only with the record it led to, in one transaction.
 * @returns how many records were asked for
 * @throws OtherAccount; what the CRM's `fetch` throws, after storing what came before; DatabaseUnavailable
 */
export async function fetchHinted(context: Context, crm: Crm): Promise<number> {
  const { db, signal } = context
  let asked = 0
  for (;;) {
    const hints = await readHints(db, crm.vendor, BATCH)
    if (hints.length === 0) return asked
    if (asked === 0) await sameAccount(context, crm)
    for (const [object, some] of Map.groupBy(hints, hint => hint.object)) {
      signal.throwIfAborted()
      await fetchObject(context, crm, object, some)
    }
    asked += hints.length
  }
}

async function fetchObject(
  context: Context,
  crm: Crm,
  object: ObjectName,
  hints: readonly StoredHint[],
): Promise<void> {
  const { db, signal, now, log, tally } = context
  const ids = hints.map(hint => hint.id)
  const read = crm.objects.includes(object) ? await fetched(context, crm, object, ids) : null
  if (read === null) {
    log.warn({ vendor: crm.vendor, object, hints: ids.length }, 'hints to what cannot be read were dropped')
    return await settleHints(db, hints)
  }
  signal.throwIfAborted()
  const counts = await db.tx(async tx => {
    await lockObject(tx, crm.vendor, object)
    // What the mirror holds and the CRM no longer shows, not even as deleted, is gone for good.
    const gone = await readRecords(tx, absent(crm.vendor, object, ids, read))
    const buried = gone.map(record => tombstone(record, now()))
    const records = encodeAll(crm.vendor, [...read, ...buried])
    const { counts } = await storeRecords(tx, { crm, object, records, now: now() })
    await forgetNames(tx, gone.map(({ ref }) => ref).filter(isPerson))
    await settleHints(tx, hints)
    return counts
  })
  tally.add(counts)
}

/** Null when the CRM refuses: asking again would not help, and the next reading says what is wrong. */
async function fetched(
  { signal }: Context,
  crm: Crm,
  object: ObjectName,
  ids: readonly string[],
): Promise<PulledRecord[] | null> {
  try {
    return await crm.fetch(object, ids, signal)
  } catch (error) {
    if (error instanceof Refused) return null
    throw error
  }
}

function absent(
  vendor: Vendor,
  object: ObjectName,
  ids: readonly string[],
  read: readonly PulledRecord[],
): Ref[] {
  const there = new Set(read.map(({ id }) => id))
  return ids.filter(id => !there.has(id)).map(id => refOf(vendor, object, id))
}

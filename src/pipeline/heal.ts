import type { Crm } from '../crm/crm.ts'
import { type Pair, SETTLING } from '../domain/certificate.ts'
import { parseRef, type Ref } from '../domain/facts.ts'
import type { Instant } from '../domain/time.ts'
import type { Tx } from '../store/db.ts'
import { forgetNames } from '../store/erasure.ts'
import { dropCounted, noteVerified, type Pass, savePass, storeCounted } from '../store/reconcile.ts'
import { readMirror, readRecords } from '../store/records.ts'
import type { Context } from './context.ts'
import { type Encoded, encodeAll } from './encode.ts'
import { type Stored, storeRecords } from './page.ts'
import { isPerson, tombstone } from './tombstone.ts'

/**
 * Asks the CRM for the records that differ and takes in what it says. Only what really was another is counted: a stamp
 * that moved for something we do not use is noted, so that the next pass need not ask again.
 */
export async function heal(context: Context, crm: Crm, pass: Pass, gaps: readonly Pair[]): Promise<Pass> {
  const { object, vendor } = pass
  const mirror = await readMirror(
    context.db,
    gaps.map(({ ref }) => ref),
  )
  const before = new Map([...mirror].map(([ref, { modifiedAt }]) => [ref, modifiedAt]))
  const shown = await crm.fetch(
    object,
    gaps.map(({ ref }) => parseRef(ref).id),
    context.signal,
  )
  const found = encodeAll(vendor, shown)
  const gone = gaps
    .filter(({ ref, mirror }) => mirror?.deleted === false && !found.has(ref))
    .map(({ ref }) => ref)
  const { saved, counts } = await context.db.tx(async tx => {
    const now = context.now()
    const taken = await storeRecords(tx, { crm, object, records: found, now, before })
    const buried = await bury(tx, { crm, pass, gone, now })
    await recount(tx, pass, found, gaps)
    const healed = {
      missing: pass.state.healed.missing + taken.fresh.length,
      stale: pass.state.healed.stale + taken.changed.length,
      vanished: pass.state.healed.vanished + buried.changed.length,
    }
    return {
      saved: await savePass(tx, pass, { ...pass.state, healed }),
      counts: [taken.counts, buried.counts],
    }
  })
  for (const each of counts) context.tally.add(each)
  return saved
}

async function bury(
  tx: Tx,
  { crm, pass, gone, now }: { crm: Crm; pass: Pass; gone: readonly Ref[]; now: Instant },
): Promise<Stored> {
  if (gone.length === 0) return { counts: {}, fresh: [], changed: [] }
  const at = pass.until + SETTLING
  const buried = (await readRecords(tx, gone)).map(record => tombstone(record, at))
  const stored = await storeRecords(tx, {
    crm,
    object: pass.object,
    records: encodeAll(crm.vendor, buried),
    now,
  })
  await forgetNames(tx, gone.filter(isPerson))
  return stored
}

/** From now on the CRM lists of these records what the look at them said. */
async function recount(
  tx: Tx,
  { vendor, object }: Pass,
  found: ReadonlyMap<Ref, Encoded>,
  gaps: readonly Pair[],
): Promise<void> {
  const looked = [...found.values()].map(({ ref, row }) => ({
    ref,
    stamp: row.modifiedAt,
    deleted: row.deleted,
  }))
  await dropCounted(
    tx,
    gaps.map(({ ref }) => ref),
  )
  await storeCounted(
    tx,
    vendor,
    object,
    looked.map(({ ref, ...rest }) => ({ id: parseRef(ref).id, ...rest })),
  )
  await noteVerified(tx, looked)
}

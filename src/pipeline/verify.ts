import type { Crm } from '../crm/crm.ts'
import { type ObjectName, parseRef, type Ref, ref as refOf } from '../domain/facts.ts'
import { type Claim, claimDoubtful, drop, release, settle } from '../store/claims.ts'
import { readByIndex } from '../store/stale.ts'
import { complete } from '../store/targets.ts'
import type { Context } from './context.ts'

const BATCH = 100

/**
 * Reads the records of which we cannot know what they show: a killed process was writing them, the answer was unclear,
 * or a page showed something else than we believed. What they show now is taken as acknowledged, so that a value that
 * did arrive is not written a second time.
 */
export async function verify(context: Context, crm: Crm, object: ObjectName, claim: Claim): Promise<void> {
  for (;;) {
    context.signal.throwIfAborted()
    const refs = await context.db.tx(tx => claimDoubtful(tx, claim, crm.vendor, object, BATCH))
    if (refs.length === 0) return
    const count = await verifyBatch(context, crm, object, claim, refs)
    context.tally.add({ target: refs.length + count })
  }
}

async function verifyBatch(
  context: Context,
  crm: Crm,
  object: ObjectName,
  claim: Claim,
  refs: readonly Ref[],
): Promise<number> {
  try {
    const records = await crm.fetch(
      object,
      refs.map(ref => parseRef(ref).id),
      context.signal,
    )
    const there = records.filter(record => !record.deleted)
    const read = there.map(record => ({
      ref: refOf(crm.vendor, object, record.id),
      fields: complete(record.owned, crm.ownedFields),
    }))
    const found = new Set(read.map(row => row.ref))
    const gone = refs.filter(ref => !found.has(ref))
    return await context.db.tx(async tx => {
      await readByIndex(tx)
      return (await settle(tx, claim, read)) + (await drop(tx, claim, gone))
    })
  } catch (error) {
    await context.db.tx(tx => release(tx, claim, refs, true)).catch(() => {})
    throw error
  }
}

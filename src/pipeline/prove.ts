import { isDeepStrictEqual } from 'node:util'
import type { Crm } from '../crm/crm.ts'
import { type ObjectName, parseRef, type Ref, ref as refOf, type Vendor } from '../domain/facts.ts'
import { complete, readTargets } from '../store/targets.ts'
import type { Context } from './context.ts'

/** How many records were read back, and how many of them show exactly what they should. */
export interface Proof {
  checked: number
  equal: number
}

const PAGE = 500

/** Reads every record we write to back from its CRM and compares it with what it should show. Changes nothing. */
export async function prove(context: Context): Promise<Partial<Record<Vendor, Proof>>> {
  const proofs = await Promise.all(context.crms.map(crm => proveVendor(context, crm)))
  return Object.fromEntries(context.crms.map((crm, i) => [crm.vendor, proofs[i]!]))
}

async function proveVendor(context: Context, crm: Crm): Promise<Proof> {
  const proof: Proof = { checked: 0, equal: 0 }
  for (const object of crm.writable) {
    let after: Ref | '' = ''
    for (;;) {
      const targets = await readTargets(context.db, crm.vendor, object, after, PAGE)
      const last = targets.at(-1)
      if (last === undefined) break
      const shown = await showing(
        context,
        crm,
        object,
        targets.map(target => target.ref),
      )
      proof.checked += targets.length
      proof.equal += targets.filter(({ ref, fields }) => isDeepStrictEqual(shown.get(ref), fields)).length
      after = last.ref
    }
  }
  return proof
}

async function showing({ signal }: Context, crm: Crm, object: ObjectName, refs: readonly Ref[]) {
  const records = await crm.fetch(
    object,
    refs.map(ref => parseRef(ref).id),
    signal,
  )
  return new Map(
    records.map(record => [refOf(crm.vendor, object, record.id), complete(record.owned, crm.ownedFields)]),
  )
}

import { hash } from 'node:crypto'
import type { PulledRecord } from '../crm/crm.ts'
import { type Ref, ref as refOf, type Vendor } from '../domain/facts.ts'
import { jsonText } from '../store/copy.ts'
import { type FactRow, factRow } from '../store/facts.ts'
import type { RecordRow } from '../store/records.ts'
import type { IdentityRow, MembershipRow } from '../store/ties.ts'
import { type Now, untold } from './observe.ts'

/** A pulled record as the rows it becomes, and what they do not hold; no more, for many wait to be stored together. */
export interface Encoded extends Pick<PulledRecord, 'owned' | 'rep'> {
  ref: Ref
  row: RecordRow
  /** What only the next reading will show the change of. */
  untold: Now[]
  facts: FactRow[]
  identity: IdentityRow[]
  memberships: MembershipRow[]
}

/**
 * Turns a record into rows. Its hash covers the fields and everything derived, so that a release that reads more
 * from the same record is seen as a change; it leaves out the stamp and our own fields, so an echo is not.
 */
export function encode(vendor: Vendor, record: PulledRecord): Encoded {
  const ref = refOf(vendor, record.object, record.id)
  const fields = jsonText(record.fields)
  const facts = unique(record.facts, fact => fact.key).map(fact => factRow(ref, fact))
  const identity = unique(record.identity, key => key.key).map(({ key, reason }) => ({ ref, key, reason }))
  const memberships = unique(record.memberships, tie => `${tie.deal} ${tie.member}`).map(
    ({ deal, member }) => ({
      via: ref,
      deal,
      member,
    }),
  )
  let text = `${fields}${record.deleted}`
  for (const fact of facts)
    text += `\n${fact.key} ${fact.subject} ${fact.kind} ${fact.origin} ${fact.at} ${fact.data}`
  for (const key of identity) text += `\n${key.key} ${key.reason}`
  for (const tie of memberships) text += `\n${tie.deal} ${tie.member}`
  if (record.rep !== undefined) text += jsonText({ ...record.rep, inactiveSince: null })
  const { modifiedAt, deleted, owned, rep } = record
  return {
    ref,
    owned,
    ...(rep && { rep }),
    untold: untold(record.facts),
    row: { ref, fields, hash: hash('md5', text), modifiedAt, deleted },
    facts,
    identity,
    memberships,
  }
}

/** The last of those with the same key: a repeated key would make the whole page unstorable. */
function unique<T>(items: readonly T[], key: (item: T) => string): readonly T[] {
  if (items.length < 2) return items
  const keys = new Set<string>()
  for (const item of items) keys.add(key(item))
  return keys.size === items.length ? items : [...new Map(items.map(item => [key(item), item])).values()]
}

/**
 * One row a record: a scan may return a record twice, and the later reading counts.
 * @param all those encoded before, to which these are added
 */
export function encodeAll(
  vendor: Vendor,
  records: readonly PulledRecord[],
  all = new Map<Ref, Encoded>(),
): Map<Ref, Encoded> {
  for (const record of records) {
    const encoded = encode(vendor, record)
    const before = all.get(encoded.ref)
    if (before === undefined || before.row.modifiedAt <= encoded.row.modifiedAt) all.set(encoded.ref, encoded)
  }
  return all
}

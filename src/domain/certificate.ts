import type { ObjectName, Ref, Vendor } from './facts.ts'
import { DAY, type Instant, MINUTE } from './time.ts'

/** What changed later than this before a comparison began may still be on its way: two readings and their overlap. */
export const SETTLING = 10 * MINUTE

/** A record on one side of the comparison. */
export interface Seen {
  stamp: Instant
  deleted: boolean
}

/** A record on both sides. `alike`: what changes without moving the stamp is the same on both. */
export interface Pair {
  ref: Ref
  crm: Seen | null
  mirror: Seen | null
  alike: boolean
}

/**
 * What a pair means. `unsettled`: it changed too late for this pass, the next reading has it. `vanished`: only the
 * mirror has it alive. `stale`: both have it, differently.
 */
export type Standing = 'agrees' | 'unsettled' | 'missing' | 'stale' | 'vanished'

/** @param ageing the CRM drops old records of this object: one that is missing there need not be deleted */
export function standing({ crm, mirror, alike }: Pair, until: Instant, ageing: boolean): Standing {
  if (crm === null && (mirror === null || mirror.deleted)) return 'agrees'
  if (Math.max(crm?.stamp ?? until, mirror?.stamp ?? until) > until) return 'unsettled'
  if (crm === null) return ageing ? 'agrees' : 'vanished'
  if (mirror === null) return 'missing'
  return crm.stamp === mirror.stamp && crm.deleted === mirror.deleted && alike ? 'agrees' : 'stale'
}

/** How many records, and a sum over them that does not depend on their order. */
export interface Digest {
  records: number
  /** Two sums of 32 bits each. */
  high: number
  low: number
}

export const EMPTY: Digest = { records: 0, high: 0, low: 0 }

/** With one record more. */
export function withRecord({ records, high, low }: Digest, ref: Ref, stamp: Instant): Digest {
  const text = `${ref} ${stamp}`
  let [a, b] = [0xdeadbeef, 0x41c6ce57]
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    a = Math.imul(a ^ unit, 0x9e3779b1)
    b = Math.imul(b ^ unit, 0x5f356495)
  }
  return { records: records + 1, high: (high + mixed(a, b)) >>> 0, low: (low + mixed(b, a)) >>> 0 }
}

/** Every bit of `a` and `b` in every bit of the result (the finaliser of MurmurHash3). */
function mixed(a: number, b: number): number {
  let x = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ b
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return (x ^ (x >>> 16)) >>> 0
}

/** 16 hexadecimal digits. */
export const checksum = ({ high, low }: Digest): string =>
  [high, low].map(half => half.toString(16).padStart(8, '0')).join('')

/** Both sides of a comparison, and what is left to say of them. */
export interface Compared {
  crm: Digest
  mirror: Digest
  /** Pairs that do not agree. */
  remaining: number
  unsettled: number
}

export const NOTHING: Compared = { crm: EMPTY, mirror: EMPTY, remaining: 0, unsettled: 0 }

/** Adds a pair as it stands; what is deleted or unsettled is in no sum, and neither is what has only aged away. */
export function withPair(sum: Compared, pair: Pair, until: Instant, ageing: boolean): Compared {
  const found = standing(pair, until, ageing)
  if (found === 'unsettled') return { ...sum, unsettled: sum.unsettled + 1 }
  if (found === 'agrees' && pair.crm === null) return sum
  const side = (digest: Digest, seen: Seen | null) =>
    seen === null || seen.deleted ? digest : withRecord(digest, pair.ref, seen.stamp)
  return {
    ...sum,
    crm: side(sum.crm, pair.crm),
    mirror: side(sum.mirror, pair.mirror),
    remaining: sum.remaining + (found === 'agrees' ? 0 : 1),
  }
}

/** Gaps by what was wrong; all of them were closed. */
export interface Healed {
  missing: number
  stale: number
  vanished: number
}

export const gapsOf = ({ missing, stale, vanished }: Healed): number => missing + stale + vanished

/** What says that the mirror of one object is, or is not, what its CRM holds. */
export interface Certificate extends Compared {
  vendor: Vendor
  object: ObjectName
  /** The changes it covers, by the server's clock; null: from the first on. */
  from: Instant | null
  until: Instant
  healed: Healed
  /** Why nothing was compared in the end, in words; null: it was. */
  stopped: string | null
  /** By our clock. */
  endedAt: Instant
  seconds: number
  /** Requests sent to the CRM meanwhile. */
  calls: number
}

/** Whether the mirror agreed in the end, record by record and in the sums. */
export const agrees = ({ stopped, remaining, crm, mirror }: Certificate): boolean =>
  stopped === null && remaining === 0 && crm.records === mirror.records && checksum(crm) === checksum(mirror)

/** Two passes at the default pace: one may fail and be made up for. */
export const VALID = 2 * DAY

export const isStale = ({ endedAt }: Certificate, now: Instant): boolean => now - endedAt > VALID

/** A company deletes some records in a day, seldom a tenth of them. */
const FEW = 25
const SHARE = 0.1

/**
 * Why the records that a census lacks must not be taken for deleted, in words; null: they may, each after it was asked
 * for. A census that is empty or cut short, and rights that somebody took away, look just like deletions.
 */
export function doubt({ counted, alive, vanished }: Vanishing): string | null {
  if (vanished === 0) return null
  if (counted === 0) return `the CRM shows none of the ${alive} records we know`
  if (vanished <= FEW || vanished <= alive * SHARE) return null
  return `the CRM does not show ${vanished} of the ${alive} records we know`
}

export interface Vanishing {
  /** Records the CRM listed, deleted ones not among them. */
  counted: number
  /** Records the mirror holds as alive. */
  alive: number
  /** Those of them that the CRM did not list. */
  vanished: number
}

import type { Ref } from '../domain/facts.ts'
import type { DropReason } from '../domain/handoff.ts'
import type { Instant } from '../domain/time.ts'
import type { NeglectRule } from '../policy/policy.ts'
import type { Queryable } from '../store/db.ts'
import {
  countDropped,
  type DroppedPosition,
  type DroppedRow,
  type FallingRow,
  readDropped,
  readFalling,
} from '../store/neglect.ts'

/** For these a dropped lead can still be picked up. */
const OPEN: readonly DropReason[] = ['no_owner', 'inactive_owner', 'idle']

export const DROP_REASONS: readonly DropReason[] = [...OPEN, 'closed_without_attempt']

export interface NeglectQuestion {
  /** Where the last page ended; null: from the latest on. */
  after: DroppedPosition | null
  /** One reason; `open`: all but those closed; null: all. */
  reason: DropReason | 'open' | null
  /** Rows of one page, 1 to 200. */
  limit: number
}

export interface FallingRep extends Omit<FallingRow, 'name'> {
  name: string
  /** Of the due ones, 0…1. */
  share: number
}

export interface DroppedLead extends Omit<DroppedRow, 'owner' | 'ownerName'> {
  owner: { ref: Ref; name: string } | null
}

export interface Neglected {
  /** What was agreed: when a lead counts as dropped, a rep as falling behind. */
  rule: NeglectRule
  /** Reps who are falling behind now, the worst first. */
  falling: FallingRep[]
  /** How many handoffs are dropped for each reason, and how many of them are open. */
  counts: Record<DropReason | 'open', number>
  /** Dropped leads, the latest first. */
  rows: DroppedLead[]
  /** Null on the last page. */
  next: DroppedPosition | null
}

/** Who is neglected, and by whom. @throws DatabaseUnavailable */
export async function neglect(
  db: Queryable,
  rule: NeglectRule,
  { after, reason, limit }: NeglectQuestion,
  now: Instant,
): Promise<Neglected> {
  const reasons = reason === 'open' ? OPEN : reason === null ? DROP_REASONS : [reason]
  const [falling, counted, rows] = await Promise.all([
    readFalling(db, rule, now),
    countDropped(db),
    readDropped(db, after, reasons, limit + 1),
  ])
  const of = (each: DropReason) => counted[each] ?? 0
  const counts = Object.fromEntries(DROP_REASONS.map(each => [each, of(each)])) as Record<DropReason, number>
  const leads = rows.slice(0, limit).map(lead)
  return {
    rule,
    falling: falling.map(row => ({
      ...row,
      name: row.name ?? 'Unknown user',
      share: row.without / row.due,
    })),
    counts: { ...counts, open: OPEN.reduce((sum, each) => sum + of(each), 0) },
    rows: leads,
    next: rows.length > limit ? positionOf(leads.at(-1)!) : null,
  }
}

const lead = ({ owner, ownerName, ...row }: DroppedRow): DroppedLead => ({
  ...row,
  owner: owner && { ref: owner, name: ownerName ?? 'Unknown user' },
})

const positionOf = ({ since, handoff, person }: DroppedLead): DroppedPosition => ({ since, handoff, person })

import type { Outcome, PromiseState } from './handoff.ts'
import type { Instant } from './time.ts'

/**
 * What a CRM record of a person should show: the verdict in short, the same in both CRMs (semantics §9).
 * Instants are whole seconds (Salesforce keeps no more), hours have two decimals, minutes are integers,
 * so that a value read back equals the value written.
 */
export interface OwnedFields {
  overdue: boolean
  status: PromiseState | null
  due: Instant | null
  /** Plain words for the rep, at most 255 characters. */
  reason: string | null
  mqlAt: Instant | null
  assignedAt: Instant | null
  firstAttemptAt: Instant | null
  sqlAt: Instant | null
  attempts: number | null
  /** T2→T3 in working minutes. */
  followUpMinutes: number | null
  /** T2→T3 in elapsed hours. */
  followUpHours: number | null
  mqlToSqlHours: number | null
  handoff: number | null
  outcome: Outcome | 'open' | null
  /** HubSpot only: sales' words for marketing. */
  feedbackReason: string | null
  feedbackNote: string | null
}

export type OwnedField = keyof OwnedFields

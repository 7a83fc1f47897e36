import type { Crm } from '../../../src/crm/crm.ts'
import type { OwnedFields } from '../../../src/domain/desired.ts'

const MINUTE = 60_000
/** A whole minute: a second is the least of an instant that both CRMs keep. */
const THEN = Date.parse('2026-03-02T08:05:00Z')

/** Our fields with something in them, among it what is easily mistaken: an empty count, a negative number, quotes. */
export const full: OwnedFields = {
  ...{ overdue: true, status: 'overdue', due: THEN, reason: 'Überfällig 1 h: no attempt since "Tue" 09:12' },
  ...{ mqlAt: THEN - 49 * MINUTE, assignedAt: THEN - 48 * MINUTE, firstAttemptAt: null, sqlAt: null },
  ...{ attempts: 0, followUpMinutes: 1500, followUpHours: 24.8, mqlToSqlHours: -3.25, handoff: 2 },
  ...{ outcome: 'open', feedbackReason: 'No budget', feedbackNote: null },
}

export const empty: OwnedFields = {
  ...{ overdue: false, status: null, due: null, reason: null, mqlAt: null, assignedAt: null },
  ...{ firstAttemptAt: null, sqlAt: null, attempts: null, followUpMinutes: null, followUpHours: null },
  ...{ mqlToSqlHours: null, handoff: null, outcome: null, feedbackReason: null, feedbackNote: null },
}

/** Those of `fields` that this CRM has. */
export const ownedBy = ({ ownedFields }: Crm, fields: OwnedFields): Partial<OwnedFields> =>
  Object.fromEntries(ownedFields.map(field => [field, fields[field]]))

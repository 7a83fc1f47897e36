import { describe, expect, test } from 'vitest'
import * as hubspot from '../../../src/crm/hubspot/owned.ts'
import * as salesforce from '../../../src/crm/salesforce/owned.ts'
import type { OwnedFields } from '../../../src/domain/desired.ts'

const full: OwnedFields = {
  ...{ overdue: true, status: 'overdue', due: Date.parse('2026-03-02T09:00:00Z'), reason: 'Overdue 6 h' },
  ...{ mqlAt: 1_772_532_000_000, assignedAt: null, firstAttemptAt: null, sqlAt: null, attempts: 0 },
  ...{ followUpMinutes: null, followUpHours: 1.25, mqlToSqlHours: -3.5, handoff: 2, outcome: 'open' },
  ...{ feedbackReason: 'No budget', feedbackNote: null },
}
const { feedbackReason: _, feedbackNote: __, ...withoutFeedback } = full

describe('Salesforce', () => {
  test('what is written reads back as it was', () => {
    const row = salesforce.writeOwned(full, 'Leadtime')
    expect(row).toMatchObject({
      Leadtime_Overdue__c: true,
      Leadtime_Due__c: '2026-03-02T09:00:00.000Z',
      Leadtime_Assigned_At__c: null,
      Leadtime_MQL_to_SQL_Hours__c: -3.5,
    })
    expect(salesforce.readOwned(row, 'Leadtime')).toEqual(withoutFeedback)
  })

  test('another prefix, a part of the fields, a field the org lacks', () => {
    expect(salesforce.writeOwned({ sqlAt: null }, 'LT')).toEqual({ LT_SQL_At__c: null })
    expect(salesforce.readOwned({ LT_SQL_At__c: null }, 'LT')).toEqual({ sqlAt: null })
  })
})

describe('HubSpot', () => {
  test('what is written reads back as it was', () => {
    const properties = hubspot.writeOwned(full, 'Leadtime')
    expect(properties).toMatchObject({
      leadtime_overdue: 'true',
      leadtime_due: String(full.due),
      leadtime_assigned_at: '',
      leadtime_mql_to_sql_hours: '-3.5',
      leadtime_feedback_reason: 'No budget',
    })
    expect(hubspot.readOwned(properties, 'Leadtime')).toEqual(full)
    const iso = { ...properties, leadtime_due: '2026-03-02T09:00:00.000Z' }
    expect(hubspot.readOwned(iso, 'Leadtime').due).toBe(full.due)
  })

  test('a checkbox that was never set is neither true nor false', () => {
    expect(hubspot.readOwned({ leadtime_overdue: '' }, 'Leadtime')).not.toHaveProperty('overdue')
    expect(hubspot.readOwned({ leadtime_overdue: 'false' }, 'Leadtime').overdue).toBe(false)
  })
})

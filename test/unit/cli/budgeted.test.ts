import { expect, test } from 'vitest'
import { budgetText } from '../../../src/cli/budgeted.ts'
import { HOUR } from '../../../src/domain/time.ts'
import type { Budgeted } from '../../../src/pipeline/budgeted.ts'

const NOW = Date.parse('2026-11-24T12:00:00Z')
const hubspot: Budgeted = {
  ...{ vendor: 'hubspot', used: 9_120, limit: 625_000, isTold: true, rate: 118, expected: 2_830 },
  ours: { flags: 40, changes: 1_310, backfill: 0 },
  ceilings: { flags: 312_500, changes: 281_250, backfill: 250_000 },
  ...{ reserve: 31_250, ends: NOW + 12 * HOUR, closedUntil: null, zone: 'America/New_York' },
  stops: { flags: null, changes: NOW + 2 * HOUR, backfill: NOW },
}

test('says who used what, what each lane may use, and when it stops', () => {
  expect(budgetText([hubspot], NOW, 'UTC')).toBe(
    `HubSpot  9,120 of the account's 625,000 calls today (America/New_York): ours 1,350, others 7,770
  ceiling 312,500, of which each lane leaves 31,250 to those before it
  Lane      For              Used    Up to  Stops
  flags     what reps see      40  312,500  not at this rate
  changes   what changed    1,310  281,250  Tue 24 Nov 2026 14:00
  backfill  first readings      0  250,000  waits now
  118 calls an hour now; by midnight 2,830
`,
  )
})

test('says what it does not know, and that it has to wait', () => {
  const text = budgetText(
    [{ ...hubspot, vendor: 'salesforce', isTold: false, closedUntil: NOW + HOUR }],
    NOW,
    'UTC',
  )
  expect(text).toContain(
    'Salesforce  ours 1,350 calls of the last 24 hours; the CRM has not told its limit yet',
  )
  expect(text).toContain('asked to wait until')
})

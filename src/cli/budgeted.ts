import { LANES } from '../domain/budget.ts'
import type { Instant } from '../domain/time.ts'
import { localWords, type Zone, zoneOf } from '../domain/zone.ts'
import { type Budgeted, othersOf, oursOf } from '../pipeline/budgeted.ts'
import { table } from './table.ts'

const NAMES = { salesforce: 'Salesforce', hubspot: 'HubSpot' }
const WHAT = {
  flags: 'what reps see',
  changes: 'what changed',
  backfill: 'first readings',
}

/** The budget of each CRM in words, instants in the policy's zone. */
export function budgetText(all: readonly Budgeted[], now: Instant, timeZone: string): string {
  return `${all.map(one => crmText(one, now, zoneOf(timeZone)).join('\n')).join('\n\n')}\n`
}

const calls = (count: number): string => Math.round(count).toLocaleString('en')

function crmText(one: Budgeted, now: Instant, zone: Zone): string[] {
  const { vendor, used, limit, isTold, ours, ceilings, reserve, rate, expected, closedUntil } = one
  const own = oursOf(one)
  const day = vendor === 'hubspot' ? `today (${one.zone})` : 'of the last 24 hours'
  const account = isTold
    ? `${calls(used)} of the account's ${calls(limit)} calls ${day}: ours ${calls(own)}, others ${calls(othersOf(one))}`
    : `ours ${calls(own)} calls ${day}; the CRM has not told its limit yet, ${calls(limit)} is assumed`
  return [
    `${NAMES[vendor]}  ${account}`,
    `  ceiling ${calls(ceilings.flags)}, of which each lane leaves ${calls(reserve)} to those before it`,
    ...table(
      [
        ['Lane', 'For', 'Used', 'Up to', 'Stops'],
        ...LANES.map(lane => [
          lane,
          WHAT[lane],
          calls(ours[lane]),
          calls(ceilings[lane]),
          stops(one.stops[lane], now, zone),
        ]),
      ],
      ['left', 'left', 'right', 'right', 'left'],
    ),
    `  ${calls(rate)} calls an hour now; ${vendor === 'hubspot' ? 'by midnight' : 'a day of it'} ${calls(expected)}`,
    ...(closedUntil === null ? [] : [`  asked to wait until ${localWords(closedUntil, zone)}`]),
  ]
}

function stops(at: Instant | null, now: Instant, zone: Zone): string {
  if (at === null) return 'not at this rate'
  return at <= now ? 'waits now' : localWords(at, zone)
}

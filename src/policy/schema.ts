import { z } from 'zod'
import { expectedDuration, readDuration } from './duration.ts'
import { readBlock, WEEKDAYS } from './hours.ts'

const values = z.array(z.string().min(1)).min(1)

const stage = z.union([
  z.literal('off'),
  z.strictObject({
    hubspot_lifecycle: values.optional(),
    hubspot_lead_status: values.optional(),
    salesforce_status: values.optional(),
    converted_with_deal: z.boolean().optional(),
    deal_opened: z.boolean().optional(),
  }),
])

export type WrittenStage = z.infer<typeof stage>

const duration = z
  .string()
  .refine(text => readDuration(text) !== null, { error: `${expectedDuration('elapsed')}, or 5 working days` })

const days = (least: number, most: number) => {
  const error = `a number of days from ${least} to ${most.toLocaleString('en')}`
  return z.number({ error }).min(least, { error }).max(most, { error })
}

/** A zone Temporal knows, by its IANA name. */
function isZone(name: string): boolean {
  try {
    return (
      Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(name).timeZoneId !== '' &&
      !/^[+-]/.test(name)
    )
  } catch {
    return false
  }
}

const zone = z.string().refine(isZone, { error: 'an IANA time zone such as Europe/Berlin' })

const EFFECTIVE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/
const effective = z.string().refine(text => EFFECTIVE.test(text) && !Number.isNaN(Date.parse(text)), {
  error: 'a date such as 2026-07-01 or an instant such as 2026-07-01T00:00:00Z',
})

const instantName = z.enum(['T0', 'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7'])

const tier = z.strictObject({
  name: z.string().min(1),
  when: z
    .strictObject({ source: values.optional(), campaign: values.optional(), country: values.optional() })
    .default({}),
  due: duration,
  warn: duration.optional(),
})

const promise = z.strictObject({
  from: instantName,
  until: instantName,
  kind: z.enum(['elapsed', 'working']).default('elapsed'),
  due: duration.optional(),
  warn: duration.optional(),
  tiers: z.array(tier).default([]),
})

const block = z.string().refine(text => readBlock(text) !== null, { error: 'hours such as 09:00-17:00' })
const day = z.array(block).default([])
const calendar = z.strictObject(
  Object.fromEntries(WEEKDAYS.map(weekday => [weekday, day])) as Record<
    (typeof WEEKDAYS)[number],
    typeof day
  >,
)

const OFFICE = ['09:00-17:00']

/** policy.yml as written. Unknown keys are refused; whatever is left out has the default of the comment in that file. */
export const policyFile = z.strictObject({
  version: z.literal(1).default(1),
  name: z.string().min(1, { error: 'a name' }).max(80, { error: 'at most 80 characters' }).default('default'),
  effective: effective.default('2000-01-01'),
  timezone: zone.default('UTC'),
  stages: z
    .strictObject({
      mql: stage.default({ hubspot_lifecycle: ['marketingqualifiedlead'] }),
      sal: stage.default({
        salesforce_status: ['Working - Contacted'],
        hubspot_lead_status: ['IN_PROGRESS', 'CONNECTED', 'OPEN_DEAL'],
      }),
      sql: stage.default({
        hubspot_lifecycle: ['salesqualifiedlead'],
        converted_with_deal: true,
        deal_opened: true,
      }),
      rejected: stage.default({
        salesforce_status: ['Closed - Not Converted'],
        hubspot_lead_status: ['UNQUALIFIED'],
      }),
      recycled: stage.default({ salesforce_status: ['Nurturing'], hubspot_lifecycle: ['lead'] }),
    })
    .prefault({}),
  calendar: calendar.default({
    mon: OFFICE,
    tue: OFFICE,
    wed: OFFICE,
    thu: OFFICE,
    fri: OFFICE,
    sat: [],
    sun: [],
  }),
  promises: z.record(z.string().regex(/^[a-z][a-z0-9_]{0,39}$/), promise).default({
    assignment: { from: 'T1', until: 'T2', kind: 'elapsed', due: '4h', tiers: [] },
    first_attempt: { from: 'T2', until: 'T3', kind: 'elapsed', warn: '24h', due: '48h', tiers: [] },
    decision: {
      from: 'T2',
      until: 'T5',
      kind: 'working',
      warn: '4 working days',
      due: '5 working days',
      tiers: [],
    },
  }),
  early_days: days(0, 365).default(7),
  expire_days: days(1, 3_650).nullable().default(null),
  attempts_by: z.enum(['owner', 'team']).default('team'),
  back_dated_after: duration.default('72h'),
  shared_mailboxes: z
    .array(z.string().regex(/^[^@\s]+$/, { error: 'the part of an address before the @' }))
    .default([
      'info',
      'sales',
      'contact',
      'office',
      'hello',
      'support',
      'admin',
      'marketing',
      'team',
      'noreply',
    ]),
  minimum_n: z.int({ error: 'a whole number from 1' }).min(1, { error: 'a whole number from 1' }).default(20),
  write: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9]{0,19}$/, { error: 'up to 20 letters and digits, a letter first' })
        .default('Leadtime'),
    })
    .prefault({}),
})

export type PolicyFile = z.infer<typeof policyFile>

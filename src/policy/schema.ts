import { z } from 'zod'
import { calendars, holidays, people } from './schema/calendars.ts'
import { exceptions, pauses, promises, reassignment } from './schema/promises.ts'
import { dimensions, stages } from './schema/stages.ts'
import { days, elapsed, whole, zone } from './schema/values.ts'

const EFFECTIVE = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d))?$/
const effective = z.string().refine(text => EFFECTIVE.test(text) && !Number.isNaN(Date.parse(text)), {
  error: 'a date such as 2026-07-01 or an instant such as 2026-07-01T00:00:00Z',
})

const ATTEMPTS = ['call', 'email', 'meeting_held', 'no_show', 'sequence_email'] as const
const CONTACTS = ['call_connected', 'call_received', 'email_reply', 'email_received', 'meeting_held'] as const
const OUTCOMES = ['sql', 'rejected', 'recycled', 'expired', 'void'] as const
const MAILBOXES = 'info sales contact office hello support admin marketing team noreply'.split(' ')

/** policy.yml as written. Unknown keys are refused; whatever is left out has the default of the comment in that file. */
export const policyFile = z.strictObject({
  version: z.literal(1).default(1).meta({ description: "Version of this file's format." }),
  name: z
    .string()
    .min(1, { error: 'a name' })
    .max(80, { error: 'at most 80 characters' })
    .default('default')
    .meta({ description: 'How the policy is called in charts and explanations.' }),
  effective: effective.default('2000-01-01').meta({
    description:
      'From when on it holds: a date (00:00 UTC) or an instant. A handoff keeps the policy in force at its MQL.',
  }),
  timezone: zone.default('UTC').meta({
    description: 'IANA zone of owners whose CRM names none, and of working time before the first owner.',
  }),
  stages,
  dimensions,
  calendars,
  holidays,
  people,
  promises,
  reassignment: reassignment.default('carry').meta({
    description:
      'What a new owner does to a running clock. carry: it goes on; reset: it starts again; apportion: each owner is charged their own time only.',
  }),
  pauses,
  exceptions,
  activities: z
    .strictObject({
      attempts: z
        .array(z.enum(ATTEMPTS))
        .default(['call', 'email', 'meeting_held', 'no_show'])
        .meta({ description: 'What counts as an attempt.' }),
      contacts: z
        .array(z.enum(CONTACTS))
        .default([...CONTACTS])
        .meta({ description: 'What counts as two-way contact.' }),
      attempts_by: z.enum(['owner', 'team']).default('team').meta({
        description:
          "Whose attempts stop the clock: anybody's of the team, or only the owner's at that time.",
      }),
      back_dated_after: elapsed.default('72h').meta({
        description: 'An activity logged later than this after it happened counts, and is marked back-dated.',
      }),
    })
    .prefault({})
    .meta({ description: 'What salespeople and buyers do, and what it counts as.' }),
  re_mql: z
    .strictObject({
      after: elapsed.nullable().default(null).meta({
        description: 'A new MQL sooner than this after the last handoff ended opens none; null: at once.',
      }),
      outcomes: z
        .array(z.enum(OUTCOMES))
        .default([...OUTCOMES])
        .meta({ description: 'Only after a handoff that ended so does a new MQL open another.' }),
    })
    .prefault({})
    .meta({ description: 'When somebody who was handed over before is handed over again.' }),
  early_days: days(0, 365).default(7).meta({
    description: 'An SQL or a deal up to this many days before the MQL still belongs to the handoff.',
  }),
  expire_days: days(1, 3_650)
    .nullable()
    .default(null)
    .meta({ description: 'A handoff without outcome expires after this many days; null: never.' }),
  neglect: z
    .strictObject({
      unowned_after: elapsed
        .default('24h')
        .meta({ description: 'Dropped: no human owner for this long after the MQL.' }),
      idle_after: elapsed
        .default('14d')
        .meta({ description: 'Dropped: open without any activity for this long.' }),
      window: elapsed.default('14d').meta({ description: 'Over which time reps are looked at.' }),
      limit: z
        .number({ error: 'a share from 0 to 1' })
        .min(0)
        .max(1)
        .default(0.3)
        .meta({ description: 'Falling behind: a larger share of the due handoffs is without an attempt.' }),
      minimum_due: whole(1, 1_000)
        .default(5)
        .meta({ description: 'With fewer due in the window nothing is said.' }),
    })
    .prefault({})
    .meta({ description: 'When a lead counts as dropped, and a rep as falling behind.' }),
  shared_mailboxes: z
    .array(z.string().regex(/^[^@\s]+$/, { error: 'the part of an address before the @' }))
    .default(MAILBOXES)
    .meta({ description: 'E-mail addresses that start so never make two records one person.' }),
  minimum_n: z
    .int({ error: 'a whole number from 1' })
    .min(1)
    .default(20)
    .meta({ description: 'With fewer cases than this a figure shows counts only.' }),
  write: z
    .strictObject({
      prefix: z
        .string()
        .regex(/^[A-Za-z][A-Za-z0-9]{0,19}$/, { error: 'up to 20 letters and digits, a letter first' })
        .default('Leadtime')
        .meta({
          description: 'How the fields written to the CRMs begin: Leadtime_Overdue__c, leadtime_overdue.',
        }),
    })
    .prefault({})
    .meta({ description: 'What is written into the CRMs.' }),
})

export type PolicyFile = z.infer<typeof policyFile>

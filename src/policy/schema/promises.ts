import { z } from 'zod'
import { stateKeys } from './stages.ts'
import { duration, instantName, name, whole, wordOrWords } from './values.ts'

const score = (description: string) => z.number().optional().meta({ description })

const when = z
  .strictObject({
    source: wordOrWords.optional().meta({ description: 'Lead sources; "(empty)" for none.' }),
    campaign: wordOrWords.optional().meta({ description: 'Campaigns; "(empty)" for none.' }),
    country: wordOrWords.optional().meta({ description: 'Countries of the lead; "(empty)" for none.' }),
    segment: wordOrWords.optional().meta({ description: 'Segments, see `dimensions`; "(empty)" for none.' }),
    team: wordOrWords.optional().meta({ description: "Teams of the lead's owner when the clock starts." }),
    score: z
      .strictObject({ at_least: score('Not below this.'), at_most: score('Not above this.') })
      .optional()
      .meta({ description: 'The score at the MQL, see `dimensions`; both ends included.' }),
  })
  .prefault({})
  .meta({ description: 'Which handoffs are meant; what is left out means all.' })

export type WrittenMatch = z.infer<typeof when>

const tier = z.strictObject({
  name: z.string().min(1).meta({ description: 'Shown in every explanation.' }),
  when,
  like: z.string().min(1).optional().meta({ description: 'Takes what it leaves out from this other tier.' }),
  due: duration.optional().meta({ description: 'How long the promise may take.' }),
  warn: duration.optional().meta({ description: 'After how long it is due soon.' }),
})

export type WrittenTier = z.infer<typeof tier>

export const reassignment = z.enum(['carry', 'reset', 'apportion'])

const promise = z.strictObject({
  from: instantName.meta({ description: 'What starts the clock.' }),
  until: instantName.optional().meta({ description: 'What stops it.' }),
  attempts: z
    .strictObject({
      count: whole(1, 100).meta({ description: 'How many attempts have to be made.' }),
      days: whole(1, 100).default(1).meta({ description: 'On at least so many different days.' }),
      channels: whole(1, 3)
        .default(1)
        .meta({ description: 'By at least so many of call, email and meeting.' }),
    })
    .optional()
    .meta({
      description:
        'Persistence, instead of `until`: so many attempts by the due time, unless contacted or decided.',
    }),
  kind: z
    .enum(['elapsed', 'working'])
    .default('elapsed')
    .meta({ description: 'elapsed: by the wall clock; working: in the calendar of the owner.' }),
  reassignment: reassignment
    .optional()
    .meta({ description: 'Instead of the `reassignment` of the whole policy.' }),
  due: duration
    .optional()
    .meta({ description: 'How long it may take: 30m, 48h, 7d; for working time 4h or 5 working days.' }),
  warn: duration.optional().meta({ description: 'After how long it is due soon.' }),
  tiers: z
    .array(tier)
    .default([])
    .meta({ description: 'Other limits for some handoffs; the first that matches applies.' }),
})

export type WrittenPromise = z.infer<typeof promise>

export const promises = z
  .record(name, promise)
  .default({
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
  })
  .meta({ description: 'Promises, several at once. If this key is given, it replaces all of the defaults.' })

const only = z
  .array(name)
  .min(1, { error: 'at least one promise' })
  .optional()
  .meta({ description: 'Names of promises; left out: all.' })

const pause = z.strictObject({
  when: z.strictObject(stateKeys).meta({ description: 'While this holds, the clocks stand still.' }),
  cap: duration.meta({ description: 'For no longer than this in all, over the whole handoff.' }),
  promises: only,
})

export const pauses = z
  .record(z.string().min(1).max(60, { error: 'at most 60 characters' }), pause)
  .default({})
  .meta({ description: 'Named reasons for which clocks stand still, each with a cap.' })

const exception = z.strictObject({ when, promises: only })

export const exceptions = z
  .record(z.string().min(1).max(60, { error: 'at most 60 characters' }), exception)
  .default({})
  .meta({ description: 'Named reasons for which a promise is not held against anybody.' })

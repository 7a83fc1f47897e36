import fc from 'fast-check'
import { HOUR, MINUTE } from '../../../src/domain/time.ts'
import { defaultPolicy } from '../../../src/policy/default.ts'
import type {
  ExceptionRule,
  PauseRule,
  Persistence,
  Policy,
  PromiseRule,
  StatePredicate,
  Tier,
  TierMatch,
} from '../../../src/policy/policy.ts'

const kind = fc.constantFrom('elapsed', 'working')

const limits = fc
  .tuple(fc.integer({ min: 1, max: 90 }), fc.constantFrom(null, 0.5, 0.9), fc.constantFrom(0, 1, 37))
  .map(([hours, share, minutes]) => {
    const dueMs = hours * HOUR + minutes * MINUTE
    return { dueMs, warnMs: share === null ? null : Math.floor(dueMs * share) }
  })

const match: fc.Arbitrary<TierMatch> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  { weight: 2, arbitrary: fc.constantFrom('emea', 'us', '(empty)').map(team => ({ team: [team] })) },
  { weight: 1, arbitrary: fc.constantFrom('Social', 'ads').map(source => ({ source: [source] })) },
  { weight: 1, arbitrary: fc.constant({ segment: ['(empty)'], country: ['de'] }) },
)

const tiers: fc.Arbitrary<Tier[]> = fc
  .array(fc.tuple(match, limits), { minLength: 1, maxLength: 3 })
  .map(all => all.map(([when, limit], index) => ({ name: `tier ${index}`, when, ...limit })))

const persistence: fc.Arbitrary<Persistence> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }))
  .map(([attempts, days, channels]) => ({
    attempts,
    days: Math.min(days, attempts),
    channels: Math.min(channels, attempts),
  }))

/** From one instant to a later one, or attempts. T0 is left out: whose time that was is not told by a scenario. */
const span = fc.constantFrom(
  ...(['t1-t2', 't1-t3', 't2-t3', 't2-t4', 't2-t5', 't3-t6', 't1-t6', 't1', 't2'] as const),
)

const promise = (name: string): fc.Arbitrary<PromiseRule> =>
  fc
    .record({ span, persistence, kind, reassignment: fc.constantFrom('carry', 'reset', 'apportion'), tiers })
    .map(({ span: between, persistence: required, ...rest }) => {
      const [from, until = null] = between.split('-') as [PromiseRule['from'], PromiseRule['from']?]
      return { name, from, until, persistence: until === null ? required : null, ...rest } as PromiseRule
    })

const HELD: StatePredicate[][] = [
  [{ preset: 'field', vendor: 'salesforce', field: 'status', values: ['Waiting'] }],
  [{ preset: 'field', vendor: 'hubspot', field: 'lead_status', values: ['ON_HOLD'] }],
  [
    { preset: 'field', vendor: 'salesforce', field: 'status', values: ['Open - Not Contacted', 'Waiting'] },
    { preset: 'field', vendor: 'hubspot', field: 'lead_status', values: ['IN_PROGRESS'] },
  ],
]

const only = fc.constantFrom(null, null, ['one'], ['two', 'one'])

const pauses: fc.Arbitrary<PauseRule[]> = fc
  .array(
    fc.record({
      when: fc.constantFrom(...HELD),
      cap: fc.record({ kind, ms: fc.integer({ min: 1, max: 60 }).map(hours => hours * HOUR) }),
      promises: only,
    }),
    { maxLength: 3 },
  )
  .map(all => all.map((one, index) => ({ name: `pause ${index}`, ...one }) as PauseRule))

const exceptions: fc.Arbitrary<ExceptionRule[]> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<ExceptionRule[]>([]) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(match, fc.constantFrom(['one'], ['two']))
      .map(([when, promises]) => [{ name: 'not ours', when, promises }] as ExceptionRule[]),
  },
)

const person = (user: string, team: string) => ({
  ...{ email: `${user}@reps.example.com`, team, country: null, timezone: null, timeOff: [], ics: [] },
})

/** Three promises under any rules on reassignment, pauses, exceptions, persistence and tiers. */
export const policies: fc.Arbitrary<Policy> = fc
  .record({ one: promise('one'), two: promise('two'), three: promise('three'), pauses, exceptions })
  .map(({ one, two, three, ...rules }) => ({
    ...defaultPolicy,
    promises: [one, two, three],
    ...rules,
    people: [person('ada', 'emea'), person('bob', 'us')],
  }))

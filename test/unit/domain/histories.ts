import fc from 'fast-check'
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/domain/time.ts'
import type { ScenarioEvent } from '../../../src/twins/scenario/types.ts'
import { row } from './world.ts'

export const START = Date.UTC(2026, 9, 19, 6)

const actor = fc.constantFrom('ada', 'ada', 'bob', 'eve', 'eve', 'gone', '')

const activity = fc.record({
  event: fc.constantFrom('call', 'email', 'meeting'),
  actor,
  direction: fc.constantFrom('out', 'out', 'in', ''),
  outcome: fc.constantFrom(
    ...[
      '',
      'connected',
      'voicemail',
      'no_answer',
      'replied',
      'bounced',
      'held',
      'no_show',
      'scheduled',
      'automated',
      'sequence',
    ],
  ),
})

const decision = fc.record({ event: fc.constantFrom('accepted', 'rejected', 'recycled', 'sql'), actor })

const deal = fc.record({
  event: fc.constantFrom('opportunity', 'won', 'lost'),
  actor,
  deal: fc.constantFrom('', 'a', 'b'),
  amount: fc.constantFrom(null, 100, 250),
})

const step: fc.Arbitrary<Partial<ScenarioEvent>> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ event: 'mql' as const }) },
  { weight: 1, arbitrary: fc.constant({ event: 'inquiry' as const }) },
  { weight: 4, arbitrary: actor.map(one => ({ event: 'assigned' as const, actor: one })) },
  { weight: 5, arbitrary: activity },
  { weight: 3, arbitrary: decision },
  { weight: 2, arbitrary: deal },
) as fc.Arbitrary<Partial<ScenarioEvent>>

const gap = fc.oneof(
  fc.integer({ min: 301, max: 3_600 }).map(seconds => seconds * SECOND),
  fc.integer({ min: 1, max: 90 }).map(hours => hours * HOUR + MINUTE),
  fc.constantFrom(4 * HOUR, DAY, 2 * DAY, 7 * DAY),
)

/** What marketing and sales set by hand: only the statuses that pauses of the tests ask for. */
const update = fc.constantFrom(
  'salesforce.status=Waiting',
  'salesforce.status=Waiting',
  'salesforce.status=Open - Not Contacted',
  'hubspot.status=ON_HOLD',
  'hubspot.status=NEW',
)

const stepWithUpdates: fc.Arbitrary<Partial<ScenarioEvent>> = fc.oneof(
  { weight: 4, arbitrary: step },
  { weight: 1, arbitrary: update.map(detail => ({ event: 'updated' as const, detail })) },
)

/** What may happen to a person within some weeks around a change of the clocks: never two things within five minutes. */
export const history = historyOf(step)

/** The same, with statuses that make clocks pause. */
export const eventfulHistory = historyOf(stepWithUpdates)

function historyOf(steps: fc.Arbitrary<Partial<ScenarioEvent>>): fc.Arbitrary<ScenarioEvent[]> {
  return fc
    .tuple(fc.array(fc.tuple(gap, steps), { minLength: 1, maxLength: 14 }), fc.option(gap, { freq: 8 }))
    .map(([all, deleted]) => {
      let at = START
      const rows = all.map(([after, what]) => {
        at += after
        return row(at, what.event!, what)
      })
      return deleted === null ? rows : [...rows, row(at + deleted, 'deleted')]
    })
}

/** An instant to judge at, often shortly after the history. */
export const later = fc.oneof(
  gap,
  fc.integer({ min: 0, max: 40 * 24 * 3_600 }).map(seconds => seconds * SECOND),
)
